import type { Builder } from '#platform/graphql/module.ts';

import { custody } from './graphql/custody.ts';
import { outsourcing } from './graphql/outsourcing.ts';
import { storage } from './graphql/storage.ts';
import { transport } from './graphql/transport.ts';
import { tubes } from './graphql/tubes.ts';

export function graphql(b: Builder): void {
  tubes(b);
  custody(b);
  transport(b);
  storage(b);
  outsourcing(b);
}
