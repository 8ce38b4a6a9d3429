import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isAccession } from '@nidaan/values';

import { getOrder } from '#contract/order.ts';
import { createManualClock } from '#platform/clock.ts';
import { newId } from '#platform/ids.ts';

import { startLab } from '../../testing/start-lab.ts';
import {
  collectTube,
  custody,
  decideRejected,
  listNotDrawn,
  listRejections,
  listTubes,
  listUndecided,
  markNotDrawn,
  printLabels,
  receiveTubes,
  rejectionCounts,
  rejectTube,
  sampleDecided,
  sampleRejected,
  tubesOfOrders,
} from './contract.ts';
import { acts, fates, oneTube, placed, planned, received, told, tubeNow } from './tubes.testing.ts';

test('lab-day 24: every step of a tube is custody: who, when, where', async (t) => {
  const lab = await startLab(t);
  const tube = await oneTube(lab);
  const { barcode } = tube;
  const [phlebotomist, technician] = [lab.as('phlebotomist'), lab.as('technician')];
  const collectedAt = new Date(Date.now() - 600_000).toISOString();
  await phlebotomist.call(collectTube, { barcode, collectedAt, place: 'Ward 3' });
  await technician.call(receiveTubes, { barcodes: [barcode], place: 'Counter 1' });
  await technician.call(receiveTubes, { barcodes: [barcode], place: 'Counter 2' });
  const steps = await technician.call(custody, { barcode });
  // The desk or the order's event plans, whichever comes first.
  assert.equal(steps[0]?.act, 'planned');
  assert.deepEqual(
    steps.slice(1).map((step) => [step.act, step.by, step.place]),
    [
      ['collected', 'phlebotomist', 'Ward 3'],
      ['received', 'technician', 'Counter 1'],
    ],
  );
  assert.equal(steps[1]?.at, collectedAt);
  await lab.as('accountant').refused(custody, { barcode }, 'platform.forbidden');
  await lab.as('admin', newId()).refused(custody, { barcode }, 'sample.tube_not_found');
});

test('lab-day 25: a tube not drawn keeps its reason and next try, stays planned, and the bill stays open', async (t) => {
  const lab = await startLab(t);
  const [tube, other] = [await oneTube(lab), await oneTube(lab)];
  const { barcode } = tube;
  const phlebotomist = lab.as('phlebotomist');
  const rescheduledTo = new Date(Date.now() + 3_600_000).toISOString();
  const input = { barcode, reason: 'not_fasting', note: 'had tea', rescheduledTo } as const;
  const marked = await phlebotomist.call(markNotDrawn, input);
  assert.deepEqual(
    [marked.tube.status, marked.reason, marked.rescheduledTo],
    ['planned', 'not_fasting', rescheduledTo],
  );
  assert.deepEqual(await phlebotomist.call(markNotDrawn, input), marked);
  await phlebotomist.call(markNotDrawn, { barcode: other.barcode, reason: 'patient_absent' });
  const list = await phlebotomist.call(listNotDrawn, {});
  // The one without a next try is due since it was marked.
  assert.deepEqual(
    list.edges.map(({ node }) => [node.tube.id, node.reason]),
    [
      [other.id, 'patient_absent'],
      [tube.id, 'not_fasting'],
    ],
  );
  const first = await phlebotomist.call(listNotDrawn, { first: 1 });
  const second = await phlebotomist.call(listNotDrawn, { first: 1, after: first.endCursor });
  assert.deepEqual(
    [first, second].flatMap((page) => page.edges.map((edge) => edge.node.tube.id)),
    [other.id, tube.id],
  );
  assert.deepEqual(await told(lab), []);
  const order = await lab.as('desk').call(getOrder, { orderId: tube.orderId });
  assert.ok(order.lines.every((line) => line.status === 'open') && order.totalPaise > 0);

  await phlebotomist.refused(
    markNotDrawn,
    { ...input, rescheduledTo: '2020-01-01T00:00:00Z' },
    'sample.rescheduled_in_past',
  );
  await phlebotomist.refused(markNotDrawn, { ...input, barcode: 'N000' }, 'sample.tube_not_found');
  await lab.as('desk').refused(markNotDrawn, input, 'platform.forbidden');
  // Drawn at the second try, it waits for none.
  await phlebotomist.call(collectTube, { barcode });
  assert.equal((await phlebotomist.call(listNotDrawn, {})).edges.length, 1);
  const late = await phlebotomist.refused(markNotDrawn, input, 'sample.cannot_move');
  assert.match(late.message, /collected tube cannot be marked as not drawn; it must be planned first.*sample\.collect/);
  assert.deepEqual(await acts(lab, barcode), ['planned', 'not_drawn', 'collected']);
});

