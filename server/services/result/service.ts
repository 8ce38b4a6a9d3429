import { orderPlaced } from '#contract/order.ts';
import { patientChanged } from '#contract/patient.ts';
import { sampleCollected, sampleReceived } from '#contract/sample.ts';
import { busyRow } from '#platform/errors.ts';
import { answer, consume, defineService } from '#platform/service.ts';

import { authoriseResults } from './commands/authorise-results.ts';
import { enterFromInstrument } from './commands/enter-from-instrument.ts';
import { enterResult } from './commands/enter-result.ts';
import { sendBackResults } from './commands/send-back-results.ts';
import { verifyResults } from './commands/verify-results.ts';
import { onOrderPlaced } from './consumers/on-order-placed.ts';
import { onPatientChanged } from './consumers/on-patient-changed.ts';
import { onSampleCollected } from './consumers/on-sample-collected.ts';
import { onSampleReceived } from './consumers/on-sample-received.ts';
import * as contract from './contract.ts';
import { graphql } from './graphql.ts';
import { listWorklist } from './queries/list-worklist.ts';
import { lastResults, resultsOfOrders } from './queries/results-of-orders.ts';

export const service = defineService({
  name: 'result',
  port: 8084,
  calls: [
    answer(contract.enterResult, 'result.enter', enterResult),
    answer(contract.verifyResults, 'result.verify', verifyResults),
    answer(contract.authoriseResults, 'result.authorise', authoriseResults),
    answer(contract.sendBackResults, 'result.send_back', sendBackResults),
    answer(contract.enterFromInstrument, 'system', enterFromInstrument),
    answer(contract.listWorklist, 'result.read', listWorklist),
    answer(contract.resultsOfOrders, 'result.read', resultsOfOrders),
    answer(contract.lastResults, 'result.read', lastResults),
  ],
  consumers: [
    consume('on-order-placed', orderPlaced, onOrderPlaced),
    consume('on-sample-collected', sampleCollected, onSampleCollected),
    consume('on-sample-received', sampleReceived, onSampleReceived),
    consume('on-patient-changed', patientChanged, onPatientChanged),
  ],
  jobs: [],
  graphql,
  migrations: new URL('./migrations/', import.meta.url),
  // The same key in two batches at the same moment, for different tubes: the second is tried again and finds the first.
  constraints: { observation_key: busyRow },
});
