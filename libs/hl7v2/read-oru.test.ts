import assert from 'node:assert/strict';
import { test } from 'node:test';
import { needsCorpus, sampleFiles } from './corpus.testing.ts';
import { attachmentBytes, parseMessage, readOru } from './index.ts';

const head = (type: string): string => `MSH|^~\\&|XN-550^1|LAB|||20260131120000+0530||${type}|42|P|2.5.1`;
const read = (type: string, ...segments: readonly string[]): ReturnType<typeof readOru> =>
  readOru(parseMessage(Buffer.from([head(type), ...segments, ''].join('\r'))));

test('ORU: patient, order, results, notes, each where it belongs', () => {
  const oru = read(
    'ORU^R01^ORU_R01',
    'NTE|1||for the message',
    'PID|1|X9|A1^^^LAB^MR~2^^^&1.2.3&ISO^NI~X9||Rao^Asha||1990|F',
    'NTE|1||for the patient',
    'ORC|RE|P1|F1||CM',
    'NTE|1||for the order',
    'OBR|1|P1^HIS|F1|CBC^Blood count^L|||202601311100|||||||202601311130||||||||202601311159|||F',
    'OBX|1|NM|WBC^Leucocytes & co^L^6690-2^Leukocytes^LN||7,1|10*9/L^thousand^UCUM|4-10|~H^^HL70078|||F|||202601311150||OP1~OP2|M1^Impedance|XN^Sysmex~123|202601311151',
    'NTE|1||checked~twice',
    'OBX|2|SN|CRP||>^100|mg/L|||||P',
    'ORC|RE',
    'OBR|2|P2||HIV',
    'OBX|3|CE|HIV||^Not detected^L|||N|||F',
  );
  assert.deepEqual(
    [oru.type, oru.event, oru.version, oru.controlId, oru.processingId, oru.sendingApplication, oru.sendingFacility],
    ['ORU', 'R01', '2.5.1', '42', 'P', 'XN-550', 'LAB'],
  );
  assert.deepEqual(oru.notes, ['for the message']);
  assert.deepEqual(oru.patients[0]?.ids, [
    { id: 'A1', authority: 'LAB', typeCode: 'MR' },
    { id: '2', authority: '1.2.3', typeCode: 'NI' },
    { id: 'X9', authority: '', typeCode: '' },
  ]);
  assert.deepEqual(
    [oru.patients[0]?.familyName, oru.patients[0]?.birthAt, oru.patients[0]?.notes],
    ['Rao', '1990', ['for the patient']],
  );
  const [cbc, hiv] = oru.groups;
  assert.ok(cbc && hiv);
  assert.deepEqual(
    [cbc.placerOrderId, cbc.service.text, cbc.status, cbc.orderStatus, cbc.notes],
    ['P1', 'Blood count', 'F', 'CM', ['for the order']],
  );
  assert.deepEqual([cbc.collectedAt, cbc.receivedAt, cbc.reportedAt], ['202601311100', '202601311130', '202601311159']);
  const [wbc, crp] = cbc.observations;
  assert.ok(wbc && crp);
  assert.deepEqual(
    [wbc.location, wbc.code, wbc.codeText, wbc.alternateCode, wbc.values],
    ['OBX[1]', 'WBC', 'Leucocytes & co', '6690-2', ['7,1']],
  );
  assert.deepEqual(
    [wbc.unitsCode, wbc.unitsText, wbc.unitsSystem, wbc.rangeText],
    ['10*9/L', 'thousand', 'UCUM', '4-10'],
  );
  assert.deepEqual([wbc.flags, wbc.knownFlags, wbc.status], [['', 'H^^HL70078'], ['H'], 'F']);
  assert.deepEqual(
    [wbc.observedAt, wbc.analysedAt, wbc.operators, wbc.method, wbc.equipment],
    ['202601311150', '202601311151', ['OP1', 'OP2'], 'Impedance', ['XN', '123']],
  );
  assert.deepEqual(wbc.notes, ['checked', 'twice']);
  assert.deepEqual([crp.values, crp.status, crp.notes], [['>100'], 'P', []]);
  assert.deepEqual(
    [hiv.orderControl, hiv.observations[0]?.values, hiv.patient],
    ['RE', ['Not detected'], oru.patients[0]],
  );
  assert.deepEqual(
    hiv.specimenIds.map((s) => [s.source, s.id]),
    [['OBR-2', 'P2']],
  );
});

