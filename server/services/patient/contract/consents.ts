// What a person has agreed to, and no longer agrees to: a history that is only added to.
import * as z from 'zod';

import { Day, defineCall, Id, Instant, noteText } from '#platform/contract.ts';
import { defineError } from '#platform/errors.ts';

export const ConsentPurpose = z.enum([
  'testing',
  /** HIV and AIDS (Prevention and Control) Act 2017, section 5: consent before an HIV test. */
  'hiv_test',
  'genetic_test',
  'message_sms',
  'message_whatsapp',
  'message_email',
  'message_call',
  'research',
  'abdm_sharing',
]);
export type ConsentPurpose = z.output<typeof ConsentPurpose>;

export const ConsentHow = z.enum(['written', 'otp', 'verbal']);
export type ConsentHow = z.output<typeof ConsentHow>;

export const ConsentView = z.object({
  id: Id,
  /** The id that was asked for. */
  patientId: Id,
  /** The record it was taken under; another one of the same person after a merge. */
  recordId: Id,
  purpose: ConsentPurpose,
  /** False: refused, or withdrawn. */
  isGiven: z.boolean(),
  takenOn: Day,
  how: ConsentHow,
  /** The signed form; null when there is none. */
  fileId: Id.nullable(),
  note: z.string().nullable(),
  at: Instant,
  byId: Id.nullable(),
  by: z.string(),
  /** The last word of this person for this purpose. */
  isCurrent: z.boolean(),
});
export type ConsentView = z.output<typeof ConsentView>;

export const consentInFuture = defineError(
  'patient.consent_in_future',
  400,
  () => 'The field takenOn lies in the future; expected today or a past day.',
);
export const consentFormNeeded = defineError<{ readonly purpose: string }>(
  'patient.consent_form_needed',
  400,
  ({ purpose }) =>
    `Consent for ${purpose} is given in writing: give how "written" and the field fileId with the signed form.`,
);

export const recordConsent = defineCall(
  'patient.recordConsent',
  z.object({
    /** Client-made id: sending the same consent twice records it once. */
    id: Id.optional(),
    patientId: Id,
    purpose: ConsentPurpose,
    isGiven: z.boolean(),
    /** Today when left out. */
    takenOn: Day.nullish(),
    how: ConsentHow,
    fileId: Id.nullish(),
    note: noteText(300).nullish(),
  }),
  ConsentView,
);
/** Batch: every consent of these patients, newest first; those of records merged with them among them. */
export const consents = defineCall('patient.consents', z.object({ ids: z.array(Id).max(200) }), z.array(ConsentView));
