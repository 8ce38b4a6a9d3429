// Small helpers with which services declare their part of the schema.
import type { ImplementableObjectRef, ObjectRef } from '@pothos/core';

import type { Page } from '../contract.ts';
import type { Builder, GraphqlTypes } from './module.ts';

type Types = PothosSchemaTypes.ExtendDefaultTypes<GraphqlTypes>;
export type TypeRef<T> = ImplementableObjectRef<Types, T, T>;

interface Known {
  readonly types: Map<string, unknown>;
}
const knownTypes = new WeakMap<Builder, Known>();

function once<R>(builder: Builder, name: string, make: () => R): R {
  let known = knownTypes.get(builder);
  if (!known) {
    known = { types: new Map() };
    knownTypes.set(builder, known);
  }
  const found = known.types.get(name);
  // Only what `make` of the same name returned is ever kept under it.
  if (found !== undefined) return found as R;
  const made = make();
  known.types.set(name, made);
  return made;
}

/** The type of that name, made at first mention; whoever owns it implements it, others may add links to it. */
export function typeRef<T>(builder: Builder, name: string): TypeRef<T> {
  return once(builder, name, () => builder.objectRef<T>(name));
}

interface PageInfo {
  readonly endCursor: string | null;
  readonly hasNextPage: boolean;
}

function pageInfo(builder: Builder): ObjectRef<Types, PageInfo, PageInfo> {
  return once(builder, 'PageInfo', () =>
    builder.objectRef<PageInfo>('PageInfo').implement({
      fields: (t) => ({
        endCursor: t.exposeString('endCursor', {
          nullable: true,
          description: 'Give it as `after` to get the next page.',
        }),
        hasNextPage: t.exposeBoolean('hasNextPage'),
      }),
    }),
  );
}

/** `<Name>Connection` with edges, nodes and pageInfo, as the Relay connection specification has it. */
export function connection<T>(builder: Builder, node: TypeRef<T>): ObjectRef<Types, Page<T>, Page<T>> {
  const name = node.name;
  return once(builder, `${name}Connection`, () => {
    const edge = builder.objectRef<{ readonly cursor: string; readonly node: T }>(`${name}Edge`).implement({
      fields: (t) => ({
        cursor: t.exposeString('cursor'),
        node: t.field({ type: node, resolve: (parent) => parent.node as never }),
      }),
    });
    return builder.objectRef<Page<T>>(`${name}Connection`).implement({
      fields: (t) => ({
        edges: t.field({ type: [edge], resolve: (page) => page.edges }),
        nodes: t.field({ type: [node], resolve: (page) => page.edges.map((each) => each.node) as never }),
        pageInfo: t.field({ type: pageInfo(builder), resolve: (page) => page }),
      }),
    });
  });
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], null | undefined> } & {
  [K in keyof T as null extends T[K] ? never : undefined extends T[K] ? never : K]: T[K];
};

/** The fields of an input that were given: GraphQL makes no difference between a field left out and one set to null. */
export function given<T extends object>(input: T): Given<T> {
  return Object.fromEntries(
    Object.entries(input).filter(([, value]) => value !== null && value !== undefined),
  ) as Given<T>;
}
