// Makes the context a command works with.
import sql, { raw } from 'sql-template-tag';

import { systemActor } from '../actor.ts';
import { checkPermission } from './dispatch.ts';
import type { Dispatcher } from './dispatch.ts';
import type { ViewAudit } from '../audit/view-audit.ts';
import { createTx } from '../bus/outbox.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../../config.ts';
import type { Database } from '../database/database.ts';
import { schemaOf } from '../database/migrate.ts';
import { unauthenticated } from '../errors.ts';
import { newId } from '../ids.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { newScope } from '../scope.ts';
import type { Scope } from '../scope.ts';
import type { Ctx, Permission, Ports, ServiceDefinition } from '../service.ts';

export interface ContextParts {
  readonly service: ServiceDefinition;
  readonly database: Database;
  readonly dispatcher: () => Dispatcher;
  readonly clock: Clock;
  readonly log: Log;
  readonly config: Config;
  readonly ports: Ports;
  readonly metrics: Metrics;
  readonly viewAudit: ViewAudit;
  /** Called after a commit that told something. */
  readonly onTold: () => void;
}

/** The event a consumer is handling; its inbox row is marked done in the consumer's first transaction. */
export interface HandledEvent {
  readonly eventId: string;
  readonly consumer: string;
  isDone: boolean;
}

/** Thrown inside a consumer's transaction when another replica, or an earlier try, has done the event already. */
export class AlreadyDone extends Error {}

export function createCtx(parts: ContextParts, scope: Scope, handled?: HandledEvent): Ctx {
  const { service, database, clock } = parts;
  const schema = schemaOf(service.name);
  const { actor, requestId, clientAddress } = scope;

  const labId = (): string => {
    if (actor.labId === null) throw unauthenticated({});
    return actor.labId;
  };

  const ctx: Ctx = {
    actor,
    requestId,
    clientAddress,
    log: parts.log,
    config: parts.config,
    ports: parts.ports,
    metrics: parts.metrics,
    labId,
    now: () => clock.now(),
    newId,
    get db() {
      return database.reader(labId(), service.constraints);
    },
    transaction: async (work) => {
      const at = { actor, labId: labId(), requestId, now: clock.now(), newId };
      const marksDone = handled !== undefined && !handled.isDone;
      const { value, told } = await database.transaction(at.labId, service.constraints, async (db) => {
        if (marksDone) {
          const row = await db.maybe(sql`
            update ${raw(schema)}.inbox set state = 'done', done_at = ${at.now}::timestamptz, last_error = null
            where event_id = ${handled.eventId} and consumer = ${handled.consumer} and state = 'waiting'
            returning event_id`);
          if (!row) throw new AlreadyDone();
        }
        const { tx, flush } = createTx(db, schema, service.name, at);
        const result = await work(tx);
        return { value: result, ...(await flush()) };
      });
      if (marksDone) handled.isDone = true;
      if (told) parts.onTold();
      return value;
    },
    call: (call, input) => parts.dispatcher().call(call, input, scope),
    callAsSystem: (call, input) =>
      parts.dispatcher().call(call, input, newScope(systemActor(actor.labId, actor.name), requestId, clientAddress)),
    require: (permission) => checkPermission(actor, permission as Permission),
    asLab: (otherLabId, actorName) =>
      createCtx(parts, newScope(systemActor(otherLabId, actorName), requestId, clientAddress)),
    auditView: (act, entityId, caseId) =>
      parts.viewAudit.add({
        schema,
        database,
        labId: labId(),
        actor,
        requestId,
        at: clock.now(),
        act,
        entityId,
        caseId,
      }),
  };
  return ctx;
}
