// The steps every order takes, from the desk to the signed report, each by who may take it.
import { batchesOf, inBatches } from '#platform/batches.ts';
import { getRanges, placeOrder } from '#contract/order.ts';
import { registerPatient } from '#contract/patient.ts';
import { reportsOfOrders } from '#contract/report.ts';
import type { ReportView } from '#contract/report.ts';
import {
  authoriseResults,
  criticalsOfOrders,
  enterManyResults,
  recordCriticalCall,
  resultsOfOrders,
  verifyResults,
} from '#contract/result.ts';
import type { ResultView } from '#contract/result.ts';
import { collectTube, printLabels, receiveTubes } from '#contract/sample.ts';

import type { ApiClient } from './api-client.ts';
import type { DayTable } from './day-table.ts';
import { chemistryCodes, MAX_BATCH, waitFor } from './lab-day.ts';
import type { LabDay, Visit } from './lab-day.ts';
import { likelyValue } from './likely-value.ts';
import type { Person } from './people.ts';

/** Values a batch call takes. */
const MAX_VALUES = 500;

export async function admit({ staff, table }: LabDay, person: Person): Promise<Visit> {
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
  return { person, patientId: patient.id, orderId: order.id, orderNumber: order.number, tubes };
}

export async function draw({ staff }: LabDay, visit: Visit): Promise<void> {
  for (const tube of visit.tubes) await staff.phlebotomist.call(collectTube, { barcode: tube.barcode });
}

/** The runner brings the box; its tubes are scanned one after the other and received together. */
export async function receive({ staff, table }: LabDay, visits: readonly Pick<Visit, 'tubes'>[]): Promise<void> {
  const barcodes = visits.flatMap((visit) => visit.tubes.map((tube) => tube.barcode));
  for (const some of batchesOf(barcodes, MAX_BATCH)) {
    const { received } = await staff.technician.call(receiveTubes, { barcodes: some });
    table.tubes += received.length;
  }
}

/** Puts each tube on the analyzer it belongs to. */
export async function measure({ analyzers, table }: LabDay, visit: Visit, abnormal: boolean): Promise<void> {
  const { sex } = visit.person;
  for (const tube of visit.tubes) {
    const counts = tube.testCodes.includes('CBC');
    const chemistry = tube.testCodes.flatMap((code) => chemistryCodes.get(code) ?? []);
    if (counts) await analyzers.counter.run({ barcode: tube.barcode, sex, abnormal });
    if (chemistry.length > 0) await analyzers.chemistry.run({ barcode: tube.barcode, sex, abnormal, tests: chemistry });
    table.messages += Number(counts) + Number(chemistry.length > 0);
  }
}

export const isMeasured = (visit: Visit): boolean =>
  visit.tubes.some((tube) => tube.testCodes.some((code) => code === 'CBC' || chemistryCodes.has(code)));

export async function readResults(
  client: ApiClient,
  visits: readonly Pick<Visit, 'orderId'>[],
): Promise<ReadonlyMap<string, readonly ResultView[]>> {
  const orderIds = visits.map((visit) => visit.orderId);
  const found = await inBatches(orderIds, MAX_BATCH, (ids) => client.call(resultsOfOrders, { ids }));
  return Map.groupBy(found, (result) => result.orderId);
}

export async function resultsOf({ staff }: LabDay, orderId: string): Promise<readonly ResultView[]> {
  return staff.technician.call(resultsOfOrders, { ids: [orderId] });
}

/** Until the values of every tube that was on an analyzer are there. */
export async function awaitValues(
  { staff }: LabDay,
  visits: readonly Visit[],
): Promise<ReadonlyMap<string, readonly ResultView[]>> {
  return waitFor('the values of the analyzers', async () => {
    const results = await readResults(staff.manager, visits);
    const isReady = visits.every((visit) => {
      const own = results.get(visit.orderId) ?? [];
      const isDrawn = own.length > 0 && own.every((result) => result.status !== 'expected');
      return isDrawn && (!isMeasured(visit) || own.some((result) => result.value !== null));
    });
    return isReady ? results : undefined;
  });
}

/** Until the bench looks as it should. The manager's screen asks: the technician's requests of the minute are for the work. */
export async function awaitResults(
  day: LabDay,
  what: string,
  orderId: string,
  isReady: (results: readonly ResultView[]) => boolean,
): Promise<readonly ResultView[]> {
  return waitFor(what, async () => {
    const results = await day.staff.manager.call(resultsOfOrders, { ids: [orderId] });
    return results.length > 0 && isReady(results) ? results : undefined;
  });
}

