// The cumulative table of a person: analytes down, draws across, and where values may not be compared (lab-day 46). Pure.
import type { HistoryColumn, HistoryValue, ResultView } from '../contract.ts';
import { readNumber } from './lab-number.ts';

/** A value as it stands signed. */
export type Signed = Pick<
  ResultView,
  | 'id'
  | 'orderId'
  | 'analyteCode'
  | 'analyteName'
  | 'collectedAt'
  | 'draw'
  | 'value'
  | 'kind'
  | 'unit'
  | 'flags'
  | 'range'
  | 'method'
  | 'amendment'
>;

/** How the value before was measured and told; undefined: there is none. */
export type Before = Pick<HistoryValue, 'method' | 'unit'> | undefined;

/** @returns undefined for what was never drawn or has no value; signed values have both */
export function toHistoryValue(row: Signed, before: Before): HistoryValue | undefined {
  const { id, orderId, collectedAt, draw, value, unit, flags, range, method, amendment } = row;
  if (collectedAt === null || value === null) return undefined;
  return {
    resultId: id,
    orderId,
    collectedAt,
    draw,
    value,
    number: row.kind === 'numeric' ? (readNumber(value)?.number ?? null) : null,
    unit,
    flags,
    range,
    method,
    isAmended: amendment !== null && amendment.kind !== 'continued',
    isMethodChange: before !== undefined && before.method !== method,
    isUnitChange: before !== undefined && before.unit !== unit,
  };
}

/** Newest first: the later draw, and of one moment the greater id. */
function newestFirst(one: Signed, other: Signed): number {
  const order = Date.parse(other.collectedAt ?? '') - Date.parse(one.collectedAt ?? '');
  return order || (one.id < other.id ? 1 : -1);
}

/**
 * Values newest first, each compared with the one before it in time.
 * @param beforeAll what came before the oldest of them
 */
export function compareInTime(rows: readonly Signed[], beforeAll: Before): readonly HistoryValue[] {
  const sorted = rows.toSorted(newestFirst);
  return sorted.flatMap((row, at) => toHistoryValue(row, sorted[at + 1] ?? beforeAll) ?? []);
}

export interface HistoryTable {
  readonly columns: readonly HistoryColumn[];
  readonly rows: readonly {
    readonly analyteCode: string;
    readonly analyteName: string;
    readonly values: readonly (HistoryValue | null)[];
  }[];
}

function keyOf({ orderId, draw }: Pick<HistoryColumn, 'orderId' | 'draw'>): string {
  return `${orderId} ${draw ?? ''}`;
}

/** Those that stand in one of the columns. */
export function ofColumns<R extends Signed>(columns: readonly HistoryColumn[], rows: readonly R[]): readonly R[] {
  const keys = new Set(columns.map(keyOf));
  return rows.filter((row) => row.collectedAt !== null && keys.has(keyOf(row)));
}

/**
 * @param columns newest first
 * @param rows signed values of these draws in catalogue order; others are left out. Two tests of one draw may share an
 *   analyte: the first speaks for both.
 * @param beforeOf of an analyte, what came before the oldest draw
 */
export function layHistory(
  columns: readonly HistoryColumn[],
  rows: readonly Signed[],
  beforeOf: (analyteCode: string) => Before,
): HistoryTable {
  const places = new Map(columns.map((column, at) => [keyOf(column), at]));
  const shown = ofColumns(columns, rows);
  return {
    columns,
    rows: [...Map.groupBy(shown, ({ analyteCode }) => analyteCode)].map(([analyteCode, own]) => {
      const firsts = new Map<string, Signed>();
      for (const row of own) {
        const key = keyOf(row);
        if (!firsts.has(key)) firsts.set(key, row);
      }
      const values: (HistoryValue | null)[] = columns.map(() => null);
      for (const value of compareInTime([...firsts.values()], beforeOf(analyteCode))) {
        const place = places.get(keyOf(value));
        if (place !== undefined) values[place] = value;
      }
      return { analyteCode, analyteName: own[0]?.analyteName ?? analyteCode, values };
    }),
  };
}

/** Of each analyte the oldest row: what is before it is asked for. */
export function oldestOfEach(rows: readonly Signed[]): readonly Signed[] {
  return [...Map.groupBy(rows, ({ analyteCode }) => analyteCode).values()].flatMap(
    (own) => own.toSorted(newestFirst).at(-1) ?? [],
  );
}
