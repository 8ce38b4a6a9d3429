import { reflexDue, resultAmended, resultAuthorised, resultEntered, resultVerified } from '#contract/result.ts';
import { sampleCollected, sampleDecided, sampleReceived, sampleRejected } from '#contract/sample.ts';
import { answer, consume, defineService, work } from '#platform/service.ts';

import { addTests } from './commands/add-tests.ts';
import { cancelLines } from './commands/cancel-lines.ts';
import { decideReflex } from './commands/decide-reflex.ts';
import { editOrder } from './commands/edit-order.ts';
import { importOrders } from './commands/import-orders.ts';
import { discardDraft, saveDraft } from './commands/keep-draft.ts';
import { placeOrder } from './commands/place-order.ts';
import { setBreachReason } from './commands/set-breach-reason.ts';
import { changeCatalogue } from './commands/change-catalogue.ts';
import { importCatalogue } from './commands/import-catalogue.ts';
import { publishTest } from './commands/publish-test.ts';
import { seedCatalogue } from './commands/seed-catalogue.ts';
import { onReflexDue } from './consumers/on-reflex-due.ts';
import { onResultNews } from './consumers/on-result-news.ts';
import { onSampleCollected, onSampleDecided, onSampleReceived, onSampleRejected } from './consumers/on-tube-news.ts';
import * as contract from './contract.ts';
import { graphql } from './graphql.ts';
import { placeCamp, placeCampJob } from './jobs/place-camp.ts';
import { pruneDrafts, pruneDraftsJob } from './jobs/prune-drafts.ts';
import { exportCatalogue } from './queries/export-catalogue.ts';
import { catalogueHistory, checkCatalogue, getCatalogueState } from './queries/inspect-catalogue.ts';
import { getRanges, getRules, getTests, listAnalytes, searchCatalogue } from './queries/read-catalogue.ts';
import { getUpload, listDrafts, listUploadRows } from './queries/read-desk.ts';
import { bindFormula, listFormulas } from './queries/read-formulas.ts';
import { getOrder, getOrders, listOrders } from './queries/read-orders.ts';
import {
  listAtRisk,
  listBreaches,
  listPending,
  listReflexProposals,
  pendingOfOrders,
  whyPending,
} from './queries/read-turnaround.ts';
import { turnaroundSummary } from './queries/read-turnaround-summary.ts';
import { orderWarnings } from './queries/read-warnings.ts';

export const service = defineService({
  name: 'order',
  port: 8083,
  calls: [
    answer(contract.seedCatalogue, 'system', seedCatalogue),
    answer(contract.searchCatalogue, 'order.read', searchCatalogue),
    answer(contract.getTests, 'order.read', getTests),
    answer(contract.listAnalytes, 'order.read', listAnalytes),
    answer(contract.getRanges, 'order.read', getRanges),
    answer(contract.getRules, 'order.read', getRules),
    answer(contract.listFormulas, 'order.read', listFormulas),
    answer(contract.bindFormula, 'order.read', bindFormula),
    answer(contract.getCatalogueState, 'order.read', getCatalogueState),
    answer(contract.checkCatalogue, 'order.read', checkCatalogue),
    answer(contract.catalogueHistory, 'order.read', catalogueHistory),
    answer(contract.changeCatalogue, 'order.manage_catalogue', changeCatalogue),
    answer(contract.importCatalogue, 'order.manage_catalogue', importCatalogue),
    answer(contract.exportCatalogue, 'order.read', exportCatalogue),
    answer(contract.publishTest, 'order.manage_catalogue', publishTest),
    answer(contract.placeOrder, 'order.place', placeOrder),
    answer(contract.getOrder, 'order.read', getOrder),
    answer(contract.getOrders, 'order.read', getOrders),
    answer(contract.listOrders, 'order.read', listOrders),
    answer(contract.orderWarnings, 'order.read', orderWarnings),
    answer(contract.addTests, 'order.edit', addTests),
    // What is at the bench takes more: commands/cancel-lines.ts looks at the stage of each line.
    answer(contract.cancelLines, 'order.edit', cancelLines),
    answer(contract.editOrder, 'order.edit', editOrder),
    answer(contract.listReflexProposals, 'order.read', listReflexProposals),
    answer(contract.decideReflex, 'order.edit', decideReflex),
    answer(contract.listPending, 'order.read', listPending),
    answer(contract.listAtRisk, 'order.read', listAtRisk),
    answer(contract.whyPending, 'order.read', whyPending),
    answer(contract.pendingOfOrders, 'order.read', pendingOfOrders),
    answer(contract.listBreaches, 'order.read', listBreaches),
    answer(contract.turnaroundSummary, 'order.read', turnaroundSummary),
    answer(contract.setBreachReason, 'order.edit', setBreachReason),
    answer(contract.saveDraft, 'order.place', saveDraft),
    answer(contract.listDrafts, 'order.place', listDrafts),
    answer(contract.discardDraft, 'order.place', discardDraft),
    answer(contract.importOrders, 'order.import', importOrders),
    answer(contract.getUpload, 'order.import', getUpload),
    answer(contract.listUploadRows, 'order.import', listUploadRows),
  ],
  consumers: [
    consume('on-sample-collected', sampleCollected, onSampleCollected),
    consume('on-sample-received', sampleReceived, onSampleReceived),
    consume('on-sample-rejected', sampleRejected, onSampleRejected),
    consume('on-sample-decided', sampleDecided, onSampleDecided),
    consume('on-result-entered', resultEntered, onResultNews),
    consume('on-result-verified', resultVerified, onResultNews),
    consume('on-result-authorised', resultAuthorised, onResultNews),
    consume('on-result-amended', resultAmended, onResultNews),
    consume('on-reflex-due', reflexDue, onReflexDue),
  ],
  jobs: [work(pruneDraftsJob, pruneDrafts), work(placeCampJob, placeCamp)],
  graphql,
  migrations: new URL('./migrations/', import.meta.url),
  // An id that another lab's order carries is not visible here; the key alone tells.
  constraints: { placed_order_key: contract.orderIdTaken, addition_key: contract.requestTaken },
});
