// 1,000 results are sent while the process is killed ten times without warning. What was acknowledged is there once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { createMllpClient } from '@nidaan/mllp';
import type { MllpClient } from '@nidaan/mllp';
import { parseMessage } from '@nidaan/hl7v2';

import { createSeeded } from '@nidaan/sandbox/analyzers/seeded.ts';
import { createClient, eventually, signIn } from '../testing/graphql-client.ts';
import type { GraphqlClient } from '../testing/graphql-client.ts';
import { startLabProcess } from '../testing/lab-process.ts';
import { cbcMessage } from './story.ts';

const ORDERS = 125;
const KILLS = 10;
/** Eight analytes of the blood count, one a message: 125 × 8 = 1,000 messages. */
const ANALYTES = [
  ['718-7', 'Hemoglobin', 'g/dL', 'HGB'],
  ['6690-2', 'Leukocytes', '10*3/uL', 'WBC'],
  ['789-8', 'Erythrocytes', '10*6/uL', 'RBC'],
  ['4544-3', 'Hematocrit', '%', 'HCT'],
  ['787-2', 'MCV', 'fL', 'MCV'],
  ['785-6', 'MCH', 'pg', 'MCH'],
  ['786-4', 'MCHC', 'g/dL', 'MCHC'],
  ['777-3', 'Platelets', '10*3/uL', 'PLT'],
] as const;
const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000);

interface Sent {
  readonly controlId: string;
  readonly bytes: Uint8Array;
  readonly barcode: string;
  readonly analyte: string;
  readonly value: string;
}

async function placeAndCollect(
  desk: GraphqlClient,
  phlebotomist: GraphqlClient,
  number: number,
): Promise<{ orderId: string; barcode: string }> {
  const { registerPatient } = await desk.ask<{ registerPatient: { id: string } }>(
    `mutation ($input: RegisterPatientInput!) { registerPatient(input: $input) { id } }`,
    {
      input: {
        name: `Kill Test ${number}`,
        sex: number % 2 === 0 ? 'male' : 'female',
        age: { years: 20 + (number % 60) },
      },
    },
  );
  const { placeOrder } = await desk.ask<{ placeOrder: { id: string; tubes: { barcode: string }[] } }>(
    `mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { id tubes { barcode } } }`,
    { input: { patientId: registerPatient.id, items: ['CBC'] } },
  );
  const barcode = placeOrder.tubes[0]?.barcode ?? '';
  await phlebotomist.ask(`mutation ($input: CollectTubeInput!) { collectTube(input: $input) { status } }`, {
    input: { barcode },
  });
  return { orderId: placeOrder.id, barcode };
}

/** Sends until acknowledged, as an analyzer does: same bytes, same control id, again after a lost connection. */
async function sendUntilAcknowledged(
  port: number,
  messages: readonly Sent[],
  onAcknowledged: (count: number) => void,
): Promise<void> {
  let client: MllpClient | undefined;
  let acknowledged = 0;
  for (const message of messages) {
    for (;;) {
      try {
        client ??= await createMllpClient({ host: '127.0.0.1', port, replyTimeoutMs: 5000 });
        const code = parseMessage(await client.send(message.bytes)).get('MSA-1');
        if (code === 'AA') break;
        assert.equal(code, 'AR', 'only "try again" may come beside AA');
        await sleep(50);
      } catch (error) {
        if (error instanceof assert.AssertionError) throw error;
        await client?.close().catch(() => {});
        client = undefined;
        await sleep(20);
      }
    }
    acknowledged += 1;
    onAcknowledged(acknowledged);
  }
  await client?.close();
}

test(
  `1,000 messages, ten kills: every acknowledged result is there once (SEED=${SEED})`,
  { timeout: 300_000 },
  async (t) => {
    const random = createSeeded(SEED);
    const lab = await startLabProcess(t, { isEmbedded: true });
    const [desk, phlebotomist] = await Promise.all([signIn(lab.url, 'desk'), signIn(lab.url, 'phlebo')]);
    const placed: { orderId: string; barcode: string }[] = [];
    for (let number = 0; number < ORDERS; number += 1) placed.push(await placeAndCollect(desk, phlebotomist, number));

    const messages: Sent[] = placed.flatMap(({ barcode }, orderNumber) =>
      ANALYTES.map(([loinc, name, unit, analyte], index) => {
        const value = (5 + ((orderNumber * 7 + index * 3) % 90) / 10).toFixed(1);
        const controlId = `kill-${orderNumber}-${index}`;
        return {
          controlId,
          barcode,
          analyte,
          value,
          bytes: cbcMessage(barcode, controlId, [[loinc, name, value, unit]]),
        };
      }),
    );
    assert.equal(messages.length, 1000);

    const killAt = new Set<number>();
    while (killAt.size < KILLS) killAt.add(1 + Math.floor(random.next() * (messages.length - 2)));
    let kills: Promise<void> = Promise.resolve();
    let killed = 0;
    await sendUntilAcknowledged(lab.hl7Port, messages, (count) => {
      if (!killAt.has(count)) return;
      const waitMs = Math.floor(random.next() * 30);
      kills = kills.then(async () => {
        await sleep(waitMs);
        await lab.end('SIGKILL');
        killed += 1;
        await lab.startAgain();
      });
    });
    await kills;
    assert.equal(killed, KILLS);

    const technician = await signIn(lab.url, 'tech');
    const pathologist = createClient(lab.url, (await signIn(lab.url, 'path')).token);
    for (const [orderNumber, { orderId, barcode }] of placed.entries()) {
      const expected = messages.filter((message) => message.barcode === barcode);
      const results = await eventually(`all results of order ${orderNumber} (SEED=${SEED})`, async () => {
        const { order } = await technician.ask<{
          order: { results: { analyteCode: string; rawValue: string | null; otherValues: unknown[] }[] };
        }>(`query ($id: ID!) { order(id: $id) { results { analyteCode rawValue otherValues { value } } } }`, {
          id: orderId,
        });
        const filled = order.results.filter((result) => result.rawValue !== null);
        return filled.length >= expected.length ? order.results : undefined;
      });
      for (const { analyte, value } of expected) {
        const result = results.find((each) => each.analyteCode === analyte);
        assert.equal(result?.rawValue, value, `${barcode} ${analyte} (SEED=${SEED})`);
        assert.deepEqual(result?.otherValues, [], `no second value beside ${barcode} ${analyte} (SEED=${SEED})`);
      }
      if (orderNumber % 25 === 0) {
        const { auditTrail } = await pathologist.ask<{ auditTrail: { act: string }[] }>(
          `query ($id: ID!) { auditTrail(orderId: $id) { act } }`,
          { id: orderId },
        );
        assert.equal(
          auditTrail.filter((entry) => entry.act === 'result.enter').length,
          expected.length,
          'each result was entered once',
        );
      }
    }
  },
);
