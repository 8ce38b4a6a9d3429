// "Who looked at this" rows, written in batches in the background: a read must not wait for a write. What was looked at
// in the last moment before a kill -9 is not in the trail; a stop in order loses nothing. While the database is away they
// wait, as many as fit; a commit whose answer was lost may be written twice, which harms nobody. Looking again within a
// minute, as a screen that refreshes does, is the same look.
import type { Actor } from '../actor.ts';
import { auditRow, writeAudit } from '../bus/outbox.ts';
import type { Database } from '../database/database.ts';
import { ServiceError } from '../errors.ts';
import { newId } from '../ids.ts';
import type { Log } from '../log.ts';

export interface View {
  readonly schema: string;
  readonly database: Database;
  readonly labId: string;
  readonly actor: Actor;
  readonly requestId: string;
  readonly at: string;
  readonly act: string;
  readonly entityId: string;
  readonly caseId: string | undefined;
}

export interface ViewAudit {
  add(view: View): void;
  /** Writes what waits; resolves when it is on disk. */
  flush(): Promise<void>;
  stop(): Promise<void>;
}

const FLUSH_MS = 250;
const RETRY_MS = 2000;
const MAX_WAITING = 5000;
/** Of one statement. */
const MAX_ROWS = 1000;
const SAME_LOOK_MS = 60_000;
const MAX_REMEMBERED = 20_000;

export function createViewAudit(log: Log): ViewAudit {
  let waiting: View[] = [];
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  /** Keeps what a database that is away could not take; gives up what it refuses. */
  function putBack(group: readonly View[], error: unknown): void {
    const mayPass = error instanceof ServiceError && error.retry === 'transient';
    if (mayPass && waiting.length + group.length <= MAX_WAITING) {
      waiting = [...group, ...waiting];
      timer ??= setTimeout(() => void flush(), RETRY_MS).unref();
    } else {
      log.error('audit.view_lost', { count: group.length }, error);
    }
  }

  async function write(views: readonly View[]): Promise<void> {
    for (const ofLab of Map.groupBy(views, (view) => `${view.schema} ${view.labId}`).values()) {
      for (let from = 0; from < ofLab.length; from += MAX_ROWS) {
        const group = ofLab.slice(from, from + MAX_ROWS);
        const [first] = group;
        if (!first) continue;
        const rows = group.map(({ actor, requestId, at, act, entityId, caseId }) =>
          auditRow({ actor, requestId, now: at, newId }, { act, entityId, facts: {}, caseId }),
        );
        await first.database
          .transaction(first.labId, {}, (db) => writeAudit(db, first.schema, first.labId, rows))
          .catch((error: unknown) => putBack(group, error));
      }
    }
  }

  const flush = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    const views = waiting;
    waiting = [];
    if (views.length > 0) writing = writing.then(() => write(views));
    return writing;
  };

  /** When each person last looked at each record, oldest first. */
  const lastLook = new Map<string, number>();
  function isSameLook({ schema, actor, act, entityId, at }: View): boolean {
    const key = `${schema} ${act} ${entityId} ${actor.userId} ${actor.sessionId}`;
    const nowMs = Date.parse(at);
    const beforeMs = lastLook.get(key);
    if (beforeMs !== undefined && nowMs - beforeMs < SAME_LOOK_MS) return true;
    lastLook.delete(key);
    lastLook.set(key, nowMs);
    const oldest = lastLook.size > MAX_REMEMBERED ? lastLook.keys().next().value : undefined;
    if (oldest !== undefined) lastLook.delete(oldest);
    return false;
  }

  return {
    add: (view) => {
      if (isSameLook(view)) return;
      waiting.push(view);
      if (waiting.length >= MAX_WAITING) void flush();
      timer ??= setTimeout(() => void flush(), FLUSH_MS).unref();
    },
    flush,
    stop: async () => {
      await flush();
      clearTimeout(timer);
      if (waiting.length > 0) log.error('audit.view_lost', { count: waiting.length });
    },
  };
}
