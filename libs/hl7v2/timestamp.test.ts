import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instantOf, readTimestamp, writeTimestamp } from './index.ts';

test('the precision is what was sent', () => {
  assert.deepEqual(readTimestamp('1990'), { precision: 'year', year: 1990 });
  assert.deepEqual(readTimestamp('199002'), { precision: 'month', year: 1990, month: 2 });
  assert.deepEqual(readTimestamp('20240229'), { precision: 'day', year: 2024, month: 2, day: 29 });
  assert.deepEqual(readTimestamp('2024022913'), { precision: 'hour', year: 2024, month: 2, day: 29, hour: 13 });
  assert.equal(readTimestamp('202402291305')?.precision, 'minute');
  assert.equal(readTimestamp('20240229130559')?.precision, 'second');
  const full = readTimestamp('20190331102800.0000-0400');
  assert.deepEqual([full?.precision, full?.fraction, full?.offsetMinutes], ['fraction', '0000', -240]);
  assert.equal(readTimestamp('2019-0330')?.offsetMinutes, -210);
  assert.equal(readTimestamp('20260131103000+0530')?.offsetMinutes, 330);
  assert.equal(readTimestamp('20260131103000-0000')?.offsetMinutes, undefined);
});

test('forms that are not HL7 but are sent', () => {
  assert.deepEqual(readTimestamp('20071231 1200'), {
    precision: 'minute',
    year: 2007,
    month: 12,
    day: 31,
    hour: 12,
    minute: 0,
  });
  assert.deepEqual(readTimestamp('2019-03-30'), { precision: 'day', year: 2019, month: 3, day: 30 });
  assert.equal(readTimestamp('2019/03/30 10:15')?.minute, 15);
  assert.equal(readTimestamp('2019-03-30T10:15:30Z')?.offsetMinutes, 0);
  assert.equal(readTimestamp('19870626000000')?.day, 26);
});

test('what is no date is undefined', () => {
  for (const text of [
    '',
    '0000/00/00',
    '000000000000',
    '20230229',
    '20231301',
    '2023010124',
    '202301011060',
    'today',
    '2023010',
    '20230101+9900',
  ]) {
    assert.equal(readTimestamp(text), undefined, text);
  }
});

test('an instant needs an hour; the zone of the message stands in', () => {
  const noon = readTimestamp('20260131120000');
  assert.ok(noon);
  assert.equal(instantOf(noon, 330)?.toISOString(), '2026-01-31T06:30:00.000Z');
  const zoned = readTimestamp('20260131120000.25+0000');
  assert.ok(zoned);
  assert.equal(instantOf(zoned, 330)?.toISOString(), '2026-01-31T12:00:00.250Z');
  const day = readTimestamp('20260131');
  assert.ok(day);
  assert.equal(instantOf(day, 330), undefined);
  assert.equal(writeTimestamp(new Date('2026-01-31T20:00:00Z'), 330), '20260201013000+0530');
  assert.equal(writeTimestamp(new Date('2026-01-31T20:00:00Z'), -210), '20260131163000-0330');
});