test('lab-day 21, 22: OGTT tubes are kept apart, and one drawn out of its time warns and keeps its minutes', async (t) => {
  const clock = createManualClock('2026-11-25T02:00:00.000Z');
  const lab = await startLab(t, { clock });
  const tubes = await planned(lab, ['GLU_2H', 'GLU_F', 'GLU_1H']);
  // One grey tube each, in the order of time.
  assert.deepEqual(
    tubes.map((tube) => [tube.draw, tube.capColour, tube.volumeMl, tube.testCodes]),
    [
      ['fasting', 'Grey', 2, ['GLU_F']],
      ['1 h after 75 g', 'Grey', 2, ['GLU_1H']],
      ['2 h after 75 g', 'Grey', 2, ['GLU_2H']],
    ],
  );
  const phlebotomist = lab.as('phlebotomist');
  const warnings: (readonly string[])[] = [];
  for (const [at, tube] of tubes.entries()) {
    // At 0, 75 and 120 minutes.
    clock.advance(([0, 75, 45][at] ?? 0) * 60_000);
    warnings.push((await phlebotomist.call(collectTube, { barcode: tube.barcode })).warnings);
  }
  assert.deepEqual(
    warnings.map((each) => each.length),
    [0, 1, 0],
  );
  assert.match(warnings[1]?.[0] ?? '', /75 minutes after the fasting tube instead of 60/);
  const steps = await phlebotomist.call(custody, { barcode: tubes[1]?.barcode ?? '' });
  assert.deepEqual(
    [steps[1]?.facts['minutes'], steps[1]?.facts['dueMinutes'], steps[1]?.facts['isOutOfTime']],
    [75, 60, true],
  );
  const zpl = (await phlebotomist.call(printLabels, { orderId: tubes[0]?.orderId ?? '', format: 'zpl' })).zpl ?? '';
  for (const draw of ['fasting', '1 h after 75 g', '2 h after 75 g']) assert.ok(zpl.includes(draw), draw);
});

