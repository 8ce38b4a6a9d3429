import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { buildFrames, buildRecords, recordBytes } from './build.ts';
import { escapeText, standardDelimiters, unescapeText } from './delimiters.ts';
import { fieldParts, fieldRepeats, fieldText, parseAstm } from './records.ts';
import { readAstmResults } from './results.ts';
import type { AstmReading } from './results.ts';

const only = (text: string): AstmReading => {
  const { messages } = parseAstm(text);
  assert.equal(messages.length, 1);
  assert.ok(messages[0]);
  return readAstmResults(messages[0]);
};
const lines = (...records: string[]): string => records.map((record) => `${record}\r`).join('');

test('delimiters come from each H: usual, Erba, GeneXpert, DxH', () => {
  for (const [header, row] of [
    ['H|\\^&', 'O|1|A^B\\C'],
    ['H|`^&', 'O|1|A^B`C'],
    ['H|@^\\', 'O|1|A^B@C'],
    ['H|\\!~', 'O|1|A!B\\C'],
    ['H$%*&', 'O$1$A*B%C'],
  ] as const) {
    const record = parseAstm(lines(header, row, 'L')).messages[0]?.records[1];
    assert.ok(record);
    assert.deepEqual(fieldRepeats(record, 3), [['A', 'B'], ['C']], header);
  }
  const two = parseAstm(lines('H|\\^&', 'L|1', 'H|`^&', 'O|1|A`B', 'L|1')).messages[1]?.records[1];
  assert.ok(two);
  assert.deepEqual(fieldRepeats(two, 3), [['A'], ['B']]);
});

test('a header without usable delimiters is a fault, not an end', () => {
  const none = parseAstm(lines('H|||||', 'O|1|A^B', 'L|1')).messages[0];
  assert.equal(none?.faults[0]?.code, 'delimiters');
  assert.ok(none?.records[1]);
  assert.deepEqual(fieldParts(none.records[1], 3), ['A', 'B']);
  const doubled = parseAstm(lines('H|\\\\^&', 'O|1|A^B\\C', 'L|1')).messages[0];
  assert.ok(doubled?.records[1]);
  assert.deepEqual(fieldRepeats(doubled.records[1], 3), [['A', 'B'], ['C']]);
});

test('escapes are decoded in leaves; lone and unknown ones stay', () => {
  const decode = (text: string): string => unescapeText(text, standardDelimiters);
  assert.equal(decode('1&S&40 &F&&R&&E&'), '1^40 |\\&');
  assert.equal(decode('&X0D0A&'), '\r\n');
  assert.equal(decode('&XC2B5&g'), 'µg');
  assert.equal(decode('A&E'), 'A&E');
  assert.equal(decode('mmol&Z&L'), 'mmol&Z&L');
  assert.equal(decode('R&H&S'), 'R&H&S');
  assert.equal(decode('a&b&S&c'), 'a&b^c');
  assert.equal(decode('&X0&'), '&X0&');
  fc.assert(fc.property(fc.string(), (text) => assert.equal(decode(escapeText(text, standardDelimiters)), text)));
});

test('records end with CR, CRLF or LF; a LF between CRs is dropped', () => {
  for (const end of ['\r', '\r\n', '\n']) {
    const { messages } = parseAstm(['H|\\^&', 'C|1|I|x', 'L|1|N', ''].join(end));
    assert.deepEqual(
      messages[0]?.records.map(({ text }) => text),
      ['H|\\^&', 'C|1|I|x', 'L|1|N'],
    );
  }
  assert.equal(parseAstm('H|\\^&\rC|1|I|a\nb\rL|1\r').messages[0]?.records[1]?.text, 'C|1|I|ab');
});

test('a message without L is not complete; records outside and unknown letters are local faults', () => {
  const { messages, faults } = parseAstm(lines('# note', 'H|\\^&', 'H|\\^&', '9|x', 'L|1', 'L|1'));
  assert.deepEqual(
    messages.map(({ isComplete }) => isComplete),
    [false, true],
  );
  assert.deepEqual(faults, [
    { code: 'outside_message', at: 1 },
    { code: 'outside_message', at: 6 },
  ]);
  assert.deepEqual(messages[1]?.faults, [{ code: 'unknown_record', at: 4 }]);
});

test('bytes that are no UTF-8 are read as windows-1252, with a fault', () => {
  const { messages, charset, faults } = parseAstm(Buffer.from('H|\\^&\rR|1|A|1|\xb5g\rL|1\r', 'latin1'));
  assert.equal(charset, 'windows-1252');
  assert.equal(faults[0]?.code, 'charset_fallback');
  assert.ok(messages[0]?.records[1]);
  assert.equal(fieldText(messages[0].records[1], 5), 'µg');
});

test('whole line traffic is unframed, repeats of a frame count once', () => {
  const [first = new Uint8Array(), ...rest] = buildFrames(recordBytes(['H|\\^&', 'P|1', 'L|1']));
  const wire = Buffer.concat([Uint8Array.of(5), first, first, ...rest, Uint8Array.of(4)]);
  assert.deepEqual(
    parseAstm(wire).messages[0]?.records.map(({ type }) => type),
    ['H', 'P', 'L'],
  );
});

