// Labs (the tenants), their letterhead, and the doctors who refer.
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

export const LabView = z.object({
  id: Id,
  /** Short code typed at login, upper case. */
  code: z.string(),
  name: z.string(),
  addressLines: z.array(z.string()),
  phone: z.string(),
  email: z.string(),
  /** Registration under the Clinical Establishments Act or the state's law, as printed. */
  registrationNumber: z.string(),
  /** One to four letters that begin every accession number. */
  accessionPrefix: z.string(),
  timeZone: z.string(),
  createdOn: Day,
  version: Version,
});
export type LabView = z.output<typeof LabView>;

export const DoctorView = z.object({
  id: Id,
  name: z.string(),
  qualification: z.string().nullable(),
  mobile: z.string().nullable(),
});
export type DoctorView = z.output<typeof DoctorView>;

export const labNotFound = defineError<{ readonly code: string }>(
  'organization.lab_not_found',
  404,
  ({ code }) => `There is no lab with the code ${code}.`,
);
export const labCodeNeeded = defineError(
  'organization.lab_code_needed',
  400,
  () => 'More than one lab lives here: give the field "lab" with the lab\'s code.',
);
export const labCodeTaken = defineError(
  'organization.lab_code_taken',
  409,
  () => 'Another lab uses that code already.',
);
export const staleLab = defineError<{ readonly version: number }>(
  'organization.stale',
  409,
  ({ version }) => `The lab was changed meanwhile (now version ${version}); load it again.`,
);

/** The lab to sign in to: by code, or the only one. Tells nothing but id, code and name. */
export const findLab = defineCall(
  'organization.findLab',
  z.object({
    code: z
      .string()
      .trim()
      .regex(/^[A-Za-z0-9]{0,12}$/, 'a lab code: letters and digits')
      .nullish(),
  }),
  z.object({ id: Id, code: z.string(), name: z.string() }),
);
export const getLab = defineCall('organization.getLab', z.object({}), LabView);
export const createLab = defineCall(
  'organization.createLab',
  z.object({
    id: Id.optional(),
    code: z.string().regex(/^[A-Z0-9]{2,12}$/, '2 to 12 capital letters or digits'),
    name: shortText(120),
    addressLines: z.array(shortText(120)).max(4),
    phone: shortText(40),
    email: z.email(),
    registrationNumber: shortText(60),
    accessionPrefix: z.string().regex(/^[A-Z]{1,4}$/, '1 to 4 capital letters'),
  }),
  LabView,
);
export const updateLab = defineCall(
  'organization.updateLab',
  z.object({
    name: shortText(120).optional(),
    addressLines: z.array(shortText(120)).max(4).optional(),
    phone: shortText(40).optional(),
    email: z.email().optional(),
    registrationNumber: shortText(60).optional(),
    expectedVersion: Version,
  }),
  LabView,
);
export const addDoctor = defineCall(
  'organization.addDoctor',
  z.object({
    id: Id.optional(),
    name: shortText(120),
    qualification: shortText(120).nullish(),
    mobile: shortText(20).nullish(),
  }),
  DoctorView,
);
/** Doctors whose name holds the text, by name. */
export const listDoctors = defineCall(
  'organization.listDoctors',
  PageInput.extend({ text: searchText(100) }),
  pageOf(DoctorView),
);
/** Batch: doctors by id. */
export const getDoctors = defineCall(
  'organization.getDoctors',
  z.object({ ids: z.array(Id).max(200) }),
  z.array(DoctorView),
);
export const organizationTrail = trailCall('organization');

export const organizationChanged = defineEvent(
  'organization.changed',
  1,
  z.object({ labId: Id, name: z.string(), at: Instant }),
);
