import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { createLog } from './log.ts';

test('a log line holds the event, its facts and where an error happened, never its message', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'nidaan-log-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'logs', 'nidaan.log');
  const log = createLog({ level: 'info', destination: path });
  log.debug('unseen');
  log
    .child({ service: 'teller' })
    .error('call.fault', { call: 'teller.crash' }, new TypeError('Asha Kulkarni\n    at 9822012345'));
  log.warn('thrown');
  log.error('odd', {}, 'Asha Kulkarni');
  await log.flush();
  const text = readFileSync(path, 'utf8');
  assert.ok(!text.includes('Asha') && !text.includes('9822012345'), text);
  const lines = text
    .trim()
    .split('\n')
    .map((line): Record<string, unknown> => JSON.parse(line));
  assert.deepEqual(
    lines.map((line) => line['msg']),
    ['call.fault', 'thrown', 'odd'],
  );
  const [fault] = lines;
  assert.equal(fault?.['service'], 'teller');
  assert.match(String(Reflect.get(Object(fault?.['error']), 'stack')), /^ +at .*log\.test\.ts/);
  assert.equal(Reflect.get(Object(fault?.['error']), 'type'), 'TypeError');
});
