// Plays a lab's day against a running lab: patients come, tubes are drawn, simulated analyzers send over the wire, people
// verify and sign, PDFs appear. Everything goes through the lab's own doors: HTTP, MLLP, ASTM.
import { setTimeout as sleep } from 'node:timers/promises';

import { createCbcAnalyzer } from '@nidaan/sandbox/analyzers/cbc-analyzer.ts';
import { createChemistryAnalyzer } from '@nidaan/sandbox/analyzers/chemistry-analyzer.ts';
import { createSeeded } from '@nidaan/sandbox/analyzers/seeded.ts';
import type { Seeded } from '@nidaan/sandbox/analyzers/seeded.ts';
import { serumCodes } from '@nidaan/sandbox/analyzers/serum.ts';

import { listInbox, mapInstrumentCode } from '#contract/integration.ts';
import { getRanges, placeOrder } from '#contract/order.ts';
import { registerPatient } from '#contract/patient.ts';
import { linkReport, reportsOfOrders } from '#contract/report.ts';
import type { ReportView } from '#contract/report.ts';
import { authoriseResults, resultsOfOrders, verifyResults } from '#contract/result.ts';
import type { ResultView } from '#contract/result.ts';
import { collectTube, printLabels, receiveTubes } from '#contract/sample.ts';
import type { TubeView } from '#contract/sample.ts';

import { DEMO_PASSWORD } from '../boot/seed-demo.ts';
import type { ApiClient } from './api-client.ts';
import { signIn } from './api-client.ts';
import type { DayTable } from './day-table.ts';
import { emptyTable, printTable } from './day-table.ts';
import { likelyValue } from './likely-value.ts';
import { makePerson } from './people.ts';
import type { Person } from './people.ts';
import { createProgress } from './progress.ts';
import type { Out, Progress } from './progress.ts';

export interface DayOptions {
  /** Address of the gateway. */
  readonly url: string;
  readonly hl7Port: number;
  readonly astmPort: number;
  readonly patients: number;
  readonly seed: number;
  readonly out: Out;
}

interface Visit {
  readonly person: Person;
  readonly orderId: string;
  readonly tubes: readonly TubeView[];
}

interface Staff {
  readonly desk: ApiClient;
  readonly phlebotomist: ApiClient;
  readonly technician: ApiClient;
  readonly pathologist: ApiClient;
}

const CHEMISTRY = 'SIM-CHEM';
/** Steps a patient takes on the bar: registered, drawn, measured, signed. */
const STEPS_A_PATIENT = 4;
const WAIT_LIMIT_MS = 60_000;
const ASK_EVERY_MS = 300;
/** Keys a batch call takes. */
const MAX_BATCH = 200;
/** Below what one GraphQL request may hold. */
const MAX_ALIASES = 50;

async function waitFor<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  const giveUpAt = Date.now() + WAIT_LIMIT_MS;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > giveUpAt) throw new Error(`${what} did not happen within a minute`);
    await sleep(ASK_EVERY_MS);
  }
}

async function admit(staff: Staff, person: Person, table: DayTable): Promise<Visit> {
  const patient = await staff.desk.call(registerPatient, {
    name: person.name,
    sex: person.sex,
    age: person.age,
    mobile: person.mobile,
    isKnownToDiffer: true,
  });
  const order = await staff.desk.call(placeOrder, {
    patientId: patient.id,
    items: [...person.items],
    priority: person.priority,
    referredBy: person.referredBy,
  });
  const { tubes } = await staff.desk.call(printLabels, { orderId: order.id, format: 'zpl' });
  table.patients += 1;
  table.orders += 1;
  return { person, orderId: order.id, tubes };
}

async function draw(staff: Staff, visit: Visit): Promise<void> {
  for (const tube of visit.tubes) await staff.phlebotomist.call(collectTube, { barcode: tube.barcode });
}

/** The runner brings the box; its tubes are scanned one after the other and received together. */
async function receive(staff: Staff, visits: readonly Visit[], table: DayTable): Promise<void> {
  const barcodes = visits.flatMap((visit) => visit.tubes.map((tube) => tube.barcode));
  for (let from = 0; from < barcodes.length; from += MAX_BATCH) {
    const { received } = await staff.technician.call(receiveTubes, {
      barcodes: barcodes.slice(from, from + MAX_BATCH),
    });
    table.tubes += received.length;
  }
}