test('a chemistry result: everything is text and knows where it came from', () => {
  const reading = only(
    lines(
      'H|\\^&|7||cobas-e411^1|||||host|RSUPL^BATCH|P|1|20250102030405',
      'P|1|PR1|LB2||DOE^JOHN||19700101|M',
      'O|1|1000000001|524^0^1^^S1^SC|^^^117^1\\^^^8^1|R||20250102||||N||||1||||||||||F',
      'R|1|^^^117/1/not|<0.005|uIU/ml|0.27^4.2|L\\<||F||op1^op2|20250102030000|20250102031800|E1',
      'C|1|I|26^Low|I',
      'L|1|N',
    ),
  );
  const [specimen] = reading.specimens;
  const [observation] = specimen?.observations ?? [];
  assert.equal(reading.controlId, '7');
  assert.deepEqual(reading.senderParts, ['cobas-e411', '1']);
  assert.deepEqual(reading.purpose, ['RSUPL', 'BATCH']);
  assert.deepEqual(specimen?.patient?.ids, [
    { value: 'PR1', from: 'P-3' },
    { value: 'LB2', from: 'P-4' },
  ]);
  assert.deepEqual(specimen?.ids, [
    { value: '1000000001', from: 'O-3.1', kind: 'id', mayMatch: true },
    { value: '524', from: 'O-4.1', kind: 'sequence', mayMatch: false },
  ]);
  assert.deepEqual(specimen?.position, { rack: '0', position: '1' });
  assert.equal(specimen?.isQc, false);
  assert.ok(observation);
  assert.deepEqual(observation.codes[1], { value: '117', from: 'R-3.4/1' });
  assert.equal(observation.valueText, '<0.005');
  assert.deepEqual(observation.ranges, ['0.27^4.2']);
  assert.deepEqual(observation.flags, ['L', '<']);
  assert.equal(observation.status, 'F');
  assert.deepEqual(observation.operators, ['op1', 'op2']);
  assert.equal(observation.completedAt, '20250102031800');
  assert.equal(observation.instrument, 'E1');
  assert.equal(observation.comments[0]?.text, '26 Low');
});

test('specimen ids of Sysmex: padded, in O-4.3, and an automatic number may not be matched', () => {
  const id = (o4: string): unknown =>
    only(lines('H|\\^&|||   XN-550^00-24', `O|1||${o4}|^^^^WBC`, 'L|1')).specimens[0]?.ids;
  assert.deepEqual(id('1^2^             12345678^B'), [
    { value: '12345678', from: 'O-4.3', kind: 'barcode', mayMatch: true },
  ]);
  assert.deepEqual(id('^^            113^A'), [{ value: '113', from: 'O-4.3', kind: 'auto', mayMatch: false }]);
});

test('Erba, c 111, Architect and Access put the id where their manuals say', () => {
  const ids = (...fields: string[]): string[] =>
    only(lines('H|\\^&', `O|1|${fields.join('|')}`, 'L|1')).specimens[0]?.ids.map(
      ({ value, from }) => `${from} ${value}`,
    ) ?? [];
  assert.deepEqual(ids('1007149^03^1^1', ''), ['O-3.1 1007149']);
  assert.deepEqual(ids('', 'T20 10134GA D28^^6'), ['O-4.1 T20 10134GA D28']);
  assert.deepEqual(ids('SID1', 'SID1^C3^5'), ['O-3.1 SID1']);
  assert.deepEqual(ids('SID1', '^2^7'), ['O-3.1 SID1']);
});

test('results that must not reach a patient say why', () => {
  const why = (header: string, order: string): unknown =>
    only(lines(header, order, 'R|1|^^^A|1', 'L|1')).specimens[0]?.notForPatient;
  assert.deepEqual(why('H|\\^&', 'O|1|S1||^^^A|||||||N'), []);
  assert.deepEqual(why('H|\\^&', 'O|1|S1||^^^A|||||||Q'), ['qc_action']);
  assert.deepEqual(why('H|\\^&|||x|||||||Q', 'O|1|S1'), ['qc_header']);
  assert.deepEqual(why('H|\\^&', 'O|1||1^1^           QC-82151403^B'), ['qc_id']);
  assert.deepEqual(why('H|\\^&|||cobas-e411', 'O|1|C1|5^0^1^^QC^SC'), ['qc_sample_type']);
  assert.deepEqual(why('H|\\^&|||c311^1||||||PCUPL^REAL|P', 'O|1|S1'), ['not_a_result_upload']);
  assert.deepEqual(why('H|\\^&|||x|||||||T', 'O|1|S1'), ['processing_id']);
});

