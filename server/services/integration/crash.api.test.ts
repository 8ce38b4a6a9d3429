// INT-20 to INT-23: what happens when a process dies, and when several share the work.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import type pg from 'pg';

import { ackCodeOf, sendHl7 } from '@nidaan/sandbox/analyzers/send-hl7.ts';
import { integrationTrail, listInbox, replayMessage } from './contract.ts';
import { hl7Fixture, inOrder, onServer, startInstrumentLab } from './lab-with-instruments.testing.ts';
import type { InstrumentLab } from './lab-with-instruments.testing.ts';

const host = '127.0.0.1';

async function send(port: number, bytes: Uint8Array): Promise<void> {
  assert.equal(ackCodeOf(await sendHl7({ host, port, bytes })), 'AA');
}

/** Waits until a statement on the table stands before its lock. */
async function untilBlocked(watch: pg.Client, table: string): Promise<void> {
  const waiting = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query ilike $1`;
  while ((await watch.query(waiting, [`%${table}%`])).rowCount === 0)
    await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Ends every connection of the application, as the death of its process would. */
async function cutConnections(lab: InstrumentLab): Promise<void> {
  await onServer(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and usename like 'nidaan_%'`,
    [lab.databaseName],
  );
}

test('INT-20 dead after the acknowledgement and before the processing: the next start processes it, once', async (t) => {
  const lab = await startInstrumentLab(t);
  const { orderId, barcode } = await lab.draw(['HGB']);
  const [inTheWay, watch] = [await lab.asOwner(), await lab.asOwner()];
  await inTheWay.query('begin; lock table lis_integration.code_mapping in access exclusive mode');
  await send(lab.hl7Port, hl7Fixture('blood-count.hl7', barcode));
  await untilBlocked(watch, 'lis_integration.code_mapping');
  await cutConnections(lab);
  await lab.stop();
  assert.equal((await watch.query('select status from lis_integration.message')).rows[0]?.status, 'stored');
  await inTheWay.query('rollback');
  await lab.startAnother();
  await lab.settle();
  assert.deepEqual(await lab.values(orderId), { HGB: '13.1' });
  assert.equal((await lab.trail(orderId)).length, 1);
});

test('INT-20 dead after the results are entered and before the message is settled: nothing is entered twice', async (t) => {
  const lab = await startInstrumentLab(t);
  const { orderId, barcode } = await lab.draw(['HGB']);
  const [inTheWay, watch] = [await lab.asOwner(), await lab.asOwner()];
  await inTheWay.query('begin; lock table lis_integration.inbox_item in access exclusive mode');
  await send(lab.hl7Port, hl7Fixture('blood-count.hl7', barcode));
  await untilBlocked(watch, 'lis_integration.inbox_item');
  assert.equal(
    (await watch.query(`select value from lis_result.result where status = 'entered'`)).rows[0]?.value,
    '13.1',
  );
  await cutConnections(lab);
  await lab.stop();
  await inTheWay.query('rollback');
  await lab.startAnother();
  await lab.settle();
  const [hgb] = await lab.results(orderId);
  assert.equal(hgb?.value, '13.1');
  assert.deepEqual(hgb?.otherValues, []);
  assert.equal((await lab.trail(orderId)).length, 1, 'the try that died left no trace in the trail');
  assert.equal((await lab.inbox()).filter(({ reason }) => reason === 'unknown_code').length, 1);
});

test('INT-21 two processes share the messages: each is processed once, whichever took it', async (t) => {
  const lab = await startInstrumentLab(t);
  const second = await lab.startAnother();
  const { orderId, barcode } = await lab.draw(['HGB']);
  const bytes = hl7Fixture('blood-count.hl7', barcode).toString();
  const numbers = Array.from({ length: 40 }, (_, index) => index + 1);
  await Promise.all(
    numbers.map((number) =>
      send(
        number % 2 === 0 ? lab.hl7Port : second.hl7Port,
        Buffer.from(bytes.replace('ORU^R01|1|', `ORU^R01|N${number}|`)),
      ),
    ),
  );
  await lab.settle();
  const messages = await lab.messages();
  assert.equal(messages.length, 40);
  assert.ok(messages.every(({ status, isRepeat }) => status === 'held' && !isRepeat));
  const trail = await lab.system.call(integrationTrail, { caseIds: [orderId] });
  assert.deepEqual(trail.map(({ entityId }) => entityId).toSorted(), messages.map(({ id }) => id).toSorted());
  const [hgb] = await lab.results(orderId);
  assert.equal(hgb?.value, '13.1');
  assert.deepEqual(hgb?.otherValues, [], 'the same value again is no other value');
});

