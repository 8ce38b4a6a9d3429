// A signed value that was wrong: opened with a reason, signed again by two people; a new version replaces the old one (lab-day 52).
import { linkReport } from '#contract/report.ts';
import { amendResults, signedVersions } from '#contract/result.ts';

import type { Scene } from '../day-table.ts';
import type { LabDay } from '../lab-day.ts';
import { admit, awaitReport, awaitResults, draw, enter, receive, resultsOf, verifyAndSign } from '../steps.ts';

export async function amendedReport(day: LabDay): Promise<Scene> {
  const { staff } = day;
  const visit = await admit(day, {
    name: 'Prakash Wagh',
    sex: 'male',
    age: { years: 47 },
    mobile: '9820011005',
    referredBy: 'Dr. A. Mehta',
    items: ['HBA1C'],
    priority: 'routine',
  });
  await draw(day, visit);
  await receive(day, [visit]);
  const type = async (value: string) => {
    const results = await resultsOf(day, visit.orderId);
    await enter(
      day,
      results.filter(({ isCalculated }) => !isCalculated).map((result) => ({ result, value })),
    );
    await verifyAndSign(day, visit.orderId);
  };
  await awaitResults(day, 'the drawn tube', visit.orderId, (results) =>
    results.every(({ status }) => status === 'awaiting'),
  );
  await type('9.6');
  await awaitReport(day, visit.orderId, 1);
  const reason = 'Digits exchanged when typing: the analyzer printed 6.9';
  const signed = await resultsOf(day, visit.orderId);
  await staff.pathologist.call(amendResults, {
    items: signed.map(({ id, version }) => ({ resultId: id, expectedVersion: version })),
    reason,
    signingToken: await day.confirm(),
  });
  await type('6.9');
  const reports = await awaitReport(day, visit.orderId, 2);
  const versions = await staff.pathologist.call(signedVersions, { resultIds: signed.map(({ id }) => id) });
  const [current, former] = reports;
  if (!current || !former) throw new Error('Two versions were to be there');
  const { url } = await staff.pathologist.call(linkReport, { reportId: current.id });
  return {
    name: 'amended report',
    what: `HbA1c signed as 9.6, amended to 6.9 (${reason}): ${current.number} stands, ${former.number} is superseded`,
    where: `order ${visit.orderNumber}: reports { number status isAmended }; path: query { signedVersions(resultIds: ["${signed[0]?.id ?? ''}"]) { number signed { value } } }`,
    facts: {
      reports: reports.map(({ version, status, isAmended }) => ({ version, status, isAmended })),
      supersededBy: former.supersededBy === current.number,
      signedValues: versions.filter(({ signed: of }) => of.analyteCode === 'HBA1C').map(({ signed: of }) => of.value),
    },
    pdf: url,
  };
}