test('lab-day 28: a tube is rejected with a coded reason at any time after it was drawn, and waits for a decision', async (t) => {
  const lab = await startLab(t);
  const technician = lab.as('technician');
  const [drawn, undrawn] = [await oneTube(lab), await oneTube(lab)];
  const [atBench] = await received(lab, ['LFT']);
  await lab.as('phlebotomist').call(collectTube, { barcode: drawn.barcode });
  const haemolysed = { barcode: atBench?.barcode ?? '', reasonCode: 'haemolysed', note: 'pink serum' } as const;
  const { tube, rejection } = await technician.call(rejectTube, haemolysed);
  assert.deepEqual(
    [tube.status, tube.rejectReason, tube.rejectedBy, tube.rejectDecision],
    ['rejected', 'haemolysed', 'technician', null],
  );
  assert.deepEqual(
    [rejection.reason, rejection.testCodes, rejection.collectedBy, rejection.decision],
    ['Haemolysed: pink serum', atBench?.testCodes, 'phlebotomist', null],
  );
  await technician.call(rejectTube, { barcode: drawn.barcode, reasonCode: 'insufficient' });
  const event = (await told(lab)).find((each) => each.type === 'sample.rejected');
  const fact = sampleRejected.schema.parse(event?.payload);
  assert.equal(event?.entityId, atBench?.orderId);
  assert.deepEqual(
    [fact.reasonCode, fact.reason, fact.lineIds],
    ['haemolysed', 'Haemolysed: pink serum', tube.lineIds],
  );

  // Sent twice it is one rejection; another person or reason is told that someone was first.
  assert.deepEqual(await technician.call(rejectTube, haemolysed), { tube, rejection });
  await technician.refused(rejectTube, { ...haemolysed, reasonCode: 'clotted' }, 'sample.cannot_move');
  await lab.as('pathologist').refused(rejectTube, haemolysed, 'sample.cannot_move');
  const early = await technician.refused(
    rejectTube,
    { barcode: undrawn.barcode, reasonCode: 'clotted' },
    'sample.cannot_move',
  );
  assert.match(
    early.message,
    /planned tube cannot be rejected; it must be collected or received first.*sample\.reject/,
  );
  await technician.refused(rejectTube, { barcode: drawn.barcode, reasonCode: 'other' }, 'sample.reason_needed');
  await lab.as('desk').refused(rejectTube, haemolysed, 'platform.forbidden');
  await lab.as('admin', newId()).refused(rejectTube, haemolysed, 'sample.tube_not_found');
  await technician.refused(collectTube, { barcode: drawn.barcode }, 'platform.forbidden');
  await lab.as('phlebotomist').refused(collectTube, { barcode: drawn.barcode }, 'sample.cannot_move');
  const scan = await technician.call(receiveTubes, { barcodes: [drawn.barcode] });
  assert.equal(scan.refused[0]?.code, 'sample.cannot_move');

  const open = await lab.as('desk').call(listUndecided, {});
  assert.deepEqual(
    open.edges.map(({ node }) => node.tubeId),
    [tube.id, drawn.id],
  );
  assert.equal((await lab.as('desk').call(listTubes, { status: 'rejected' })).edges.length, 2);
});

test('lab-day 29: recollect plans a new tube with a new number for the same order; the old one keeps its story', async (t) => {
  const lab = await startLab(t);
  const technician = lab.as('technician');
  const [tube] = await received(lab, ['CBC', 'ESR']);
  assert.ok(tube);
  await technician.call(rejectTube, { barcode: tube.barcode, reasonCode: 'clotted' });
  const decided = await technician.call(decideRejected, { barcode: tube.barcode, decision: 'recollect' });
  const { newTube } = decided;
  assert.ok(newTube);
  assert.deepEqual(
    [
      newTube.status,
      newTube.replacesTubeId,
      newTube.orderId,
      newTube.lineIds,
      newTube.containerCode,
      newTube.labelsPrinted,
    ],
    ['planned', tube.id, tube.orderId, tube.lineIds, tube.containerCode, 0],
  );
  assert.ok(isAccession(newTube.barcode) && newTube.barcode !== tube.barcode);
  assert.deepEqual([decided.tube.status, decided.tube.rejectDecision], ['rejected', 'recollect']);
  assert.equal(decided.rejection.newTubeId, newTube.id);
  const event = (await told(lab)).find((each) => each.type === 'sample.decided');
  const fact = sampleDecided.schema.parse(event?.payload);
  assert.deepEqual([fact.decision, fact.newTubeId, fact.lineIds], ['recollect', newTube.id, tube.lineIds]);
  assert.deepEqual(await technician.call(decideRejected, { barcode: tube.barcode, decision: 'recollect' }), decided);
  await technician.refused(decideRejected, { barcode: tube.barcode, decision: 'refund' }, 'sample.decided_already');
  assert.deepEqual((await technician.call(listUndecided, {})).edges, []);
  // Only the new one is labelled: the old one is to be thrown away.
  const sheet = await technician.call(printLabels, { orderId: tube.orderId, format: 'zpl' });
  assert.deepEqual(
    sheet.tubes.map((each) => each.id),
    [newTube.id],
  );
  const again = await lab.as('phlebotomist').call(collectTube, { barcode: newTube.barcode });
  assert.equal(again.status, 'collected');
  assert.deepEqual(await acts(lab, tube.barcode), ['planned', 'collected', 'received', 'rejected', 'decided']);
  assert.deepEqual(await lab.audit('sample', tube.orderId), [
    'sample.plan',
    'sample.collect',
    'sample.receive',
    'sample.reject',
    'sample.plan',
    'sample.decide',
    'sample.print_labels',
    'sample.collect',
  ]);
});

