// The first whole day, as one story told through GraphQL, MLLP and a browser's GET: from the desk to the signed report.
// The same story runs against one process and against the split shape (issue list: register … report, one audit trail).
import assert from 'node:assert/strict';

import { createMllpClient } from '@nidaan/mllp';
import { buildMessage, parseMessage } from '@nidaan/hl7v2';

import { createClient, eventually, signIn } from '../testing/graphql-client.ts';
import type { GraphqlClient } from '../testing/graphql-client.ts';
import { signWith } from '../testing/sign-as.ts';

export interface RunningLab {
  readonly url: string;
  readonly hl7Port: number;
}

interface Tube {
  readonly barcode: string;
  readonly testCodes: readonly string[];
  readonly status: string;
}
interface Result {
  readonly id: string;
  readonly analyteCode: string;
  readonly value: string | null;
  readonly flags: readonly string[];
  readonly status: string;
  readonly version: number;
  readonly range: { readonly low: string | null; readonly high: string | null; readonly ageDays: number } | null;
}

/** Haemoglobin low for a woman of 34, white cells high, the rest within range; LOINC codes, units as analyzers send them. */
const CBC_VALUES = [
  ['718-7', 'Hemoglobin', '9.1', 'g/dL'],
  ['6690-2', 'Leukocytes', '14.2', '10*3/uL'],
  ['777-3', 'Platelets', '250', '10*3/uL'],
] as const;

const dotted = (date: Date) => date.toISOString().replace(/[-:T]/g, '').slice(0, 14);

export function cbcMessage(
  barcode: string,
  controlId: string,
  values: readonly (readonly [string, string, string, string])[] = CBC_VALUES,
): Uint8Array {
  return buildMessage({
    header: {
      3: 'STORY-XN',
      4: 'BENCH1',
      7: dotted(new Date()),
      9: ['ORU', 'R01'],
      10: controlId,
      11: 'P',
      12: '2.3.1',
      18: 'UNICODE UTF-8',
    },
    segments: [
      ['PID', 1],
      ['OBR', 1, '', barcode, ['CBC', 'Complete blood count']],
      ...(values.map(([code, name, value, unit], index): [string, ...unknown[]] => [
        'OBX',
        index + 1,
        'NM',
        [code, name, 'LN'],
        '',
        value,
        unit,
        '',
        '',
        '',
        '',
        'F',
      ]) as never[]),
    ],
  });
}

export async function sendHl7(port: number, bytes: Uint8Array): Promise<string> {
  const client = await createMllpClient({ host: '127.0.0.1', port, replyTimeoutMs: 10_000 });
  try {
    return parseMessage(await client.send(bytes)).get('MSA-1');
  } finally {
    await client.close();
  }
}

const ORDER = `query ($id: ID!) { order(id: $id) {
  id number
  patient { name mrn }
  tubes { barcode testCodes status }
  results { id analyteCode value flags status version range { low high ageDays } }
  reports { id number version status sha256 verifyUrl }
} }`;

interface OrderAnswer {
  readonly order: {
    readonly id: string;
    readonly number: string;
    readonly patient: { readonly name: string; readonly mrn: string };
    readonly tubes: readonly Tube[];
    readonly results: readonly Result[];
    readonly reports: readonly {
      readonly id: string;
      readonly number: string;
      readonly version: number;
      readonly status: string;
      readonly sha256: string;
      readonly verifyUrl: string;
    }[];
  };
}

interface Placed {
  readonly id: string;
  readonly number: string;
  readonly tubes: readonly Tube[];
}