/** The technician types values: a whole order in one request, as the entry grid does. */
export async function enter(
  { staff, table }: LabDay,
  values: readonly { readonly result: ResultView; readonly value: string }[],
): Promise<void> {
  if (values.length === 0) return;
  // Together: a value may change what another of its sample is held for, or is calculated from.
  const { items } = await staff.technician.call(enterManyResults, {
    items: values.map(({ result, value }) => ({ resultId: result.id, value, expectedVersion: result.version })),
  });
  const refused = items.find((item) => item.refused !== null)?.refused;
  if (refused) throw new Error(`A typed value was refused: ${refused.code}`);
  table.typedValues += values.length;
}

/** Types what no analyzer sends here. */
export async function typeMissing(day: LabDay, results: readonly ResultView[]): Promise<void> {
  const open = results.filter((result) => result.status === 'awaiting' && !result.isCalculated);
  if (open.length === 0) return;
  const bands = await day.staff.technician.call(getRanges, {
    analyteCodes: [...new Set(open.map((result) => result.analyteCode))],
  });
  const values = open.map((result) => ({
    result,
    value: likelyValue(
      result,
      bands.filter((band) => band.analyteCode === result.analyteCode),
      day.random,
    ),
  }));
  for (const some of batchesOf(values, MAX_VALUES)) await enter(day, some);
}

export async function verify({ staff, table }: LabDay, results: readonly ResultView[]): Promise<void> {
  // A formula whose input is missing stays blank.
  const entered = results.filter((result) => result.status === 'entered');
  if (entered.length === 0) return;
  count(entered, table);
  const items = entered.map(({ id, version, holds }) => ({ resultId: id, expectedVersion: version, holdsSeen: holds }));
  await inBatches(items, MAX_VALUES, (some) => staff.technician.call(verifyResults, { items: some }));
  table.verified += entered.length;
}

function count(results: readonly ResultView[], table: DayTable): void {
  table.values += results.length;
  table.abnormal += results.filter((result) => result.flags.includes('L') || result.flags.includes('H')).length;
  table.critical += results.filter((result) => result.flags.includes('LL') || result.flags.includes('HH')).length;
  table.held += results.filter((result) => result.holds.length > 0).length;
}

/** The technician rings up the doctor about each critical value; before that the pathologist cannot sign it. */
export async function callCriticals({ staff }: LabDay, visits: readonly Visit[]): Promise<void> {
  for (const part of batchesOf(visits, MAX_BATCH)) {
    const found = await staff.technician.call(criticalsOfOrders, { ids: part.map((visit) => visit.orderId) });
    const open = Map.groupBy(
      found.filter(({ status }) => status === 'open'),
      ({ orderId }) => orderId,
    );
    for (const { orderId, person } of part) {
      const criticalIds = (open.get(orderId) ?? []).map(({ id }) => id);
      if (criticalIds.length === 0) continue;
      await staff.technician.call(recordCriticalCall, {
        criticalIds,
        to: person.referredBy ?? 'the patient',
        wasReached: true,
        wasReadBack: true,
      });
    }
  }
}

export async function sign(day: LabDay, results: readonly ResultView[]): Promise<void> {
  const verified = results.filter((result) => result.status === 'verified');
  await day.staff.pathologist.call(authoriseResults, {
    items: verified.map(({ id, version }) => ({ resultId: id, expectedVersion: version })),
    signingToken: await day.confirm(),
  });
  day.table.authorised += verified.length;
}

/** Verified by the technician, signed by the pathologist. */
export async function verifyAndSign(day: LabDay, orderId: string): Promise<void> {
  await verify(day, await resultsOf(day, orderId));
  await sign(day, await resultsOf(day, orderId));
}

export async function awaitReports({ staff, table }: LabDay, visits: readonly Visit[]): Promise<readonly ReportView[]> {
  const orderIds = visits.map((visit) => visit.orderId);
  const reports = await inBatches(orderIds, MAX_BATCH, (ids) =>
    waitFor('the reports', async () => {
      const found = await staff.pathologist.call(reportsOfOrders, { ids });
      return found.length >= ids.length && found.every((report) => report.status === 'released') ? found : undefined;
    }),
  );
  countReports(reports, table);
  return reports;
}

/** The version of this number, and those before it, newest first. */
export async function awaitReport(day: LabDay, orderId: string, version: number): Promise<readonly ReportView[]> {
  const reports = await waitFor(`version ${version} of a report`, async () => {
    const found = await day.staff.pathologist.call(reportsOfOrders, { ids: [orderId] });
    return found.some((report) => report.version === version && report.status === 'released') ? found : undefined;
  });
  countReports(reports.slice(0, 1), day.table);
  return reports;
}

function countReports(reports: readonly ReportView[], table: DayTable): void {
  table.reports += reports.length;
  table.pdfBytes += reports.reduce((sum, report) => sum + (report.sizeBytes ?? 0), 0);
}
