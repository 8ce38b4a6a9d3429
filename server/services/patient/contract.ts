// People: who they are, how they are found.
import * as z from 'zod';

import {
  Day,
  defineCall,
  defineEvent,
  Id,
  Instant,
  noteText,
  PageInput,
  pageOf,
  searchText,
  shortText,
  trailCall,
  Version,
} from '#platform/contract.ts';
import { defineError } from '#platform/errors.ts';

export * from './contract/consents.ts';

const Name = shortText(120).regex(/\p{L}/u, 'at least one letter');
/** Nobody alive is older; an earlier day is a slip of the hand. */
const BornOn = Day.refine((day) => day >= '1880-01-01', 'a day from 1880 on');

/** Administrative sex as labs in India register it. */
export const Sex = z.enum(['male', 'female', 'other']);
export type Sex = z.output<typeof Sex>;

export const PatientView = z.object({
  id: Id,
  /** Medical record number of the lab, with a check character. */
  mrn: z.string(),
  name: z.string(),
  sex: Sex,
  bornOn: Day,
  /** True when the date of birth was derived from an age (lab-day 7). */
  isBornOnApproximate: z.boolean(),
  /** `+91…`, shared by a family; null when unknown. */
  mobile: z.string().nullable(),
  email: z.string().nullable(),
  address: z.string().nullable(),
  registeredAt: Instant,
  /** ABHA number, 14 digits as `91-1234-5678-9012`; null when not linked. */
  abhaNumber: z.string().nullable(),
  abhaAddress: z.string().nullable(),
  /** Language of reports and messages, ISO 639-1. */
  language: z.string(),
  /** The record this one was merged into: its facts are given under this id; null for a record of its own. */
  mergedIntoId: Id.nullable(),
  /** Every id under which this person has orders and results, this one among them. */
  samePersonIds: z.array(Id),
  version: Version,
});
export type PatientView = z.output<typeof PatientView>;

export const Age = z
  .object({
    years: z.int().min(0).max(130).optional(),
    months: z.int().min(0).max(1560).optional(),
    days: z.int().min(0).max(47_500).optional(),
  })
  .refine(
    (age) => age.years !== undefined || age.months !== undefined || age.days !== undefined,
    'years, months or days',
  )
  .refine(
    (age) => (age.years ?? 0) + (age.months ?? 0) / 12 + (age.days ?? 0) / 365 <= 140,
    'at most 140 years in all',
  );

export const patientNotFound = defineError('patient.not_found', 404, () => 'There is no such patient in this lab.');
export const bornOnOrAge = defineError(
  'patient.born_on_or_age',
  400,
  () => 'Give either the field bornOn or the field age, not both and not neither.',
);
export const bornInFuture = defineError(
  'patient.born_in_future',
  400,
  () => 'The field bornOn lies in the future; expected a past day.',
);
export const badMobile = defineError(
  'patient.bad_mobile',
  400,
  () => 'The field mobile is not an Indian mobile number; expected 10 digits beginning with 6 to 9.',
);
export const aadhaarRefused = defineError<{ readonly field: string }>(
  'patient.aadhaar_refused',
  400,
  ({ field }) => `The field ${field} looks like an Aadhaar number; Aadhaar numbers are never stored here.`,
);
export const stalePatient = defineError<{ readonly version: number }>(
  'patient.stale',
  409,
  ({ version }) => `The patient was changed meanwhile (now version ${version}); load it again.`,
);
export const possibleDuplicate = defineError<{ readonly patientIds: readonly string[] }>(
  'patient.possible_duplicate',
  409,
  () => 'A patient with the same name, sex and mobile is registered already; use that one, or send isKnownToDiffer.',
);

export const idTaken = defineError<{ readonly field: string; readonly patientId: string }>(
  'patient.id_taken',
  409,
  ({ field }) =>
    `The field ${field} belongs to another patient already; if both are one person, merge the two records.`,
);
export const isMerged = defineError<{ readonly patientId: string; readonly survivorId: string }>(
  'patient.is_merged',
  409,
  ({ patientId, survivorId }) =>
    `The record ${patientId} is merged into ${survivorId}: work on that one, or undo the merge first (patient.merge).`,
);
export const mergeWithItself = defineError(
  'patient.merge_with_itself',
  400,
  () => 'A record cannot be merged with itself; give two different patients.',
);
export const notMerged = defineError<{ readonly patientId: string }>(
  'patient.not_merged',
  409,
  ({ patientId }) => `The record ${patientId} is not merged into another, so there is nothing to undo.`,
);

/**
 * 14 digits, with or without dashes; kept as `91-1234-5678-9012`. No check digit is published, so none is asked for.
 * Src: ABDM's documents for integrators: shown NN-NNNN-NNNN-NNNN.
 */
