// The grid to type into: one for each test, tubes down, analytes across (lab-day 37). Pure: rows in, grids out.
import type { EntryGrid, GridCell, GridColumn, GridRow, ResultView } from '../contract.ts';
import { isDetailed } from './detail.ts';
import { after } from './status.ts';

/** A result of a line, and what one must see to type it. */
export interface GridResult extends Pick<
  ResultView,
  | 'id'
  | 'version'
  | 'lineId'
  | 'testCode'
  | 'testName'
  | 'section'
  | 'analyteCode'
  | 'analyteName'
  | 'kind'
  | 'unit'
  | 'isCalculated'
  | 'status'
  | 'value'
  | 'flags'
  | 'holds'
> {
  readonly decimals: number | null;
  readonly choices: readonly string[];
}

export type Seen = Pick<GridCell, 'range' | 'rangeText' | 'previous'>;
export type Bearer = Omit<GridRow, 'lineId' | 'cells'>;

/** Nothing is to be typed into what is calculated, verified, signed or cancelled, nor where findings are entered whole. */
export function isTypable({
  isCalculated,
  kind,
  status,
}: Pick<GridResult, 'isCalculated' | 'kind' | 'status'>): boolean {
  return !isCalculated && !isDetailed(kind) && after(status, 'entered') !== undefined;
}

/**
 * @param lines in the order in which they are worked, each with its results in catalogue order
 * @returns a grid for each test, in the order of their first lines; a line without results is left out
 */
export function layGrids<R extends GridResult>(
  lines: readonly { readonly bearer: Bearer; readonly results: readonly R[] }[],
  seenOf: (result: R) => Seen,
): readonly EntryGrid[] {
  const filled = lines.filter(({ results }) => results.length > 0);
  return [...Map.groupBy(filled, ({ results }) => results[0]?.testCode ?? '')].map(([testCode, own]) => {
    const [some] = own.flatMap(({ results }) => results);
    const columns = columnsOf(own.map(({ results }) => results));
    return {
      testCode,
      testName: some?.testName ?? testCode,
      section: some?.section ?? '',
      columns,
      rows: own.map(({ bearer, results }): GridRow => {
        const byCode = new Map(results.map((result) => [result.analyteCode, result]));
        return {
          ...bearer,
          lineId: results[0]?.lineId ?? '',
          cells: columns.map(({ analyteCode }) => {
            const result = byCode.get(analyteCode);
            return result === undefined ? null : toCell(result, seenOf(result));
          }),
        };
      }),
    };
  });
}

/** Analytes in catalogue order: a test may have had other ones when an older line was ordered; those come last. */
function columnsOf(lines: readonly (readonly GridResult[])[]): GridColumn[] {
  const columns = new Map<string, GridColumn>();
  for (const result of lines.flat()) {
    if (columns.has(result.analyteCode)) continue;
    const { analyteCode, analyteName, kind, unit, decimals, choices, isCalculated } = result;
    columns.set(analyteCode, { analyteCode, analyteName, kind, unit, decimals, choices: [...choices], isCalculated });
  }
  return [...columns.values()];
}

function toCell(result: GridResult, seen: Seen): GridCell {
  const { id: resultId, version: expectedVersion, analyteCode, status, value, flags, holds } = result;
  return { resultId, expectedVersion, analyteCode, status, value, flags, holds, isTypable: isTypable(result), ...seen };
}
