// What a printed report says, complete: the renderer adds nothing to it but layout, marks and the zone of the times.
// Values, ranges and flags arrive as they were authorised; nothing is computed or rounded here.
import { z } from 'zod';

const line = z.string().max(300);
const short = z.string().max(40);
const text = z.string().max(4000);
const instant = z.iso.datetime({ offset: true });

/** Against the interval or limits stored with the result: L low, H high, LL HH critical, A abnormal (not a number). */
export const ReportFlag = z.enum(['L', 'H', 'LL', 'HH', 'A']);

export const ReportResult = z.strictObject({
  name: line,
  /** As authorised, '7.10', '<2.00', 'No growth after 48 hours'. Lines are kept. */
  value: text,
  /** Empty when the result has none. */
  unit: z.string().max(80),
  /** As stored with the result; lines are kept. Empty when there is none. */
  rangeText: z.string().max(1000),
  flags: z.array(ReportFlag).max(5),
  note: text.optional(),
});

export const ReportTest = z.strictObject({
  name: line,
  method: line.optional(),
  specimen: line,
  /** Name of the laboratory that did the test, when it was another one. */
  outsourced: line.optional(),
  results: z.array(ReportResult).min(1).max(500),
});

export const ReportContent = z.strictObject({
  lab: z.strictObject({
    name: z.string().min(1).max(120),
    address: z.array(z.string().max(120)).max(6),
    phone: line.optional(),
    email: line.optional(),
    /** Registration or accreditation as printed, 'NABL MC-0000'. */
    registration: line.optional(),
  }),
  report: z.strictObject({
    number: short.min(1),
    /** 1 for the first release; a higher one is printed as amended. */
    version: z.int().min(1),
    status: z.enum(['final', 'interim']),
    reportedAt: instant,
  }),
  patient: z.strictObject({
    name: line.min(1),
    ageLabel: short,
    sex: short,
    mrn: short,
    referredBy: line.optional(),
  }),
  /** The other three of the four times; one that is missing is printed as not recorded. */
  times: z.strictObject({ registeredAt: instant, collectedAt: instant.optional(), receivedAt: instant.optional() }),
  sections: z
    .array(z.strictObject({ name: line, tests: z.array(ReportTest).min(1).max(100) }))
    .min(1)
    .max(40),
  /** Printed after the last test, one paragraph each. */
  notes: z.array(text).max(40),
  signatory: z.strictObject({ name: line.min(1), qualification: line, registrationNumber: line }),
  /** Where the report can be checked, as QR code, and the token to type instead. */
  verification: z.strictObject({ url: z.url().max(400), token: short }),
});

export type ReportContent = z.infer<typeof ReportContent>;
export type ReportFlag = z.infer<typeof ReportFlag>;
