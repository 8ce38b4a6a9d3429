import assert from 'node:assert/strict';
import { test } from 'node:test';

import { startLabProcess } from '../testing/lab-process.ts';
import { assertScenes } from './scenes.testing.ts';
import { playDay } from './play-day.ts';

test('the demo day plays against a running lab, twice, and ends with a table of what happened', async (t) => {
  const lab = await startLabProcess(t);
  const written: string[] = [];
  const out = { write: (text: string) => written.push(text) > 0, isTTY: false };
  const options = { url: lab.url, hl7Port: lab.hl7Port, astmPort: lab.astmPort, patients: 4, seed: 3, out };
  const table = await playDay(options);
  assertScenes(table.scenes);
  // Twelve orders of the scenes; all are signed but the one that went to the referral lab.
  assert.deepEqual([table.orders - 4, table.values > 0], [12, true]);
  assert.equal(table.values, table.verified);
  assert.equal(table.values, table.authorised);
  assert.deepEqual(table.inbox, { unknown_barcode: 1 });
  const shown = written.join('');
  assert.match(shown, /100 %/);
  assert.match(shown, new RegExp(`Reports signed, PDF made\\s+${table.reports} \\(`));
  for (const { what, where } of table.scenes) assert.ok(shown.includes(`• ${what}\n    ${where}`), what);
  const [link] = /http:\/\/\S+\/files\/\S+/.exec(shown) ?? [];
  assert.ok(link);
  const pdf = await fetch(`${lab.url}${new URL(link).pathname}`);
  assert.equal(pdf.headers.get('content-type'), 'application/pdf');

  // On the same lab again: racks, partners, lots are there, and the controls stay in control.
  assertScenes((await playDay({ ...options, patients: 1 })).scenes);
});