const AbhaNumber = z
  .string()
  .trim()
  .regex(/^\d{2}[ -]?\d{4}[ -]?\d{4}[ -]?\d{4}$/, '14 digits, as 91-1234-5678-9012')
  .overwrite((text) => text.replace(/\D/g, '').replace(/^(..)(....)(....)(....)$/, '$1-$2-$3-$4'));
/** Compared in small letters. */
const AbhaAddress = z
  .string()
  .trim()
  .toLowerCase()
  .max(60)
  .regex(/^[a-z0-9][a-z0-9_.]+[a-z0-9]@(abdm|sbx)$/, 'an ABHA address, as name@abdm');
/** Src: ISO 639-1; which of them reports are made in is the report service's. */
const Language = z.string().regex(/^[a-z]{2}$/, 'a language code of two letters, as en or hi');

export const registerPatient = defineCall(
  'patient.register',
  z.object({
    /** Client-made id: sending the same registration twice registers once. */
    id: Id.optional(),
    name: Name,
    sex: Sex,
    bornOn: BornOn.nullish(),
    age: Age.nullish(),
    mobile: z.string().max(20).nullish(),
    email: z.email().nullish(),
    address: shortText(300).nullish(),
    abhaNumber: AbhaNumber.nullish(),
    abhaAddress: AbhaAddress.nullish(),
    language: Language.default('en'),
    /** True when the person at the desk has seen the likely duplicates and this is someone else. */
    isKnownToDiffer: z.boolean().default(false),
  }),
  PatientView,
);
export const updatePatient = defineCall(
  'patient.update',
  z.object({
    patientId: Id,
    expectedVersion: Version,
    name: Name.optional(),
    sex: Sex.optional(),
    bornOn: BornOn.optional(),
    mobile: z.string().max(20).nullish(),
    email: z.email().nullish(),
    address: shortText(300).nullish(),
    abhaNumber: AbhaNumber.nullish(),
    abhaAddress: AbhaAddress.nullish(),
    language: Language.optional(),
  }),
  PatientView,
);
export const LikelyReason = z.enum([
  'same_abha',
  'same_name',
  'sounds_alike',
  'part_of_name',
  'same_mobile',
  'same_born_on',
  'close_age',
]);
export type LikelyReason = z.output<typeof LikelyReason>;
export const LikelyPatient = z.object({
  patient: PatientView,
  /** 1 to 100; an order of likelihood, no probability. */
  score: z.int(),
  reasons: z.array(LikelyReason),
});
export type LikelyPatient = z.output<typeof LikelyPatient>;
/** Who it may be that stands at the desk: asked before saving. Most likely first, at most 20. */
export const findLikely = defineCall(
  'patient.findLikely',
  z.object({
    name: Name,
    sex: Sex,
    bornOn: BornOn.nullish(),
    age: Age.nullish(),
    mobile: z.string().max(20).nullish(),
    abhaNumber: AbhaNumber.nullish(),
  }),
  z.array(LikelyPatient),
);
/** `patientId` is the same person as `survivorId`, whose facts stand for both from now on. */
export const mergePatients = defineCall(
  'patient.merge',
  z.object({ survivorId: Id, patientId: Id, reason: noteText(300) }),
  PatientView,
);
/** `patientId` is a person of its own after all, with the facts it had when it was merged. */
export const undoMerge = defineCall(
  'patient.undoMerge',
  z.object({ patientId: Id, reason: noteText(300) }),
  PatientView,
);
/**
 * One box: a name in any spelling and script, a mobile number (the whole family) or its first or last digits, an MRN, an ABHA
 * number or address. What fits best comes first (the very number; whole words; beginnings of words; pieces; sound), then newest.
 */
export const searchPatients = defineCall(
  'patient.search',
  PageInput.extend({ text: searchText(100) }),
  pageOf(PatientView),
);
export const getPatient = defineCall('patient.get', z.object({ patientId: Id }), PatientView);
/** Batch: patients by id. */
export const getPatients = defineCall('patient.getMany', z.object({ ids: z.array(Id).max(200) }), z.array(PatientView));
export const patientTrail = trailCall('patient');

const PatientFact = z.object({ patientId: Id, sex: Sex, bornOn: Day, isBornOnApproximate: z.boolean(), at: Instant });
export const patientRegistered = defineEvent('patient.registered', 1, PatientFact);
export const patientChanged = defineEvent('patient.changed', 1, PatientFact);
/** Two records are one person, or were found not to be. The facts of `patientId` may have changed by it: see patient.changed. */
export const patientMerged = defineEvent(
  'patient.merged',
  1,
  z.object({ patientId: Id, survivorId: Id, isUndone: z.boolean(), at: Instant, by: z.string() }),
);
