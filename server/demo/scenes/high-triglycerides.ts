// Triglycerides above 400: the calculated LDL is left out with the reason, a rule proposes the direct one, the desk confirms it.
import { decideReflex, listReflexProposals } from '#contract/order.ts';
import { linkReport } from '#contract/report.ts';

import type { Scene } from '../day-table.ts';
import { waitFor } from '../lab-day.ts';
import type { LabDay } from '../lab-day.ts';
import { admit, awaitReport, awaitResults, draw, enter, receive, resultsOf, sign, verify } from '../steps.ts';

const RULE = 'TRIG_LDL_D';

export async function highTriglycerides(day: LabDay): Promise<Scene> {
  const { staff, analyzers, table } = day;
  const visit = await admit(day, {
    name: 'Balbir Chawla',
    sex: 'male',
    age: { years: 52 },
    mobile: '9820011006',
    referredBy: 'Dr. S. Kamat',
    items: ['LIPID'],
    priority: 'routine',
  });
  await draw(day, visit);
  await receive(day, [visit]);
  for (const { barcode } of visit.tubes) {
    const values = { CHOL: '268', TRIG: '612', HDL: '37' };
    await analyzers.chemistry.run({ barcode, sex: 'male', tests: Object.keys(values), values });
    table.messages += 1;
  }
  const values = await awaitResults(day, 'the lipids', visit.orderId, (results) =>
    ['CHOL', 'TRIG', 'HDL'].every((code) => results.some((each) => each.analyteCode === code && each.value !== null)),
  );
  const ldl = values.find(({ analyteCode }) => analyteCode === 'LDL');
  await verify(day, values);
  const proposal = await waitFor('the proposal of the direct LDL', async () => {
    const { edges } = await staff.desk.call(listReflexProposals, { first: 100 });
    return edges.map(({ node }) => node).find((each) => each.orderId === visit.orderId && each.ruleCode === RULE);
  });
  await staff.desk.call(decideReflex, { proposalId: proposal.id, isConfirmed: true });
  const added = await awaitResults(day, 'the added direct LDL', visit.orderId, (results) =>
    results.some(({ testCode, status }) => testCode === proposal.testCode && status === 'awaiting'),
  );
  const direct = added.find(({ testCode }) => testCode === proposal.testCode);
  if (!direct) throw new Error('The reflex test is not at the bench');
  await enter(day, [{ result: direct, value: '141' }]);
  await verify(day, await resultsOf(day, visit.orderId));
  await sign(day, await resultsOf(day, visit.orderId));
  const [report] = await awaitReport(day, visit.orderId, 1);
  if (!report) throw new Error('There is no report');
  const { url } = await staff.pathologist.call(linkReport, { reportId: report.id });
  return {
    name: 'high triglycerides',
    what: `Triglycerides 612: no calculated LDL (${ldl?.blankReason ?? ''}); rule ${RULE} proposed ${proposal.testCode}, confirmed at the desk, run on the same tube: 141`,
    where: `order ${visit.orderNumber}: results { analyteCode value blankReason }; desk: query { reflexProposals(status: confirmed) { nodes { ruleCode testCode } } }`,
    facts: {
      ldl: ldl?.value ?? null,
      blankReason: ldl?.blankReason ?? null,
      rule: proposal.ruleCode,
      added: proposal.testCode,
      onTheSameTube: visit.tubes.some(({ barcode }) => barcode === direct.barcode),
    },
    pdf: url,
  };
}
