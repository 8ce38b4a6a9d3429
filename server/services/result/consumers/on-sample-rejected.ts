// A tube was rejected (lab-day 28, 29): nothing that came from it may be reported. What is signed stays as it was signed.
import type { sampleRejected } from '#contract/sample.ts';
import type { EventPayload } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import { orderNotKnownYet } from '../contract.ts';
import { setAside } from '../domain/set-aside.ts';
import { after, mustMove } from '../domain/status.ts';
import { followSamples, mustBePrepared, prepareSamples } from '../release/follow-samples.ts';
import { noteCriticals } from '../release/note-criticals.ts';
import { policiesOf } from '../release/policies.ts';
import { setRejected } from '../release/rejection-store.ts';
import { noteReversals } from '../release/reversals-store.ts';
import * as store from '../store.ts';

/** @throws result.order_not_known_yet | platform.busy, and is tried again */
export async function onSampleRejected(ctx: Ctx, tube: EventPayload<typeof sampleRejected>): Promise<void> {
  const labId = ctx.labId();
  const [policies, prepared] = await Promise.all([policiesOf(ctx), prepareSamples(ctx, [tube.orderId])]);
  const lines = new Set(tube.lineIds);
  const reason = `Tube rejected: ${tube.reason}`;
  await ctx.transaction(async (tx) => {
    const all = await store.lockOrders(tx, labId, [tube.orderId]);
    const own = all.filter(({ lineId }) => lines.has(lineId));
    if (new Set(own.map(({ lineId }) => lineId)).size < lines.size) throw orderNotKnownYet({});
    mustBePrepared(all, prepared);
    // A row that has a newer tube by now is not this tube's any more.
    const ofTube = own.filter(({ barcode }) => barcode === tube.barcode);
    const open = ofTube.filter(({ status }) => after(status, 'tube rejected') !== undefined);
    for (const { status } of open) mustMove(status, 'tube rejected');
    const rows = await setRejected(
      tx,
      labId,
      open.map((row) => ({ id: row.id, otherValues: setAside(row, reason) })),
      reason,
    );
    for (const { id, status: from, analyteCode, value, flags, verifiedBy } of open) {
      tx.audit(
        'result.tube_rejected',
        id,
        {
          from,
          to: 'expected',
          analyteCode,
          value,
          flags,
          verifiedBy,
          barcode: tube.barcode,
          reasonCode: tube.reasonCode,
          by: tube.by,
        },
        tube.orderId,
      );
    }
    for (const { id, status, analyteCode, value, authorisedBy } of ofTube.filter(
      (row) => row.status === 'authorised',
    )) {
      tx.audit(
        'result.tube_rejected_after_authorised',
        id,
        {
          status,
          analyteCode,
          value,
          signedBy: authorisedBy,
          barcode: tube.barcode,
          reasonCode: tube.reasonCode,
          by: tube.by,
        },
        tube.orderId,
      );
    }
    await noteReversals(ctx, tx, { kind: 'tube_rejected', reason }, open);
    await noteCriticals(ctx, tx, policies, rows);
    await followSamples(ctx, tx, policies, prepared, all);
  });
}