test('lab-day 29: run with a comment brings the tube back, received; the comment is told for the report', async (t) => {
  const lab = await startLab(t);
  const technician = lab.as('technician');
  const tube = await oneTube(lab);
  const { barcode } = tube;
  await technician.refused(decideRejected, { barcode, decision: 'refund' }, 'sample.no_rejection');
  await lab.as('phlebotomist').call(collectTube, { barcode });
  await technician.call(rejectTube, { barcode, reasonCode: 'lipaemic' });
  await technician.refused(decideRejected, { barcode, decision: 'run_with_comment' }, 'sample.comment_needed');
  const comment = 'Lipaemic specimen; interpret with care.';
  const decided = await technician.call(decideRejected, { barcode, decision: 'run_with_comment', comment });
  assert.deepEqual(
    [decided.tube.status, decided.tube.rejectDecision, decided.tube.receivedBy, decided.newTube],
    ['received', 'run_with_comment', 'technician', null],
  );
  const types = (await told(lab)).map((each) => each.type);
  // It had not been received before: that is told first.
  assert.deepEqual(types, ['sample.collected', 'sample.rejected', 'sample.received', 'sample.decided']);
  const last = (await told(lab)).at(-1);
  assert.equal(sampleDecided.schema.parse(last?.payload).comment, comment);
  // It may be rejected once more, and then there are two in the register.
  await technician.call(rejectTube, { barcode, reasonCode: 'too_late' });
  assert.equal((await tubeNow(lab, barcode)).rejectDecision, null);
  await technician.call(decideRejected, { barcode, decision: 'recollect' });
  const day = (inDays: number) => new Date(Date.now() + inDays * 86_400_000).toISOString().slice(0, 10);
  const register = await technician.call(listRejections, { fromDay: day(-1), toDay: day(1) });
  assert.deepEqual(
    register.edges.map(({ node }) => [node.reasonCode, node.decision]),
    [
      ['too_late', 'recollect'],
      ['lipaemic', 'run_with_comment'],
    ],
  );
});

test('lab-day 29: refund is told, and the order takes the tests back', async (t) => {
  const lab = await startLab(t);
  const technician = lab.as('technician');
  const [tube] = await received(lab, ['CBC']);
  await lab.settle();
  const barcode = tube?.barcode ?? '';
  await technician.call(rejectTube, { barcode, reasonCode: 'insufficient' });
  await technician.call(decideRejected, { barcode, decision: 'refund', comment: 'patient left town' });
  const decided = (await told(lab)).find((each) => each.type === 'sample.decided');
  const fact = sampleDecided.schema.parse(decided?.payload);
  assert.deepEqual([fact.decision, fact.lineIds, fact.comment], ['refund', tube?.lineIds, 'patient left town']);
  await lab.settle();
  const order = await lab.as('desk').call(getOrder, { orderId: tube?.orderId ?? '' });
  assert.deepEqual(
    order.lines.map((line) => line.status),
    ['cancelled'],
  );
  // Decided on, what the tube had been drawn for is history and stays.
  assert.deepEqual((await tubeNow(lab, barcode)).lineIds, tube?.lineIds);
});