async function registerAndOrder(desk: GraphqlClient): Promise<Placed> {
  const { registerPatient } = await desk.ask<{
    registerPatient: { id: string; mrn: string; isBornOnApproximate: boolean };
  }>(`mutation ($input: RegisterPatientInput!) { registerPatient(input: $input) { id mrn isBornOnApproximate } }`, {
    input: { name: 'Story Kulkarni', sex: 'female', age: { years: 34 }, mobile: '98220 12345' },
  });
  assert.equal(registerPatient.isBornOnApproximate, true);
  const { patients } = await desk.ask<{ patients: { nodes: { id: string }[] } }>(
    `query ($text: String!) { patients(text: $text) { nodes { id } } }`,
    { text: '9822012345' },
  );
  assert.ok(
    patients.nodes.some((node) => node.id === registerPatient.id),
    'found by mobile',
  );
  const { catalogue } = await desk.ask<{ catalogue: { nodes: { code: string; kind: string }[] } }>(
    `query { catalogue(text: "cbc", first: 5) { nodes { code kind } } }`,
  );
  assert.equal(catalogue.nodes[0]?.code, 'CBC');
  const { placeOrder } = await desk.ask<{ placeOrder: Placed }>(
    `mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { id number tubes { barcode testCodes status } } }`,
    {
      input: {
        patientId: registerPatient.id,
        items: ['HGB', 'TLC', 'PLT'],
        priority: 'urgent',
        referredBy: 'Dr. Story',
      },
    },
  );
  assert.equal(placeOrder.tubes.length, 1, 'three counts, one EDTA tube');
  const { printLabels } = await desk.ask<{ printLabels: { zpl: string } }>(
    `mutation ($id: ID!) { printLabels(orderId: $id, format: zpl) { zpl } }`,
    { id: placeOrder.id },
  );
  assert.match(printLabels.zpl, /\^XA[\s\S]*\^XZ/);
  await desk.refused(ORDER, { id: placeOrder.id }, 'platform.forbidden');
  return placeOrder;
}

async function collectAndReceive(lab: RunningLab, barcode: string): Promise<void> {
  const phlebotomist = await signIn(lab.url, 'phlebo');
  const technician = await signIn(lab.url, 'tech');
  await phlebotomist.ask(`mutation ($input: CollectTubeInput!) { collectTube(input: $input) { status collectedAt } }`, {
    input: { barcode },
  });
  const { receiveTubes } = await technician.ask<{ receiveTubes: { received: Tube[] } }>(
    `mutation ($barcodes: [String!]!) { receiveTubes(barcodes: $barcodes) { received { status } } }`,
    { barcodes: [barcode] },
  );
  assert.equal(receiveTubes.received[0]?.status, 'received');
}

async function resultsOf(client: GraphqlClient, orderId: string, status: string): Promise<readonly Result[]> {
  return eventually(`results ${status}`, async () => {
    const { order } = await client.ask<OrderAnswer>(ORDER, { id: orderId });
    return order.results.length > 0 && order.results.every((result) => result.status === status)
      ? order.results
      : undefined;
  });
}

const toItems = (results: readonly Result[]) => ({
  items: results.map(({ id, version }) => ({ resultId: id, expectedVersion: version })),
});
const VERIFY = `mutation ($input: VerifyResultsInput!) { verifyResults(input: $input) { id status version } }`;
const AUTHORISE = `mutation ($input: AuthoriseResultsInput!) { authoriseResults(input: $input) { id status version } }`;

async function judgeVerifyAuthorise(lab: RunningLab, orderId: string): Promise<void> {
  const technician = await signIn(lab.url, 'tech');
  const pathologist = await signIn(lab.url, 'path');
  const entered = await resultsOf(technician, orderId, 'entered');
  const haemoglobin = entered.find((result) => result.analyteCode === 'HGB');
  assert.equal(haemoglobin?.value, '9.1');
  assert.ok(haemoglobin.flags.includes('L'), 'low for a woman');
  assert.ok(haemoglobin.range?.low && haemoglobin.range.ageDays > 34 * 365, 'the range used is stored with the result');
  assert.deepEqual(entered.find((result) => result.analyteCode === 'WBC')?.flags, ['H']);

  await technician.ask(VERIFY, { input: toItems(entered) });
  await technician.refused(VERIFY, { input: toItems(entered) }, 'result.stale');
  const verified = await resultsOf(pathologist, orderId, 'verified');
  await technician.refused(AUTHORISE, { input: toItems(verified) }, 'platform.forbidden');
  await pathologist.refused(AUTHORISE, { input: toItems(verified) }, 'user.not_confirmed');
  await pathologist.ask(AUTHORISE, { input: { ...toItems(verified), signingToken: await signWith(pathologist) } });
}

