import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { Hl7Error } from '@nidaan/hl7v2';
import fc from 'fast-check';

import type { MessageReading } from '../domain/reading.ts';
import { MAX_PLACES } from './limits.ts';
import { readAstm, UnreadableAstm } from './read-astm.ts';
import { readHl7 } from './read-hl7.ts';

const hl7 = (...segments: readonly string[]): MessageReading =>
  readHl7(Buffer.from([`MSH|^~\\&|X||||||ORU^R01|1|P|2.5.1`, ...segments].join('\r')));
const astm = (...records: readonly string[]): MessageReading =>
  readAstm(Buffer.from(['H|\\^&|||X', ...records, 'L|1|N'].join('\r')));

test('HL7: flags that only say where the value lies are no doubts; the others are', () => {
  const doubts = (flags: string) =>
    hl7('OBR|1||T-1', `OBX|1|NM|HGB||13|g/dL||${flags}|||F`).tubes[0]?.findings[0]?.doubts;
  for (const flags of ['', 'N', 'L~A', '~N', 'HH', 'N^^HL70078', '""^""^HL70078'])
    assert.deepEqual(doubts(flags), [], flags);
  assert.deepEqual(doubts('>'), ['>']);
  assert.deepEqual(doubts('H~*'), ['*']);
  assert.deepEqual(doubts('BT^^99ROC'), ['BT']);
});

test('HL7: only F, C and U are final; an empty status is raw data', () => {
  const isPreliminary = (status: string) =>
    hl7('OBR|1||T-1', `OBX|1|NM|HGB||13|g/dL|||||${status}`).tubes[0]?.findings[0]?.isPreliminary;
  for (const status of ['F', 'C', 'U']) assert.equal(isPreliminary(status), false, status);
  for (const status of ['P', 'S', 'R', '', 'V']) assert.equal(isPreliminary(status), true, status);
  for (const status of ['D', 'W', 'X', 'N', 'I', 'O']) {
    assert.equal(hl7('OBR|1||T-1', `OBX|1|NM|HGB||13|g/dL|||||${status}`).held[0]?.reason, 'withdrawn', status);
  }
});

test('HL7: the lines of a text stay lines, two numbers in one place are held', () => {
  assert.equal(hl7('OBR|1||T-1', 'OBX|1|TX|PBS||first~second|||||F').tubes[0]?.findings[0]?.value, 'first\nsecond');
  assert.equal(hl7('OBR|1||T-1', 'OBX|1|NM|HGB||13~14|g/dL|||||F').held[0]?.reason, 'fault');
  assert.equal(hl7('OBR|1||T-1', 'OBX|1|NM|HGB||""|g/dL|||||F').held[0]?.reason, 'no_value');
});

test('HL7: candidates of the barcode in the order of trust, none twice', () => {
  assert.deepEqual(hl7('OBR|1|PL-1|FI-1', 'OBX|1|NM|HGB||13|||||F', 'SPM|1|SP-1^FI-1').tubes[0]?.barcodes, [
    'SP-1',
    'FI-1',
    'PL-1',
  ]);
  assert.deepEqual(hl7('OBR|1', 'OBX|1|NM|HGB||13').tubes[0]?.barcodes, []);
});

test('HL7: whoever the specimen belongs to but a patient keeps it from a report', () => {
  for (const role of ['Q', 'C', 'B', 'L', 'U']) {
    const { tubes, held } = hl7('OBR|1||T-1', 'OBX|1|NM|HGB||13|||||F', `SPM|1|T-1|||||||||${role}`);
    assert.deepEqual([tubes.length, held[0]?.reason, held.length], [0, 'control_sample', 1], role);
  }
  assert.equal(hl7('OBR|1||T-1', 'OBX|1|NM|HGB||13|||||F', 'SPM|1|T-1|||||||||P').tubes.length, 1);
  assert.equal(hl7('OBR|1||T-1||||||||||||ORH^^^^^^Q', 'OBX|1|NM|HGB||13|||||F').held[0]?.reason, 'control_sample');
});

test('ASTM: raw signals are skipped, an index and an interpretation become notes, replicates stand for themselves', () => {
  const { tubes, skipped } = astm(
    'O|1|T-1||^^^SYPH',
    'R|1|^^^SYPH^^^1^RLU|30120|RLU||||F',
    'R|2|^^^SYPH^^^1^COFF|1.0|||||F',
    'R|3|^^^SYPH^^^1^INDX|0.3|Index||||F',
    'R|4|^^^SYPH^^^1^INTR|Nonreactive|||||F',
    'R|5|^^^NA|140|mmol/L||N||F',
    'R|6|^^^NA|141|mmol/L||N||F',
  );
  assert.deepEqual(
    tubes[0]?.findings.map(({ location, value, note }) => [location, value, note]),
    [
      ['R[3]', '0.3', 'INTR: Nonreactive'],
      ['R[5]', '140', null],
      ['R[6]', '141', null],
    ],
  );
  assert.equal(skipped, 3);
});

