import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as fc from 'fast-check';

import type { ChoiceFact, LineFact, Scope } from './choose-results.ts';
import { chooseResults, isAmending, isContinuing } from './choose-results.ts';

const line = (id: string, section = 'HAEMATOLOGY', status: LineFact['status'] = 'open'): LineFact => ({
  id,
  testName: id,
  section,
  status,
  promisedAt: '2026-11-25T12:00:00.000Z',
});
const result = (
  id: string,
  lineId: string,
  status: ChoiceFact['status'] = 'authorised',
  more: Partial<ChoiceFact> = {},
): ChoiceFact => ({ id, lineId, status, analyteName: id, isCalculated: false, amendment: null, detail: null, ...more });

const none: ReadonlySet<string> = new Set();
const complete: Scope = { kind: 'complete' };
const authorised: Scope = { kind: 'authorised' };
const idsOf = (all: readonly ChoiceFact[] | undefined) => all?.map(({ id }) => id);

test('whole: every line has results and each is authorised, else there is no report', () => {
  const whole = chooseResults([line('l1'), line('l2')], [result('a', 'l1'), result('b', 'l2')], complete, none);
  assert.deepEqual([whole?.status, idsOf(whole?.printed), whole?.pending], ['final', ['a', 'b'], []]);
  for (const status of ['expected', 'awaiting', 'entered', 'verified'] as const)
    assert.equal(
      chooseResults([line('l1')], [result('a', 'l1'), result('b', 'l1', status)], complete, none),
      undefined,
    );
  assert.equal(
    chooseResults([line('l1'), line('l2')], [result('a', 'l1')], complete, none),
    undefined,
    'the bench does not know a line yet',
  );
  assert.equal(chooseResults([], [], complete, none), undefined);
});

test('what was cancelled is left out, line or result, and nothing waits for it', () => {
  const chosen = chooseResults(
    [line('l1'), line('l2', 'BIOCHEMISTRY', 'cancelled')],
    [result('a', 'l1'), result('b', 'l1', 'cancelled'), result('c', 'l2', 'awaiting'), result('d', 'l2')],
    complete,
    none,
  );
  assert.deepEqual([chosen?.status, idsOf(chosen?.shown)], ['final', ['a']]);
  assert.equal(chooseResults([line('l1', 'X', 'cancelled')], [result('a', 'l1')], authorised, none), undefined);
});

test('a formula that gave nothing waits for no one, and keeps its place', () => {
  const all = [result('chol', 'l1'), result('ldl', 'l1', 'awaiting', { isCalculated: true }), result('hdl', 'l1')];
  const chosen = chooseResults([line('l1')], all, complete, none);
  assert.deepEqual([chosen?.status, idsOf(chosen?.printed)], ['final', ['chol', 'hdl']]);
  assert.deepEqual(idsOf(chosen?.shown), ['chol', 'ldl', 'hdl']);
  // While another value is open its input may still come: it is pending.
  const early = chooseResults([line('l1')], [...all, result('trig', 'l1', 'entered')], authorised, none);
  assert.deepEqual([early?.status, early?.pending[0]?.parts], ['interim', ['ldl', 'trig']]);
  assert.deepEqual(idsOf(early?.shown), ['chol', 'hdl']);
  // Said to be not calculated before, it still is, though a test was added meanwhile.
  const added = chooseResults([line('l1'), line('l2')], all, authorised, new Set(['chol', 'ldl', 'hdl']));
  assert.deepEqual([idsOf(added?.shown), added?.pending.map(({ lineId }) => lineId)], [['chol', 'ldl', 'hdl'], ['l2']]);
  // Alone, with nothing signed, it is no report.
  assert.equal(
    chooseResults([line('l1')], [result('x', 'l1', 'awaiting', { isCalculated: true })], complete, none),
    undefined,
  );
});

test('lab-day 51: in part: signed values are printed, whole tests and parts of tests are pending', () => {
  const chosen = chooseResults(
    [line('cbc'), line('tsh', 'IMMUNOASSAY'), line('new')],
    [result('hgb', 'cbc'), result('plt', 'cbc', 'verified'), result('tsh', 'tsh', 'awaiting')],
    authorised,
    none,
  );
  assert.equal(chosen?.status, 'interim');
  assert.deepEqual(idsOf(chosen?.printed), ['hgb']);
  assert.deepEqual(
    chosen?.pending.map(({ lineId, parts }) => [lineId, parts]),
    [
      ['cbc', ['plt']],
      ['tsh', []],
      ['new', []],
    ],
  );
  assert.equal(chooseResults([line('cbc')], [result('plt', 'cbc', 'verified')], authorised, none), undefined);
  assert.equal(chooseResults([line('cbc')], [result('plt', 'cbc')], authorised, none)?.status, 'final');
});

