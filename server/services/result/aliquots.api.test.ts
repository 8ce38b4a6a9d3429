// Tests that leave their tube: along with an aliquot, or to a referral lab: specs/result.md, "Kinds and worklists".
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { savePartner } from '#contract/organization.ts';
import { aliquotTube, receiveTubes, rejectTube, routeTube } from '#contract/sample.ts';

import type { ResultView } from './contract.ts';
import { enterFromInstrument, verifyResults } from './contract.ts';
import { observe, startBench, stepOf } from './testing.ts';

test('tests that leave their tube', async (t) => {
  const bench = await startBench(t);
  const { lab } = bench;
  const technician = lab.as('technician');
  const pathologist = lab.as('pathologist');
  const first = async (code: string): Promise<ResultView> => {
    const [result] = await bench.awaiting([code]);
    assert.ok(result);
    return result;
  };

  await t.test("lab-day 30: a test that goes along with an aliquot is measured by the aliquot's barcode", async () => {
    const [alt, crea] = await bench.awaiting(['SGPT', 'CREA']);
    assert.ok(alt?.barcode && crea?.barcode);
    assert.equal(alt.barcode, crea.barcode, 'one tube serves both');
    await technician.call(receiveTubes, { barcodes: [alt.barcode] });
    const { aliquots } = await technician.call(aliquotTube, {
      barcode: alt.barcode,
      aliquots: [{ volumeMl: 0.5, lineIds: [crea.lineId] }],
    });
    await lab.settle();
    const [aliquot] = aliquots;
    const moved = await bench.result(crea.orderId, 'CREA');
    assert.deepEqual([moved.barcode, moved.status, moved.version], [aliquot?.barcode, 'awaiting', crea.version]);
    assert.equal((await bench.result(alt.orderId, alt.analyteCode)).barcode, alt.barcode);
    const [onParent] = await lab.system.call(enterFromInstrument, { observations: [observe(crea, '1.0')] });
    assert.equal(onParent?.outcome, 'not_ordered', 'the test has left the parent');
    const [onAliquot] = await lab.system.call(enterFromInstrument, { observations: [observe(moved, '1.0')] });
    assert.equal(onAliquot?.outcome, 'entered');

    await technician.call(aliquotTube, { barcode: alt.barcode, aliquots: [{ volumeMl: 0.5, lineIds: [alt.lineId] }] });
    await lab.settle();
    const [onEmpty] = await lab.system.call(enterFromInstrument, { observations: [observe(alt, '30')] });
    assert.equal(onEmpty?.outcome, 'not_ordered', 'nothing is left to be measured from the parent');
    await technician.call(rejectTube, { barcode: aliquot?.barcode ?? '', reasonCode: 'leaking' });
    await lab.settle();
    assert.equal((await bench.result(crea.orderId, 'CREA')).status, 'expected', 'rejected with its aliquot');
  });

  await t.test(
    'lab-day 31: a tube routed to a referral lab later: what is typed for it needs a second person',
    async () => {
      const partner = await lab
        .as('manager')
        .call(savePartner, { kind: 'referral_lab', code: 'METRO', name: 'Metro Reference Laboratory' });
      const crea = await first('CREA');
      assert.equal(crea.isOutsourced, false);
      await technician.call(receiveTubes, { barcodes: [crea.barcode ?? ''] });
      await technician.call(routeTube, { barcode: crea.barcode ?? '', referralLabId: partner.id });
      await lab.settle();
      const entered = await bench.enter(await bench.result(crea.orderId, 'CREA'), '1.0');
      assert.deepEqual(entered.holds, ['second_check']);
      const items = [{ ...stepOf(entered), holdsSeen: [...entered.holds] }];
      await technician.refused(verifyResults, { items }, 'result.second_check_needed');
      assert.equal((await pathologist.call(verifyResults, { items }))[0]?.status, 'verified');
    },
  );
});