/** Puts each tube on the analyzer it belongs to. */
async function measure(
  visit: Visit,
  analyzers: ReturnType<typeof createAnalyzers>,
  random: Seeded,
  table: DayTable,
): Promise<void> {
  const abnormal = random.next() < 0.35;
  const { sex } = visit.person;
  for (const tube of visit.tubes) {
    const counts = tube.testCodes.includes('CBC');
    const chemistry = tube.testCodes.flatMap((code) => chemistryCodes.get(code) ?? []);
    if (counts) await analyzers.counter.run({ barcode: tube.barcode, sex, abnormal });
    if (chemistry.length > 0) await analyzers.chemistry.run({ barcode: tube.barcode, sex, abnormal, tests: chemistry });
    table.messages += Number(counts) + Number(chemistry.length > 0);
  }
}

/** What the simulated chemistry analyzer can measure, by code of our catalogue; `GLUC` is its own name for glucose. */
const chemistryCodes: ReadonlyMap<string, string> = new Map([
  ...serumCodes.filter((code) => code !== 'GLUC').map((code) => [code, code] as const),
  ['GLU', 'GLUC'],
]);

function createAnalyzers(options: DayOptions) {
  const at = { host: '127.0.0.1', seed: options.seed };
  return {
    counter: createCbcAnalyzer({ ...at, port: options.hl7Port, instrument: 'SIM-CBC' }),
    chemistry: createChemistryAnalyzer({ ...at, port: options.astmPort, instrument: CHEMISTRY }),
  };
}

function isMeasured(visit: Visit): boolean {
  return visit.tubes.some((tube) => tube.testCodes.some((code) => code === 'CBC' || chemistryCodes.has(code)));
}

async function readResults(
  client: ApiClient,
  visits: readonly Visit[],
): Promise<ReadonlyMap<string, readonly ResultView[]>> {
  const found: ResultView[] = [];
  for (let from = 0; from < visits.length; from += MAX_BATCH) {
    found.push(
      ...(await client.call(resultsOfOrders, {
        ids: visits.slice(from, from + MAX_BATCH).map((visit) => visit.orderId),
      })),
    );
  }
  return Map.groupBy(found, (result) => result.orderId);
}

/** Until the values of every tube that was on an analyzer are there. */
async function awaitValues(
  staff: Staff,
  visits: readonly Visit[],
): Promise<ReadonlyMap<string, readonly ResultView[]>> {
  return waitFor('the values of the analyzers', async () => {
    const results = await readResults(staff.technician, visits);
    const isReady = visits.every((visit) => {
      const own = results.get(visit.orderId) ?? [];
      const isDrawn = own.length > 0 && own.every((result) => result.status !== 'expected');
      return isDrawn && (!isMeasured(visit) || own.some((result) => result.value !== null));
    });
    return isReady ? results : undefined;
  });
}

/** The technician types what no analyzer sends here: a whole order in one request, as the entry grid does. */
async function typeMissing(
  staff: Staff,
  results: readonly ResultView[],
  random: Seeded,
  table: DayTable,
): Promise<void> {
  const open = results.filter((result) => result.status === 'awaiting');
  if (open.length === 0) return;
  const bands = await staff.technician.call(getRanges, {
    analyteCodes: [...new Set(open.map((result) => result.analyteCode))],
  });
  const values = open.map((result) => ({
    resultId: result.id,
    value: likelyValue(
      result,
      bands.filter((band) => band.analyteCode === result.analyteCode),
      random,
    ),
    expectedVersion: result.version,
  }));
  for (let from = 0; from < values.length; from += MAX_ALIASES) {
    const part = values.slice(from, from + MAX_ALIASES);
    const parameters = part.map((_, index) => `$v${index}: EnterResultInput!`).join(', ');
    const fields = part.map((_, index) => `e${index}: enterResult(input: $v${index}) { id }`).join(' ');
    await staff.technician.graphql(
      `mutation (${parameters}) { ${fields} }`,
      Object.fromEntries(part.map((value, index) => [`v${index}`, value])),
    );
  }
  table.typedValues += open.length;
}

async function verify(staff: Staff, entered: readonly ResultView[], table: DayTable): Promise<void> {
  count(entered, table);
  await staff.technician.call(verifyResults, {
    items: entered.map(({ id, version, holds }) => ({ resultId: id, expectedVersion: version, holdsSeen: holds })),
  });
  table.verified += entered.length;
}

