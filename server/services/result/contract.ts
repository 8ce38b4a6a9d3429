// Values: entered or sent by an analyzer, judged against the patient's own range, verified, authorised, amended.
import * as z from 'zod';

import {
  defineCall,
  defineEvent,
  Id,
  Instant,
  noteText,
  PageInput,
  pageOf,
  trailCall,
  Version,
} from '#platform/contract.ts';

import { Amendment, Flag, Hold, ResultView } from './contract/value.ts';

export * from './contract/entry.ts';
export * from './contract/errors.ts';
export * from './contract/history.ts';
export * from './contract/instrument.ts';
export * from './contract/kinds.ts';
export * from './contract/release.ts';
export * from './contract/value.ts';
export * from './contract/worklists.ts';

const Step = z.object({ resultId: Id, expectedVersion: Version });
/** All or none: a technician has looked at these values. */
export const verifyResults = defineCall(
  'result.verify',
  z.object({
    items: z
      .array(Step.extend({ holdsSeen: z.array(Hold).default([]) }))
      .min(1)
      .max(500),
  }),
  z.array(ResultView),
);
/** All or none: the pathologist signs. @throws user.not_confirmed | result.four_eyes | result.critical_uncalled | result.locked */
export const authoriseResults = defineCall(
  'result.authorise',
  z.object({
    items: z.array(Step).min(1).max(500),
    /** Of `confirmIdentity`; needed unless the lab's policy asks for none. */
    signingToken: z.string().max(600).nullish(),
  }),
  z.array(ResultView),
);
/** Back to the bench, with a reason. */
export const sendBackResults = defineCall(
  'result.sendBack',
  z.object({ items: z.array(Step).min(1).max(500), reason: noteText(500) }),
  z.array(ResultView),
);
/** Batch: results by order, in catalogue order. */
export const resultsOfOrders = defineCall(
  'result.ofOrders',
  z.object({ ids: z.array(Id).max(200) }),
  z.array(ResultView),
);
/** Batch: results by id. */
export const getResults = defineCall('result.getMany', z.object({ ids: z.array(Id).max(500) }), z.array(ResultView));
/**
 * For QC's look-back: values of an analyte, and of what is measured as it, that an instrument gave since a time, oldest first,
 * whatever became of them.
 */
export const resultsOfInstrument = defineCall(
  'result.ofInstrument',
  PageInput.extend({ instrument: z.string().max(100), analyteCode: z.string().max(40), from: Instant, to: Instant }),
  pageOf(ResultView),
);
/**
 * Verified by rules instead of a person: all of `items` that still stand as they were judged; the others are left out of the
 * answer. A result that carries a hold is never verified so.
 */
export const autoVerifyResults = defineCall(
  'result.autoVerify',
  z.object({
    items: z
      .array(Step.extend({ rules: z.array(z.string().max(60)).min(1).max(40) }))
      .min(1)
      .max(500),
    ruleSet: z.string().max(60),
  }),
  z.array(ResultView),
);
/** Opens signed results again; the signed version stays on record and on the old report. @throws user.not_confirmed */
export const amendResults = defineCall(
  'result.amend',
  z.object({
    items: z.array(Step).min(1).max(100),
    reason: noteText(500),
    /** Of `confirmIdentity`; needed unless the lab's policy asks for none. */
    signingToken: z.string().max(600).nullish(),
  }),
  z.array(ResultView),
);
/** Versions of a result that were signed, oldest first; `number` is 1 for the first. The one that stands has no `amendedBy`. */
export const signedVersions = defineCall(
  'result.signedVersions',
  z.object({ resultIds: z.array(Id).max(200) }),
  z.array(z.object({ resultId: Id, number: z.int(), signed: ResultView, amendedBy: Amendment.nullable() })),
);

