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

export const badHours = defineError<{ readonly weekday: number }>(
  'organization.bad_hours',
  400,
  ({ weekday }) => `The hours of weekday ${weekday} (Monday is 1) overlap, or end before they begin.`,
);
export const holidayTwice = defineError<{ readonly day: string }>(
  'organization.holiday_twice',
  400,
  ({ day }) => `The holiday of ${day} is given twice.`,
);
export const partnerCodeTaken = defineError(
  'organization.partner_code_taken',
  409,
  () => 'Another partner of this lab uses that code already.',
);
export const campDays = defineError(
  'organization.camp_days',
  400,
  () => 'A camp needs the fields fromDay and toDay in order; other partners have none.',
);
export const stalePartner = defineError<{ readonly version: number }>(
  'organization.partner_stale',
  409,
  ({ version }) => `The partner was changed meanwhile (now version ${version}); load it again.`,
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
/** How this lab wants things done; every limit is the director's to set. */
export const LabPolicies = z.object({
  /** Who verified a result may not authorise it (lab-day 45). */
  fourEyes: z.boolean(),
  /** Minutes for which a confirmed identity may sign; 0: no confirmation is asked. */
  signingMinutes: z.int().min(0).max(720),
  /** Minutes from a critical value to the recorded call; then it escalates, and again each time as long. */
  criticalCallMinutes: z.int().min(1).max(1440),
  /** An instrument whose calibration is overdue holds its results. */
  overdueCalibrationHolds: z.boolean(),
  /** Days a tube is kept after it was received, before it may be disposed of. */
  sampleRetentionDays: z.int().min(1).max(3650),
});
export type LabPolicies = z.output<typeof LabPolicies>;

export const getPolicies = defineCall('organization.getPolicies', z.object({}), LabPolicies);
export const setPolicies = defineCall('organization.setPolicies', LabPolicies.partial(), LabPolicies);

/** Minutes of the lab's day, half-open; 0 to 1440. */
export const OpenHours = z.object({ fromMinute: z.int().min(0).max(1439), toMinute: z.int().min(1).max(1440) });
export const LabCalendar = z.object({
  /** Opening hours by weekday, Monday first; an empty list is a closed day. */
  week: z.array(z.array(OpenHours).max(4)).length(7),
  holidays: z.array(z.object({ day: Day, name: shortText(80) })).max(1000),
});
export type LabCalendar = z.output<typeof LabCalendar>;
/** A lab that never set one is open day and night. */
export const getCalendar = defineCall('organization.getCalendar', z.object({}), LabCalendar);
export const setCalendar = defineCall('organization.setCalendar', LabCalendar, LabCalendar);

/** Who sends patients or takes samples: collection centres, B2B clients, referral labs, camps. */
export const PartnerKind = z.enum(['centre', 'client', 'referral_lab', 'camp']);
export type PartnerKind = z.output<typeof PartnerKind>;
export const PartnerView = z.object({
  id: Id,
  kind: PartnerKind,
  code: z.string(),
  name: z.string(),
  phone: z.string().nullable(),
  email: z.string().nullable(),
  /** Days of a camp; null for the others. */
  fromDay: Day.nullable(),
  toDay: Day.nullable(),
  isActive: z.boolean(),
  version: Version,
});
export type PartnerView = z.output<typeof PartnerView>;
/** Batch: partners by id. */
export const getPartners = defineCall(
  'organization.getPartners',
  z.object({ ids: z.array(Id).max(200) }),
  z.array(PartnerView),
);
export const listPartners = defineCall(
  'organization.listPartners',
  PageInput.extend({ kind: PartnerKind.nullish(), text: searchText(100) }),
  pageOf(PartnerView),
);
/** Adds a partner, or changes the one of this id. */
export const savePartner = defineCall(
  'organization.savePartner',
  z.object({
    id: Id.optional(),
    /** Needed when the partner is there already. */
    expectedVersion: Version.nullish(),
    kind: PartnerKind,
    code: z.string().regex(/^[A-Z0-9-]{2,20}$/, '2 to 20 capital letters, digits or dashes'),
    name: shortText(120),
    phone: shortText(40).nullish(),
    email: z.email().nullish(),
    fromDay: Day.nullish(),
    toDay: Day.nullish(),
    isActive: z.boolean().default(true),
  }),
  PartnerView,
);
export const organizationTrail = trailCall('organization');

export const organizationChanged = defineEvent(
  'organization.changed',
  1,
  z.object({ labId: Id, name: z.string(), at: Instant }),
);
