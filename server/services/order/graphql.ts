import type { Builder } from '#platform/graphql/module.ts';

import { catalogueChangesGraphql } from './graphql/catalogue-changes.ts';
import { catalogueGraphql } from './graphql/catalogue.ts';
import { formulasGraphql } from './graphql/formulas.ts';
import { ordersGraphql } from './graphql/orders.ts';

export function graphql(b: Builder): void {
  catalogueGraphql(b);
  catalogueChangesGraphql(b);
  formulasGraphql(b);
  ordersGraphql(b);
}