test('structured numbers are spoken, other values stay as sent', () => {
  const values = (type: string, raw: string): readonly string[] =>
    read('ORU^R01', 'OBR|1', `OBX|1|${type}|X||${raw}`).groups[0]?.observations[0]?.values ?? [];
  assert.deepEqual(values('SN', '^1^:^128'), ['1:128']);
  assert.deepEqual(values('SN', '^2^+'), ['2+']);
  assert.deepEqual(values('SN', '^0^-^1'), ['0-1']);
  assert.deepEqual(values('SN', '<^0.5~>^9'), ['<0.5', '>9']);
  for (const raw of ['<2.00', '161,152', '1.25E+04', '-----', '++++', 'NaN', '.'])
    assert.deepEqual(values('NM', raw), [raw]);
  assert.deepEqual(values('', 'free'), ['free']);
  assert.deepEqual(values('TX', 'line 1~~line\\.br\\3'), ['line 1', '', 'line\n3']);
  assert.deepEqual(values('CWE', 'C1~^T2~^^^^A5'), ['C1', 'T2', 'A5']);
  assert.deepEqual(values('NM', ''), []);
});

test('an explicit null is no value', () => {
  const o = read('ORU^R01', 'OBR|1|""', 'OBX|1|NM|X||""|||""^""^HL70078').groups[0];
  assert.deepEqual(
    [o?.placerOrderId, o?.observations[0]?.values, o?.observations[0]?.isNullValue, o?.observations[0]?.knownFlags],
    ['', [], true, []],
  );
});

test('an attachment gives its bytes', () => {
  const o = read(
    'ORU^R01',
    'OBR|1',
    'OBX|1|ED|IMG||^Image^PNG^Base64^aGVs\\X0D\\bG8=~^Application^X^Hex^0aFF~^Image^PNG^Base64^@@',
  ).groups[0]?.observations[0];
  assert.deepEqual(o?.values, []);
  assert.deepEqual(
    o?.attachments.map((a) => attachmentBytes(a)).map((b) => (b === undefined ? b : Buffer.from(b).toString('hex'))),
    ['68656c6c6f', '0aff', undefined],
  );
});

test('OUL: specimen ids come from SPM-2, else SAC-3 of the same group, and never from another group', () => {
  const oul = read(
    'OUL^R22^OUL_R22',
    'SPM|1|498151&BARCODE||SER^Serum|||||||P^^HL70369||||||20260131',
    'OBX|1|NM|HIDX||3',
    'SAC|||S-1',
    'INV|PACK1|OK|SR|C9||||||||20270101||||LOT7',
    'OBR|1|""||GLU',
    'ORC|SC||||CM',
    'OBX|2|NM|GLU|1|5.4|mmol/L|||||F',
    'TCD|GLU|^1^:^1',
    'INV|R1|OK|SR|||||||||||||LOT8',
    'NTE|1||rerun',
    'OBR|2|AWOS2||NA',
    'OBX|3|NM|NA||140',
    'SPM|2||||||||||Q^^HL70369',
    'SAC|||QC-7',
    'OBR|3||F3|GLU',
    'OBX|4|NM|GLU||9.9',
    'SPM|3|^FILL9',
    'OBR|4|O9|F9|GLU',
    'OBX|5|NM|GLU||8',
  );
  const [glu, na, qc, last] = oul.groups;
  assert.ok(glu && na && qc && last);
  const ids = (g: typeof glu): readonly string[] => g.specimenIds.map((s) => `${s.source}=${s.id}@${s.location}`);
  assert.deepEqual(ids(glu), ['SPM-2.1=498151@SPM[1]-2.1', 'SAC-3=S-1@SAC[1]-3']);
  assert.equal(glu.specimenIds[0]?.namespace, 'BARCODE');
  assert.deepEqual(ids(na), ['SPM-2.1=498151@SPM[1]-2.1', 'SAC-3=S-1@SAC[1]-3', 'OBR-2=AWOS2@OBR[2]-2']);
  assert.deepEqual(ids(qc), ['SAC-3=QC-7@SAC[2]-3', 'OBR-3=F3@OBR[3]-3']);
  assert.deepEqual(ids(last), ['SPM-2.2=FILL9@SPM[3]-2.2', 'OBR-3=F9@OBR[4]-3', 'OBR-2=O9@OBR[4]-2']);
  assert.deepEqual(
    [glu.specimenRole, qc.specimenRole, glu.collectedAt, glu.orderControl, glu.orderStatus],
    ['P', 'Q', '20260131', 'SC', 'CM'],
  );
  assert.deepEqual(
    glu.specimens[0]?.observations.map((o) => o.code),
    ['HIDX'],
  );
  assert.deepEqual(
    glu.specimens[0]?.reagents.map((r) => [r.id, r.type, r.expiresAt, r.lot]),
    [['PACK1', 'SR', '20270101', 'LOT7']],
  );
  assert.deepEqual(
    glu.observations.map((o) => [o.location, o.subId, o.notes, o.reagents[0]?.lot]),
    [['OBX[2]', '1', ['rerun'], 'LOT8']],
  );
  assert.deepEqual(
    na.observations.map((o) => o.location),
    ['OBX[3]'],
  );
});

