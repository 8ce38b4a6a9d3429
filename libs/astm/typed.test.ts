import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { recordBytes } from './build.ts';
import { parseAstm } from './records.ts';
import { readAstmResults } from './results.ts';
import { buildMessage, isOfType, readFields } from './typed.ts';
import { withField, writeAstm } from './write.ts';

test('an order is written as the wire facts show it for Beckman Access', () => {
  const records = buildMessage({
    header: { sender: 'LIS', receiver: ['ACCESS', '500001'], processingId: 'P', version: '1' },
    patients: [
      {
        practiceId: 'P1',
        orders: [
          {
            specimenId: '4711',
            test: [
              ['', '', '', 'Testo'],
              ['', '', '', 'TSH'],
            ],
            priority: 'R',
            action: 'A',
            specimenType: 'Serum',
          },
        ],
      },
    ],
    terminator: 'F',
  });
  assert.deepEqual(records, [
    'H|\\^&|||LIS|||||ACCESS^500001||P|1',
    'P|1|P1',
    'O|1|4711||^^^Testo\\^^^TSH|R||||||A||||Serum',
    'L|1|F',
  ]);
});

test('results, comments, manufacturer records and queries: numbered under their parent and read back', () => {
  const records = buildMessage({
    patients: [
      {
        name: ['DOE', 'JO&E'],
        comments: [{ source: 'L', text: 'fasting', type: 'G' }],
        orders: [
          {
            specimenId: 'S1',
            results: [
              {
                test: ['', '', '', 'NA'],
                value: '<120',
                units: 'mmol/L',
                comments: [{ source: 'I', text: ['26', 'Low'], type: 'I' }],
              },
              { test: ['', '', '', 'K'], value: '4|1', manufacturer: [[['RR', 'BM'], 'c111']] },
            ],
          },
          { specimenId: 'S2' },
        ],
      },
    ],
    queries: [{ startId: ['', '4711'], test: 'ALL', status: 'O' }],
    delimiters: { field: '|', repeat: '`', component: '^', escape: '&' },
  });
  assert.deepEqual(
    records.map((record) => record.slice(0, 4)),
    ['H|`^', 'P|1|', 'C|1|', 'O|1|', 'R|1|', 'C|1|', 'R|2|', 'M|1|', 'O|2|', 'Q|1|', 'L|1|'],
  );
  const [message] = parseAstm(recordBytes(records)).messages;
  assert.ok(message?.isComplete);
  const patient = message.records.find((record) => isOfType(record, 'P'));
  assert.ok(patient && isOfType(patient, 'P'));
  assert.deepEqual(readFields(patient).name, [['DOE', 'JO&E']]);
  assert.deepEqual(readFields(patient).dosageCategory, [['']]);
  const reading = readAstmResults(message);
  const [first, second] = reading.specimens[0]?.observations ?? [];
  assert.equal(first?.valueText, '<120');
  assert.equal(first?.comments[0]?.text, '26 Low');
  assert.equal(second?.valueText, '4|1');
  assert.equal(second?.attachments[0]?.text, 'M|1|RR^BM|c111');
  assert.equal(reading.queries[0]?.targets[0]?.ids[0]?.value, '4711');
});

test('one field is changed, every other byte stays', () => {
  const [message] = parseAstm('H|\\^&\rO|1| S1 |A&E|x\\\\y|||\rL|1\r').messages;
  const order = message?.records[1];
  assert.ok(order);
  assert.equal(withField(order, 3, 'N|1').text, 'O|1|N&F&1|A&E|x\\\\y|||');
  assert.equal(withField(order, 10, ['a', 'b']).text, 'O|1| S1 |A&E|x\\\\y|||||a^b');
  assert.equal(order.text, 'O|1| S1 |A&E|x\\\\y|||');
});

test('a record that is no record does not lose the others', () => {
  const { messages } = parseAstm('H|\\^&\rP|1\r\x7f%%garbage\rO\rO|1|S1\rR\rR|1|^^^NA|140\rL|1\r');
  assert.equal(messages[0]?.isComplete, true);
  assert.ok(messages[0]?.faults.some(({ code, at }) => code === 'unknown_record' && at === 3));
  const [, specimen] = readAstmResults(messages[0]).specimens;
  assert.equal(specimen?.ids[0]?.value, 'S1');
  assert.deepEqual(
    specimen?.observations.map(({ valueText }) => valueText),
    ['', '140'],
  );
});

test('what was read is written as it came, byte for byte', () => {
  const letter = fc.constantFrom(
    0x0d,
    0x0a,
    0x20,
    0x00,
    0x48,
    0x7c,
    0x5c,
    0x5e,
    0x26,
    0x4c,
    0x52,
    0x31,
    0x80,
    0x9d,
    0xb5,
    0xc3,
    0xef,
    0xbb,
    0xbf,
  );
  fc.assert(
    fc.property(fc.array(letter, { maxLength: 80 }), (list) => {
      const bytes = Uint8Array.from(list);
      assert.deepEqual([...writeAstm(parseAstm(bytes))], [...bytes]);
    }),
    { numRuns: 5000 },
  );
});