test('INT-22 a message that fails inside is left to a person after a few tries and holds up nobody', async (t) => {
  const lab = await startInstrumentLab(t);
  const { orderId, barcode } = await lab.draw(['HGB']);
  const owner = await lab.asOwner();
  // Bytes damaged on the disk: the listener would have refused them.
  await owner.query(
    `insert into lis_integration.message
       (id, lab_id, protocol, received_at, peer, instrument, message_type, control_id, size_bytes, sha256, raw, status, due_at)
     values (gen_random_uuid(), $1, 'hl7', now(), 'x', 'SIM', 'ORU^R01', 'D-1', 3, '\\x00', 'PID', 'stored', now())`,
    [lab.labId],
  );
  await send(lab.hl7Port, hl7Fixture('blood-count.hl7', barcode));
  await lab.settle();
  assert.deepEqual(await lab.values(orderId), { HGB: '13.1' });
  const damaged = (await lab.messages()).find(({ controlId }) => controlId === 'D-1');
  assert.deepEqual([damaged?.status, damaged?.problem], ['held', 'Waits in the inbox: 1 fault.']);
  const item = (await lab.inbox()).find(({ messageId }) => messageId === damaged?.id);
  assert.deepEqual([item?.reason, item?.location], ['fault', 'message']);
  // Asking for it again ends the same way and opens nothing new.
  await lab.as('technician').call(replayMessage, { messageId: damaged?.id ?? '' });
  assert.equal(
    (await lab.as('technician').call(listInbox, {})).edges.filter(({ node }) => node.messageId === damaged?.id).length,
    1,
  );
});

test('INT-22 what cannot even be written is found out alone; its neighbours of the same batch are settled', async (t) => {
  const lab = await startInstrumentLab(t);
  const { orderId, barcode } = await lab.draw(['HGB']);
  const [owner, watch] = [await lab.asOwner(), await lab.asOwner()];
  await owner.query(`alter table lis_integration.inbox_item add constraint poison check (value <> 'POISON')`);
  await owner.query('begin; lock table lis_integration.code_mapping in access exclusive mode');
  const count = hl7Fixture('blood-count.hl7', barcode).toString();
  await send(lab.hl7Port, Buffer.from(count.replace('|1|P|', '|0|P|')));
  await untilBlocked(watch, 'lis_integration.code_mapping');
  // These two wait for the turn after, and so go together.
  await send(lab.hl7Port, Buffer.from(count.replace('|0.09|', '|POISON|')));
  await send(lab.hl7Port, Buffer.from(count.replace('|13.1|', '|13.9|').replace('|1|P|', '|2|P|')));
  await owner.query('rollback');
  await lab.settle();
  const [hgb] = await lab.results(orderId);
  assert.equal(hgb?.value, '13.1');
  assert.deepEqual(
    hgb?.otherValues.map(({ value }) => value),
    ['13.9'],
  );
  const fates = inOrder((await lab.messages()).map(({ controlId, problem }) => [controlId, problem]));
  assert.deepEqual(fates, [
    ['0', 'Waits in the inbox: 1 unknown_code, 2 not_ordered.'],
    ['1', 'Waits in the inbox: 1 fault.'],
    ['2', 'Waits in the inbox: 1 unknown_code, 2 not_ordered.'],
  ]);
});

test('INT-27 a start is counted before the message is read, and forgotten when it is settled', async (t) => {
  const lab = await startInstrumentLab(t);
  const { orderId, barcode } = await lab.draw(['HGB']);
  const [inTheWay, watch] = [await lab.asOwner(), await lab.asOwner()];
  const starts = async () => (await watch.query('select starts from lis_integration.processing_start')).rows;
  await inTheWay.query('begin; lock table lis_integration.code_mapping in access exclusive mode');
  await send(lab.hl7Port, hl7Fixture('blood-count.hl7', barcode));
  await untilBlocked(watch, 'lis_integration.code_mapping');
  assert.deepEqual(await starts(), [{ starts: 1 }]);
  await inTheWay.query('rollback');
  await lab.settle();
  assert.deepEqual(await starts(), []);
  assert.deepEqual(await lab.values(orderId), { HGB: '13.1' });
});

