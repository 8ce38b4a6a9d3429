import type { OrderLine } from '#contract/order.ts';
import type { orderPlaced } from '#contract/order.ts';
import type { EventPayload } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import * as store from '../store.ts';

const rankOf = { stat: 0, urgent: 1, routine: 2 } as const;

/** Lays out what the bench expects: one row for each analyte of each line, in catalogue order. */
export async function onOrderPlaced(ctx: Ctx, order: EventPayload<typeof orderPlaced>): Promise<void> {
  const laidOut = order.lines.flatMap((line) => line.analytes.map((analyte) => toResult(ctx.newId(), line, analyte)));
  const results = laidOut.map((result, position) => ({ ...result, position }));
  const { orderId, patientId, placedAt, priority } = order;
  await ctx.transaction((tx) =>
    store.addExpected(
      tx,
      { labId: ctx.labId(), orderId, patientId, placedAt, priorityRank: rankOf[priority] },
      results,
    ),
  );
}

type PlacedLine = EventPayload<typeof orderPlaced>['lines'][number];

function toResult(
  id: string,
  line: Pick<OrderLine, 'id' | 'testCode' | 'testName' | 'section' | 'specimen'> & Pick<PlacedLine, 'method'>,
  analyte: PlacedLine['analytes'][number],
): Omit<store.NewResult, 'position'> {
  return {
    id,
    lineId: line.id,
    testCode: line.testCode,
    testName: line.testName,
    section: line.section,
    specimen: line.specimen,
    method: line.method,
    analyteCode: analyte.code,
    analyteName: analyte.name,
    loinc: analyte.loinc,
    kind: analyte.kind,
    ucum: analyte.ucum,
    unit: analyte.unitDisplay,
    decimals: analyte.decimals,
    choices: analyte.choices,
  };
}