async function fetchAndCheckReport(lab: RunningLab, orderId: string): Promise<void> {
  const pathologist = await signIn(lab.url, 'path');
  const report = await eventually('the report', async () => {
    const { order } = await pathologist.ask<OrderAnswer>(ORDER, { id: orderId });
    return order.reports.find((each) => each.status === 'released');
  });
  const { linkReport } = await pathologist.ask<{ linkReport: { url: string; expiresAt: string } }>(
    `mutation ($id: ID!) { linkReport(reportId: $id) { url expiresAt } }`,
    { id: report.id },
  );
  const path = new URL(linkReport.url).pathname;
  const pdf = await fetch(`${lab.url}${path}`);
  assert.equal(pdf.status, 200);
  assert.equal(pdf.headers.get('content-type'), 'application/pdf');
  const bytes = Buffer.from(await pdf.arrayBuffer());
  assert.equal(bytes.subarray(0, 5).toString(), '%PDF-');
  const hash = await crypto.subtle.digest('SHA-256', bytes);
  assert.equal(Buffer.from(hash).toString('hex'), report.sha256, 'the bytes are those of the record');
  assert.equal((await fetch(`${lab.url}${path.slice(0, -3)}abc`)).status, 403, 'a changed link is refused');

  const page = await fetch(`${lab.url}${new URL(report.verifyUrl).pathname}`);
  const html = await page.text();
  assert.match(html, /Genuine and current/);
  assert.match(html, new RegExp(report.number));
  assert.doesNotMatch(html, /Story|Kulkarni|9\.1/, 'no name and no value on the public page');
}

async function readTrail(lab: RunningLab, orderId: string): Promise<readonly string[]> {
  const pathologist = await signIn(lab.url, 'path');
  return eventually('the trail', async () => {
    const { auditTrail } = await pathologist.ask<{ auditTrail: { act: string; actorName: string; at: string }[] }>(
      `query ($id: ID!) { auditTrail(orderId: $id) { act actorName at service entityId facts } }`,
      { id: orderId },
    );
    const acts = auditTrail.map((entry) => entry.act);
    const told = [
      'patient.register',
      'order.place',
      'sample.collect',
      'sample.receive',
      'integration.process',
      'result.enter',
      'result.verify',
      'result.authorise',
      'report.release',
    ];
    return told.every((act) => acts.includes(act)) ? acts : undefined;
  });
}

/** What comes wrong and must neither stop the lab nor vanish. */
async function badInput(lab: RunningLab): Promise<void> {
  const technician = await signIn(lab.url, 'tech');
  assert.equal(
    await sendHl7(lab.hl7Port, cbcMessage('N0000000000000', 'story-unknown')),
    'AA',
    'nobody at the analyzer can mend an unknown barcode',
  );
  await eventually('the inbox item', async () => {
    const { inbox } = await technician.ask<{ inbox: { nodes: { reason: string; barcode: string }[] } }>(
      `query { inbox { nodes { reason barcode value code } } }`,
    );
    return inbox.nodes.find((item) => item.barcode === 'N0000000000000' && item.reason === 'unknown_barcode');
  });
  const forged = createClient(lab.url, 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl');
  await forged.refused('query { me { id } }', {}, 'platform.unauthenticated');
  await createClient(lab.url).refused('query { me { id } }', {}, 'platform.unauthenticated');
  const deep = `query { orders { nodes ${'{ patient { orders { nodes '.repeat(12)}{ id }${' } } }'.repeat(12)} } }`;
  const reply = await technician.send(deep);
  assert.equal(reply.status, 400);
}

export async function tellStory(lab: RunningLab): Promise<void> {
  const desk = await signIn(lab.url, 'desk');
  const order = await registerAndOrder(desk);
  const [tube] = order.tubes;
  assert.ok(tube);
  await collectAndReceive(lab, tube.barcode);
  assert.equal(await sendHl7(lab.hl7Port, cbcMessage(tube.barcode, `story-${order.number}`)), 'AA');
  await judgeVerifyAuthorise(lab, order.id);
  await fetchAndCheckReport(lab, order.id);
  const acts = await readTrail(lab, order.id);
  assert.ok(acts.indexOf('order.place') < acts.indexOf('result.enter'));
  await badInput(lab);
}
