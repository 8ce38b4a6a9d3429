// People: who they are, how they are found.
import * as z from 'zod';

import {
  Day,
  defineCall,
  defineEvent,
  Id,
  Instant,
  PageInput,
  pageOf,
  searchText,
  shortText,
  trailCall,
  Version,
} from '#platform/contract.ts';
import { defineError } from '#platform/errors.ts';

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
  }),
  PatientView,
);
/** One box: part of a name, a mobile number (the whole family), or an MRN; newest first. */
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
