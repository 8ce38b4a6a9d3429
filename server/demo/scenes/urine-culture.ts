// A urine culture: a preliminary report on the first day, the final one with species and antibiogram on a version of its own (lab-day 50).
import { composeReport, linkReport, reportsOfOrders } from '#contract/report.ts';
import { enterDetail } from '#contract/result.ts';
import type { ResultDetail, ResultView } from '#contract/result.ts';

import type { Scene } from '../day-table.ts';
import type { LabDay } from '../lab-day.ts';
import { admit, awaitReport, awaitResults, draw, receive, resultsOf, sign, verify } from '../steps.ts';

type Culture = Extract<ResultDetail, { kind: 'culture' }>;

const preliminary: Culture = {
  kind: 'culture',
  stage: 'preliminary',
  growth: 'growth',
  incubationHours: 18,
  microscopy: 'Pus cells 20-25 per high power field; gram negative rods',
  colonyCount: '> 100,000 CFU/mL',
  isolates: [
    {
      organism: 'Gram negative rods, lactose fermenting',
      quantity: '> 100,000 CFU/mL',
      comment: null,
      antibiogram: [],
    },
  ],
  comment: 'Identification and susceptibility follow.',
};

const drug = (
  antibiotic: string,
  measured: string,
  interpretation: Culture['isolates'][number]['antibiogram'][number]['interpretation'],
  isReported = true,
) => ({ antibiotic, method: 'mic' as const, measured, interpretation, isReported });

const final: Culture = {
  ...preliminary,
  stage: 'final',
  incubationHours: 48,
  isolates: [
    {
      organism: 'Escherichia coli',
      quantity: '> 100,000 CFU/mL',
      comment: null,
      antibiogram: [
        drug('Amikacin', '<=2', 'S'),
        drug('Cefotaxime', '>=64', 'R'),
        drug('Ciprofloxacin', '>=4', 'R'),
        drug('Fosfomycin', '<=16', 'S'),
        drug('Nitrofurantoin', '32', 'S'),
        drug('Trimethoprim-sulfamethoxazole', '>=320', 'R'),
        // Cascade reporting: tested, kept, not printed while a narrower drug will do.
        drug('Meropenem', '<=0.25', 'S', false),
      ],
    },
  ],
  comment: null,
};

export async function urineCulture(day: LabDay): Promise<Scene> {
  const { staff } = day;
  const visit = await admit(day, {
    name: 'Farzana Mulla',
    sex: 'female',
    age: { years: 36 },
    mobile: '9820011008',
    referredBy: 'Dr. Rekha Pillai',
    items: ['URINE_CULT'],
    priority: 'routine',
  });
  await draw(day, visit);
  await receive(day, [visit]);
  const awaiting = await awaitResults(day, 'the drawn urine', visit.orderId, (results) =>
    results.every(({ status }) => status === 'awaiting'),
  );
  const release = async ([culture]: readonly ResultView[], detail: Culture) => {
    if (!culture) throw new Error('The order has no culture');
    await staff.technician.call(enterDetail, { resultId: culture.id, expectedVersion: culture.version, detail });
    await verify(day, await resultsOf(day, visit.orderId));
    await sign(day, await resultsOf(day, visit.orderId));
    return resultsOf(day, visit.orderId);
  };
  const interim = await release(awaiting, preliminary);
  if ((await staff.pathologist.call(reportsOfOrders, { ids: [visit.orderId] })).length === 0)
    await staff.pathologist.call(composeReport, { orderId: visit.orderId, isPartial: true });
  await awaitReport(day, visit.orderId, 1);
  const [signed] = await release(interim, final);
  const reports = await awaitReport(day, visit.orderId, 2);
  const [current, former] = reports;
  if (!current || !former) throw new Error('Two versions were to be there');
  const { url } = await staff.pathologist.call(linkReport, { reportId: current.id });
  return {
    name: 'urine culture',
    what: `Urine culture: preliminary ${former.number} (gram negative rods), final ${current.number} with E. coli and its antibiogram`,
    where: `order ${visit.orderNumber}: results { value detail } reports { number status isPartial }`,
    facts: {
      reports: reports.map(({ version, status, isPartial }) => ({ version, status, isPartial })),
      stage: signed?.detail?.kind === 'culture' ? signed.detail.stage : null,
      antibiogram: signed?.detail?.kind === 'culture' ? (signed.detail.isolates[0]?.antibiogram.length ?? 0) : 0,
    },
    pdf: url,
  };
}
