// Works out sounds and words of names that were registered before there was an index of them. Scheduled by migration 0003;
// harmless to repeat: what is indexed is marked so in the same commit.
import { defineJob } from '#platform/service.ts';
import type { Ctx } from '#platform/service.ts';

import * as searches from '../search-store.ts';

const AT_A_TIME = 200;

export const indexNamesJob = defineJob<Record<string, never>>('patient.index-names');

export async function runIndexNames(ctx: Ctx): Promise<void> {
  const labId = ctx.labId();
  for (;;) {
    const done = await ctx.transaction(async (tx) => {
      const records = await searches.lockToIndex(tx, labId, AT_A_TIME);
      for (const { id, name } of records) {
        await searches.indexNames(tx, labId, id, [name]);
        await searches.saveSound(tx, labId, id, name);
      }
      return records.length;
    });
    if (done < AT_A_TIME) return;
  }
}