function count(results: readonly ResultView[], table: DayTable): void {
  table.values += results.length;
  table.abnormal += results.filter((result) => result.flags.includes('L') || result.flags.includes('H')).length;
  table.critical += results.filter((result) => result.flags.includes('LL') || result.flags.includes('HH')).length;
  table.held += results.filter((result) => result.holds.length > 0).length;
}

async function sign(staff: Staff, verified: readonly ResultView[], table: DayTable): Promise<void> {
  await staff.pathologist.call(authoriseResults, {
    items: verified.map(({ id, version }) => ({ resultId: id, expectedVersion: version })),
  });
  table.authorised += verified.length;
}

async function awaitReports(staff: Staff, visits: readonly Visit[], table: DayTable): Promise<readonly ReportView[]> {
  const ids = visits.map((visit) => visit.orderId);
  const reports = await waitFor('the reports', async () => {
    const found = await staff.pathologist.call(reportsOfOrders, { ids: [...ids] });
    return found.length >= ids.length && found.every((report) => report.status === 'released') ? found : undefined;
  });
  table.reports = reports.length;
  table.pdfBytes = reports.reduce((sum, report) => sum + (report.sizeBytes ?? 0), 0);
  return reports;
}

/** A tube nobody knows, as happens every day: the analyzer is thanked, a person finds it in the inbox. */
async function strangeTube(analyzers: ReturnType<typeof createAnalyzers>, table: DayTable): Promise<void> {
  await analyzers.counter.run({ barcode: 'X9999999', sex: 'male' });
  table.messages += 1;
}

export async function playDay(options: DayOptions): Promise<DayTable> {
  const startedAt = performance.now();
  const random = createSeeded(options.seed);
  const table = emptyTable();
  const { url, out } = options;
  const [desk, phlebotomist, technician, pathologist] = await Promise.all(
    ['desk', 'phlebo', 'tech', 'path'].map((username) => signIn(url, username, DEMO_PASSWORD)),
  );
  if (!desk || !phlebotomist || !technician || !pathologist) throw new Error('Four people were to sign in');
  const staff: Staff = { desk, phlebotomist, technician, pathologist };
  const analyzers = createAnalyzers(options);
  const progress = createProgress(out, options.patients * STEPS_A_PATIENT);

  progress.say(`A day of ${options.patients} patients at ${url} (seed ${options.seed})`);
  await technician.call(mapInstrumentCode, { instrument: CHEMISTRY, code: 'GLUC', analyteCode: 'GLU' });
  progress.say(`The technician mapped the code GLUC of ${CHEMISTRY} to the analyte GLU.`);

  const visits: Visit[] = [];
  for (let number = 0; number < options.patients; number += 1) {
    const visit = await admit(staff, makePerson(random, number), table);
    visits.push(visit);
    progress.step(`${visit.person.items.join(' + ')} ordered, ${visit.tubes.length} tubes planned`);
    await draw(staff, visit);
    progress.step('tubes drawn');
  }
  await receive(staff, visits, table);
  for (const visit of visits) {
    await measure(visit, analyzers, random, table);
    progress.step('measured');
  }
  await strangeTube(analyzers, table);

  const values = await awaitValues(staff, visits);
  for (const visit of visits) await typeMissing(staff, values.get(visit.orderId) ?? [], random, table);
  const entered = await readResults(staff.technician, visits);
  for (const visit of visits) await verify(staff, entered.get(visit.orderId) ?? [], table);
  const verified = await readResults(staff.pathologist, visits);
  for (const visit of visits) {
    await sign(staff, verified.get(visit.orderId) ?? [], table);
    progress.step('verified and signed');
  }
  const reports = await awaitReports(staff, visits, table);
  progress.end();
  await finish(staff, reports, table, progress);
  table.seconds = (performance.now() - startedAt) / 1000;
  out.write(`\n${printTable(table)}`);
  return table;
}

async function finish(
  staff: Staff,
  reports: readonly ReportView[],
  table: DayTable,
  progress: Progress,
): Promise<void> {
  const inbox = await staff.technician.call(listInbox, { first: 100 });
  for (const { node } of inbox.edges) table.inbox[node.reason] = (table.inbox[node.reason] ?? 0) + 1;
  const [report] = reports;
  if (!report) return;
  const { url } = await staff.pathologist.call(linkReport, { reportId: report.id });
  progress.say(
    `A report (${report.number}), the link is good for a few minutes:\n  ${url}\nWhat its QR code shows:\n  ${report.verifyUrl}`,
  );
}
