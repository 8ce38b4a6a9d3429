import { calendarDay } from '@nidaan/values';

import { getFile } from '#contract/file.ts';
import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import * as store from '../consent-store.ts';
import type { ConsentPurpose, ConsentView, recordConsent as recordCall } from '../contract.ts';
import { consentFormNeeded, consentInFuture, patientNotFound } from '../contract.ts';
import { listConsentsOf } from '../queries/list-consents.ts';
import { getPatient } from '../store.ts';

/**
 * Asked for in writing. Src: HIV and AIDS (Prevention and Control) Act 2017, section 5; ICMR's ethical guidelines for
 * research with human participants and for genetic testing.
 */
const IN_WRITING: ReadonlySet<ConsentPurpose> = new Set(['hiv_test', 'genetic_test', 'research']);

/** Gives, refuses or withdraws consent. Sent twice with one id it is recorded once. */
export async function recordConsent(ctx: Ctx, input: ParsedInput<typeof recordCall>): Promise<ConsentView> {
  const labId = ctx.labId();
  const { patientId, purpose, isGiven, how } = input;
  const today = calendarDay(ctx.now());
  const takenOn = input.takenOn ?? today;
  const fileId = input.fileId ?? null;
  if (takenOn > today) throw consentInFuture({});
  if (isGiven && IN_WRITING.has(purpose) && (how !== 'written' || fileId === null))
    throw consentFormNeeded({ purpose });
  // The form has to be there; whose it is, the desk has seen.
  if (fileId !== null) await ctx.callAsSystem(getFile, { fileId });
  const id = input.id ?? ctx.newId();
  await ctx.transaction(async (tx) => {
    if (!(await getPatient(tx, labId, patientId))) throw patientNotFound({});
    const isNew = await store.addConsent(tx, labId, {
      id,
      recordId: patientId,
      purpose,
      isGiven,
      takenOn,
      how,
      fileId,
      note: input.note ?? null,
      at: ctx.now(),
      byId: ctx.actor.userId,
      by: ctx.actor.name,
    });
    if (isNew)
      tx.audit(
        'patient.record_consent',
        patientId,
        { consentId: id, purpose, isGiven, how, takenOn, fileId },
        patientId,
      );
  });
  const recorded = (await listConsentsOf(ctx, [patientId])).find((consent) => consent.id === id);
  // The id stands for a consent of somebody else.
  if (!recorded) throw patientNotFound({});
  return recorded;
}
