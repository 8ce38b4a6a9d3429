// What concerns a person whatever the number of their records: what they are found by, and what others are told.
import type { Tx } from '#platform/service.ts';

import type { PatientView } from '../contract.ts';
import { patientChanged } from '../contract.ts';
import * as merges from '../merge-store.ts';
import * as searches from '../search-store.ts';
import { factOf } from './patient-fact.ts';

/** Makes a record of its own be found by its name and the names of those merged into it. */
export async function reindex(tx: Tx, labId: string, patientId: string): Promise<void> {
  await searches.indexNames(tx, labId, patientId, await merges.namesOf(tx, labId, patientId));
}

/** Tells the facts of a person under each of the ids: one merged into another has the facts of that one. */
export function tellChanged(tx: Tx, person: PatientView, ids: readonly string[], at: string): void {
  for (const id of ids) tx.emit(patientChanged, id, { ...factOf(person, at), patientId: id });
}
