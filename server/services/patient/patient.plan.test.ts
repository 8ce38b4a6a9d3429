// Every way to search uses an index that also row-level security lets it use (P11).
import assert from 'node:assert/strict';
import { test } from 'node:test';

import sql from 'sql-template-tag';

import type { Tx } from '#platform/service.ts';

import { startLab } from '../../testing/start-lab.ts';
import { nameKey, nameParts } from './domain/patient-name.ts';
import type { Search } from './domain/search-box.ts';
import { findAlike, searchStatement } from './store.ts';

const PEOPLE = 4000;
const firsts = ['Asha', 'Ramesh', 'Vijayalakshmi', 'Meena', 'Imran', 'Sunita', 'Ravi', 'Leela', 'Joseph', 'Harpreet'];
const lasts = ['Kumar', 'Iyer', 'Kulkarni', 'Pawar', 'Shaikh', 'Nair', 'Singh', 'Rao'];

test('PAT-12: each search of a full lab goes by its index and reads no table from end to end', async (t) => {
  const lab = await startLab(t, { services: ['patient'] });
  const ctx = lab.runtime.systemCtx('patient', lab.labId);
  const people = Array.from({ length: PEOPLE }, (_, i) => ({
    id: `0199a000-0000-7000-8000-${String(i).padStart(12, '0')}`,
    name: `${firsts[i % firsts.length]} ${lasts[(i >> 3) % lasts.length]} ${i === 77 ? 'Zutshi' : ''}`,
    mobile: `+919${String(100_000_000 + i * 7919).slice(-9)}`,
  }));
  const parts = people.flatMap(({ id, name }) => nameParts(name).map((part) => ({ id, part })));
  await ctx.transaction(async (tx) => {
    await tx.rows(sql`
      insert into lis_patient.patient (lab_id, id, mrn, name, name_key, sex, born_on, is_born_on_approximate, mobile, registered_at)
      select ${lab.labId}::uuid, p.id, 'M' || p.n, p.name, p.name_key, 'other', '1990-01-01', false, p.mobile, '2026-01-01'::timestamptz + p.n * interval '1 minute'
      from unnest(${people.map((p) => p.id)}::uuid[], ${people.map((p) => p.name)}::text[], ${people.map((p) => nameKey(p.name))}::text[],
        ${people.map((p) => p.mobile)}::text[]) with ordinality as p (id, name, name_key, mobile, n)`);
    await tx.rows(sql`
      insert into lis_patient.name_part (lab_id, part, patient_id)
      select ${lab.labId}::uuid, n.part, n.id from unnest(${parts.map((p) => p.part)}::text[], ${parts.map((p) => p.id)}::uuid[]) as n (part, id)`);
  });

  const after = ['2026-01-02T00:00:00.000Z', people[0]?.id ?? ''] as const;
  const cases: readonly [search: Search, indexes: readonly string[]][] = [
    [{ by: 'nothing' }, ['patient_newest']],
    [{ by: 'mrn', mrn: 'M42' }, ['patient_mrn_key']],
    [{ by: 'mobile', mobile: '+919100000000' }, ['patient_by_mobile']],
    [{ by: 'mobile-digits', digits: '543210' }, ['patient_by_mobile', 'patient_by_mobile_end']],
    [{ by: 'name', words: ['zutshi'] }, ['name_part_key', 'patient_key']],
    [{ by: 'name', words: ['lakshmi', 'zut'] }, ['name_part_key']],
  ];
  for (const [search, indexes] of cases) {
    for (const page of [undefined, after]) {
      const plan = await ctx.transaction(async (tx) => {
        // A few thousand rows that nobody has analysed yet: without this a scan of the whole may look as cheap.
        await tx.rows(sql`set local enable_seqscan = off`);
        const rows = await tx.rows<Record<string, string>>(
          sql`explain ${searchStatement(lab.labId, { search, after: page, limit: 21 })}`,
        );
        return rows.flatMap((row) => Object.values(row)).join('\n');
      });
      for (const index of indexes)
        assert.ok(new RegExp(`Scan (using|on) ${index}\\b`).test(plan), `${search.by} should use ${index}:\n${plan}`);
      assert.ok(!plan.includes('Seq Scan'), plan);
      // The range of the text itself is looked up, it is no filter over the lab's whole index.
      if (search.by === 'name') assert.match(plan, /Index Cond: .*part >= /);
      if (search.by === 'mobile-digits') assert.match(plan, /Index Cond: .*mobile_reversed >= /);
      if (search.by === 'nothing' && page) assert.match(plan, /Index Cond: .*ROW\(p?\.?registered_at/);
    }
  }
  const alike = await ctx.transaction(async (tx) => {
    await tx.rows(sql`set local enable_seqscan = off`);
    const lines: string[] = [];
    const explained: Tx = {
      ...tx,
      rows: async (query) => {
        const rows = await tx.rows<Record<string, string>>(sql`explain ${query}`);
        lines.push(...rows.flatMap((row) => Object.values(row)));
        return [];
      },
    };
    await findAlike(explained, lab.labId, { nameKey: 'asha kumar', sex: 'other', mobile: null, bornOn: '1990-01-01' });
    return lines.join('\n');
  });
  assert.match(alike, /Index Cond: .*name_key = /);
  assert.match(alike, /patient_alike/);
  const found = await ctx.db.rows<{ name: string }>(
    searchStatement(lab.labId, { search: { by: 'name', words: ['utsh'] }, after: undefined, limit: 21 }),
  );
  assert.equal(found.length, 1);
});