test('INT-27 a message that thrice brought its process down is left to a person; those of its batch go on', async (t) => {
  const lab = await startInstrumentLab(t);
  const { orderId, barcode } = await lab.draw(['HGB']);
  const owner = await lab.asOwner();
  await lab.stop();
  const count = hl7Fixture('blood-count.hl7', barcode).toString();
  const store = async (controlId: string, starts: number, text: string): Promise<void> => {
    await owner.query(
      `with stored as (
         insert into lis_integration.message
           (id, lab_id, protocol, received_at, peer, instrument, message_type, control_id, size_bytes, sha256, raw, status, due_at)
         values (gen_random_uuid(), $1, 'hl7', now(), 'x', 'SIM', 'ORU^R01', $2, 3, sha256($3), $3, 'stored', now()) returning id)
       insert into lis_integration.processing_start (message_id, lab_id, starts) select id, $1, $4 from stored where $4 > 0`,
      [lab.labId, controlId, Buffer.from(text), starts],
    );
  };
  // What three deaths leave behind: the killer at its limit, the rest of its batch begun once or twice, and what came since.
  await store('killer', 3, count.replace('|13.1|', '|6.6|'));
  await store('beside', 2, count);
  await store('later', 0, count.replace('ORU^R01|1|', 'ORU^R01|9|'));
  await lab.startAnother();
  await lab.settle();
  const fates = inOrder((await lab.messages()).map(({ controlId, problem }) => [controlId, problem]));
  assert.deepEqual(fates, [
    ['beside', 'Waits in the inbox: 1 unknown_code, 2 not_ordered.'],
    ['killer', 'Waits in the inbox: 1 fault.'],
    ['later', 'Waits in the inbox: 1 unknown_code, 2 not_ordered.'],
  ]);
  const [hgb] = await lab.results(orderId);
  assert.deepEqual([hgb?.value, hgb?.otherValues], ['13.1', []]);
  const { rows } = await owner.query('select starts from lis_integration.processing_start');
  assert.deepEqual(rows, [{ starts: 3 }], 'the killer is remembered, so that its bytes sent again do not wake it');

  // A person may: this one was innocent.
  const killer = (await lab.messages()).find(({ controlId }) => controlId === 'killer');
  await lab.as('technician').call(replayMessage, { messageId: killer?.id ?? '' });
  assert.equal((await lab.results(orderId))[0]?.otherValues[0]?.value, '6.6');
  assert.equal((await owner.query('select 1 from lis_integration.processing_start')).rowCount, 0);
});

test('INT-28 a message of half a million orders is acknowledged, kept and shown as one line, and holds up nobody', async (t) => {
  const lab = await startInstrumentLab(t);
  const { orderId, barcode } = await lab.draw(['HGB']);
  const flood = `MSH|^~\\&|FLOOD||||||ORU^R01|F-1|P|2.5.1\r${'OBR|1||X\r'.repeat(500_000)}`;
  await send(lab.hl7Port, Buffer.from(flood));
  await send(lab.hl7Port, hl7Fixture('blood-count.hl7', barcode));
  await lab.settle();
  assert.deepEqual(await lab.values(orderId), { HGB: '13.1' });
  const message = (await lab.messages()).find(({ controlId }) => controlId === 'F-1');
  assert.deepEqual([message?.status, message?.sizeBytes], ['held', flood.length]);
  const items = (await lab.inbox()).filter(({ messageId }) => messageId === message?.id);
  assert.deepEqual(
    items.map(({ reason, location }) => [reason, location]),
    [['fault', 'message']],
  );
});

test('INT-23 many lines at once: every acknowledged message is on disk, in the order of each line', async (t) => {
  const lab = await startInstrumentLab(t);
  const bytes = hl7Fixture('control-run.hl7', 'C-1').toString();
  const line = async (name: string): Promise<void> => {
    for (let number = 0; number < 15; number += 1)
      await send(lab.hl7Port, Buffer.from(bytes.replace('|QC-1|', `|${name}-${number}|`)));
  };
  await Promise.all(['A', 'B', 'C', 'D', 'E', 'F'].map(line));
  const owner = await lab.asOwner();
  const { rows } = await owner.query<{ control_id: string }>(
    'select control_id from lis_integration.message order by seq',
  );
  assert.equal(rows.length, 90);
  for (const name of ['A', 'B', 'C', 'D', 'E', 'F']) {
    const own = rows.map((row) => row.control_id).filter((id) => id.startsWith(`${name}-`));
    assert.deepEqual(
      own,
      Array.from({ length: 15 }, (_, number) => `${name}-${number}`),
    );
  }
});