/** A critical value and the calls made about it. open: nobody was reached; told: read back by who was called; closed: the value turned out not to be critical, or to be wrong. */
export const CriticalView = z.object({
  id: Id,
  resultId: Id,
  orderId: Id,
  patientId: Id,
  analyteCode: z.string(),
  analyteName: z.string(),
  value: z.string(),
  unit: z.string(),
  flags: z.array(Flag),
  /** Which limit it passed, as stored with the result. */
  limit: z.string(),
  /** Somebody was told another value before: the call says what is right now. */
  isCorrection: z.boolean(),
  status: z.enum(['open', 'told', 'closed']),
  foundAt: Instant,
  /** When it escalates if nobody is told; moves on with each escalation. */
  dueAt: Instant,
  escalations: z.int(),
  calls: z.array(
    z.object({
      at: Instant,
      by: z.string(),
      /** Who was called, in words: name and role. */
      to: z.string(),
      phone: z.string().nullable(),
      wasReached: z.boolean(),
      wasReadBack: z.boolean(),
      note: z.string().nullable(),
    }),
  ),
});
export type CriticalView = z.output<typeof CriticalView>;
/** Oldest first: what nobody was told yet. */
export const listCriticals = defineCall(
  'result.listCriticals',
  PageInput.extend({ status: z.enum(['open', 'told', 'closed']).default('open') }),
  pageOf(CriticalView),
);
export const criticalsOfOrders = defineCall(
  'result.criticalsOfOrders',
  z.object({ ids: z.array(Id).max(200) }),
  z.array(CriticalView),
);
/** Told only when reached and read back. One call may be about several values. */
export const recordCriticalCall = defineCall(
  'result.recordCriticalCall',
  z.object({
    /** Client-made id of the call: recording it twice records it once. */
    id: Id.optional(),
    criticalIds: z.array(Id).min(1).max(50),
    to: noteText(200),
    phone: z.string().max(20).nullish(),
    calledAt: Instant.nullish(),
    wasReached: z.boolean(),
    wasReadBack: z.boolean(),
    note: noteText(500).nullish(),
  }),
  z.array(CriticalView),
);

/** The authorised values of one patient and analyte, newest first: the bench's "previous". */
export const lastResults = defineCall(
  'result.last',
  z.object({ patientId: Id, analyteCode: z.string().max(40), first: z.int().min(1).max(50).default(5) }),
  z.array(ResultView),
);

export const resultTrail = trailCall('result');

const ResultsFact = z.object({ orderId: Id, patientId: Id, resultIds: z.array(Id), at: Instant, by: z.string() });
/** The subject of each is the order. */
export const resultEntered = defineEvent(
  'result.entered',
  1,
  ResultsFact.extend({
    source: z.string(),
    /** Each value, for who counts reagents or judges by rules. */
    items: z
      .array(
        z.object({
          resultId: Id,
          testCode: z.string(),
          analyteCode: z.string(),
          /** The instrument, or `manual`. */
          source: z.string(),
          reagentLot: z.string().nullable(),
          isRerun: z.boolean(),
        }),
      )
      .default([]),
  }),
);
export const resultVerified = defineEvent('result.verified', 1, ResultsFact);
export const resultAuthorised = defineEvent(
  'result.authorised',
  1,
  ResultsFact.extend({
    isOrderComplete: z.boolean(),
    /** Some of them had been signed before, with another value. */
    isAmendment: z.boolean().default(false),
  }),
);
/** Opened for amendment; the old value stands on the old report until the new one is signed. */
export const resultAmended = defineEvent('result.amended', 1, ResultsFact.extend({ reason: z.string() }));
/** A verified value calls for another test, by a rule of the catalogue. */
export const reflexDue = defineEvent(
  'result.reflex_due',
  1,
  z.object({
    orderId: Id,
    patientId: Id,
    ruleCode: z.string(),
    addTestCode: z.string(),
    billing: z.enum(['billed', 'free', 'ask']),
    /** The values that called for it. */
    resultIds: z.array(Id),
    at: Instant,
  }),
);
const CriticalFact = z.object({
  criticalId: Id,
  resultId: Id,
  orderId: Id,
  patientId: Id,
  analyteCode: z.string(),
  at: Instant,
});
export const criticalFound = defineEvent('result.critical_found', 1, CriticalFact);
/** Nobody was told in time; `escalation` is 1 for the first. */
export const criticalOverdue = defineEvent(
  'result.critical_overdue',
  1,
  CriticalFact.extend({ escalation: z.int(), foundAt: Instant }),
);
export const criticalTold = defineEvent('result.critical_told', 1, CriticalFact.extend({ by: z.string() }));
