import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ack, oruR01, parseMessage } from '../index.ts';

const lines = (...segments: readonly string[]): Uint8Array => Buffer.from(`${segments.join('\r')}\r`);
const msh = (type: string): string => `MSH|^~\\&|A|B|C|D|20260131||${type}|1|P|2.5.1`;
const text = (bytes: Uint8Array): readonly string[] => Buffer.from(bytes).toString('utf8').split('\r').slice(0, -1);

test('what stands out of order is tied to its place, told, and not lost', () => {
  const { data, problems, unplaced } = oruR01.read(
    parseMessage(
      lines(
        msh('ORU^R01'),
        'OBX|1|NM|A||1',
        'PID|1||UH1',
        'OBR|1|||GLU',
        'OBX|1|NM|B||2',
        'PV1|1|I',
        'OBX|2|NM|C||3',
        'EVN|A01',
      ),
    ),
  );
  assert.deepEqual(unplaced, [{ location: 'EVN[1]', raw: 'EVN|A01' }]);
  assert.deepEqual(
    problems.map(({ location, code }) => [location, code]),
    [
      ['OBX[1]', '100'],
      ['PV1[1]', '100'],
      ['EVN[1]', '100'],
    ],
  );
  const [lone, result] = data.results ?? [];
  assert.deepEqual(lone?.orders?.[0]?.observations?.[0]?.observation?.values, ['1']);
  assert.equal(result?.patient?.visit?.visit?.patientClass, 'I');
  assert.deepEqual(
    result?.orders?.[0]?.observations?.map(({ observation }) => observation?.values),
    [['2'], ['3']],
  );
});

test('a note between ORC and OBR does not cut the order in two', () => {
  const { data, problems } = oruR01.read(
    parseMessage(
      lines(
        msh('ORU^R01'),
        'PID|1',
        'ORC|RE',
        'NTE|1||urgent',
        'OBR|1|||GLU',
        'OBX|1|NM|A||1',
        'ORC|RE',
        'OBR|2|||TSH',
      ),
    ),
  );
  const orders = data.results?.[0]?.orders ?? [];
  assert.deepEqual(
    orders.map(({ request, notes }) => [request?.setId, notes?.[0]?.comments]),
    [
      ['1', ['urgent']],
      ['2', undefined],
    ],
  );
  assert.deepEqual(
    problems.map(({ location }) => location),
    ['OBR[1]'],
  );
});

test('problems name their place', () => {
  const check = (...segments: readonly string[]): readonly unknown[] =>
    oruR01
      .validate(parseMessage(lines(...segments)))
      .map(({ location, code, severity }) => `${severity}${code} ${location ?? ''}`);
  assert.deepEqual(
    check('MSH|^~\\&|A||||20260131||ORU^R01|1|P|2.5.1', 'PID|1||UH1||Rao', 'OBR|1|||GLU', 'OBX|1|NM|GLU||5.4||||||F'),
    [],
  );
  assert.deepEqual(
    check(
      'MSH|^~\\&|A||||2026-13-01||ADT^A99|1|X|3.0',
      'PID|1x||UH1^^^L^QQ~~UH3^^^L^ZZ||Rao||19800214103000|Q',
      'ORC|ZZ',
      'NTE|1',
      'OBR|1|||',
      'OBX|1|NM|GLU||<5~6,1|||||L|Q|||2026',
      'OBX|2|ST|A~B||t||||||F',
    ),
    [
      'E200 MSH[1]-9.1',
      'E203 MSH[1]-12',
      'W100 OBR[1]',
      'E102 MSH[1]-7',
      'E103 MSH[1]-9.2',
      'E103 MSH[1]-11.1',
      'E103 MSH[1]-12.1',
      'E102 PID[1]-1',
      'W103 PID[1]-3[1].5',
      'W103 PID[1]-3[3].5',
      'W103 PID[1]-8',
      'E103 ORC[1]-1',
      'E101 OBR[1]-4',
      'E102 OBX[1]-5[1]',
      'E102 OBX[1]-5[2]',
      'E103 OBX[1]-11',
      'W102 OBX[2]-3[2]',
    ],
  );
  assert.deepEqual(check(msh('ORU^R01'), 'PID|1||UH1||Rao', 'ORC|RE'), ['E100 ORC[1]']);
});

test('an acknowledgement of either mode', () => {
  for (const code of ['AA', 'CE']) {
    const bytes = ack.build({
      header: {
        sendingApplication: { namespaceId: 'A' },
        sendingFacility: { namespaceId: 'B' },
        receivingApplication: { namespaceId: 'C' },
        receivingFacility: { namespaceId: 'D' },
        sentAt: '20260131',
        controlId: '1',
      },
      acknowledgement: { code, controlId: '9' },
      errors: [{ location: [{ segment: 'OBX', sequence: '2', field: '5' }], code: { code: '102' }, severity: 'E' }],
    });
    assert.deepEqual(text(bytes), [msh('ACK^^ACK'), `MSA|${code}|9`, 'ERR||OBX^2^5|102|E']);
    assert.deepEqual(ack.read(parseMessage(bytes)).data.errors?.[0]?.location, [
      { segment: 'OBX', sequence: '2', field: '5' },
    ]);
    assert.deepEqual(ack.validate(parseMessage(bytes)), []);
  }
});
