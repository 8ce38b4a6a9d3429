import type { Builder } from '#platform/graphql/module.ts';

import { purchaseFields } from './graphql/purchases.ts';
import { stockFields } from './graphql/stock.ts';
import { usageFields } from './graphql/usage.ts';

export function graphql(b: Builder): void {
  stockFields(b);
  usageFields(b);
  purchaseFields(b);
}
