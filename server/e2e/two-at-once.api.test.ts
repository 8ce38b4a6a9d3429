// The bench's bad day: two people act at the same moment on one tube and on one result, over HTTP. One of them has done it,
// the other is told so; nothing is done twice and nothing is lost.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { placeOrder } from '#contract/order.ts';
import { registerPatient } from '#contract/patient.ts';
import { reportsOfOrders } from '#contract/report.ts';
import { authoriseResults, enterResult, resultsOfOrders, verifyResults } from '#contract/result.ts';
import type { ResultView } from '#contract/result.ts';
import { collectTube, custody, planTubes, receiveTubes, rejectTube } from '#contract/sample.ts';
import { confirmIdentity } from '#contract/user.ts';
import { ServiceError } from '#platform/errors.ts';

import { DEMO_PASSWORD } from '../boot/seed-demo.ts';
import { signIn } from '../demo/api-client.ts';
import { waitFor } from '../demo/lab-day.ts';
import { startLabProcess } from '../testing/lab-process.ts';

/** Both begin before either has ended. Gives what was done, and the codes of what was refused. */
async function atOnce<T>(...acts: readonly Promise<T>[]): Promise<{ readonly done: readonly T[]; refused: string[] }> {
  const outcomes = await Promise.allSettled(acts);
  return {
    done: outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : [])),
    refused: outcomes.flatMap((outcome) => {
      if (outcome.status === 'fulfilled') return [];
      assert.ok(outcome.reason instanceof ServiceError, String(outcome.reason));
      return [outcome.reason.code];
    }),
  };
}

test('two people act at once on one tube and on one result', async (t) => {
  const { url } = await startLabProcess(t);
  const people = (username: string) =>
    Promise.all([signIn(url, username, DEMO_PASSWORD), signIn(url, username, DEMO_PASSWORD)]);
  const [desk] = await people('desk');
  const [phlebo, otherPhlebo] = await people('phlebo');
  const [tech, otherTech] = await people('tech');
  const [path, otherPath] = await people('path');

  const order = async () => {
    const patient = await desk.call(registerPatient, {
      name: 'Busy Bench',
      sex: 'male',
      age: { years: 50 },
      isKnownToDiffer: true,
    });
    const { id } = await desk.call(placeOrder, { patientId: patient.id, items: ['CREA'] });
    const [tube] = await desk.call(planTubes, { orderId: id });
    assert.ok(tube);
    return { orderId: id, barcode: tube.barcode };
  };
  const actsOf = async (barcode: string, act: string) =>
    (await tech.call(custody, { barcode })).filter((step) => step.act === act).length;
  const resultOf = async (orderId: string, isReady: (result: ResultView) => boolean): Promise<ResultView> =>
    waitFor('the result', async () => {
      const [result] = await tech.call(resultsOfOrders, { ids: [orderId] });
      return result && isReady(result) ? result : undefined;
    });
  const toBench = async () => {
    const { orderId, barcode } = await order();
    await phlebo.call(collectTube, { barcode });
    await tech.call(receiveTubes, { barcodes: [barcode] });
    return resultOf(orderId, ({ status, receivedAt }) => status === 'awaiting' && receivedAt !== null);
  };
  const stepOf = ({ id, version }: ResultView) => ({ resultId: id, expectedVersion: version });

  await t.test('two labels for one tube: one is on it, the other is refused', async () => {
    const { barcode } = await order();
    const { done, refused } = await atOnce(
      phlebo.call(collectTube, { barcode, preprintedBarcode: 'PRE-1001' }),
      otherPhlebo.call(collectTube, { barcode, preprintedBarcode: 'PRE-1002' }),
    );
    assert.deepEqual([done.length, refused], [1, ['sample.cannot_move']]);
    assert.equal(await actsOf(barcode, 'collected'), 1);
  });

  await t.test('received here and refused there: the tube ends refused, once, whoever was first', async () => {
    const { barcode } = await order();
    await phlebo.call(collectTube, { barcode });
    await Promise.all([
      tech.call(receiveTubes, { barcodes: [barcode] }),
      otherTech.call(rejectTube, { barcode, reasonCode: 'clotted' }),
    ]);
    assert.equal(await actsOf(barcode, 'rejected'), 1);
    const { received, refused } = await tech.call(receiveTubes, { barcodes: [barcode] });
    assert.deepEqual([received.length, refused.map(({ code }) => code)], [0, ['sample.cannot_move']]);
  });

  await t.test('two values for one result: one stands, the other screen is stale', async () => {
    const result = await toBench();
    const { done, refused } = await atOnce(
      tech.call(enterResult, { ...stepOf(result), value: '1.0' }),
      otherTech.call(enterResult, { ...stepOf(result), value: '2.0' }),
    );
    assert.deepEqual([done.length, refused], [1, ['result.stale']]);
    assert.equal((await resultOf(result.orderId, ({ value }) => value !== null)).value, done[0]?.value);
  });

  await t.test('verified here while it is typed anew there: what was verified is what was seen', async () => {
    const awaiting = await toBench();
    const entered = await tech.call(enterResult, { ...stepOf(awaiting), value: '1.1' });
    const { done, refused } = await atOnce<unknown>(
      tech.call(verifyResults, { items: [stepOf(entered)] }),
      otherTech.call(enterResult, { ...stepOf(entered), value: '4.4' }),
    );
    assert.deepEqual([done.length, refused.length], [1, 1]);
    assert.match(refused.join(), /^result\.(stale|cannot_move)$/);
    const now = await resultOf(awaiting.orderId, () => true);
    assert.ok(
      (now.status === 'verified' && now.value === '1.10') || (now.status === 'entered' && now.value === '4.40'),
      `${now.status} with ${now.value}`,
    );
  });

  await t.test('two pathologists sign at once: one signature, one report', async () => {
    const awaiting = await toBench();
    const entered = await tech.call(enterResult, { ...stepOf(awaiting), value: '1.1' });
    const [verified] = await tech.call(verifyResults, { items: [stepOf(entered)] });
    assert.ok(verified);
    const [one, other] = await Promise.all(
      [path, otherPath].map((who) => who.call(confirmIdentity, { password: DEMO_PASSWORD })),
    );
    assert.ok(one && other);
    const { done, refused } = await atOnce(
      path.call(authoriseResults, { items: [stepOf(verified)], signingToken: one.signingToken }),
      otherPath.call(authoriseResults, { items: [stepOf(verified)], signingToken: other.signingToken }),
    );
    assert.deepEqual([done.length, refused], [1, ['result.stale']]);
    const reports = await waitFor('the report', async () => {
      const found = await path.call(reportsOfOrders, { ids: [verified.orderId] });
      return found.some(({ status }) => status === 'released') ? found : undefined;
    });
    assert.deepEqual(
      reports.map(({ version }) => version),
      [1],
    );
  });
});
