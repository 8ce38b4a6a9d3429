// Makes one executable schema of the services' modules: the gateway takes all of them, a service alone its own.
import type { GraphQLSchema } from 'graphql';
import { GraphQLError, Kind } from 'graphql';

import { createBuilder } from './module.ts';
import type { Builder, GraphqlModule } from './module.ts';

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

function textScalar(
  builder: Builder,
  name: 'DateTime' | 'Date',
  description: string,
  pattern: RegExp,
  expected: string,
): void {
  const parse = (value: unknown): string => {
    if (typeof value === 'string' && pattern.test(value)) return value;
    throw new GraphQLError(`${name}: expected ${expected}`);
  };
  builder.scalarType(name, {
    description,
    serialize: (value) => value,
    parseValue: parse,
    parseLiteral: (node) => parse(node.kind === Kind.STRING ? node.value : undefined),
  });
}

export function buildSchema(modules: readonly GraphqlModule[]): GraphQLSchema {
  const builder = createBuilder();
  textScalar(builder, 'DateTime', 'Instant in UTC, ISO 8601 with Z', INSTANT, 'an instant like 2026-11-25T09:30:00Z');
  textScalar(builder, 'Date', 'Calendar day', DAY, 'a day like 1990-02-28');
  builder.scalarType('JSON', { description: 'Any JSON value', serialize: (value) => value });
  builder.queryType({});
  builder.mutationType({});
  for (const declare of modules) declare(builder);
  return builder.toSchema();
}
