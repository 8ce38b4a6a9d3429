// Numbers of courier bags and manifests, which are their barcodes too.
import { accessionNumber, calendarDay } from '@nidaan/values';

import type { Tx } from '#platform/service.ts';

import { takeNumber } from '../bag-store.ts';

/** `BAG-26112500001…`: the numbers of an accession, whose check digit tells a mistyped one. No tube begins like it. */
function codeOf(kind: 'BAG' | 'MAN', day: string, serial: number): string {
  return accessionNumber({ branchPrefix: kind, day, serial }).replace(kind, `${kind}-`);
}

/** The next number of a bag or a manifest. */
export async function nextCode(tx: Tx, labId: string, kind: 'bag' | 'manifest', now: string): Promise<string> {
  const day = calendarDay(now);
  return codeOf(kind === 'bag' ? 'BAG' : 'MAN', day, await takeNumber(tx, labId, kind, day));
}
