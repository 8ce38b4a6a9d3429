// How a service adds its types and fields to the one schema: it gets the builder and declares; no logic.
import SchemaBuilder from '@pothos/core';

import type { Call, CallInput, CallOutput } from '../contract.ts';
import type { Scope } from '../scope.ts';

/** A batch call: `{ ids }` in, rows out. */
type RowOf<C extends Call> = CallOutput<C> extends readonly (infer R)[] ? R : never;

export interface GraphqlContext {
  readonly scope: Scope;
  call<C extends Call>(call: C, input: CallInput<C>): Promise<CallOutput<C>>;
  /** One row by its key out of a call `{ ids }` → rows, batched over the request; null when there is none. */
  byId<C extends Call>(call: C, id: string): Promise<RowOf<C> | null>;
  /** All rows of one owner out of a call `{ ids: owner ids }` → rows, batched over the request. */
  listOf<C extends Call>(call: C, ownerId: string, ownerOf: (row: RowOf<C>) => string): Promise<readonly RowOf<C>[]>;
}

export interface GraphqlTypes {
  Context: GraphqlContext;
  DefaultFieldNullability: false;
  Scalars: {
    ID: { Input: string; Output: string };
    /** Instant, ISO 8601 UTC with `Z`. */
    DateTime: { Input: string; Output: string };
    /** Calendar day, YYYY-MM-DD. */
    Date: { Input: string; Output: string };
    JSON: { Input: unknown; Output: unknown };
  };
}

export type Builder = PothosSchemaTypes.SchemaBuilder<PothosSchemaTypes.ExtendDefaultTypes<GraphqlTypes>>;

export type GraphqlModule = (builder: Builder) => void;

export function createBuilder(): Builder {
  return new SchemaBuilder<GraphqlTypes>({ defaultFieldNullability: false });
}
