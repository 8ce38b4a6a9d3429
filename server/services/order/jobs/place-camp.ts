// Works through the rows of a camp's file: registers the person, places the order. The ids of both are worked out from upload
// and row, so a row that was done half before the power went finds its half again.
import { registerPatient } from '#contract/patient.ts';
import { ServiceError } from '#platform/errors.ts';
import { derivedId } from '#platform/ids.ts';
import type { Ctx } from '#platform/service.ts';
import { defineJob } from '#platform/service.ts';

import { placeOrder } from '../contract.ts';
import type { UploadRow } from '../contract.ts';
import * as deskStore from '../desk-store.ts';
import { CampRow } from '../sheets/camp-rows.ts';

export const placeCampJob = defineJob<{ readonly uploadId: string }>('order.place_camp');

/** Rows a run; the next run is asked for at the end, so that other jobs of the lab come between. */
const ROWS_A_RUN = 100;

export async function placeCamp(ctx: Ctx, { uploadId }: { readonly uploadId: string }): Promise<void> {
  const labId = ctx.labId();
  const upload = await deskStore.findUpload(ctx.db, labId, uploadId);
  if (upload === undefined) return;
  const by = ctx.asLab(labId, upload.uploadedBy);
  const rows = await deskStore.listWaiting(ctx.db, labId, uploadId, 0, ROWS_A_RUN);
  for (const row of rows) {
    const done = await placeRow(by, upload, CampRow.parse(row.content));
    await ctx.transaction(async (tx) => {
      await deskStore.closeRow(tx, labId, uploadId, done);
      if (row === rows.at(-1) && rows.length === ROWS_A_RUN) tx.schedule(placeCampJob, { uploadId }, { key: uploadId });
    });
  }
}

/** What the row came to. @throws ServiceError when trying again later helps */
async function placeRow(ctx: Ctx, upload: deskStore.Upload, row: CampRow): Promise<UploadRow> {
  const nothing = { row: row.row, patientId: null, orderId: null, refusal: null, possiblePatientIds: [] };
  try {
    const patientId = row.chosenPatientId ?? (await register(ctx, upload.id, row));
    const order = await ctx.call(placeOrder, {
      id: derivedId(ctx.labId(), upload.id, String(row.row), 'order'),
      patientId,
      items: row.tests,
      priority: row.priority,
      isFasting: row.isFasting,
      clinicalNotes: row.notes,
      source: 'camp',
      sourceId: upload.sourceId,
    });
    // Of a merged record: the survivor's.
    return { ...nothing, status: 'placed', patientId: order.patientId, orderId: order.id };
  } catch (error) {
    // A fault of one row must not hold up the others; what passes by itself is tried again by the queue.
    if (!(error instanceof ServiceError) || error.retry !== 'permanent') throw error;
    const ids = error.details['patientIds'];
    if (error.code === 'patient.possible_duplicate' && Array.isArray(ids)) {
      return { ...nothing, status: 'possible_duplicate', possiblePatientIds: ids.map(String) };
    }
    return { ...nothing, status: 'refused', refusal: error.code };
  }
}

async function register(ctx: Ctx, uploadId: string, row: CampRow): Promise<string> {
  const { name, sex, bornOn, age, mobile, address, isKnownToDiffer } = row;
  const id = derivedId(ctx.labId(), uploadId, String(row.row), 'patient');
  const patient = await ctx.call(registerPatient, { id, name, sex, bornOn, age, mobile, address, isKnownToDiffer });
  return patient.id;
}
