// Finds the results that observations of instruments belong to, or says why there is none. Pure: rows in, fates out.
import type { EntryOutcome, InstrumentObservation, ResultStatus } from '../contract.ts';
import { isIndexCode } from './indices.ts';

export interface Target {
  readonly orderId: string;
  readonly barcode: string | null;
  readonly analyteCode: string;
  /** The code instruments report it under, when it is a timed slot of another. */
  readonly measuredAs: string | null;
  readonly status: ResultStatus;
  /** The tube it came from until that was rejected. */
  readonly rejectedTube: { readonly barcode: string } | null;
}

/** What the sample service says of a tube that the bench does not know. */
export interface KnownTube {
  /** The barcode it goes by. */
  readonly barcode: string;
  /** emptied: all its tests went along with aliquots. */
  readonly state: 'planned' | 'drawn' | 'emptied' | 'rejected' | 'cancelled';
}

export type Place<T> =
  /** Usually one; several when two tests of the order share the analyte and the tube: the value is the value of both. */
  | { readonly kind: 'found'; readonly rows: readonly T[]; readonly tubeRows: readonly T[] }
  /** It speaks of the serum, hence of all of the tube. */
  | { readonly kind: 'indices'; readonly rows: readonly T[] }
  | { readonly kind: 'none'; readonly outcome: EntryOutcome };

/**
 * @param rows all results of the orders whose tubes the observations name, in catalogue order
 * @param tubesOf tubes that the bench does not know by the barcode that was sent
 */
export function createPlacer<T extends Target>(
  rows: readonly T[],
  tubesOf: ReadonlyMap<string, KnownTube>,
): (observation: Pick<InstrumentObservation, 'barcode' | 'analyteCode' | 'value'>) => Place<T> {
  const byTube = Map.groupBy(
    rows.filter(({ barcode }) => barcode !== null),
    ({ barcode }) => barcode ?? '',
  );
  const byOrder = Map.groupBy(rows, ({ orderId }) => orderId);
  return ({ barcode, analyteCode, value }): Place<T> => {
    const sentBarcode = barcode.trim();
    const known = tubesOf.get(sentBarcode);
    const tube = byTube.get(known?.barcode ?? sentBarcode);
    if (tube === undefined) return none(fateOfTube(known));
    const own = ownOf(tube, analyteCode);
    const open = own.filter(({ status }) => status !== 'cancelled');
    if (open.length === 0) {
      if (own.length > 0) return none('cancelled');
      if (isIndexCode(analyteCode)) return value.trim() === '' ? none('no_value') : { kind: 'indices', rows: tube };
      const order = tube.flatMap(({ orderId }) => byOrder.get(orderId) ?? []);
      const [{ barcode: tubeBarcode } = { barcode: null }] = tube;
      const isRejected = order.some(
        (row) => row.rejectedTube?.barcode === tubeBarcode && ownOf([row], analyteCode).length > 0,
      );
      if (isRejected) return none('tube_rejected');
      return none(isOfAnotherSlot(order, tube, analyteCode) ? 'wrong_slot' : 'not_ordered');
    }
    if (value.trim() === '') return none('no_value');
    return { kind: 'found', rows: open, tubeRows: tube };
  };
}

function none(outcome: EntryOutcome): { readonly kind: 'none'; readonly outcome: EntryOutcome } {
  return { kind: 'none', outcome };
}

function fateOfTube(known: KnownTube | undefined): EntryOutcome {
  if (known === undefined) return 'unknown_barcode';
  const { state } = known;
  switch (state) {
    case 'planned':
      return 'not_collected';
    case 'emptied':
      return 'not_ordered';
    case 'rejected':
      return 'tube_rejected';
    case 'cancelled':
      return 'cancelled';
    case 'drawn':
      // Drawn, and the bench does not know it: the event is on its way, an analyzer can be quicker.
      return 'not_ready';
    default:
      return state satisfies never;
  }
}

/**
 * By its own code first; else the slot of the tube that is measured under the code (GLU on a tube drawn for GLU_PP). A tube
 * of several slots, which the tube plan never makes, leaves nothing to decide: the value waits for a person.
 */
function ownOf<T extends Target>(tube: readonly T[], code: string): readonly T[] {
  const exact = tube.filter(({ analyteCode }) => analyteCode === code);
  if (exact.length > 0) return exact;
  const slots = tube.filter(({ measuredAs }) => measuredAs === code);
  return new Set(slots.map(({ analyteCode }) => analyteCode)).size === 1 ? slots : [];
}

/**
 * The order has the analyte, but on a tube of another time: a value of this tube may not land there (lab-day 22).
 * @param tube drawn for a slot of its own, else the test simply belongs to another tube
 */
function isOfAnotherSlot(order: readonly Target[], tube: readonly Target[], code: string): boolean {
  const wanted = order.filter(({ analyteCode, measuredAs }) => analyteCode === code || measuredAs === code);
  const measured = new Set(wanted.map(({ analyteCode, measuredAs }) => measuredAs ?? analyteCode));
  const isTimed = wanted.some(({ measuredAs }) => measuredAs !== null);
  return tube.some(
    ({ analyteCode, measuredAs }) => (measuredAs !== null || isTimed) && measured.has(measuredAs ?? analyteCode),
  );
}