test('odd orders lose nothing and are told', () => {
  const bare = read('ORU^R01', 'PID|1', 'OBX|1|NM|X||1');
  assert.deepEqual([bare.groups[0]?.location, bare.groups[0]?.observations.length], [undefined, 1]);
  assert.deepEqual(
    bare.warnings.map((w) => w.code),
    ['oru.no_order'],
  );

  const early = read('ORU^R01', 'OBR|1', 'SPM|1|B7', 'OBX|1|NM|X||1', 'OBX|2|NM|Y||2');
  assert.deepEqual(
    early.groups[0]?.observations.map((o) => o.code),
    ['X', 'Y'],
  );
  assert.deepEqual(
    early.warnings.map((w) => w.code),
    ['oru.specimen_before_result'],
  );

  const inOrder = read('ORU^R01', 'OBR|1', 'OBX|1|NM|X||1', 'SPM|1|B7', 'OBX|2|NM|VOL||2', 'OBR|2', 'OBX|3|NM|Z||3');
  assert.deepEqual(
    inOrder.groups[0]?.observations.map((o) => o.code),
    ['X'],
  );
  assert.deepEqual(
    inOrder.groups[0]?.specimens[0]?.observations.map((o) => o.code),
    ['VOL'],
  );
  assert.deepEqual(inOrder.groups[1]?.specimenIds, []);

  const orphan = read('OUL^R22', 'SPM|1|B1', 'OBX|1|NM|X||1', 'SPM|2|B2', 'OBR|1', 'OBX|2|NM|Y||2');
  assert.deepEqual(
    orphan.groups.map((g) => [g.specimenIds[0]?.id, g.observations.length]),
    [
      ['B2', 1],
      ['B1', 0],
    ],
  );
  assert.deepEqual(
    orphan.groups[1]?.specimens[0]?.observations.map((o) => o.code),
    ['X'],
  );
});

test('R21 and R23: each container carries its own orders', () => {
  const r23 = read('OUL^R23', 'SPM|1|B1', 'SAC|||T1', 'OBR|1', 'OBX|1|NM|X||1', 'SAC|||T2', 'OBR|2', 'OBX|2|NM|X||2');
  assert.deepEqual(
    r23.groups.map((g) => g.specimenIds.map((s) => s.id)),
    [
      ['B1', 'T1'],
      ['B1', 'T2'],
    ],
  );
  const r21 = read('OUL^R21', 'SAC|||T1', 'OBR|1', 'OBX|1|NM|X||1', 'SAC|||T2', 'OBR|2', 'OBX|2|NM|X||2');
  assert.deepEqual(
    r21.groups.map((g) => g.specimenIds.map((s) => s.id)),
    [['T1'], ['T2']],
  );
});

test('two patients in one message do not share orders', () => {
  const two = read('ORU^R01', 'PID|1||A', 'OBR|1', 'OBX|1|NM|X||1', 'PID|2||B', 'OBX|1|NM|X||2');
  assert.deepEqual(
    two.groups.map((g) => [g.patient?.ids[0]?.id, g.observations[0]?.values[0]]),
    [
      ['A', '1'],
      ['B', '2'],
    ],
  );
});

test('the published OUL^R22 sample is read', (t) => {
  const sample = sampleFiles().find((file) => file.name === 'fhir-converter/OUL-R22-01.hl7');
  if (sample === undefined) return t.skip(needsCorpus);
  const message = parseMessage(sample.bytes);
  const oul = readOru(message);
  assert.equal(oul.event, 'R22');
  // The patient observation before the first specimen has no order; it is kept, and told.
  assert.deepEqual(
    oul.groups.map((g) => [g.location, g.observations.length]),
    [
      [undefined, 1],
      ['OBR[1]', 5],
    ],
  );
  assert.deepEqual(
    oul.groups[1]?.specimenIds.map((s) => [s.source, s.id, s.namespace]),
    [
      ['SPM-2.1', '2017-PAT-123456-1', 'L'],
      ['SAC-3', '2017-PAT-123456-1-2-5', ''],
      ['OBR-3', '40bcbe96bcbf8cda8b07403263b92cb4', ''],
      ['OBR-2', '5ca95f51971d414bbcb4be9ca88e9846', 'L'],
    ],
  );
  assert.equal(
    Buffer.from(attachmentBytes(oul.groups[1]?.observations[2]?.attachments[0] ?? missing) ?? []).toString(),
    'This is a Base64 string',
  );
  assert.deepEqual(
    oul.warnings.map((w) => w.code),
    ['segment.line_feed', 'oru.no_order'],
  );
});

test('a field of a million repetitions and a million stray lines are read, each once', () => {
  const many = read('ORU^R01', 'OBR|1', `OBX|1|TX|X||${'~'.repeat(999_999)}x|||${'~'.repeat(999_999)}H`);
  const observation = many.groups[0]?.observations[0];
  assert.deepEqual(
    [observation?.values.length, observation?.values.at(-1), observation?.knownFlags],
    [1_000_000, 'x', ['H']],
  );
  const lines = read('ORU^R01', 'x\r'.repeat(1_000_000));
  assert.deepEqual(
    lines.warnings.map((w) => w.code),
    ['segment.bad_name'],
  );
});

const missing = { location: '', type: '', subtype: '', encoding: '', data: '' };