test('two at one tube: one wins, the other is told', async (t) => {
  const lab = await startLab(t);
  const [technician, pathologist] = [lab.as('technician'), lab.as('pathologist')];
  const [tube] = await received(lab, ['CBC']);
  const barcode = tube?.barcode ?? '';
  const rejections = await Promise.allSettled([
    technician.call(rejectTube, { barcode, reasonCode: 'clotted' }),
    pathologist.call(rejectTube, { barcode, reasonCode: 'haemolysed' }),
  ]);
  assert.deepEqual(fates(rejections), [1, ['sample.cannot_move']]);
  const decisions = await Promise.allSettled([
    technician.call(decideRejected, { barcode, decision: 'recollect' }),
    pathologist.call(decideRejected, { barcode, decision: 'refund' }),
  ]);
  assert.deepEqual(fates(decisions), [1, ['sample.decided_already']]);
  assert.equal((await told(lab)).filter((each) => each.type === 'sample.decided').length, 1);
});

test('lab-day 72: the register counts rejections by reason and section out of what was collected', async (t) => {
  const lab = await startLab(t, { clock: createManualClock('2026-11-25T04:00:00.000Z') });
  const technician = lab.as('technician');
  const tubes = await received(lab, ['CBC', 'LFT', 'TSH', 'PT_INR']);
  const reasons = ['clotted', 'haemolysed', 'haemolysed'] as const;
  for (const [at, reasonCode] of reasons.entries()) {
    await technician.call(rejectTube, { barcode: tubes[at]?.barcode ?? '', reasonCode });
  }
  const day = { fromDay: '2026-11-25', toDay: '2026-11-25' };
  const counts = await technician.call(rejectionCounts, day);
  assert.deepEqual([counts.collected, counts.rejected], [4, 3]);
  const bySection = counts.reasons.map((each) => `${each.reasonCode} ${each.section} ${each.count}`);
  assert.deepEqual(bySection.sort(), reasons.map((reason, at) => `${reason} ${tubes[at]?.section} 1`).sort());
  assert.deepEqual(await technician.call(rejectionCounts, { fromDay: '2026-11-24', toDay: '2026-11-24' }), {
    collected: 0,
    rejected: 0,
    reasons: [],
  });
  const clotted = await technician.call(listRejections, { ...day, reasonCode: 'clotted' });
  assert.equal(clotted.edges.length, 1);
  const first = await technician.call(listRejections, { ...day, first: 2 });
  const rest = await technician.call(listRejections, { ...day, first: 2, after: first.endCursor });
  assert.equal(new Set([...first.edges, ...rest.edges].map((edge) => edge.node.id)).size, 3);
  await technician.refused(rejectionCounts, { fromDay: '2026-11-25', toDay: '2026-11-24' }, 'platform.invalid_input');
  await technician.refused(listUndecided, { after: 'rubbish' }, 'platform.bad_cursor');
  assert.deepEqual(await lab.as('admin', newId()).call(rejectionCounts, day), {
    collected: 0,
    rejected: 0,
    reasons: [],
  });
});

test('lab-day 26: a centre draws by the same scan, told later with its own time', async (t) => {
  const lab = await startLab(t);
  const order = await placed(lab, ['CBC']);
  await lab.settle();
  const [tube] = await lab.as('phlebotomist').call(tubesOfOrders, { ids: [order.id] });
  const collectedAt = new Date(Date.now() - 5 * 3_600_000).toISOString();
  const scan = { barcode: tube?.barcode ?? '', collectedAt, place: 'Kothrud centre' };
  const collected = await lab.as('phlebotomist').call(collectTube, scan);
  assert.equal(collected.collectedAt, collectedAt);
  // The phone comes online and sends its queue once more.
  assert.equal((await lab.as('phlebotomist').call(collectTube, scan)).version, collected.version);
});
