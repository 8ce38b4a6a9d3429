// What a printed report says, complete: the renderer adds nothing to it but layout, marks and the zone of the times.
// Values, ranges and flags arrive as they were authorised; nothing is computed or rounded here.
import { z } from 'zod';

const line = z.string().max(300);
const short = z.string().max(40);
const text = z.string().max(4000);
const instant = z.iso.datetime({ offset: true });

/** Against the interval or limits stored with the result: L low, H high, LL HH critical; A abnormal, AA critical: not a number. */
export const ReportFlag = z.enum(['L', 'H', 'LL', 'HH', 'A', 'AA']);

/** Longest text of a narrative section. */
const longText = z.string().max(20_000);

export const ReportCulture = z.strictObject({
  kind: z.literal('culture'),
  stage: z.enum(['preliminary', 'final']),
  /** Growth, incubation, microscopy, colony count: name and words, in the order printed. */
  facts: z.array(z.strictObject({ name: short, text: text })).max(6),
  isolates: z
    .array(
      z.strictObject({
        organism: line,
        quantity: line.optional(),
        comment: text.optional(),
        /** Only what is to be printed. */
        antibiogram: z
          .array(
            z.strictObject({
              antibiotic: line,
              /** `MIC <=0.5 mg/L`, `Zone 22 mm`; empty when not told. */
              measured: z.string().max(60),
              interpretation: z.enum(['S', 'I', 'SDD', 'R', 'NS']),
            }),
          )
          .max(80),
      }),
    )
    .max(12),
  comment: text.optional(),
});

export const ReportNarrative = z.strictObject({
  kind: z.literal('narrative'),
  sections: z.array(z.strictObject({ title: line, text: longText })).max(20),
  /** Printed last, in bold. Empty when there is none. */
  impression: text,
  codes: z.array(line).max(20),
});

export const ReportImages = z.strictObject({
  kind: z.literal('image'),
  caption: text,
  /** Stored files printed in the report; their bytes are those of the SHA-256. */
  images: z
    .array(
      z.strictObject({ fileId: z.uuid(), sha256: z.string().regex(/^[0-9a-f]{64}$/), type: z.enum(['png', 'jpg']) }),
    )
    .max(20),
  /** How many more are kept by the lab, not printed: too large, or no picture. */
  onFile: z.int().min(0).max(20),
});

/** What is more than a value and its range. */
export const ReportDetail = z.discriminatedUnion('kind', [ReportCulture, ReportNarrative, ReportImages]);

export const ReportResult = z.strictObject({
  name: line,
  /** As authorised, '7.10', '<2.00', 'No growth after 48 hours'. Lines are kept. */
  value: text,
  /** Empty when the result has none. */
  unit: z.string().max(80),
  /** As stored with the result; lines are kept. Empty when there is none. */
  rangeText: z.string().max(1000),
  flags: z.array(ReportFlag).max(5),
  /** Derived from other values; marked, with a footnote. */
  isCalculated: z.literal(true).optional(),
  /** `1:10`; the value is already multiplied. */
  dilution: short.optional(),
  /** The catalogue's text for this value. */
  interpretation: text.optional(),
  note: text.optional(),
  detail: ReportDetail.optional(),
});

export const ReportTest = z.strictObject({
  name: line,
  method: line.optional(),
  specimen: line,
  /** Name of the laboratory that did the test, when it was another one. */
  outsourced: line.optional(),
  /** Not within the accreditation, in a report of which something is; marked, with a footnote. */
  isOutOfScope: z.literal(true).optional(),
  results: z.array(ReportResult).min(1).max(500),
  /** Remarks on several of the results, or on the specimen, each once. */
  remarks: z.array(z.string().max(14_000)).max(500).optional(),
});

/** A value that stood on an earlier version and was amended since. */
export const ReportChange = z.strictObject({
  test: line,
  /** The analyte, when it is not the test itself. */
  name: line.optional(),
  /** With its unit. */
  from: z.string().max(4100),
  to: z.string().max(4100),
  reason: z.string().max(2000),
  by: line,
  at: instant,
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
    /** 1 for the first release. */
    version: z.int().min(1),
    /** interim: tests are pending, or a culture is preliminary. */
    status: z.enum(['final', 'interim']),
    reportedAt: instant,
    /** Number of the newest version that was released before this one. */
    replaces: short.optional(),
    /** What released versions said otherwise: with one, the report is printed as amended. */
    changes: z.array(ReportChange).max(2000).optional(),
  }),
  patient: z.strictObject({
    name: line.min(1),
    ageLabel: short,
    sex: short,
    mrn: short,
    referredBy: line.optional(),
  }),
  /** The other three of the four times; one that is missing is printed as not recorded. */
  times: z.strictObject({
    registeredAt: instant,
    collectedAt: instant.optional(),
    /** Who drew, when it was one and the same. */
    collectedBy: line.optional(),
    receivedAt: instant.optional(),
  }),
  sections: z
    .array(z.strictObject({ name: line, tests: z.array(ReportTest).min(1).max(100) }))
    .min(1)
    .max(40),
  /** Printed as a table when not all tubes were drawn and received alike. */
  specimens: z
    .array(
      z.strictObject({
        specimen: line,
        collectedAt: instant.optional(),
        collectedBy: line.optional(),
        receivedAt: instant.optional(),
      }),
    )
    .max(100)
    .optional(),
  /** Ordered and not in this report. */
  pending: z
    .array(
      z.strictObject({
        test: line,
        /** Names of what is missing, when part of the test is in the report. */
        parts: text.optional(),
        expectedAt: instant.optional(),
      }),
    )
    .max(1000)
    .optional(),
  /** Printed after the last test, one paragraph each. */
  notes: z.array(text).max(40),
  signatory: z.strictObject({ name: line.min(1), qualification: line, registrationNumber: line }),
  /** Where the report can be checked, as QR code, and the token to type instead. */
  verification: z.strictObject({ url: z.url().max(400), token: short }),
});

export type ReportContent = z.infer<typeof ReportContent>;
export type ReportFlag = z.infer<typeof ReportFlag>;
export type ReportDetail = z.infer<typeof ReportDetail>;
export type ReportChange = z.infer<typeof ReportChange>;
