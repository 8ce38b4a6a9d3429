// The latest value of each patient for a few analytes, in flat arrays: what the next one is compared with.
import { makeId } from './ids.ts';

export interface Remembered {
  readonly n: number;
  /** Of the id of its result. */
  readonly part: number;
  readonly placedMs: number;
  readonly collectedMs: number;
  readonly luck: number;
}

export interface Earlier {
  /** Remembers this one, and returns the one before. */
  swap(
    analyteCode: string,
    patientIndex: number,
    now: Remembered,
  ): { readonly resultId: string; readonly luck: number; readonly collectedAt: string } | null;
}

/** @param patients indices run below it @param analyteCodes those that are compared; all others have no earlier value */
export function createEarlier(seed: number, patients: number, analyteCodes: readonly string[]): Earlier {
  const size = patients * analyteCodes.length;
  const numbers = new Uint32Array(size);
  const parts = new Uint16Array(size);
  const placed = new Float64Array(size);
  const collected = new Float64Array(size);
  const lucks = new Float32Array(size);
  const columnOf = new Map(analyteCodes.map((code, at) => [code, at]));
  return {
    swap: (analyteCode, patientIndex, now) => {
      const column = columnOf.get(analyteCode);
      if (column === undefined) return null;
      const at = patientIndex * analyteCodes.length + column;
      const placedMs = placed[at] ?? 0;
      const before =
        placedMs === 0
          ? null
          : {
              resultId: makeId(seed, placedMs, 'result', numbers[at] ?? 0, parts[at] ?? 0),
              luck: lucks[at] ?? 0,
              collectedAt: new Date(collected[at] ?? 0).toISOString(),
            };
      numbers[at] = now.n;
      parts[at] = now.part;
      placed[at] = now.placedMs;
      collected[at] = now.collectedMs;
      lucks[at] = now.luck;
      return before;
    },
  };
}
