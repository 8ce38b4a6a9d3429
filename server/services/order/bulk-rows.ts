// Made-up orders by the million, each with its items, lines and how far they have come.
import type { BulkRows } from '#platform/database/bulk-rows.ts';
import { cellsText } from '#platform/database/copy.ts';

import type { LineStage, TestView } from './contract.ts';

import { orderNumber } from './domain/order-number.ts';

export interface MadeItem {
  readonly code: string;
  readonly name: string;
  readonly kind: 'test' | 'panel';
  readonly pricePaise: number;
  readonly lineCodes: readonly string[];
}

export interface MadeLine {
  readonly id: string;
  readonly test: TestView;
  readonly panelCode: string | null;
  readonly stage: LineStage;
  readonly promisedAt: string;
  readonly collectedAt: string | null;
  readonly receivedAt: string | null;
  readonly enteredAt: string | null;
  readonly verifiedAt: string | null;
  readonly finishedAt: string | null;
}

export interface MadeOrder {
  readonly labId: string;
  readonly id: string;
  /** Calendar day of the lab. */
  readonly day: string;
  /** Of the lab's day, 1 first. */
  readonly serial: number;
  readonly patientId: string;
  readonly priority: 'routine' | 'urgent' | 'stat';
  readonly referredBy: string | null;
  readonly source: 'walk_in' | 'doctor';
  readonly placedAt: string;
  readonly items: readonly MadeItem[];
  readonly lines: readonly MadeLine[];
}

export interface OrderBatch {
  readonly orders: readonly MadeOrder[];
  readonly counters: readonly { readonly labId: string; readonly day: string; readonly last: number }[];
  /** How long tests take in a lab, from drawing to signature; said once. */
  readonly paces: readonly { readonly labId: string; readonly testCode: string; readonly minutes: number }[];
}

const PLACED_BY = 'seed-large';
/** As many lines as a pace is taken from (line-store.ts). */
const PACE_LINES = 50;
const ORDER = 'lis_order.placed_order';
const ITEM = 'lis_order.order_item';
const LINE = 'lis_order.order_line';
const STATE = 'lis_order.line_state';
const BREACH = 'lis_order.breach';
const CANCELLATION = 'lis_order.line_cancellation';
const COUNTER = 'lis_order.order_counter';
const PACE = 'lis_order.test_pace';

export const bulkRows: BulkRows<OrderBatch> = {
  tables: [
    {
      name: ORDER,
      columns: [
        'id',
        'lab_id',
        'number',
        'patient_id',
        'priority',
        'referred_by',
        'is_fasting',
        'source',
        'placed_at',
        'placed_by',
      ],
    },
    { name: ITEM, columns: ['lab_id', 'order_id', 'position', 'code', 'name', 'kind', 'price_paise', 'line_codes'] },
    {
      name: LINE,
      columns: [
        'id',
        'lab_id',
        'order_id',
        'position',
        'test_code',
        'test_name',
        'section',
        'specimen',
        'container_code',
        'panel_code',
        'promised_at',
        'is_outsourced',
        'is_in_scope',
      ],
    },
    {
      name: STATE,
      columns: [
        'lab_id',
        'order_id',
        'line_id',
        'test_code',
        'section',
        'stage',
        'placed_at',
        'clock_from',
        'promised_at',
        'routine_minutes',
        'urgent_minutes',
        'is_outsourced',
        'collected_at',
        'received_at',
        'entered_at',
        'verified_at',
        'finished_at',
      ],
    },
    {
      name: BREACH,
      columns: ['lab_id', 'order_id', 'line_id', 'test_code', 'section', 'promised_at', 'finished_at'],
    },
    {
      name: CANCELLATION,
      columns: ['lab_id', 'order_id', 'line_id', 'stage_before', 'reason', 'cancelled_at', 'cancelled_by'],
    },
    { name: COUNTER, columns: ['lab_id', 'day', 'last'] },
    { name: PACE, columns: ['lab_id', 'test_code', 'median_minutes', 'lines'] },
  ],
  write: ({ orders, counters, paces }, add) => {
    for (const { labId, day, last } of counters) add(COUNTER, cellsText([labId, day, last]));
    for (const { labId, testCode, minutes } of paces) add(PACE, cellsText([labId, testCode, minutes, PACE_LINES]));
    for (const order of orders) writeOrder(order, add);
  },
};

function writeOrder(order: MadeOrder, add: (table: string, line: string) => void): void {
  const { labId, id, placedAt } = order;
  add(
    ORDER,
    cellsText([
      id,
      labId,
      orderNumber(order.day, order.serial),
      order.patientId,
      order.priority,
      order.referredBy,
      null,
      order.source,
      placedAt,
      PLACED_BY,
    ]),
  );
  for (const [at, item] of order.items.entries())
    add(ITEM, cellsText([labId, id, at + 1, item.code, item.name, item.kind, item.pricePaise, item.lineCodes]));
  for (const [at, line] of order.lines.entries()) {
    const { test, promisedAt, stage, finishedAt } = line;
    const isOutsourced = test.referralLabId !== null;
    add(
      LINE,
      cellsText([
        line.id,
        labId,
        id,
        at + 1,
        test.code,
        test.name,
        test.section,
        test.specimen,
        test.container.code,
        line.panelCode,
        promisedAt,
        isOutsourced,
        test.isInScope,
      ]),
    );
    add(
      STATE,
      cellsText([
        labId,
        id,
        line.id,
        test.code,
        test.section,
        stage,
        placedAt,
        placedAt,
        promisedAt,
        test.turnaroundMinutes,
        test.urgentTurnaroundMinutes,
        isOutsourced,
        line.collectedAt,
        line.receivedAt,
        line.enteredAt,
        line.verifiedAt,
        finishedAt,
      ]),
    );
    if (stage === 'authorised' && finishedAt !== null && finishedAt > promisedAt)
      add(BREACH, cellsText([labId, id, line.id, test.code, test.section, promisedAt, finishedAt]));
    if (stage === 'cancelled')
      add(CANCELLATION, cellsText([labId, id, line.id, 'ordered', 'Not wanted after all', placedAt, PLACED_BY]));
  }
}
