// Hands the findings of many messages to the result service in one call, and again for tubes whose first barcode nobody knows.
import { enterFromInstrument } from '#contract/result.ts';
import type { EntryOutcome, InstrumentObservation } from '#contract/result.ts';
import { inBatches } from '#platform/batches.ts';
import type { Ctx } from '#platform/service.ts';

import type { CodeBook } from '../domain/code-book.ts';
import type { Finding, HeldPlace, ReadMessage, TubeReading } from '../domain/reading.ts';
import { holdFinding, holdTube } from '../domain/reading.ts';
import { isTooLong, MAX_BARCODE } from '../reading/clamp.ts';
import { takeControlTubes } from './take-controls.ts';

/** A tube's number may stand in SPM, SAC, OBR-3 and OBR-2; more places than these are not tried. */
const MAX_ROUNDS = 3;
/** The contract's limit of one call. */
const MAX_OBSERVATIONS = 5000;

export interface Entered {
  /** Values that found their place, now or before; those of controls among them. */
  readonly entered: number;
  readonly orderIds: readonly string[];
  readonly held: readonly HeldPlace[];
  /** A tube is drawn and the bench does not know it yet: the message is to be tried again. */
  readonly isEarly: boolean;
}

interface Pending {
  readonly messageId: string;
  readonly instrument: string;
  readonly tube: TubeReading;
  readonly findings: readonly { readonly finding: Finding; readonly analyteCode: string }[];
  readonly barcodes: readonly string[];
}

interface Tally {
  entered: number;
  isEarly: boolean;
  readonly orderIds: Set<string>;
  readonly held: HeldPlace[];
}

type Outcome = { readonly outcome: EntryOutcome; readonly orderId: string | null };

/** What each message came to, by message id. Safe to repeat: a finding's key is its message and place. */
export async function enterMessages(
  ctx: Ctx,
  book: CodeBook,
  messages: readonly ReadMessage[],
): Promise<ReadonlyMap<string, Entered>> {
  const sorted = await takeControlTubes(ctx, book, messages);
  const tallies = new Map(sorted.map((message) => [message.id, newTally(message.held, message.recorded)]));
  const tallyOf = (messageId: string): Tally => tallies.get(messageId) ?? newTally([], 0);
  let pending = sorted.flatMap((message) =>
    message.tubes.flatMap((tube) => prepare(message, tube, book, tallyOf(message.id))),
  );
  for (let round = 0; round < MAX_ROUNDS && pending.length > 0; round += 1) {
    const outcomes = await enter(ctx, pending, round);
    pending = pending.filter((each) => !settle(each, outcomes, round, tallyOf(each.messageId)));
  }
  return new Map(
    [...tallies].map(([id, { entered, orderIds, held, isEarly }]) => [
      id,
      { entered, orderIds: [...orderIds], held, isEarly },
    ]),
  );
}

function newTally(held: readonly HeldPlace[], entered: number): Tally {
  return { entered, isEarly: false, orderIds: new Set(), held: [...held] };
}

/** Sorts out what cannot be sent at all; what is left of the tube goes to the result service. */
function prepare(
  message: Pick<ReadMessage, 'id' | 'instrument'>,
  tube: TubeReading,
  book: CodeBook,
  tally: Tally,
): readonly Pending[] {
  if (tube.barcodes.length === 0) {
    tally.held.push(holdTube(tube, 'no_barcode'));
    return [];
  }
  const findings: { finding: Finding; analyteCode: string }[] = [];
  for (const finding of tube.findings) {
    const analyteCode = book.find(message.instrument, finding.codes);
    if (analyteCode === undefined) tally.held.push(holdFinding(finding, tube, 'unknown_code'));
    else if (isTooLong(finding)) tally.held.push(holdFinding(finding, tube, 'fault'));
    else findings.push({ finding, analyteCode });
  }
  if (findings.length === 0) return [];
  const barcodes = tube.barcodes.filter((barcode) => barcode.length <= MAX_BARCODE);
  if (barcodes.length === 0) {
    tally.held.push(holdTube(tube, 'unknown_barcode'));
    return [];
  }
  return [{ messageId: message.id, instrument: message.instrument, tube, findings, barcodes }];
}

const keyOf = (messageId: string, finding: Finding): string => `${messageId}/${finding.location}`;

async function enter(ctx: Ctx, pending: readonly Pending[], round: number): Promise<ReadonlyMap<string, Outcome>> {
  const observations = pending.flatMap((each) =>
    each.findings.map(({ finding, analyteCode }): InstrumentObservation => ({
      key: keyOf(each.messageId, finding),
      messageId: each.messageId,
      instrument: each.instrument,
      barcode: each.barcodes[round] ?? '',
      analyteCode,
      value: finding.value,
      unit: finding.unit,
      doubts: [...finding.doubts],
      isPreliminary: finding.isPreliminary,
      note: finding.note,
      indices: null,
      dilution: null,
      reagentLot: null,
    })),
  );
  const entered = await inBatches(observations, MAX_OBSERVATIONS, (some) =>
    ctx.callAsSystem(enterFromInstrument, { observations: some }),
  );
  return new Map(entered.map(({ key, outcome, orderId }) => [key, { outcome, orderId }]));
}

/** Takes the outcomes of one tube; false when its next barcode is to be tried. */
function settle(pending: Pending, outcomes: ReadonlyMap<string, Outcome>, round: number, tally: Tally): boolean {
  const { tube } = pending;
  const results = pending.findings.map(({ finding }) => ({
    finding,
    ...outcomes.get(keyOf(pending.messageId, finding)),
  }));
  const isUnknown = results.every(({ outcome }) => outcome === 'unknown_barcode');
  if (isUnknown && round + 1 < Math.min(MAX_ROUNDS, pending.barcodes.length)) return false;
  const barcode = isUnknown ? pending.barcodes[0] : pending.barcodes[round];
  const known: TubeReading = { ...tube, barcodes: [barcode ?? ''] };
  const wholeTube = { unknown_barcode: new Array<Finding>(), not_collected: new Array<Finding>() };
  for (const { finding, outcome, orderId } of results) {
    switch (outcome) {
      case 'entered':
      case 'repeated':
      case 'kept_beside':
        tally.entered += 1;
        if (orderId !== undefined && orderId !== null) tally.orderIds.add(orderId);
        break;
      case 'unknown_barcode':
      case 'not_collected':
        wholeTube[outcome].push(finding);
        break;
      case 'not_ready':
        tally.isEarly = true;
        break;
      case 'after_authorised':
        // The report is out and the result stands; that another value came must reach a person, and the order's trail.
        if (orderId !== undefined && orderId !== null) tally.orderIds.add(orderId);
        tally.held.push(holdFinding(finding, known, outcome));
        break;
      case 'not_ordered':
      case 'unit_mismatch':
      case 'no_value':
      case 'tube_rejected':
      case 'cancelled':
      case 'wrong_slot':
        tally.held.push(holdFinding(finding, known, outcome));
        break;
      case undefined:
        // The result service answers every key; a missing answer must be seen, not taken for success.
        tally.held.push(holdFinding(finding, known, 'fault'));
        break;
      default:
        outcome satisfies never;
    }
  }
  for (const reason of ['unknown_barcode', 'not_collected'] as const) {
    const findings = wholeTube[reason];
    if (findings.length > 0) tally.held.push(holdTube({ ...known, findings }, reason));
  }
  return true;
}
