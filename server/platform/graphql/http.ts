// GraphQL over HTTP: limits on what may be asked, one form of errors, GraphiQL from our own machine.
import { costLimitRule } from '@escape.tech/graphql-armor-cost-limit';
import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthRule } from '@escape.tech/graphql-armor-max-depth';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { DocumentNode, FieldNode, GraphQLSchema, SelectionSetNode } from 'graphql';
import { GraphQLError, Kind } from 'graphql';
import mercurius from 'mercurius';

import { permissionNotChecked, ServiceError } from '../errors.ts';
import { DATA_HEADERS, toServiceError } from '../http/app.ts';
import type { Log } from '../log.ts';
import type { Dispatcher } from '../runtime/dispatch.ts';
import { createGraphqlContext } from './context.ts';
import type { GraphqlContext } from './module.ts';

/** A screen needs about 6 levels; 12 leaves room, 50 is somebody's attack. */
const MAX_DEPTH = 12;
const MAX_ALIASES = 60;
/** In points: an object 2, a scalar 1, times 1.5 a level. The largest screen of ours is below a tenth. */
const MAX_COST = 20_000;

interface HttpContext extends GraphqlContext {
  isIntrospectionOnly?: boolean;
}

/** True when every top-level field is about the schema itself; such an answer needs no permission. */
function asksOnlySchema(document: DocumentNode): boolean {
  const fragments = new Map(
    document.definitions.flatMap((d) => (d.kind === Kind.FRAGMENT_DEFINITION ? [[d.name.value, d.selectionSet]] : [])),
  );
  const topFields = (set: SelectionSetNode | undefined): readonly FieldNode[] =>
    (set?.selections ?? []).flatMap((selection) => {
      if (selection.kind === Kind.FIELD) return [selection];
      return topFields(
        selection.kind === Kind.INLINE_FRAGMENT ? selection.selectionSet : fragments.get(selection.name.value),
      );
    });
  return document.definitions.every(
    (d) =>
      d.kind !== Kind.OPERATION_DEFINITION ||
      topFields(d.selectionSet).every((field) => field.name.value.startsWith('__')),
  );
}

function toGraphqlError(error: GraphQLError, context: Pick<GraphqlContext, 'scope'>, log: Log): GraphQLError {
  const cause = error.originalError;
  if (!cause || cause instanceof GraphQLError) {
    return new GraphQLError(error.message, {
      nodes: error.nodes,
      path: error.path,
      extensions: { code: 'graphql.invalid', requestId: context.scope.requestId },
    });
  }
  const refusal = cause instanceof ServiceError ? cause : toServiceError(cause, context.scope, log);
  return new GraphQLError(refusal.message, {
    nodes: error.nodes,
    path: error.path,
    extensions: {
      code: refusal.code,
      status: refusal.status,
      details: refusal.details,
      retry: refusal.retry,
      requestId: context.scope.requestId,
    },
  });
}

export interface GraphqlHttpOptions {
  readonly schema: GraphQLSchema;
  readonly dispatcher: Dispatcher;
  readonly log: Log;
}

export async function registerGraphql(app: FastifyInstance, options: GraphqlHttpOptions): Promise<void> {
  await app.register(mercurius, {
    schema: options.schema,
    path: '/graphql',
    graphiql: false,
    allowBatchedQueries: false,
    additionalRouteOptions: { helmet: false } as never,
    // Compiled after the second run of a query; measured 4 times the interpreter (design, section 6).
    jit: 2,
    validationRules: [
      maxDepthRule({ n: MAX_DEPTH, exposeLimits: true }),
      maxAliasesRule({ n: MAX_ALIASES, exposeLimits: true }),
      costLimitRule({ maxCost: MAX_COST, objectCost: 2, scalarCost: 1, depthCostFactor: 1.5, exposeLimits: true }),
    ] as never,
    context: (request: FastifyRequest, reply: FastifyReply): HttpContext => {
      reply.headers(DATA_HEADERS);
      return createGraphqlContext(options.dispatcher, request.scope);
    },
    // What is refused before a field is reached: a bad token, a limit, a body that is no query.
    errorHandler: async (error, request, reply) => {
      // The limits throw one error themselves; validation hands over a list.
      const found: unknown = error instanceof GraphQLError ? [error] : Reflect.get(error, 'errors');
      const invalid = Array.isArray(found) ? found.filter((each) => each instanceof GraphQLError) : [];
      if (invalid.length > 0) {
        await reply.code(400).send({
          data: null,
          errors: invalid.map((each) => toGraphqlError(each, { scope: request.scope }, options.log)),
        });
        return;
      }
      const refusal = toServiceError(error, request.scope, options.log);
      const errors = [
        toGraphqlError(
          new GraphQLError(refusal.message, { originalError: refusal }),
          { scope: request.scope },
          options.log,
        ),
      ];
      if (typeof refusal.details['retryAfterSeconds'] === 'number')
        reply.header('retry-after', refusal.details['retryAfterSeconds']);
      await reply.code(refusal.status).send({ data: null, errors });
    },
    errorFormatter: (execution, context) => {
      const ours = context as unknown as GraphqlContext;
      const errors = (execution.errors ?? []).map((error) => toGraphqlError(error, ours, options.log));
      const isRefusedWhole = execution.data === null || execution.data === undefined;
      const isInvalid = errors.every((error) => error.extensions['code'] === 'graphql.invalid');
      return {
        statusCode: isRefusedWhole && isInvalid ? 400 : 200,
        response: { data: execution.data ?? null, errors },
      };
    },
  });
  app.graphql.addHook('preExecution', async (_schema, document, context) => {
    (context as unknown as HttpContext).isIntrospectionOnly = asksOnlySchema(document);
  });
  app.graphql.addHook('onResolution', async (execution, context) => {
    const { scope, isIntrospectionOnly } = context as unknown as HttpContext;
    const shows = Object.values(execution.data ?? {}).some((value) => value !== null);
    // The schema is everybody's, and an answer that shows nothing gives nothing away.
    if (isIntrospectionOnly || !shows) scope.permissionChecked = true;
    if (scope.permissionChecked) return;
    const refusal = permissionNotChecked({ operation: 'GraphQL' });
    options.log.error('graphql.permission_not_checked', { requestId: scope.requestId });
    execution.data = null as never;
    execution.errors = [
      toGraphqlError(
        new GraphQLError(refusal.message, { originalError: refusal }),
        context as unknown as GraphqlContext,
        options.log,
      ),
    ];
  });

  let page: Promise<string> | undefined;
  app.get(
    '/graphiql',
    { config: { isOpen: true }, helmet: { contentSecurityPolicy: false } } as never,
    async (_request, reply) => {
      // 9 MB of script that most processes never show: loaded when the first person asks.
      page ??= import('@graphql-yoga/render-graphiql').then(({ renderGraphiQL }) =>
        renderGraphiQL({ title: 'Nidaan GraphiQL', endpoint: '/graphql', defaultQuery: FIRST_QUERY }),
      );
      return reply.type('text/html; charset=utf-8').send(await page);
    },
  );
}

const FIRST_QUERY = `# Sign in, then put {"authorization": "Bearer <accessToken>"} into the Headers tab below.
mutation {
  login(username: "desk", password: "nidaan-demo") {
    accessToken
    user { name roles }
  }
}
`;
