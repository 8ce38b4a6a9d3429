import assert from 'node:assert/strict';
import { test } from 'node:test';

import { graphql as execute } from 'graphql';

import { createGraphqlContext } from '#platform/graphql/context.ts';
import { buildSchema } from '#platform/graphql/schema.ts';
import { newId } from '#platform/ids.ts';

import { ackCodeOf, sendHl7 } from '@nidaan/sandbox/analyzers/send-hl7.ts';
import { starterRoles } from '../user/domain/permissions.ts';
import { graphql } from './graphql.ts';
import { hl7Fixture, startInstrumentLab } from './lab-with-instruments.testing.ts';

test('INT-19 messages, inbox and mappings over GraphQL', async (t) => {
  const lab = await startInstrumentLab(t);
  const { barcode } = await lab.draw(['CBC']);
  const bytes = hl7Fixture('blood-count.hl7', barcode);
  assert.equal(ackCodeOf(await sendHl7({ host: '127.0.0.1', port: lab.hl7Port, bytes })), 'AA');
  await lab.settle();

  const schema = buildSchema([graphql]);
  const { runtime } = lab;
  const scope = runtime.scopeOf({
    kind: 'user',
    userId: newId(),
    name: 'tech',
    labId: lab.labId,
    permissions: starterRoles['technician'] ?? [],
    sessionId: newId(),
  });
  const ask = async (
    source: string,
    variableValues: Record<string, unknown> = {},
  ): Promise<Record<string, unknown>> => {
    const { data, errors } = await execute({
      schema,
      source,
      variableValues,
      contextValue: createGraphqlContext(runtime.dispatcher, scope),
    });
    assert.deepEqual(errors, undefined);
    return { ...data };
  };
  const listed = await ask(
    '{ instrumentMessages(status: held) { nodes { id status problem rawText } } inbox { nodes { reason code messageId } } }',
  );
  const [message] = await lab.messages();
  assert.ok(message);
  const problem = 'Waits in the inbox: 1 unknown_code.';
  assert.deepEqual(JSON.parse(JSON.stringify(listed)), {
    instrumentMessages: { nodes: [{ id: message.id, status: 'held', problem, rawText: null }] },
    inbox: { nodes: [{ reason: 'unknown_code', code: '10002', messageId: message.id }] },
  });
  const whole = JSON.parse(
    JSON.stringify(
      await ask('query ($id: ID!) { instrumentMessage(id: $id) { rawBase64 rawText } }', { id: message.id }),
    ),
  );
  assert.equal(whole.instrumentMessage.rawBase64, bytes.toString('base64'));
  assert.match(whole.instrumentMessage.rawText, /MSH\|.*␍\nPID\|1␍\n/);

  await ask(
    'mutation { mapInstrumentCode(input: { instrument: "BC-SIM", code: "10002", analyteCode: "PCT" }) { analyteCode } }',
  );
  const replayed = await ask('mutation ($id: ID!) { replayMessage(id: $id) { status problem } }', { id: message.id });
  assert.deepEqual(JSON.parse(JSON.stringify(replayed)), { replayMessage: { status: 'processed', problem: null } });
  const after = await ask(
    '{ inbox(status: resolved) { nodes { resolution } } codeMappings { nodes { code analyteCode mappedBy } } }',
  );
  assert.deepEqual(JSON.parse(JSON.stringify(after)), {
    inbox: { nodes: [{ resolution: 'Resolved by replay' }] },
    codeMappings: { nodes: [{ code: '10002', analyteCode: 'PCT', mappedBy: 'tech' }] },
  });
});
