import assert from 'node:assert/strict';
import { test } from 'node:test';

import { startLabProcess } from '../testing/lab-process.ts';
import { playDay } from './play-day.ts';

test('the demo day plays against a running lab and ends with a table of what happened', async (t) => {
  const lab = await startLabProcess(t);
  const written: string[] = [];
  const out = { write: (text: string) => written.push(text) > 0, isTTY: false };
  const table = await playDay({
    url: lab.url,
    hl7Port: lab.hl7Port,
    astmPort: lab.astmPort,
    patients: 4,
    seed: 3,
    out,
  });
  assert.deepEqual([table.patients, table.orders, table.reports], [4, 4, 4]);
  assert.ok(table.values > 0 && table.values === table.verified && table.values === table.authorised);
  assert.deepEqual(table.inbox, { unknown_barcode: 1 });
  const shown = written.join('');
  assert.match(shown, /100 %/);
  assert.match(shown, /Reports signed, PDF made\s+4 \(/);
  const [link] = /http:\/\/\S+\/files\/\S+/.exec(shown) ?? [];
  assert.ok(link);
  const pdf = await fetch(`${lab.url}${new URL(link).pathname}`);
  assert.equal(pdf.headers.get('content-type'), 'application/pdf');
});
