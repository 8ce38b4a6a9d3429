// Every way to search uses an index that also row-level security lets it use (P11).
import assert from 'node:assert/strict';
import { test } from 'node:test';

import sql from 'sql-template-tag';

import type { Tx } from '#platform/service.ts';

import { startLab } from '../../testing/start-lab.ts';
import { asOwner } from './desk.testing.ts';
import { nameSound } from './domain/name-sound.ts';
import { nameTerms } from './domain/name-terms.ts';
import { nameKey, nameParts } from './domain/patient-name.ts';
import type { Search } from './domain/search-box.ts';
import { searchStatement } from './search-store.ts';
import { findAlike, findCandidates } from './store.ts';

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
  const terms = people.flatMap(({ id, name }) => nameTerms(name).map((term) => ({ id, term })));
  await ctx.transaction(async (tx) => {
    await tx.rows(sql`
      insert into lis_patient.patient (lab_id, id, mrn, name, name_key, name_sound, sex, born_on, is_born_on_approximate, mobile, registered_at)
      select ${lab.labId}::uuid, p.id, 'M' || p.n, p.name, p.name_key, p.name_sound, 'other', '1990-01-01', false, p.mobile, '2026-01-01'::timestamptz + p.n * interval '1 minute'
      from unnest(${people.map((p) => p.id)}::uuid[], ${people.map((p) => p.name)}::text[], ${people.map((p) => nameKey(p.name))}::text[],
        ${people.map((p) => nameSound(p.name))}::text[], ${people.map((p) => p.mobile)}::text[])
        with ordinality as p (id, name, name_key, name_sound, mobile, n)`);
    await tx.rows(sql`
      insert into lis_patient.name_term (lab_id, term, patient_id)
      select ${lab.labId}::uuid, n.term, n.id from unnest(${terms.map((p) => p.term)}::text[], ${terms.map((p) => p.id)}::uuid[]) as n (term, id)`);
    await tx.rows(sql`
      insert into lis_patient.name_part (lab_id, part, patient_id)
      select ${lab.labId}::uuid, n.part, n.id from unnest(${parts.map((p) => p.part)}::text[], ${parts.map((p) => p.id)}::uuid[]) as n (part, id)`);
  });

  // As autovacuum does within a minute of such a load. The application's own role may not.
  await asOwner(ctx, 'analyze lis_patient.patient, lis_patient.name_term, lis_patient.name_part');

  const after = ['2026-01-02T00:00:00.000Z', people[0]?.id ?? ''] as const;
  const term = (text: string, isBeginning: boolean): Search => ({ by: 'terms', terms: [{ text, isBeginning }] });
  const pieces = (...words: string[]): Search => ({ by: 'pieces', words, isLastResort: false });
  const kumar: Search = {
    by: 'terms',
    terms: ['+asha kumar', '+kumar zutshi', '+asha zutshi'].map((text) => ({ text, isBeginning: false })),
  };
  const cases: readonly [search: Search, except: readonly Search[], index: string, condition: RegExp][] = [
    [{ by: 'nothing' }, [], 'patient_newest', /lab_id = /],
    [{ by: 'mrn', mrn: 'M42' }, [], 'patient_mrn_key', /mrn = /],
    [{ by: 'mobile', mobile: '+919100000000' }, [], 'patient_by_mobile', /mobile = /],
    [{ by: 'mobile-digits', digits: '543210' }, [], 'patient_by_mobile', /mobile >= /],
    [{ by: 'mobile-digits', digits: '543210' }, [], 'patient_by_mobile_end', /mobile_reversed >= /],
    [{ by: 'abha-number', digits: '91123456789012' }, [], 'patient_by_abha_number', /abha_number = /],
    [{ by: 'abha-address', address: 'a.b@sbx' }, [], 'patient_by_abha_address', /abha_address = /],
    [term('=zutshi', false), [], 'name_term_key', /term = /],
    [term('=zutshi', true), [term('=zutshi', false)], 'name_term_key', /term >= /],
    [kumar, [], 'name_term_key', /term = '\+(kumar|asha) zutshi'/],
    [pieces('lakshmi', 'zut'), [], 'name_part_key', /part >= /],
    [pieces('zutshi'), [term('=zutshi', true)], 'name_part_key', /part >= /],
    [term('~jutsi', true), [pieces('zutshi')], 'name_term_key', /term >= /],
  ];
  const explained = (run: (tx: Tx) => Promise<unknown>): Promise<string> =>
    ctx.transaction(async (tx) => {
      // A few thousand rows are few: without this a scan of the whole may look as cheap.
      await tx.rows(sql`set local enable_seqscan = off`);
      const lines: string[] = [];
      const rows: Tx['rows'] = async (query) => {
        const plan = await tx.rows<Record<string, string>>(sql`explain ${query}`);
        lines.push(...plan.flatMap((row) => Object.values(row)));
        return [];
      };
      await run({ ...tx, rows });
      return lines.join('\n');
    });
  const uses = (plan: string, index: string, condition: RegExp, what: string) => {
    assert.ok(
      new RegExp(`Scan( Backward)? (using|on) ${index}\\b`).test(plan),
      `${what} should use ${index}:\n${plan}`,
    );
    assert.ok(!plan.includes('Seq Scan'), plan);
    // What was typed is looked up, it is no filter over the lab's whole index.
    assert.ok(
      plan.split('\n').some((line) => line.includes('Index Cond:') && condition.test(line)),
      plan,
    );
  };
  for (const [search, except, index, condition] of cases) {
    for (const page of [undefined, after]) {
      const plan = await explained((tx) =>
        tx.rows(searchStatement(lab.labId, { search, except, after: page, limit: 21 })),
      );
      uses(plan, index, condition, search.by);
      if (search.by === 'nothing' && page) assert.match(plan, /Index Cond: .*ROW\(p?\.?registered_at/);
    }
  }
  const like = { nameSound: nameSound('Asha Kumar'), mobile: '+919100000000' };
  const alike = await explained((tx) =>
    findAlike(tx, lab.labId, { ...like, nameKey: 'asha kumar', sex: 'other', bornOn: '1990-01-01' }),
  );
  uses(alike, 'patient_by_sound', /name_sound = /, 'a likely duplicate');
  const candidates = await explained((tx) =>
    findCandidates(tx, lab.labId, { ...like, abhaNumber: '91-1234-5678-9012' }),
  );
  uses(candidates, 'patient_by_sound', /name_sound = /, 'likely patients');
  uses(candidates, 'patient_by_mobile', /mobile = /, 'likely patients');
  uses(candidates, 'patient_by_abha_number', /abha_number = /, 'likely patients');
  const found = await ctx.db.rows<{ name: string }>(
    searchStatement(lab.labId, { search: pieces('utsh'), except: [], after: undefined, limit: 21 }),
  );
  assert.equal(found.length, 1);
});
