// Finds the results that observations of instruments belong to, or says why there is none. Pure: rows in, fates out.
import type { EntryOutcome, InstrumentObservation } from '../contract.ts';
import type { UnitOfAnalyte } from './units.ts';
import { isSameUnit } from './units.ts';

export interface Target extends UnitOfAnalyte {
  readonly barcode: string | null;
}

/** What the sample service says of a tube that the bench does not know. */
export interface KnownTube {
  /** The barcode it goes by. */
  readonly barcode: string;
  readonly isDrawn: boolean;
}

export type Place<T> =
  /** Usually one; several when two tests of the order share the analyte and the tube: the value is the value of both. */
  { readonly kind: 'found'; readonly rows: readonly T[] } | { readonly kind: 'none'; readonly outcome: EntryOutcome };

/**
 * @param rows all results of the tubes that the observations name, in catalogue order
 * @param tubesOf tubes that the bench does not know by the barcode that was sent
 */
export function createPlacer<T extends Target>(
  rows: readonly T[],
  tubesOf: ReadonlyMap<string, KnownTube>,
): (observation: InstrumentObservation) => Place<T> {
  const byTube = Map.groupBy(rows, (row) => row.barcode ?? '');
  const byAnalyte = Map.groupBy(rows, (row) => placeKey(row.barcode ?? '', row.analyteCode));
  return ({ barcode, analyteCode, value, unit }: InstrumentObservation): Place<T> => {
    const sentBarcode = barcode.trim();
    const known = tubesOf.get(sentBarcode);
    const tube = known?.barcode ?? sentBarcode;
    if (!byTube.has(tube)) {
      if (known === undefined) return { kind: 'none', outcome: 'unknown_barcode' };
      // Drawn, and the bench does not know it: the event is on its way, an analyzer can be quicker.
      return { kind: 'none', outcome: known.isDrawn ? 'not_ready' : 'not_collected' };
    }
    const own = byAnalyte.get(placeKey(tube, analyteCode)) ?? [];
    const [first] = own;
    if (first === undefined) return { kind: 'none', outcome: 'not_ordered' };
    if (value.trim() === '') return { kind: 'none', outcome: 'no_value' };
    if (unit.trim() !== '' && !own.every((row) => isSameUnit(unit, row)))
      return { kind: 'none', outcome: 'unit_mismatch' };
    return { kind: 'found', rows: own };
  };
}

/** A barcode holds no blank, so the pair is unmistakable. */
function placeKey(barcode: string, analyteCode: string): string {
  return `${barcode} ${analyteCode}`;
}
