import assert from 'node:assert/strict';
import { test } from 'node:test';
import { needsCorpus, sampleFiles } from '../corpus.testing.ts';
import { Hl7Error, messageTypeOf, parseFile, parseMessage } from '../index.ts';

test('every sample of a known type is read whole, and built again reads the same', (t) => {
  const files = sampleFiles();
  if (files.length === 0) return t.skip(needsCorpus);
  let read = 0;
  let rebuilt = 0;
  for (const { name, bytes } of files) {
    for (const message of messagesOf(bytes)) {
      const type = messageTypeOf(message);
      if (type === undefined || message.delimiterFault !== undefined) continue;
      read += 1;
      const { data, unplaced } = type.read(message);
      assert.equal(segmentsIn(data) + unplaced.length, message.segments.length, `${name}: no segment is lost`);
      type.validate(message);
      // The builder of the type takes its own data; what a sample lacks it refuses by name.
      const build = (type as unknown as { readonly build: (given: unknown, delimiters: unknown) => Uint8Array }).build;
      let again;
      try {
        again = parseMessage(build(data, message.delimiters));
      } catch (error) {
        assert.ok(error instanceof Hl7Error && error.code === 'hl7.cannot_build', `${name}: ${String(error)}`);
        continue;
      }
      rebuilt += 1;
      // What the header leaves out the builder fills in: a charset, the processing id, the version.
      assert.partialDeepStrictEqual(type.read(again).data, data, name);
    }
  }
  t.diagnostic(`${String(read)} messages read, ${String(rebuilt)} built again`);
  assert.ok(read >= 330 && rebuilt >= 120, `${String(read)} ${String(rebuilt)}`);
});

function messagesOf(bytes: Uint8Array): ReturnType<typeof parseFile>['messages'] {
  try {
    return parseFile(bytes).messages;
  } catch {
    return [];
  }
}

/** Objects two levels up from their leaves would do as well; groups hold objects, segments hold values. */
function segmentsIn(data: object): number {
  let count = 0;
  for (const [key, value] of Object.entries(data)) {
    for (const one of Array.isArray(value) ? value : [value])
      count += groupKeys.has(key) && isGroup(one) ? segmentsIn(one) : 1;
  }
  return count;
}

const groupKeys = new Set([
  'patient',
  'visit',
  'insurance',
  'orders',
  'detail',
  'observations',
  'timing',
  'response',
  'results',
  'specimens',
  'containers',
  'request',
  'priorResults',
  'procedures',
  'merges',
  'responses',
  'rows',
]);

// A group's members are objects or lists of objects; a segment has text, null or fields under names of its own.
function isGroup(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const members = Object.keys(value);
  return members.length > 0 && members.every((key) => memberNames.has(key));
}

const memberNames = new Set([
  ...groupKeys,
  'identity',
  'demographics',
  'notes',
  'nextOfKin',
  'more',
  'plan',
  'certification',
  'roles',
  'guarantor',
  'allergies',
  'common',
  'supply',
  'supplyDetail',
  'pharmacy',
  'diet',
  'tray',
  'contact',
  'diagnoses',
  'transactions',
  'trials',
  'billing',
  'configuration',
  'observation',
  'specimen',
  'container',
  'inventory',
  'substances',
  'procedure',
  'settings',
  'from',
  'event',
  'moreVisit',
  'definition',
]);
