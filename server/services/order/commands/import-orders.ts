import { createHash } from 'node:crypto';

import type { CallOutput, ParsedInput } from '#platform/contract.ts';
import type { Ctx, Tx } from '#platform/service.ts';

import type { importOrders as importOrdersCall } from '../contract.ts';
import { badFile, uploadTaken } from '../contract.ts';
import * as deskStore from '../desk-store.ts';
import { readCampRows } from '../sheets/camp-rows.ts';
import type { CampFile } from '../sheets/camp-rows.ts';
import { placeCampJob } from '../jobs/place-camp.ts';
import { currentCatalogue } from '../queries/catalogue-shelf.ts';
import { checkSource } from './order-terms.ts';
import { readCells } from './read-sheet.ts';

type Input = ParsedInput<typeof importOrdersCall>;
type Output = CallOutput<typeof importOrdersCall>;

/** Takes the file of a camp in. What was taken in before is not looked at again, only its open rows are worked on. */
export async function importOrders(ctx: Ctx, input: Input): Promise<Output> {
  const labId = ctx.labId();
  const bytes = Buffer.from(input.content, 'base64');
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const known = await deskStore.findUpload(ctx.db, labId, input.uploadId);
  const isRepeat = known !== undefined && !input.isDryRun;
  if (!isRepeat) await checkSource(ctx, 'camp', input.sourceId);
  const file = isRepeat ? undefined : await readFile(ctx, input.format, bytes);
  if (input.isDryRun) {
    return { rows: file?.rows.length ?? 0, faults: [...(file?.faults ?? [])], upload: null };
  }
  if (file !== undefined && file.faults.length > 0) throw badFile({ faults: file.faults });

  return ctx.transaction(async (tx) => {
    const rows = file?.rows ?? [];
    const { uploadId: id, sourceId, fileName } = input;
    const by = { uploadedAt: ctx.now(), uploadedBy: ctx.actor.name };
    const upload = { id, sourceId, fileName, sha256, rowCount: rows.length, ...by };
    const isNew = file !== undefined && (await deskStore.addUpload(tx, labId, upload, rows));
    if (isNew) tx.audit('order.import', id, { sourceId, rows: rows.length, sha256 }, id);
    else await takeAgain(tx, labId, sha256, input);
    tx.schedule(placeCampJob, { uploadId: id }, { key: id });
    const view = await deskStore.viewUpload(tx, labId, id);
    if (view === undefined) throw uploadTaken({});
    return { rows: view.rows, faults: [], upload: view };
  });
}

async function readFile(ctx: Ctx, format: Input['format'], bytes: Buffer): Promise<CampFile> {
  const [cells, catalogue] = await Promise.all([readCells(format, bytes), currentCatalogue(ctx)]);
  return readCampRows(cells, (code) => catalogue.items.has(code), ctx.now());
}

/** @throws order.upload_taken when the id stands for another file, of this lab or another */
async function takeAgain(tx: Tx, labId: string, sha256: string, input: Input): Promise<void> {
  const known = await deskStore.findUpload(tx, labId, input.uploadId);
  if (known?.sha256 !== sha256 || known.sourceId !== input.sourceId) throw uploadTaken({});
  if (input.choices.length === 0) return;
  const choices = input.choices.map(({ row, patientId, isKnownToDiffer }) => {
    return { row, patientId: patientId ?? null, isKnownToDiffer };
  });
  await deskStore.chooseRows(tx, labId, input.uploadId, choices);
  const named = choices.map(({ row, patientId }) => ({ row, patientId }));
  tx.audit('order.import_choices', input.uploadId, { choices: named }, input.uploadId);
}
