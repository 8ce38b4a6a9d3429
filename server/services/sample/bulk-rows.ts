// Made-up tubes by the million, each with its barcode and its chain of custody.
import type { ContainerView } from '#contract/order.ts';
import type { BulkRows } from '#platform/database/bulk-rows.ts';
import { cellsText } from '#platform/database/copy.ts';

import type { CustodyAct, RejectReason } from './contract.ts';
import { reasonInWords } from './domain/reject-words.ts';

export interface MadeTube {
  readonly id: string;
  readonly labId: string;
  readonly orderId: string;
  readonly patientId: string;
  readonly priority: 'routine' | 'urgent' | 'stat';
  readonly accession: string;
  readonly container: ContainerView;
  readonly specimen: string;
  readonly section: string;
  readonly lineIds: readonly string[];
  readonly testCodes: readonly string[];
  readonly needsMl: number;
  readonly plannedAt: string;
  readonly collectedAt: string | null;
  readonly receivedAt: string | null;
  /** Rejected when it came: decided then to be run with a comment, or not decided yet. */
  readonly rejection: {
    readonly id: string;
    readonly reason: RejectReason;
    readonly at: string;
    readonly comment: string | null;
  } | null;
  readonly disposedAt: string | null;
}

export interface TubeBatch {
  /** Tubes of one order follow each other, in the sequence they are filled. */
  readonly tubes: readonly MadeTube[];
  readonly counters: readonly { readonly labId: string; readonly day: string; readonly last: number }[];
}

const COLLECTED_BY = 'phlebo';
const RECEIVED_BY = 'tech';
const PLAN = 'lis_sample.tube_plan';
const COUNTER = 'lis_sample.accession_counter';
const TUBE = 'lis_sample.tube';
const BARCODE = 'lis_sample.tube_barcode';
const CUSTODY = 'lis_sample.custody';
const REJECTION = 'lis_sample.rejection';

export const bulkRows: BulkRows<TubeBatch> = {
  tables: [
    { name: PLAN, columns: ['lab_id', 'order_id', 'planned_at'] },
    { name: COUNTER, columns: ['lab_id', 'day', 'last'] },
    {
      name: TUBE,
      columns: [
        'id',
        'lab_id',
        'order_id',
        'patient_id',
        'priority',
        'accession',
        'barcode',
        'position',
        'container_code',
        'container_name',
        'cap_colour',
        'additive',
        'volume_ml',
        'order_of_draw',
        'specimen',
        'section',
        'line_ids',
        'test_codes',
        'needs_ml',
        'status',
        'status_at',
        'collected_at',
        'collected_by',
        'received_at',
        'received_by',
        'rejected_at',
        'rejected_by',
        'reject_reason',
        'reject_decision',
        'labels_printed',
        'version',
      ],
    },
    { name: BARCODE, columns: ['lab_id', 'barcode', 'tube_id'] },
    { name: CUSTODY, columns: ['lab_id', 'tube_id', 'act', 'at', 'by_name', 'place', 'reason', 'facts'] },
    {
      name: REJECTION,
      columns: [
        'id',
        'lab_id',
        'tube_id',
        'order_id',
        'patient_id',
        'barcode',
        'specimen',
        'container_code',
        'section',
        'test_codes',
        'collected_by',
        'collected_at',
        'reason_code',
        'reason',
        'rejected_at',
        'rejected_by',
        'decision',
        'comment',
        'decided_at',
        'decided_by',
      ],
    },
  ],
  write: ({ tubes, counters }, add) => {
    for (const { labId, day, last } of counters) add(COUNTER, cellsText([labId, day, last]));
    let orderId = '';
    let position = 0;
    for (const tube of tubes) {
      if (tube.orderId !== orderId) {
        orderId = tube.orderId;
        position = 0;
        add(PLAN, cellsText([tube.labId, orderId, tube.plannedAt]));
      }
      position += 1;
      writeTube(tube, position, add);
      writeSteps(tube, add);
      if (tube.rejection) writeRejection(tube, tube.rejection, add);
    }
  },
};

function statusOf(tube: MadeTube): readonly [status: string, at: string] {
  if (tube.disposedAt) return ['disposed', tube.disposedAt];
  if (tube.rejection && tube.rejection.comment === null) return ['rejected', tube.rejection.at];
  if (tube.receivedAt) return ['received', tube.receivedAt];
  return tube.collectedAt ? ['collected', tube.collectedAt] : ['planned', tube.plannedAt];
}

function writeTube(tube: MadeTube, position: number, add: (table: string, line: string) => void): void {
  const { id, labId, accession, container, collectedAt, receivedAt, rejection } = tube;
  const [status, statusAt] = statusOf(tube);
  add(
    TUBE,
    cellsText([
      id,
      labId,
      tube.orderId,
      tube.patientId,
      tube.priority,
      accession,
      accession,
      position,
      container.code,
      container.name,
      container.capColour,
      container.additive,
      container.volumeMl,
      container.orderOfDraw,
      tube.specimen,
      tube.section,
      tube.lineIds,
      tube.testCodes,
      tube.needsMl,
      status,
      statusAt,
      collectedAt,
      collectedAt && COLLECTED_BY,
      receivedAt,
      receivedAt && RECEIVED_BY,
      rejection?.at ?? null,
      rejection && RECEIVED_BY,
      rejection?.reason ?? null,
      rejection?.comment ? 'run_with_comment' : null,
      1,
      1 + [collectedAt, receivedAt, rejection, tube.disposedAt].filter(Boolean).length,
    ]),
  );
  add(BARCODE, cellsText([labId, accession.toUpperCase(), id]));
}

function writeSteps(tube: MadeTube, add: (table: string, line: string) => void): void {
  const step = (act: CustodyAct, at: string, by: string, facts: object = {}, reason: string | null = null) =>
    add(CUSTODY, cellsText([tube.labId, tube.id, act, at, by, null, reason, JSON.stringify(facts)]));
  const { collectedAt, receivedAt, rejection, disposedAt } = tube;
  step('planned', tube.plannedAt, 'system', { testCodes: tube.testCodes });
  if (collectedAt) step('collected', collectedAt, COLLECTED_BY, { barcode: tube.accession });
  if (receivedAt) step('received', receivedAt, RECEIVED_BY);
  if (rejection) {
    step(
      'rejected',
      rejection.at,
      RECEIVED_BY,
      { reasonCode: rejection.reason },
      reasonInWords(rejection.reason, null),
    );
    if (rejection.comment !== null)
      step('decided', rejection.at, RECEIVED_BY, { decision: 'run_with_comment', newTubeId: null }, rejection.comment);
  }
  if (disposedAt) step('disposed', disposedAt, RECEIVED_BY, { from: null });
}

function writeRejection(
  tube: MadeTube,
  rejection: NonNullable<MadeTube['rejection']>,
  add: (table: string, line: string) => void,
): void {
  const { id, reason, at, comment } = rejection;
  const isDecided = comment !== null;
  add(
    REJECTION,
    cellsText([
      id,
      tube.labId,
      tube.id,
      tube.orderId,
      tube.patientId,
      tube.accession,
      tube.specimen,
      tube.container.code,
      tube.section,
      tube.testCodes,
      COLLECTED_BY,
      tube.collectedAt,
      reason,
      reasonInWords(reason, null),
      at,
      RECEIVED_BY,
      isDecided ? 'run_with_comment' : null,
      comment,
      isDecided ? at : null,
      isDecided ? RECEIVED_BY : null,
    ]),
  );
}
