// What the bench expects of the lines of an order: one row for each analyte of each line, in catalogue order.
import type { PlacedLine } from '#contract/order.ts';

import type { NewResult } from './store.ts';

/** @param firstPosition place of the first in the order; later lines come after those that are there */
export function layOut(lines: readonly PlacedLine[], newId: () => string, firstPosition = 0): readonly NewResult[] {
  return lines
    .flatMap((line) => line.analytes.map((analyte) => toResult(newId(), line, analyte)))
    .map((result, at) => ({ ...result, position: firstPosition + at }));
}

function toResult(id: string, line: PlacedLine, analyte: PlacedLine['analytes'][number]): Omit<NewResult, 'position'> {
  return {
    id,
    lineId: line.id,
    testCode: line.testCode,
    testName: line.testName,
    section: line.section,
    specimen: line.specimen,
    method: line.method,
    draw: line.draw,
    isOutsourced: line.isOutsourced,
    analyteCode: analyte.code,
    analyteName: analyte.name,
    loinc: analyte.loinc,
    kind: analyte.kind,
    ucum: analyte.ucum,
    unit: analyte.unitDisplay,
    decimals: analyte.decimals,
    choices: analyte.choices,
    formula: analyte.formula,
    measuredAs: analyte.measuredAs,
    promisedAt: line.promisedAt,
  };
}