test('lab-day 51: by section: that section, and what was printed before; the rest is pending though signed', () => {
  const lines = [line('l1'), line('l2', 'BIOCHEMISTRY'), line('l3', 'SEROLOGY')];
  const all = [result('a', 'l1'), result('b', 'l2'), result('c', 'l3')];
  const first = chooseResults(lines, all, { kind: 'section', section: 'BIOCHEMISTRY' }, none);
  assert.deepEqual([idsOf(first?.printed), first?.pending.map(({ lineId }) => lineId)], [['b'], ['l1', 'l3']]);
  const second = chooseResults(lines, all, { kind: 'section', section: 'HAEMATOLOGY' }, new Set(['b']));
  assert.deepEqual([idsOf(second?.printed), second?.status], [['a', 'b'], 'interim']);
  const last = chooseResults(lines, all, { kind: 'section', section: 'SEROLOGY' }, new Set(['a', 'b']));
  assert.deepEqual([idsOf(last?.printed), last?.status], [['a', 'b', 'c'], 'final']);
  assert.deepEqual(idsOf(chooseResults(lines, all, { kind: 'printed' }, new Set(['b']))?.printed), ['b']);
  assert.equal(chooseResults(lines, all, { kind: 'printed' }, none), undefined);
});

test('lab-day 50: as long as a culture is preliminary the report is interim', () => {
  const culture = (stage: string) => result('c', 'l1', 'authorised', { detail: { kind: 'culture', stage } });
  assert.equal(chooseResults([line('l1')], [culture('preliminary')], complete, none)?.status, 'interim');
  assert.equal(chooseResults([line('l1')], [culture('final')], complete, none)?.status, 'final');
});

test('a signed result is being amended from its opening to its next signature', () => {
  const amendment = {};
  assert.equal(isAmending({ status: 'entered', amendment }), true);
  const continued = { kind: 'continued' } as const;
  assert.equal(isAmending({ status: 'entered', amendment: continued }), false);
  assert.equal(isContinuing({ status: 'entered', amendment: continued }), true);
  assert.equal(isContinuing({ status: 'authorised', amendment: continued }), false);
  assert.equal(isContinuing({ status: 'entered', amendment }), false);
  assert.equal(isAmending({ status: 'verified', amendment }), true);
  assert.equal(isAmending({ status: 'authorised', amendment }), false);
  assert.equal(isAmending({ status: 'entered', amendment: null }), false);
});

test('whatever stands at the bench: only what is signed is printed, and every open line is printed or pending', () => {
  const status = fc.constantFrom<ChoiceFact['status']>(
    'expected',
    'awaiting',
    'entered',
    'verified',
    'authorised',
    'cancelled',
  );
  const scope = fc.constantFrom<Scope>(complete, authorised, { kind: 'printed' }, { kind: 'section', section: 'A' });
  const any = fc.record({
    lines: fc.array(fc.tuple(fc.constantFrom('A', 'B'), fc.constantFrom('open', 'cancelled')), { maxLength: 4 }),
    results: fc.array(fc.record({ line: fc.nat(4), status, isCalculated: fc.boolean(), wasPrinted: fc.boolean() }), {
      maxLength: 10,
    }),
    scope,
  });
  fc.assert(
    fc.property(any, ({ lines: kinds, results, scope: asked }) => {
      const lines = kinds.map(([section, state], n) => line(`l${n}`, section, state));
      const all = results.map((one, n) => result(`r${n}`, `l${one.line}`, one.status, one));
      const before = new Set(all.filter((_, n) => results[n]?.wasPrinted).map(({ id }) => id));
      const chosen = chooseResults(lines, all, asked, before);
      if (!chosen) return;
      assert.ok(chosen.printed.length > 0);
      const open = lines.filter((one) => one.status === 'open').map(({ id }) => id);
      for (const one of chosen.printed) {
        assert.equal(one.status, 'authorised');
        assert.ok(open.includes(one.lineId));
      }
      const printed = new Set(chosen.shown.map(({ lineId }) => lineId));
      const pending = new Set(chosen.pending.map(({ lineId }) => lineId));
      // A line all of whose results are cancelled has nothing to print and nothing to wait for in the bench's eyes: it stays pending.
      for (const id of open) assert.ok(printed.has(id) || pending.has(id), id);
      assert.equal(chosen.status, pending.size > 0 ? 'interim' : 'final');
      if (asked.kind === 'complete') assert.equal(pending.size, 0);
    }),
  );
});
