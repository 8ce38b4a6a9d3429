import { instrumentUnblocked } from '#contract/equipment.ts';
import { controlMeasured, qcCleared } from '#contract/qc.ts';
import { resultAuthorised, resultEntered, resultVerified } from '#contract/result.ts';
import { busyRow } from '#platform/errors.ts';
import { answer, consume, defineService, work } from '#platform/service.ts';

import { decideOrder } from './commands/decide-order.ts';
import { setTest } from './commands/set-test.ts';
import { stopAuto } from './commands/stop-auto.ts';
import { onBenchNews } from './consumers/on-bench-news.ts';
import { onResultEntered } from './consumers/on-result-entered.ts';
import { onResultAuthorised, onResultVerified } from './consumers/on-result-signed.ts';
import * as contract from './contract.ts';
import { graphql } from './graphql.ts';
import { askAgain } from './jobs/ask-again.ts';
import { askAgainJob, decideJob } from './jobs/job-types.ts';
import { autoSummary, decisionsOfResults, listDecisions } from './queries/read-decisions.ts';
import { autoSwitch, listTests, testHistory } from './queries/read-settings.ts';

export const service = defineService({
  name: 'autoverify',
  port: 8099,
  calls: [
    answer(contract.autoSwitch, 'autoverify.read', autoSwitch),
    answer(contract.stopAuto, 'autoverify.stop', stopAuto),
    answer(contract.setTestAuto, 'autoverify.manage', setTest),
    answer(contract.listTestAuto, 'autoverify.read', listTests),
    answer(contract.testAutoHistory, 'autoverify.read', testHistory),
    answer(contract.decisionsOfResults, 'autoverify.read', decisionsOfResults),
    answer(contract.listDecisions, 'autoverify.read', listDecisions),
    answer(contract.autoSummary, 'autoverify.read', autoSummary),
  ],
  consumers: [
    consume('on-result-entered', resultEntered, onResultEntered),
    consume('on-result-verified', resultVerified, onResultVerified),
    consume('on-result-authorised', resultAuthorised, onResultAuthorised),
    consume('on-qc-cleared', qcCleared, onBenchNews),
    consume('on-control-measured', controlMeasured, onBenchNews),
    consume('on-instrument-unblocked', instrumentUnblocked, onBenchNews),
  ],
  jobs: [work(decideJob, decideOrder), work(askAgainJob, askAgain)],
  graphql,
  migrations: new URL('./migrations/', import.meta.url),
  constraints: { decision_last_key: busyRow },
});
