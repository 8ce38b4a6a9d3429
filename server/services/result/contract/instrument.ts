// What analyzers send, and what becomes of each observation.
import * as z from 'zod';

import { defineCall, Id } from '#platform/contract.ts';

import { SerumIndices } from './value.ts';

export const InstrumentObservation = z.object({
  /** Same key, same observation: a message sent or processed twice enters once. */
  key: z.string().max(200),
  messageId: Id,
  instrument: z.string().max(100),
  barcode: z.string().max(60),
  analyteCode: z.string().max(40),
  value: z.string().max(4000),
  /** Unit as sent; empty when the instrument sent none. */
  unit: z.string().max(60),
  /** Flags as sent that say the instrument doubts the value. */
  doubts: z.array(z.string().max(60)).max(50),
  isPreliminary: z.boolean(),
  note: z.string().max(4000).nullable(),
  /** Indices sent with this sample. */
  indices: SerumIndices.nullable().default(null),
  dilution: z.string().max(40).nullable().default(null),
  reagentLot: z.string().max(80).nullable().default(null),
});
export type InstrumentObservation = z.output<typeof InstrumentObservation>;

export const EntryOutcome = z.enum([
  'entered',
  /** The same value was there already. */
  'repeated',
  /** Another value was there already; this one is kept beside it, and holds the result, which comes back when verified. */
  'kept_beside',
  /** A value that differs came for a signed result: kept beside, nothing of the result changes, a person must be told. */
  'after_authorised',
  'unknown_barcode',
  'not_ordered',
  'not_collected',
  /** The tube is drawn, but the news of it has not reached the bench yet: try again shortly. */
  'not_ready',
  'unit_mismatch',
  'no_value',
  /** The tube is rejected or the test cancelled: kept in the inbox, nothing entered. */
  'tube_rejected',
  'cancelled',
  /** The tube was drawn for another time than any of its open tests. */
  'wrong_slot',
]);
export type EntryOutcome = z.output<typeof EntryOutcome>;

/** For the integration service: many observations, each with its own fate; safe to repeat. */
export const enterFromInstrument = defineCall(
  'result.enterFromInstrument',
  z.object({ observations: z.array(InstrumentObservation).min(1).max(5000) }),
  z.array(z.object({ key: z.string(), outcome: EntryOutcome, resultId: Id.nullable(), orderId: Id.nullable() })),
);
