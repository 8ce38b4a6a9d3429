// Calls with what must come of them, whichever way they travel: in one process, over HTTP between two.
import assert from 'node:assert/strict';

import type { Actor } from '../actor.ts';
import { anonymous, systemActor } from '../actor.ts';
import type { Call } from '../contract.ts';
import { ServiceError } from '../errors.ts';
import { newId } from '../ids.ts';
import type { Dispatcher } from '../runtime/dispatch.ts';
import { newScope } from '../scope.ts';
import { crash, getEntity, refuse, register, signedIn, split, sweep, tell, trimmed } from './pair.ts';
import { LAB, OTHER_LAB, userWith } from './start-pair.ts';

interface Expected {
  readonly output?: unknown;
  readonly refusal?: {
    readonly code: string;
    readonly status: number;
    readonly message?: string;
    readonly details?: unknown;
    readonly retry?: string;
  };
}

interface Case extends Expected {
  readonly what: string;
  readonly call: Call;
  readonly input: unknown;
  readonly actor: Actor;
}

const system = systemActor(LAB, 'other-service');
const teller = userWith(['teller.tell']);
const entityId = '0199c000-0000-7000-8000-000000000001';
const unauthenticated = { code: 'platform.unauthenticated', status: 401 };
const forbidden = (permission: string) => ({ code: 'platform.forbidden', status: 403, details: { permission } });
/** What no error, log or metric may repeat. */
export const SECRET = 'Asha Kulkarni 9822012345';

const shapeOf = (issues: readonly { field: string; expected: string }[]) => ({
  code: 'platform.invalid_input',
  status: 400,
  details: { issues },
  retry: 'permanent',
});

/** In order: the later ones see what the earlier ones did. */
export const cases: readonly Case[] = [
  { what: 'a named permission that is held', call: tell, input: { entityId }, actor: teller, output: { n: 1 } },
  {
    what: 'a named permission that is not held',
    call: tell,
    input: { entityId },
    actor: userWith(['teller.other']),
    refusal: forbidden('teller.tell'),
  },
  {
    what: 'a named permission, not signed in',
    call: tell,
    input: { entityId },
    actor: anonymous,
    refusal: unauthenticated,
  },
  { what: 'a named permission, by the system', call: tell, input: { entityId }, actor: system, output: { n: 2 } },
  {
    what: 'a named permission, by one who holds all',
    call: tell,
    input: { entityId },
    actor: userWith(['*']),
    output: { n: 3 },
  },
  { what: 'signed in', call: signedIn, input: {}, actor: userWith([]), output: {} },
  { what: 'signed in, but nobody is', call: signedIn, input: {}, actor: anonymous, refusal: unauthenticated },
  { what: 'public', call: split, input: { words: 'a b' }, actor: anonymous, output: { words: ['a', 'b'], times: 2 } },
  { what: 'for the system, by it', call: sweep, input: {}, actor: system, output: { by: 'other-service' } },
  {
    what: 'for the system, by a person who holds all',
    call: sweep,
    input: {},
    actor: userWith(['*']),
    refusal: forbidden('system'),
  },
  { what: 'for the system, not signed in', call: sweep, input: {}, actor: anonymous, refusal: unauthenticated },
  {
    what: 'a row of the own lab',
    call: getEntity,
    input: { id: entityId },
    actor: userWith([]),
    output: { id: entityId, n: 3 },
  },
  {
    what: 'a row of another lab',
    call: getEntity,
    input: { id: entityId },
    actor: userWith([], OTHER_LAB),
    refusal: { code: 'teller.not_found', status: 404 },
  },
  { what: 'more than the output promises', call: trimmed, input: {}, actor: anonymous, output: { shown: 'yes' } },
  {
    what: 'a refusal with details',
    call: refuse,
    input: { reason: 'full' },
    actor: anonymous,
    refusal: {
      code: 'teller.refused',
      status: 422,
      message: 'Refused: full, at most 3.',
      details: { reason: 'full', limit: 3 },
      retry: 'ambiguous',
    },
  },
  {
    what: 'bad input',
    call: register,
    input: { name: SECRET, contact: { mobile: SECRET } },
    actor: anonymous,
    refusal: shapeOf([
      { field: 'name', expected: 'Too big: expected string to have <=10 characters' },
      { field: 'contact.mobile', expected: 'ten digits' },
    ]),
  },
  {
    what: 'bad input and no permission: the permission first',
    call: tell,
    input: { entityId: SECRET },
    actor: anonymous,
    refusal: unauthenticated,
  },
  {
    what: 'input of the wrong kind',
    call: register,
    input: SECRET,
    actor: anonymous,
    refusal: shapeOf([{ field: '', expected: 'Invalid input: expected object, received string' }]),
  },
  {
    what: 'a fault',
    call: crash,
    input: { text: SECRET },
    actor: anonymous,
    refusal: { code: 'platform.internal', status: 500 },
  },
  {
    what: 'a call that is not there',
    call: { ...split, name: 'teller.absent', verb: 'absent' },
    input: {},
    actor: system,
    refusal: { code: 'platform.unknown_call', status: 404, details: { call: 'teller.absent' } },
  },
];

/** Runs every case through a dispatcher and compares. */
export async function runCases(dispatcher: Dispatcher): Promise<void> {
  for (const { what, call, input, actor, output, refusal } of cases) {
    const scope = newScope(actor, newId());
    const outcome = await dispatcher.call(call, input, scope).then(
      (value) => ({ value, error: undefined }),
      (error: unknown) => ({ value: undefined, error }),
    );
    if (!refusal) {
      assert.deepEqual(outcome, { value: output, error: undefined }, what);
      assert.equal(scope.permissionChecked, true, what);
      continue;
    }
    const { error } = outcome;
    assert.ok(error instanceof ServiceError, `${what}: ${String(error)}`);
    assert.equal(error.code, refusal.code, what);
    assert.equal(error.status, refusal.status, what);
    if (refusal.message !== undefined) assert.equal(error.message, refusal.message, what);
    if (refusal.details !== undefined) assert.deepEqual(error.details, refusal.details, what);
    if (refusal.retry !== undefined) assert.equal(error.retry, refusal.retry, what);
    assert.ok(
      !JSON.stringify([error.message, error.details]).includes('Asha'),
      `${what}: the error repeats what was sent`,
    );
  }
}