test('values stay as sent', () => {
  const value = (delimiters: string, sent: string): string[] => {
    const seen = only(lines(`H|${delimiters}`, `R|1|A|${sent}`, 'L|1')).specimens[0]?.observations[0];
    return [seen?.valueText ?? 'none', ...(seen?.valueParts[0] ?? [])];
  };
  assert.deepEqual(value('\\!~', '146!  H '), ['146', '146', '  H ']);
  assert.deepEqual(value('@^\\', '^1234.5'), ['1234.5', '', '1234.5']);
  assert.deepEqual(value('\\^&', '-1^0.303'), ['-1', '-1', '0.303']);
  assert.deepEqual(value('\\^&', '       '), ['', '       ']);
  for (const text of ['> 15000.00', '-----', '7,41', '+1.5e3', 'No Result']) assert.equal(value('\\^&', text)[0], text);
});

test('result kinds of Abbott and Siemens are found by value', () => {
  const kind = (code: string): unknown =>
    only(lines('H|\\^&', `R|1|${code}|1`, 'L|1')).specimens[0]?.observations[0]?.resultKind;
  assert.equal(kind('^^^651^_B-hCG^UNDILUTED^P^47331M100^00788^^F'), 'F');
  assert.equal(kind('^^^565^Syphilis^UNDILUTED^I'), 'I');
  assert.equal(kind('^^^SYPH^^^1^INDX'), 'INDX');
  assert.equal(kind('^^^TSH^1'), '');
  assert.equal(kind('^^^F'), '', 'a test called F');
});

test('several P per message, results without O, several O', () => {
  const { specimens } = only(
    lines(
      'H|\\^&',
      'R|1|^^^A|0',
      'P|1|ONE',
      'O|1|S1',
      'R|1|^^^A|1',
      'P|2|TWO',
      'O|1|S2',
      'R|1|^^^A|2',
      'O|2|S3',
      'C|1|I|note',
      'L|1',
    ),
  );
  assert.deepEqual(
    specimens.map(({ patient, hasOrder, ids, observations }) => [
      patient?.ids[0]?.value,
      hasOrder,
      ids[0]?.value,
      observations[0]?.valueText,
    ]),
    [
      [undefined, false, undefined, '0'],
      ['ONE', true, 'S1', '1'],
      ['TWO', true, 'S2', '2'],
      ['TWO', true, 'S3', undefined],
    ],
  );
  assert.equal(specimens[3]?.comments[0]?.text, 'note');
});

test('queries: standard, Erba list, Roche with place, unread barcode, Sysmex, Siemens, cancel', () => {
  const query = (header: string, record: string): AstmReading['queries'][number] => {
    const [seen] = only(lines(header, record, 'L|1')).queries;
    assert.ok(seen);
    return seen;
  };
  const ids = (seen: AstmReading['queries'][number]): string[] =>
    seen.targets.flatMap((target) =>
      target.ids.map(({ value, from, mayMatch }) => `${from} ${value}${mayMatch ? '' : ' -'}`),
    );
  assert.deepEqual(ids(query('H|\\^&', 'Q|1|^SID1||ALL||||||||O')), ['Q-3.2 SID1']);
  assert.deepEqual(ids(query('H|`^&', 'Q|1|^1007149`1007152`1007151|||S|||||||O')), [
    'Q-3.2 1007149',
    'Q-3.1 1007152',
    'Q-3.1 1007151',
  ]);
  const roche = query('H|\\^&', 'Q|1|^^            000387^587^50002^002^^S1^SC||ALL||||||||O');
  assert.deepEqual(ids(roche), ['Q-3.3 000387', 'Q-3.4 587 -']);
  assert.deepEqual(roche.targets[0]?.position, { rack: '50002', position: '002' });
  assert.deepEqual(roche.tests, []);
  assert.equal(roche.isCancel, false);
  assert.deepEqual(ids(query('H|\\^&', 'Q|1|^^@192^192^0^5^^S1^SC||ALL||||||||O')), ['Q-3.3 @192 -', 'Q-3.4 192 -']);
  assert.deepEqual(
    ids(query('H|\\^&', 'Q|1|^^^12^50002^003^^S1^SC||ALL||||||||O')),
    ['Q-3.4 12 -'],
    'no barcode: only the place',
  );
  assert.deepEqual(ids(query('H|\\^&', 'Q|1|1^2^            4711^B||||20250101')), ['Q-3.3 4711']);
  assert.deepEqual(ids(query('H|\\^&', 'Q|1|^K403911^0024^A|^K403911^0024^A')), ['Q-3.2 K403911']);
  assert.equal(query('H|\\^&', 'Q|1|^^000387^587^0^2^^S1^SC||ALL||||||||A').isCancel, true);
  assert.deepEqual(
    query('H|\\^&', 'Q|1|^S||^^^NA\\^^^K').tests.map((codes) => codes[0]?.value),
    ['NA', 'K'],
  );
});

test('built rows are read back as they were', () => {
  const leaf = fc.string({ maxLength: 8 });
  fc.assert(
    fc.property(fc.array(fc.array(leaf, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 }), (repeats) => {
      const texts = buildRecords([
        ['H', ''],
        ['C', '1', 'L', repeats],
        ['L', '1', 'N'],
      ]);
      const record = parseAstm(recordBytes(texts)).messages[0]?.records[1];
      assert.ok(record);
      assert.deepEqual(fieldRepeats(record, 4), repeats);
    }),
  );
});
