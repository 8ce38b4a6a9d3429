import { instrumentBlocked, instrumentUnblocked } from '#contract/equipment.ts';
import { orderChanged, orderPlaced } from '#contract/order.ts';
import { patientChanged } from '#contract/patient.ts';
import { qcCleared, qcFailed } from '#contract/qc.ts';
import { sampleCollected, sampleDecided, sampleReceived, sampleRejected } from '#contract/sample.ts';
import { busyRow } from '#platform/errors.ts';
import { answer, consume, defineService, work } from '#platform/service.ts';

import { amendResults } from './commands/amend-results.ts';
import { authoriseResults } from './commands/authorise-results.ts';
import { autoVerifyResults } from './commands/auto-verify-results.ts';
import { chooseValue } from './commands/choose-value.ts';
import { enterDetail } from './commands/enter-detail.ts';
import { enterFromInstrument } from './commands/enter-from-instrument.ts';
import { enterMany } from './commands/enter-many.ts';
import { enterResult } from './commands/enter-result.ts';
import { recordCriticalCall } from './commands/record-critical-call.ts';
import { sendBackResults } from './commands/send-back-results.ts';
import { verifyResults } from './commands/verify-results.ts';
import { withdrawAmendments } from './commands/withdraw-amendments.ts';
import { onOrderChanged } from './consumers/on-order-changed.ts';
import { onOrderPlaced } from './consumers/on-order-placed.ts';
import { onInstrumentBlocked, onInstrumentUnblocked, onQcCleared, onQcFailed } from './consumers/on-owner-holds.ts';
import { onPatientChanged } from './consumers/on-patient-changed.ts';
import { onSampleCollected } from './consumers/on-sample-collected.ts';
import { onSampleDecided } from './consumers/on-sample-decided.ts';
import { onSampleReceived } from './consumers/on-sample-received.ts';
import { onSampleRejected } from './consumers/on-sample-rejected.ts';
import * as contract from './contract.ts';
import { graphql } from './graphql.ts';
import { escalateCritical, runEscalateCritical } from './jobs/escalate-critical.ts';
import { entryGrid } from './queries/entry-grid.ts';
import { lastResults } from './queries/last-results.ts';
import { benchCounts, listLeftOver, listWorklist } from './queries/list-worklist.ts';
import { rackView } from './queries/rack-view.ts';
import {
  criticalsOfOrders,
  getResults,
  listCriticals,
  listReversals,
  resultsOfInstrument,
  signedVersions,
} from './queries/read-release.ts';
import { resultHistory, resultTrend } from './queries/result-history.ts';
import { resultsOfOrders } from './queries/results-of-orders.ts';
import { signingQueue } from './queries/signing-queue.ts';

export const service = defineService({
  name: 'result',
  port: 8084,
  calls: [
    answer(contract.enterResult, 'result.enter', enterResult),
    answer(contract.enterManyResults, 'result.enter', enterMany),
    answer(contract.enterDetail, 'result.enter', enterDetail),
    answer(contract.chooseValue, 'result.enter', chooseValue),
    answer(contract.verifyResults, 'result.verify', verifyResults),
    answer(contract.authoriseResults, 'result.authorise', authoriseResults),
    answer(contract.sendBackResults, 'result.send_back', sendBackResults),
    answer(contract.amendResults, 'result.amend', amendResults),
    answer(contract.withdrawAmendments, 'result.amend', withdrawAmendments),
    answer(contract.autoVerifyResults, 'system', autoVerifyResults),
    answer(contract.recordCriticalCall, 'result.call_critical', recordCriticalCall),
    answer(contract.enterFromInstrument, 'system', enterFromInstrument),
    answer(contract.listWorklist, 'result.read', listWorklist),
    answer(contract.listLeftOver, 'result.read', listLeftOver),
    answer(contract.benchCounts, 'result.read', benchCounts),
    answer(contract.rackView, 'result.read', rackView),
    answer(contract.entryGrid, 'result.read', entryGrid),
    answer(contract.resultHistory, 'result.read', resultHistory),
    answer(contract.resultTrend, 'result.read', resultTrend),
    answer(contract.resultsOfOrders, 'result.read', resultsOfOrders),
    answer(contract.lastResults, 'result.read', lastResults),
    answer(contract.getResults, 'result.read', getResults),
    answer(contract.resultsOfInstrument, 'result.read', resultsOfInstrument),
    answer(contract.signedVersions, 'result.read', signedVersions),
    answer(contract.signingQueue, 'result.authorise', signingQueue),
    answer(contract.listReversals, 'result.read', listReversals),
    answer(contract.listCriticals, 'result.read', listCriticals),
    answer(contract.criticalsOfOrders, 'result.read', criticalsOfOrders),
  ],
  consumers: [
    consume('on-order-placed', orderPlaced, onOrderPlaced),
    consume('on-order-changed', orderChanged, onOrderChanged),
    consume('on-sample-collected', sampleCollected, onSampleCollected),
    consume('on-sample-received', sampleReceived, onSampleReceived),
    consume('on-sample-rejected', sampleRejected, onSampleRejected),
    consume('on-sample-decided', sampleDecided, onSampleDecided),
    consume('on-patient-changed', patientChanged, onPatientChanged),
    consume('on-qc-failed', qcFailed, onQcFailed),
    consume('on-qc-cleared', qcCleared, onQcCleared),
    consume('on-instrument-blocked', instrumentBlocked, onInstrumentBlocked),
    consume('on-instrument-unblocked', instrumentUnblocked, onInstrumentUnblocked),
  ],
  jobs: [work(escalateCritical, runEscalateCritical)],
  graphql,
  migrations: new URL('./migrations/', import.meta.url),
  // The same key in two batches at the same moment, for different tubes: the second is tried again and finds the first.
  constraints: { observation_key: busyRow },
});
