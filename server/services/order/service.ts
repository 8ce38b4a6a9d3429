import { answer, defineService } from '#platform/service.ts';

import { placeOrder } from './commands/place-order.ts';
import { seedCatalogue } from './commands/seed-catalogue.ts';
import * as contract from './contract.ts';
import { graphql } from './graphql.ts';
import { getRanges, getTests, listAnalytes, searchCatalogue } from './queries/read-catalogue.ts';
import { getOrder, getOrders, listOrders } from './queries/read-orders.ts';

export const service = defineService({
  name: 'order',
  port: 8083,
  calls: [
    answer(contract.seedCatalogue, 'system', seedCatalogue),
    answer(contract.searchCatalogue, 'order.read', searchCatalogue),
    answer(contract.getTests, 'order.read', getTests),
    answer(contract.listAnalytes, 'order.read', listAnalytes),
    answer(contract.getRanges, 'order.read', getRanges),
    answer(contract.placeOrder, 'order.place', placeOrder),
    answer(contract.getOrder, 'order.read', getOrder),
    answer(contract.getOrders, 'order.read', getOrders),
    answer(contract.listOrders, 'order.read', listOrders),
  ],
  consumers: [],
  jobs: [],
  graphql,
  migrations: new URL('./migrations/', import.meta.url),
  // An id that another lab's order carries is not visible here; the key alone tells.
  constraints: { placed_order_key: contract.orderIdTaken },
});
