// External quality assessment: rounds of a scheme, our results, the assigned values, z-scores.
import * as z from 'zod';

import { Day, defineCall, Id, Instant, noteText, PageInput, pageOf, shortText, Version } from '#platform/contract.ts';

const Decimal = z.string().regex(/^-?\d{1,15}(\.\d{1,10})?$/, 'a decimal number');

export const EqaSample = z.object({
  id: Id,
  roundId: Id,
  scheme: z.string(),
  round: z.string(),
  sampleCode: z.string(),
  analyteCode: z.string(),
  instrument: z.string(),
  result: z.string().nullable(),
  resultAt: Instant.nullable(),
  resultBy: z.string().nullable(),
  assignedValue: z.string().nullable(),
  /** Standard deviation for proficiency assessment. */
  sdpa: z.string().nullable(),
  /** Two decimals: (result - assigned) / SDPA. */
  z: z.string().nullable(),
  /** acceptable: |z| up to 2; unacceptable: above 3. By the unrounded z. */
  verdict: z.enum(['acceptable', 'warning', 'unacceptable']).nullable(),
  /** Cause and action where the verdict asks for one. */
  note: z.string().nullable(),
  version: Version,
});
export type EqaSample = z.output<typeof EqaSample>;

export const EqaRound = z.object({
  id: Id,
  scheme: z.string(),
  round: z.string(),
  closesOn: Day,
  samples: z.array(EqaSample),
  version: Version,
});
export type EqaRound = z.output<typeof EqaRound>;

export const addEqaRound = defineCall(
  'qc.addEqaRound',
  z.object({
    id: Id.optional(),
    scheme: shortText(120),
    round: shortText(60),
    closesOn: Day,
    samples: z
      .array(
        z.object({
          sampleCode: shortText(40),
          analyteCode: z.string().min(1).max(40),
          instrument: z.string().min(1).max(100),
        }),
      )
      .min(1)
      .max(300),
  }),
  EqaRound,
);
export const enterEqaResult = defineCall(
  'qc.enterEqaResult',
  z.object({ sampleId: Id, expectedVersion: Version, value: Decimal }),
  EqaSample,
);
/** The scheme's report: assigned value and SDPA; the z-score follows. */
export const evaluateEqaSample = defineCall(
  'qc.evaluateEqa',
  z.object({
    sampleId: Id,
    expectedVersion: Version,
    assignedValue: Decimal,
    sdpa: Decimal,
    note: noteText(1000).nullish(),
  }),
  EqaSample,
);
/** Newest first by closing day. */
export const listEqaRounds = defineCall('qc.listEqaRounds', PageInput, pageOf(EqaRound));
/** The register: evaluated samples, newest first; lab-day 72. */
export const eqaRegister = defineCall(
  'qc.eqaRegister',
  PageInput.extend({ verdict: EqaSample.shape.verdict.unwrap().nullish() }),
  pageOf(EqaSample),
);
