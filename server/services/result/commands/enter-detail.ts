import type { FileView } from '#contract/file.ts';
import { fileNotFound, getFile } from '#contract/file.ts';
import type { ParsedInput } from '#platform/contract.ts';
import { ServiceError } from '#platform/errors.ts';
import type { Ctx, Tx } from '#platform/service.ts';

import { referredBarcodes } from '../ask-tubes.ts';
import type { enterDetail as enterDetailCall, ResultDetail } from '../contract.ts';
import { badDetail, noSuchFile, resultNotFound, staleResult, wrongDetail, wrongFile } from '../contract.ts';
import { faultsOf } from '../domain/check-detail.ts';
import { isInterim, summaryOf } from '../domain/detail.ts';
import type { Standing } from '../domain/instrument-entry.ts';
import { mustMove } from '../domain/status.ts';
import { typedStanding } from '../domain/typed-entry.ts';
import type { Facts } from '../gather-facts.ts';
import { gatherFacts, mustBeUncorrected, personOf } from '../gather-facts.ts';
import { judgeRow } from '../judge-row.ts';
import { countOpenings, openSigned } from '../release/amendment-store.ts';
import { policiesOf } from '../release/policies.ts';
import * as store from '../store.ts';
import { listOfOrders } from '../worklist-store.ts';
import { settleSamples, untouched, writeValues } from '../write-values.ts';
import { asTranscribed } from './enter-many.ts';

type Input = ParsedInput<typeof enterDetailCall>;

/** What stands in the signed copy of an interim culture that went on. */
const NEXT_STAGE = 'The next stage of the culture';
const FINAL_STAGE = 'Final result of the culture';

/** Pictures, and documents of which the report says that they are on file. */
const FILE_KINDS: readonly string[] = ['image/png', 'image/jpeg', 'application/pdf'];

/** Findings at the bench: a culture, a narrative, an image. Their line is judged and written like any typed value. */
export async function enterDetail(ctx: Ctx, input: Input): Promise<store.ResultRow> {
  const labId = ctx.labId();
  const resultId = input.resultId.toLowerCase();
  const orderIds = (await store.orderIdsOf(ctx.db, labId, [resultId])).map(({ orderId }) => orderId);
  const read = orderIds.length === 0 ? [] : await listOfOrders(ctx.db, labId, orderIds);
  const readById = new Map(read.map((row) => [row.id, row]));
  const found = mayEnter(readById.get(resultId), input);
  const faults = faultsOf(input.detail);
  if (faults.length > 0) throw badDetail({ faults });
  await mustHaveFiles(ctx, found, input.detail);
  const [facts, policies, referred] = await Promise.all([
    gatherFacts(ctx, read),
    policiesOf(ctx),
    referredBarcodes(ctx, found.barcode === null ? [] : [found.barcode]),
  ]);
  return ctx.transaction(async (tx) => {
    const locked = await store.lockOrders(tx, labId, orderIds);
    for (const row of locked) mustBeUncorrected(row, readById.get(row.id));
    const stood = mayEnter(
      locked.find(({ id }) => id === resultId),
      input,
    );
    const before = stood.status === 'authorised' ? await openInterim(ctx, tx, stood, input.detail) : stood;
    const standing = standingOfDetail(asTranscribed(before, referred), input, facts);
    const touched = {
      before,
      standing,
      person: personOf(before, facts),
      enteredBy: ctx.actor.name,
      isFresh: true,
      isRerun: false,
      act: {
        name: 'result.enter_detail',
        facts: {
          detail: input.detail,
          before: stood.value === null ? null : { value: stood.value, detail: stood.detail },
        },
      },
    };
    const all = locked.map((row) => (row.id === resultId ? touched : untouched(row)));
    const written = await writeValues(ctx, tx, policies, settleSamples(all, facts));
    const row = written.find(({ id }) => id === resultId);
    if (row === undefined) throw new Error('Findings that were entered are written');
    return row;
  });
}

/** @throws result.not_found | result.stale | result.wrong_detail | result.cannot_move */
function mayEnter(row: store.ResultRow | undefined, { detail, expectedVersion }: Input): store.ResultRow {
  if (row === undefined) throw resultNotFound({});
  if (row.version !== expectedVersion) throw staleResult({ resultId: row.id, version: row.version });
  if (row.kind !== detail.kind) throw wrongDetail({ expected: row.kind });
  mustMove(row.status, row.status === 'authorised' && isInterim(row.detail) ? 'continued' : 'entered');
  return row;
}

/**
 * A culture that was signed as interim goes on: the signed row is copied and stays on its report, as with an amendment; but
 * nothing is corrected, nobody has to sign for the opening, and no approval is taken back (lab-day 50).
 */
async function openInterim(ctx: Ctx, tx: Tx, signed: store.ResultRow, detail: ResultDetail): Promise<store.ResultRow> {
  const labId = ctx.labId();
  const { id, value, orderId, analyteCode, authorisedBy } = signed;
  if (value === null) throw new Error('A signed result has a value');
  const [counted] = await countOpenings(tx, labId, [id]);
  const number = (counted?.openings ?? 0) + 1;
  const reason = isInterim(detail) ? NEXT_STAGE : FINAL_STAGE;
  const amendment = {
    number,
    reason,
    at: ctx.now(),
    by: ctx.actor.name,
    previousValue: value,
    kind: 'continued',
  } as const;
  const [opened] = await openSigned(tx, labId, [{ resultId: id, amendment }]);
  if (opened === undefined) throw new Error('A signed result that is locked can be opened');
  tx.audit(
    'result.continue',
    id,
    { from: signed.status, to: opened.status, analyteCode, value, signedBy: authorisedBy, number, reason },
    orderId,
  );
  return opened;
}

function standingOfDetail(before: store.ResultRow, { detail, note }: Input, facts: Facts): Standing {
  const rawValue = summaryOf(detail);
  const sent = { value: rawValue, lacksUnit: false, isDoubted: false, isPreliminary: isInterim(detail) };
  const judged = judgeRow(before, sent, facts, before.indices);
  return { ...typedStanding(before, judged, { rawValue, sentAs: null }, { value: rawValue, note }), detail };
}

/** @throws result.no_such_file | result.wrong_file */
async function mustHaveFiles(ctx: Ctx, { orderId, patientId }: store.ResultRow, detail: ResultDetail): Promise<void> {
  if (detail.kind !== 'image') return;
  for (const fileId of detail.fileIds) {
    const file = await fileOf(ctx, fileId);
    if (file === null) throw noSuchFile({ fileId });
    const isOwn = file.ownerId === orderId || file.ownerId === patientId;
    if (!isOwn) throw wrongFile({ fileId, why: 'it belongs to another order' });
    if (!FILE_KINDS.includes(file.contentType))
      throw wrongFile({ fileId, why: 'it is no PNG or JPEG picture and no PDF document' });
  }
}

async function fileOf(ctx: Ctx, fileId: string): Promise<FileView | null> {
  try {
    return await ctx.callAsSystem(getFile, { fileId });
  } catch (error) {
    if (error instanceof ServiceError && error.code === fileNotFound.code) return null;
    throw error;
  }
}
