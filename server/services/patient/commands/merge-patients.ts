// Two records are found to be one person, or found not to be. No fact of a record is changed by it: the merged one points to
// the other, and undoing takes the pointer away, with everything that was merged into it before. Orders and results stay
// under the ids they were made for; who shows a history asks for samePersonIds.
import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx, Tx } from '#platform/service.ts';

import type { mergePatients as mergeCall, PatientView, undoMerge as undoCall } from '../contract.ts';
import { idTaken, isMerged, mergeWithItself, notMerged, patientMerged, patientNotFound } from '../contract.ts';
import { broughtAlong } from '../domain/merging.ts';
import * as merges from '../merge-store.ts';
import * as searches from '../search-store.ts';
import * as store from '../store.ts';
import { reindex, tellChanged } from './person.ts';

async function viewOf(tx: Tx, labId: string, id: string): Promise<PatientView> {
  const view = await store.getPatient(tx, labId, id);
  if (!view) throw new Error('A patient that was locked is not there');
  return view;
}

/** Merging the same two again changes nothing. */
export async function mergePatients(ctx: Ctx, input: ParsedInput<typeof mergeCall>): Promise<PatientView> {
  const { survivorId, patientId, reason } = input;
  if (survivorId === patientId) throw mergeWithItself({});
  const labId = ctx.labId();
  const at = ctx.now();
  return ctx.transaction(async (tx) => {
    await merges.lockMerging(tx, labId);
    const records = await merges.lockRecords(tx, labId, [survivorId, patientId]);
    const survivor = records.find((each) => each.id === survivorId);
    const merged = records.find((each) => each.id === patientId);
    if (!survivor || !merged) throw patientNotFound({});
    if (merged.mergedInto === survivorId && survivor.survivorId === null) return viewOf(tx, labId, survivorId);
    for (const each of [survivor, merged])
      if (each.survivorId !== null) throw isMerged({ patientId: each.id, survivorId: each.survivorId });
    const along = (await merges.linksTo(tx, labId, patientId)).map((link) => link.id);
    await merges.setMergedInto(tx, labId, patientId, survivorId);
    await merges.setSurvivor(tx, labId, along, survivorId);
    await searches.indexNames(tx, labId, patientId, []);
    await reindex(tx, labId, survivorId);
    const facts = { patientId, survivorId, reason, broughtAlong: along };
    for (const caseId of [patientId, survivorId]) tx.audit('patient.merge', caseId, facts, caseId);
    tx.emit(patientMerged, patientId, { patientId, survivorId, isUndone: false, at, by: ctx.actor.name });
    const view = await viewOf(tx, labId, survivorId);
    tellChanged(tx, view, [patientId, ...along], at);
    return view;
  });
}

/** @throws patient.id_taken when the survivor has been given an ABHA of this record since: take it away there first */
export async function undoMerge(ctx: Ctx, input: ParsedInput<typeof undoCall>): Promise<PatientView> {
  const { patientId, reason } = input;
  const labId = ctx.labId();
  const at = ctx.now();
  return ctx.transaction(async (tx) => {
    await merges.lockMerging(tx, labId);
    const [record] = await merges.lockRecords(tx, labId, [patientId]);
    if (!record) throw patientNotFound({});
    const { survivorId } = record;
    if (survivorId === null) throw notMerged({ patientId });
    const clash = await store.findAbhaClash(tx, labId, patientId);
    if (clash) throw idTaken(clash);
    const group = broughtAlong(await merges.linksTo(tx, labId, survivorId), patientId);
    await merges.setMergedInto(tx, labId, patientId, null);
    await merges.setSurvivor(
      tx,
      labId,
      group.filter((id) => id !== patientId),
      patientId,
    );
    const view = await viewOf(tx, labId, patientId);
    await reindex(tx, labId, patientId);
    await reindex(tx, labId, survivorId);
    const facts = { patientId, survivorId, reason, takenAlong: group.filter((id) => id !== patientId) };
    for (const caseId of [patientId, survivorId]) tx.audit('patient.undo_merge', caseId, facts, caseId);
    tx.emit(patientMerged, patientId, { patientId, survivorId, isUndone: true, at, by: ctx.actor.name });
    tellChanged(tx, view, group, at);
    return view;
  });
}
