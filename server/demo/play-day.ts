// Plays a lab's day against a running lab: patients come, tubes are drawn, simulated analyzers send over the wire, people
// verify and sign, PDFs appear. Everything goes through the lab's own doors: HTTP, MLLP, ASTM. The steps are in steps.ts, what
// does not happen to every patient in scenes/.
import { createSeeded } from '@nidaan/sandbox/analyzers/seeded.ts';

import { listInbox } from '#contract/integration.ts';
import { linkReport } from '#contract/report.ts';
import type { ReportView } from '#contract/report.ts';

import { emptyTable, printTable } from './day-table.ts';
import type { DayTable, Scene } from './day-table.ts';
import { callStaff, createAnalyzers, createSigner } from './lab-day.ts';
import type { DayOptions, LabDay, Visit } from './lab-day.ts';
import { makePerson } from './people.ts';
import { createProgress } from './progress.ts';
import { addedTest } from './scenes/added-test.ts';
import { amendedReport } from './scenes/amended-report.ts';
import { automaticVerification } from './scenes/automatic.ts';
import { failedControl, morningControls } from './scenes/control-runs.ts';
import { criticalValue } from './scenes/critical-value.ts';
import { duplicatePatient } from './scenes/duplicate-patient.ts';
import { haemolysedTube } from './scenes/haemolysed-tube.ts';
import { highTriglycerides } from './scenes/high-triglycerides.ts';
import { sentToReferralLab } from './scenes/referral-lab.ts';
import { toleranceTest } from './scenes/tolerance-test.ts';
import { urineCulture } from './scenes/urine-culture.ts';
import {
  admit,
  awaitReports,
  awaitValues,
  callCriticals,
  draw,
  measure,
  readResults,
  receive,
  sign,
  typeMissing,
  verify,
} from './steps.ts';

export type { DayOptions } from './lab-day.ts';

/** Steps a patient takes on the bar: registered, drawn, measured, signed. */
const STEPS_A_PATIENT = 4;

const scenes: readonly ((day: LabDay) => Promise<Scene>)[] = [
  criticalValue,
  haemolysedTube,
  toleranceTest,
  amendedReport,
  urineCulture,
  highTriglycerides,
  automaticVerification,
  addedTest,
  sentToReferralLab,
  duplicatePatient,
];
/** With the controls of the morning and the one that fails. */
const SCENES = scenes.length + 2;

async function openDay(options: DayOptions): Promise<LabDay> {
  const staff = await callStaff(options.url);
  return {
    options,
    staff,
    analyzers: createAnalyzers(options),
    random: createSeeded(options.seed),
    table: emptyTable(),
    signed: [],
    progress: createProgress(options.out, options.patients * STEPS_A_PATIENT + SCENES),
    confirm: createSigner(staff.pathologist),
  };
}

export async function playDay(options: DayOptions): Promise<DayTable> {
  const startedAt = performance.now();
  const day = await openDay(options);
  const { table, progress } = day;
  progress.say(`A day of ${options.patients} patients at ${options.url} (seed ${options.seed})`);

  await show(day, morningControls);
  const visits = await admitAll(day);
  await receive(day, visits);
  for (const visit of visits) {
    await measure(day, visit, day.random.next() < 0.35);
    progress.step('measured');
  }
  await strangeTube(day);
  await awaitValues(day, visits);

  let late: readonly Visit[] = [];
  await show(day, async () => {
    const { scene, visit } = await failedControl(day, visits);
    late = [visit];
    return scene;
  });
  await release(day, [...visits, ...late]);
  // A second team at another bench: a session is allowed so many requests a minute.
  const staff = await callStaff(options.url);
  const bench = { ...day, staff, confirm: createSigner(staff.pathologist) };
  for (const scene of scenes) await show(bench, scene);
  const reports = await awaitReports(day, day.signed);

  progress.end();
  await finish(day, reports);
  table.seconds = (performance.now() - startedAt) / 1000;
  options.out.write(`\n${printTable(table)}`);
  return table;
}

async function show(day: LabDay, play: (day: LabDay) => Promise<Scene>): Promise<void> {
  const scene = await play(day);
  day.table.scenes.push(scene);
  day.progress.step(scene.name);
}

async function admitAll(day: LabDay): Promise<readonly Visit[]> {
  const visits: Visit[] = [];
  for (let number = 0; number < day.options.patients; number += 1) {
    const person = makePerson(day.random, number);
    const visit = await admit(day, person);
    visits.push(visit);
    day.progress.step(`${person.items.join(' + ')} ordered, ${visit.tubes.length} tubes planned`);
    await draw(day, visit);
    day.progress.step('tubes drawn');
  }
  return visits;
}

/** What no analyzer sends is typed; all is verified, called where critical, signed. */
async function release(day: LabDay, visits: readonly Visit[]): Promise<void> {
  const { staff, progress } = day;
  const all = async () => [...(await readResults(staff.technician, visits)).values()].flat();
  await typeMissing(day, await all());
  await verify(day, await all());
  await callCriticals(day, visits);
  const verified = await readResults(staff.pathologist, visits);
  for (const { orderId } of visits) {
    await sign(day, verified.get(orderId) ?? []);
    progress.step('verified and signed');
  }
  day.signed.push(...visits);
}

/** A tube nobody knows, as happens every day: the analyzer is thanked, a person finds it in the inbox. */
async function strangeTube({ analyzers, table }: LabDay): Promise<void> {
  await analyzers.counter.run({ barcode: 'X9999999', sex: 'male' });
  table.messages += 1;
}

async function finish({ staff, table, progress }: LabDay, [report]: readonly ReportView[]): Promise<void> {
  const inbox = await staff.technician.call(listInbox, { first: 100 });
  for (const { node } of inbox.edges) table.inbox[node.reason] = (table.inbox[node.reason] ?? 0) + 1;
  if (!report) return;
  const { url } = await staff.pathologist.call(linkReport, { reportId: report.id });
  progress.say(
    `A report (${report.number}), the link is good for a few minutes:\n  ${url}\nWhat its QR code shows:\n  ${report.verifyUrl}`,
  );
}
