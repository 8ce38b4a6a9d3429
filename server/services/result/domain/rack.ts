// A rack as it is loaded, or a list as it is printed: controls, tubes in the order of the worklist, controls (lab-day 34).
import type { RackPlace, ResultView } from '../contract.ts';

/** What a tube is measured for, in catalogue order. */
export interface OnTube extends Pick<
  ResultView,
  'orderId' | 'patientId' | 'priority' | 'specimen' | 'draw' | 'testCode' | 'testName' | 'analyteCode'
> {
  readonly barcode: string | null;
}

export interface TubeOfRack {
  readonly barcode: string;
  readonly cameAt: string;
}

const control = { kind: 'control', barcode: null, orderId: null, patientId: null, priority: null } as const;

/**
 * @param tubes in the order in which they are loaded, each once
 * @param results of these tubes; a tube without any (its last value has just come) leaves no gap
 */
export function loadRack(
  tubes: readonly TubeOfRack[],
  results: readonly OnTube[],
  controls: { readonly first: number; readonly last: number },
): readonly RackPlace[] {
  const byTube = Map.groupBy(results, ({ barcode }) => barcode ?? '');
  const loaded = tubes.flatMap(({ barcode, cameAt }): readonly Omit<RackPlace, 'position'>[] => {
    const own = byTube.get(barcode) ?? [];
    const [some] = own;
    if (some === undefined) return [];
    const { orderId, patientId, priority, specimen, draw } = some;
    return [{ kind: 'tube', barcode, orderId, patientId, priority, specimen, draw, cameAt, tests: testsOf(own) }];
  });
  const empty = { ...control, specimen: null, draw: null, cameAt: null };
  const controlsOf = (count: number): readonly Omit<RackPlace, 'position'>[] =>
    Array.from({ length: count }, () => ({ ...empty, tests: [] }));
  return [...controlsOf(controls.first), ...loaded, ...controlsOf(controls.last)].map((place, at) => ({
    position: at + 1,
    ...place,
  }));
}

function testsOf(own: readonly OnTube[]): RackPlace['tests'] {
  return [...Map.groupBy(own, ({ testCode }) => testCode)].map(([testCode, results]) => ({
    testCode,
    testName: results[0]?.testName ?? testCode,
    analyteCodes: results.map(({ analyteCode }) => analyteCode),
  }));
}
