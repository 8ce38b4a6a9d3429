// Everything to type without another call: a page costs a handful of statements and three calls, however many cells it has.
import { ageLabel } from '@nidaan/values';
import * as z from 'zod';

import type { PatientView } from '#contract/patient.ts';
import { getPatients } from '#contract/patient.ts';
import type { ParsedInput } from '#platform/contract.ts';
import { badCursor } from '#platform/errors.ts';
import { decodeCursor, toPage } from '#platform/paging.ts';
import type { Answer, Ctx } from '#platform/service.ts';

import type { GridLine } from '../bench-store.ts';
import { listGrid } from '../bench-store.ts';
import type { entryGrid as entryGridCall } from '../contract.ts';
import type { Bearer, Seen } from '../domain/entry-grid.ts';
import { layGrids } from '../domain/entry-grid.ts';
import { rangeFor } from '../domain/judge.ts';
import { rangeWords } from '../domain/range-words.ts';
import type { Facts } from '../gather-facts.ts';
import { gatherFacts, personOf } from '../gather-facts.ts';
import { circumstancesOf } from '../judge-row.ts';
import { listPreviousSigned } from '../release/previous-store.ts';
import type { ResultRow } from '../store.ts';
import { listOfOrders } from '../worklist-store.ts';

const Place = z.tuple([z.int().min(0).max(2), z.iso.datetime(), z.uuid(), z.uuid()]);

export async function entryGrid(
  ctx: Ctx,
  { section, testCode, orderIds, first, after }: ParsedInput<typeof entryGridCall>,
): Promise<Answer<typeof entryGridCall>> {
  const labId = ctx.labId();
  const found = await listGrid(ctx.db, labId, {
    section: section ?? null,
    testCode: testCode ?? null,
    orderIds: orderIds ?? null,
    after: after ? toLine(after) : null,
    limit: first + 1,
  });
  const { edges, endCursor, hasNextPage } = toPage(
    found,
    first,
    ({ priorityRank, cameAt, orderId, lineId }) => [priorityRank, cameAt, orderId, lineId],
    (line) => line,
  );
  const lines = edges.map(({ node }) => node);
  const ofPage = new Set(lines.map(({ lineId }) => lineId));
  const orders = [...new Set(lines.map(({ orderId }) => orderId))];
  const rows = orders.length === 0 ? [] : await listOfOrders(ctx.db, labId, orders);
  const results = rows.filter((row) => ofPage.has(row.lineId) && row.status !== 'cancelled');
  const patientIds = [...new Set(results.map(({ patientId }) => patientId))];
  const [facts, patients] = await Promise.all([
    gatherFacts(ctx, results),
    ctx.callAsSystem(getPatients, { ids: patientIds }),
  ]);
  const byPatient = new Map(patients.map((patient) => [patient.id, patient]));
  const previous = await previousOf(ctx, results, byPatient);
  const byLine = Map.groupBy(results, ({ lineId }) => lineId);
  // Whose values are seen here is on record, as when an order is opened (lab-day 70).
  if (ctx.actor.kind === 'user') for (const orderId of orders) ctx.auditView('result.view', orderId, orderId);
  const grids = layGrids(
    lines.flatMap(({ lineId }) => {
      const own = byLine.get(lineId) ?? [];
      const [some] = own;
      return some === undefined ? [] : [{ bearer: bearerOf(some, byPatient.get(some.patientId)), results: own }];
    }),
    (row): Seen => ({ ...rangeOf(row, facts), previous: previous.get(row.id) ?? null }),
  );
  return { grids, endCursor, hasNextPage };
}

function bearerOf(row: ResultRow, patient: PatientView | undefined): Bearer {
  const { orderId, patientId, barcode, draw, priority, collectedAt } = row;
  return {
    orderId,
    patientId,
    patientName: patient?.name ?? '',
    mrn: patient?.mrn ?? '',
    sex: patient?.sex ?? 'other',
    age: patient === undefined || collectedAt === null ? '' : ageAt(patient, collectedAt),
    barcode,
    draw,
    priority,
    collectedAt,
  };
}

/** Empty when the date of birth lies after the draw: a wrong one, and no age can be told. */
function ageAt({ bornOn }: PatientView, collectedAt: string): string {
  try {
    return ageLabel(bornOn, collectedAt);
  } catch (error) {
    if (error instanceof RangeError) return '';
    throw error;
  }
}

function rangeOf(row: ResultRow, facts: Facts): Pick<Seen, 'range' | 'rangeText'> {
  // What has a value was judged by the range that is stored with it.
  const stored = row.value === null ? null : row.range;
  const range =
    stored ??
    rangeFor(row, personOf(row, facts), facts.bandsOf(row.analyteCode), circumstancesOf(row, facts, null).when);
  return { range, rangeText: rangeWords(range) };
}

async function previousOf(
  ctx: Ctx,
  results: readonly ResultRow[],
  patients: ReadonlyMap<string, PatientView>,
): Promise<ReadonlyMap<string, NonNullable<Seen['previous']>>> {
  const asked = results.map(({ patientId, analyteCode }) => ({
    patientIds: patients.get(patientId)?.samePersonIds ?? [patientId],
    analyteCode,
  }));
  const lists = await listPreviousSigned(ctx.db, ctx.labId(), asked, 1);
  return new Map(
    results.flatMap(({ id }, at) => {
      const before = lists[at]?.[0];
      if (before === undefined || before.value === null) return [];
      const { value, unit, collectedAt } = before;
      return [[id, { value, unit, collectedAt }] as const];
    }),
  );
}

function toLine(cursor: string): GridLine {
  const place = Place.safeParse(decodeCursor(cursor, 4));
  if (!place.success) throw badCursor({});
  const [priorityRank, cameAt, orderId, lineId] = place.data;
  return { priorityRank, cameAt, orderId, lineId };
}
