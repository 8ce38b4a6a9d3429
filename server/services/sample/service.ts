import { orderPlaced } from '#contract/order.ts';
import { answer, consume, defineService } from '#platform/service.ts';

import { collectTube } from './commands/collect-tube.ts';
import { planTubes } from './commands/plan-tubes.ts';
import { printLabels } from './commands/print-labels.ts';
import { receiveTubes } from './commands/receive-tubes.ts';
import { onOrderPlaced } from './consumers/on-order-placed.ts';
import * as contract from './contract.ts';
import { graphql } from './graphql.ts';
import { findTube, findTubes, listTubes, tubesOfOrders } from './queries/read-tubes.ts';

export const service = defineService({
  name: 'sample',
  port: 8082,
  calls: [
    answer(contract.planTubes, 'sample.label', planTubes),
    answer(contract.tubesOfOrders, 'sample.read', tubesOfOrders),
    answer(contract.findTube, 'sample.read', findTube),
    answer(contract.findTubes, 'sample.read', findTubes),
    answer(contract.listTubes, 'sample.read', listTubes),
    answer(contract.collectTube, 'sample.collect', collectTube),
    answer(contract.receiveTubes, 'sample.receive', receiveTubes),
    answer(contract.printLabels, 'sample.label', printLabels),
  ],
  consumers: [consume('plan-tubes', orderPlaced, onOrderPlaced)],
  jobs: [],
  graphql,
  migrations: new URL('./migrations/', import.meta.url),
  constraints: { tube_barcode_key: contract.barcodeTaken },
});
