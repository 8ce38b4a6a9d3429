// Random plain data through builder, bytes and reader: what went in comes out.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ComponentPlan } from './segment-plan.ts';
import type { GroupNode } from './structure-plan.ts';
import { adtA01, Hl7Error, omlO33, oruR01, oulR22, parseMessage, rspK11 } from '../index.ts';
import { segmentPlans } from './segment-plan.ts';
import { planOfMembers } from './structure-plan.ts';
import * as structures from './structures.ts';

const signs = ['|^~\\&', '$%~\\&', '|^~\\&#', '*:;!?'] as const;

const text = fc.string({
  unit: fc.constantFrom(...'abc 019.|^~\\&#$%*:;!?"\n\r\v\u001céक'),
  minLength: 1,
  maxLength: 8,
});

function value(plan: ComponentPlan, depth: number): fc.Arbitrary<unknown> {
  if (plan.parts === undefined || depth === 2) return text;
  return fc
    .uniqueArray(fc.constantFrom(...plan.parts), { minLength: 1, maxLength: 3 })
    .chain((parts) => fc.record(Object.fromEntries(parts.map((part) => [part.name, value(part, depth + 1)]))));
}

function segment(name: string): fc.Arbitrary<unknown> {
  const plan = segmentPlans.get(name);
  if (plan === undefined) return fc.constant({ name, fields: ['a', '', 'b^c~d\\T\\'.replace(/[\\^~]/g, '')] });
  const usable = plan.filter((field) => !field.isByValueType && !(name === 'OBX' && field.name === 'valueType'));
  return fc.uniqueArray(fc.constantFrom(...usable), { minLength: 1, maxLength: 4 }).chain((fields) =>
    fc.record(
      Object.fromEntries(
        fields.map((field) => [
          field.name,
          // The explicit null stands for a whole field here; deeper ones are tested by hand.
          fc.oneof(
            {
              weight: 9,
              arbitrary: field.isRepeating
                ? fc.array(value(field, 0), { minLength: 1, maxLength: 3 })
                : value(field, 0),
            },
            { weight: 1, arbitrary: fc.constant(null) },
          ),
        ]),
      ),
    ),
  );
}

/** With its first member always there: where that is left out, nobody can tell a new group from more of the one before. */
function group(node: GroupNode, isRoot = false): fc.Arbitrary<Record<string, unknown>> {
  // After prior results nobody can tell the next order from one more of theirs.
  const entries = node.members
    .filter(({ key }) => key !== 'priorResults')
    .map((member, index) => {
      if (isRoot && member.key === 'header') return [member.key, fc.constant({ controlId: '1' })] as const;
      const one = member.kind === 'group' ? group(member) : segment(member.name);
      const many = member.isRepeating
        ? fc.array(one, { minLength: member.isRequired || index === 0 ? 1 : 0, maxLength: 2 })
        : one;
      return [
        member.key,
        member.isRequired || index === 0 ? many : fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, many),
      ] as const;
    });
  return fc.record(Object.fromEntries(entries)).map(withoutEmpty);
}

function withoutEmpty(data: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(data).filter(([, one]) => one !== undefined && !(Array.isArray(one) && one.length === 0)),
  );
}

for (const [type, members] of [
  [oruR01, structures.oruR01Members],
  [oulR22, structures.oulR22Members],
  [omlO33, structures.omlO33Members],
  [adtA01, structures.adtA01Members],
  [rspK11, structures.rspK11Members],
] as const) {
  test(`${type.structure}: what is built reads as it was given`, () => {
    const data = group(planOfMembers(members), true);
    fc.assert(
      fc.property(data, fc.constantFrom(...signs), (draft, declared) => {
        const [field, component = '', repetition = '', escape = '', subcomponent = '', truncation = ''] = declared;
        // Each builder takes its own draft; here they are all random.
        const build = type.build as (given: unknown, delimiters: unknown) => Uint8Array;
        const bytes = build(draft, { field, component, repetition, escape, subcomponent, truncation });
        const { data: read, unplaced } = type.read(parseMessage(bytes));
        assert.deepEqual(unplaced, []);
        const { header, ...rest } = read;
        assert.equal(header?.controlId, '1');
        const { header: _given, ...wanted } = draft;
        assert.deepEqual(JSON.parse(JSON.stringify(rest)), JSON.parse(JSON.stringify(wanted)));
      }),
      { numRuns: 150 },
    );
  });
}

test('a name, a shape or a gap the structure does not know is refused by its place', () => {
  const refused = (draft: unknown): string => {
    try {
      (oruR01.build as (given: unknown) => Uint8Array)(draft);
    } catch (error) {
      assert.ok(error instanceof Hl7Error);
      assert.equal(error.code, 'hl7.cannot_build');
      return error.message;
    }
    return 'built';
  };
  assert.equal(refused({ header: {} }), 'results is required.');
  assert.equal(refused({ header: {}, results: [{ orders: [{}] }] }), 'results[0].orders[0].request is required.');
  const withRequest = (request: unknown): unknown => ({ header: {}, results: [{ orders: [{ request }] }] });
  assert.equal(refused(withRequest({ serviec: {} })), 'results[0].orders[0].request.serviec has no place.');
  assert.equal(refused(withRequest({ service: 'GLU' })), 'results[0].orders[0].request.service takes an object.');
  assert.equal(refused(withRequest({ setId: 1 })), 'results[0].orders[0].request.setId takes text.');
  assert.equal(refused(withRequest({ reasons: {} })), 'results[0].orders[0].request.reasons takes a list.');
  assert.equal(refused(withRequest({ setId: '1' })), 'built');
});
