import { resultAuthorised } from '#contract/result.ts';
import { answer, consume, defineService, work } from '#platform/service.ts';

import { composeReport } from './commands/compose-report.ts';
import { onResultAuthorised } from './consumers/on-result-authorised.ts';
import * as contract from './contract.ts';
import { graphql } from './graphql.ts';
import { renderReportJob, runRenderReport } from './jobs/render-report.ts';
import { checkReport } from './queries/check-report.ts';
import { getReport, reportsOfOrders } from './queries/get-report.ts';
import { linkReport } from './queries/link-report.ts';

export const service = defineService({
  name: 'report',
  port: 8090,
  calls: [
    answer(contract.reportsOfOrders, 'report.read', reportsOfOrders),
    answer(contract.getReport, 'report.read', getReport),
    answer(contract.linkReport, 'report.read', linkReport),
    answer(contract.checkReport, 'public', checkReport),
    answer(contract.composeReport, 'report.compose', composeReport),
  ],
  consumers: [consume('on-result-authorised', resultAuthorised, onResultAuthorised)],
  jobs: [work(renderReportJob, runRenderReport)],
  graphql,
  migrations: new URL('./migrations/', import.meta.url),
  constraints: {},
});
