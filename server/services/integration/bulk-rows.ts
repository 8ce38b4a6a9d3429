// Made-up messages of instruments, processed long ago, and an inbox of some that fit nothing.
import { createHash } from 'node:crypto';

import type { BulkRows } from '#platform/database/bulk-rows.ts';
import { cellsText } from '#platform/database/copy.ts';

export interface MadeMessage {
  readonly id: string;
  readonly labId: string;
  readonly instrument: string;
  readonly barcode: string;
  readonly receivedAt: string;
  /** As on the wire. */
  readonly raw: string;
  /** The inbox item it left behind: a barcode nobody knows. */
  readonly strangerId: string | null;
}

export interface MessageBatch {
  readonly messages: readonly MadeMessage[];
}

const MESSAGE = 'lis_integration.message';
const ITEM = 'lis_integration.inbox_item';

export const bulkRows: BulkRows<MessageBatch> = {
  tables: [
    {
      name: MESSAGE,
      columns: [
        'id',
        'lab_id',
        'protocol',
        'received_at',
        'peer',
        'instrument',
        'message_type',
        'control_id',
        'size_bytes',
        'sha256',
        'raw',
        'ack_code',
        'status',
        'attempts',
        'due_at',
        'processed_at',
      ],
    },
    {
      name: ITEM,
      columns: [
        'id',
        'lab_id',
        'message_id',
        'reason',
        'instrument',
        'barcode',
        'code',
        'code_text',
        'value',
        'unit',
        'location',
        'arrived_at',
      ],
    },
  ],
  write: ({ messages }, add) => {
    for (const { id, labId, instrument, barcode, receivedAt, raw, strangerId } of messages) {
      const bytes = Buffer.from(raw);
      const asBytea = (content: Buffer) => `\\x${content.toString('hex')}`;
      add(
        MESSAGE,
        cellsText([
          id,
          labId,
          'hl7',
          receivedAt,
          '127.0.0.1',
          instrument,
          'ORU^R01',
          id.slice(0, 18),
          bytes.length,
          asBytea(createHash('sha256').update(bytes).digest()),
          asBytea(bytes),
          'AA',
          'processed',
          1,
          receivedAt,
          receivedAt,
        ]),
      );
      if (strangerId !== null)
        add(
          ITEM,
          cellsText([
            strangerId,
            labId,
            id,
            'unknown_barcode',
            instrument,
            barcode,
            'HGB',
            'Haemoglobin',
            '13.4',
            'g/dL',
            'OBX[1]',
            receivedAt,
          ]),
        );
    }
  },
};
