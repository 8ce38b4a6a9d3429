import { answer, consume, defineService } from '#platform/service.ts';

import { sampleCollected } from '#contract/sample.ts';

import { discardInboxItem } from './commands/discard-inbox-item.ts';
import { mapInstrumentCode } from './commands/map-instrument-code.ts';
import { replayMessage } from './commands/replay-message.ts';
import { onSampleCollected } from './consumers/on-sample-collected.ts';
import * as contract from './contract.ts';
import { graphql } from './graphql.ts';
import { startListeners } from './listeners/start-listeners.ts';
import { getMessage } from './queries/get-message.ts';
import { listCodeMappings } from './queries/list-code-mappings.ts';
import { listInbox } from './queries/list-inbox.ts';
import { listMessages } from './queries/list-messages.ts';

export const service = defineService({
  name: 'integration',
  port: 8097,
  calls: [
    answer(contract.listMessages, 'integration.read', listMessages),
    answer(contract.getMessage, 'integration.read', getMessage),
    answer(contract.listInbox, 'integration.read', listInbox),
    answer(contract.listCodeMappings, 'integration.read', listCodeMappings),
    answer(contract.replayMessage, 'integration.resolve', replayMessage),
    answer(contract.discardInboxItem, 'integration.resolve', discardInboxItem),
    answer(contract.mapInstrumentCode, 'integration.resolve', mapInstrumentCode),
  ],
  consumers: [consume('on-sample-collected', sampleCollected, onSampleCollected)],
  jobs: [],
  graphql,
  migrations: new URL('./migrations/', import.meta.url),
  constraints: {},
  start: startListeners,
});