test('ASTM: running numbers and unread barcodes are no barcodes; statuses and alarms have their meaning', () => {
  assert.deepEqual(astm('O|1||^^                  0042^A|^^^WBC', 'R|1|^^^^WBC^1|5').tubes[0]?.barcodes, []);
  const { tubes, held } = astm(
    'O|1|T-1||^^^NA',
    'R|1|^^^NA|140|mmol/L||N||P',
    'R|2|^^^K|4.1|mmol/L||N||W',
    'R|3|^^^CL|101|mmol/L||N||X',
    'R|4|^^^CA|9.1|mg/dL||N||',
    'C|1|I|52|I',
    'R|5|^^^MG|   |mg/dL||N||F',
  );
  assert.deepEqual(
    tubes[0]?.findings.map(({ codes, isPreliminary, doubts }) => [codes[0]?.code, isPreliminary, doubts]),
    [
      ['NA', true, []],
      ['K', false, ['W']],
      ['CA', false, ['alarm 52']],
    ],
  );
  assert.deepEqual(
    held.map(({ location, reason }) => [location, reason]),
    [
      ['R[3]', 'withdrawn'],
      ['R[5]', 'no_value'],
    ],
  );
});

test('ASTM: a value with a part beside it: a flag is a doubt, anything else a note', () => {
  const finding = (value: string) => astm('O|1|T-1||^^^X', `R|1|^^^X|${value}||||||F`).tubes[0]?.findings[0];
  assert.deepEqual([finding('146^  H ')?.value, finding('146^  H ')?.doubts], ['146', []]);
  assert.deepEqual(finding('146^*')?.doubts, ['*']);
  assert.deepEqual([finding('-1^0.303')?.doubts, finding('-1^0.303')?.note], [[], 'Sent beside the value: 0.303']);
});

test('ASTM: a flag that Erba writes into a comment of the instrument is a doubt of its result; the words alone are none', () => {
  const { tubes } = astm(
    'O|1|T-1||^^^ALT^ALB^AST',
    'R|1|^^^ALT|140|U/L||N||F',
    'C|1|I|Instrument Flag A,A,A,AL|I',
    'R|2|^^^ALB|4.1|g/dL||N||F',
    'C|1|I|Instrument Flag|I',
    'R|3|^^^AST|40|U/L||N||F',
    'C|1|L|Instrument Flag A|G',
  );
  assert.deepEqual(
    tubes[0]?.findings.map(({ doubts }) => doubts),
    [['Instrument Flag A,A,A,AL'], [], []],
  );
});

test('a message of more places than anyone measures is one line for a person, and is not read', () => {
  const order = (count: number) => Array.from({ length: count }, () => 'OBR|1||X');
  const result = (count: number) => Array.from({ length: count }, () => 'OBX|1|NM|HGB||13|g/dL|||||F');
  assert.equal(hl7(...order(1), ...result(MAX_PLACES - 1)).tubes[0]?.findings.length, MAX_PLACES - 1);
  const row = Array.from({ length: MAX_PLACES }, () => 'R|1|^^^HGB|13|g/dL||N||F');
  for (const { tubes, held } of [
    hl7(...order(50_000), ...result(50_000)),
    hl7(...order(1), ...result(MAX_PLACES)),
    hl7('OBR|1||X', ...Array.from({ length: MAX_PLACES + 1 }, () => 'INV|R1|OK|CO')),
    astm('O|1|T-1', ...row),
  ]) {
    assert.deepEqual([tubes.length, held.length], [0, 1]);
    assert.deepEqual([held[0]?.location, held[0]?.reason], ['message', 'fault']);
    assert.match(held[0]?.codeText ?? '', /^Too many observations/);
  }
});

test('whatever the bytes, reading ends in a reading or in its own error', () => {
  const isOwn = (error: unknown) => error instanceof Hl7Error || error instanceof UnreadableAstm;
  const pieces = fc.constantFrom(
    'MSH|^~\\&|',
    'H|\\^&|',
    'OBR|1||T\r',
    'OBX|1|NM|A||1|',
    'SPM|1|X\r',
    'O|1|T\r',
    'R|1|^^^A|1\r',
    'Q|1|^X\r',
    'L|1\r',
    '\r',
    '|',
    '^',
    '~',
    '\\',
    '\u0000',
    '\u00e9',
    '9',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
      const bytes = Buffer.from(parts.join(''), 'latin1');
      for (const read of [readHl7, readAstm]) {
        try {
          const { tubes, held } = read(bytes);
          const places = [...held, ...tubes.flatMap((tube) => tube.findings)].map(({ location }) => location);
          assert.equal(new Set(places).size, places.length, 'one place, one fate');
        } catch (error) {
          if (!isOwn(error)) throw error;
        }
      }
    }),
    { numRuns: 1000 },
  );
});

const corpus = join(import.meta.dirname, '../../../../../shared/corpus');

test(
  'every file of the corpus is read or refused by its own error',
  { skip: existsSync(corpus) ? false : 'needs ../shared/corpus' },
  () => {
    let read = 0;
    for (const [folder, reader] of [
      ['hl7', readHl7],
      ['astm', readAstm],
    ] as const) {
      for (const file of readdirSync(join(corpus, folder), { recursive: true, withFileTypes: true })) {
        if (!file.isFile()) continue;
        try {
          reader(readFileSync(join(file.parentPath, file.name)));
          read += 1;
        } catch (error) {
          assert.ok(error instanceof Hl7Error || error instanceof UnreadableAstm, `${file.name}: ${String(error)}`);
        }
      }
    }
    assert.ok(read > 400, String(read));
  },
);
