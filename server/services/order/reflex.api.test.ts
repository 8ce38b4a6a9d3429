import assert from 'node:assert/strict';
import { test } from 'node:test';

import { reflexDue } from '#contract/result.ts';
import { newId } from '#platform/ids.ts';

import type { OrderView } from './contract.ts';
import { cancelLines, decideReflex, getOrder, listReflexProposals } from './contract.ts';
import { hear, openCodes, placed, startDesk } from './orders.testing.ts';

const REASON = 'asked for by mistake';

const reflex = (order: OrderView, billing: 'billed' | 'free' | 'ask', addTestCode = 'FT4') => ({
  orderId: order.id,
  patientId: order.patientId,
  ruleCode: 'TSH_FT4',
  addTestCode,
  billing,
  resultIds: [newId()],
  at: '2026-11-25T06:00:00.000Z',
});

test('ORD-37 lab-day 42: a reflex test is marked as one and billed by its rule, never twice', async (t) => {
  const lab = await startDesk(t);
  const billed = await placed(lab, ['TSH']);
  await hear(lab, reflexDue, billed.id, reflex(billed, 'billed'));
  await hear(lab, reflexDue, billed.id, reflex(billed, 'billed'));
  const desk = lab.as('desk');
  const one = await desk.call(getOrder, { orderId: billed.id });
  assert.deepEqual(
    one.lines.map((line) => [line.testCode, line.origin]),
    [
      ['TSH', 'ordered'],
      ['FT4', 'reflex'],
    ],
  );
  assert.ok((one.items[1]?.pricePaise ?? 0) > 0);
  assert.equal(one.totalPaise, billed.totalPaise + (one.items[1]?.pricePaise ?? 0));

  const free = await placed(lab, ['TSH']);
  await hear(lab, reflexDue, free.id, reflex(free, 'free'));
  const two = await desk.call(getOrder, { orderId: free.id });
  assert.deepEqual(
    two.items.map((item) => [item.code, item.origin]),
    [
      ['TSH', 'ordered'],
      ['FT4', 'reflex'],
    ],
  );
  assert.equal(two.totalPaise, free.totalPaise);

  // A test of no catalogue holds nothing up.
  await hear(lab, reflexDue, free.id, reflex(free, 'billed', 'NO_SUCH'));
  // What a person cancelled a rule does not bring back.
  const [ft4] = two.lines.filter((line) => line.testCode === 'FT4');
  await desk.call(cancelLines, {
    orderId: free.id,
    lineIds: [ft4?.id ?? ''],
    reason: REASON,
    expectedVersion: two.version,
  });
  await hear(lab, reflexDue, free.id, reflex(free, 'free'));
  assert.deepEqual(openCodes(await desk.call(getOrder, { orderId: free.id })), ['TSH']);
  assert.deepEqual(await lab.changes('order', free.id), [
    'order.place',
    'order.add_reflex',
    'order.skip_reflex',
    'order.cancel_lines',
    'order.skip_reflex',
  ]);
});

test('ORD-38 lab-day 42: a reflex test that somebody has to pay for waits for the desk', async (t) => {
  const lab = await startDesk(t);
  const desk = lab.as('desk');
  const [yes, no] = [await placed(lab, ['TSH']), await placed(lab, ['TSH'])];
  for (const order of [yes, no, yes]) await hear(lab, reflexDue, order.id, reflex(order, 'ask'));
  const open = (await desk.call(listReflexProposals, {})).edges.map((edge) => edge.node);
  assert.deepEqual(
    open.map((proposal) => [proposal.orderNumber, proposal.testCode]),
    [
      [yes.number, 'FT4'],
      [no.number, 'FT4'],
    ],
  );
  assert.deepEqual(openCodes(await desk.call(getOrder, { orderId: yes.id })), ['TSH']);
  const [first, second] = open;
  assert.ok(first && second);
  const confirm = { proposalId: first.id, isConfirmed: true };
  const decisions = await Promise.all([desk.call(decideReflex, confirm), desk.call(decideReflex, confirm)]);
  assert.deepEqual(
    decisions.map((decision) => decision.status),
    ['confirmed', 'confirmed'],
  );
  await desk.call(decideReflex, { proposalId: second.id, isConfirmed: false });
  await desk.refused(decideReflex, { proposalId: second.id, isConfirmed: true }, 'order.proposal_decided');
  await desk.refused(decideReflex, { proposalId: newId(), isConfirmed: true }, 'order.proposal_not_found');
  await lab.as('phlebotomist').refused(decideReflex, confirm, 'platform.forbidden');
  await lab.as('admin', newId()).refused(decideReflex, confirm, 'order.proposal_not_found');
  const confirmed = await desk.call(getOrder, { orderId: yes.id });
  assert.deepEqual(
    confirmed.lines.map((line) => [line.testCode, line.origin]),
    [
      ['TSH', 'ordered'],
      ['FT4', 'reflex'],
    ],
  );
  assert.deepEqual(openCodes(await desk.call(getOrder, { orderId: no.id })), ['TSH']);
  assert.equal((await desk.call(listReflexProposals, {})).edges.length, 0);
  assert.equal((await desk.call(listReflexProposals, { status: 'declined' })).edges.length, 1);
});
