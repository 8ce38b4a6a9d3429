// The one way a catalogue changes: lock its version, make the new rows, test the whole, write what differs as a new version
// with who, when and why. Used by a batch of changes, by publishing and by an import.
import { calendarDay } from '@nidaan/values';

import type { Ctx, Tx } from '#platform/service.ts';

import { catalogueRefused, staleCatalogue, versionNeeded } from '../contract.ts';
import type { CatalogueFault, ChangedCatalogue } from '../contract.ts';
import { checkCatalogue, newErrors } from '../domain/check-catalogue.ts';
import type { CatalogueRows } from '../domain/catalogue.ts';
import { changesBetween } from '../domain/catalogue-entries.ts';
import type { EntryChange } from '../domain/catalogue-entries.ts';
import * as store from '../catalogue-store.ts';
import * as changes from '../change-store.ts';

const MAX_NAMED = 1000;
const MAX_WARNINGS = 200;
const MAX_REFUSALS = 50;

export interface Rewrite {
  readonly act: string;
  /** Client-made; becomes the version. */
  readonly id?: string | undefined;
  readonly expectedVersion: string | null;
  readonly reason: string;
}

export interface Rewritten {
  readonly rows: CatalogueRows;
  /** Errors of making the rows, refused with those of the self-test. */
  readonly faults: readonly CatalogueFault[];
}

/**
 * @param make the new rows out of the present ones; `today` is the lab's day
 * @throws order.version_needed, order.stale_catalogue, order.catalogue_refused
 */
export async function rewriteCatalogue(
  ctx: Ctx,
  rewrite: Rewrite,
  make: (rows: CatalogueRows, today: string) => Rewritten,
): Promise<ChangedCatalogue> {
  const labId = ctx.labId();
  return ctx.transaction(async (tx) => {
    const version = await takeVersion(ctx, tx, rewrite);
    if (typeof version !== 'string') return version;
    const today = calendarDay(ctx.now());
    const before = await store.readCatalogue(tx, labId);
    const { rows: after, faults } = make(before, today);
    const outcome = weigh(before, after, today, faults);
    if (outcome.refusals.length > 0) {
      throw catalogueRefused({ faults: outcome.refusals.slice(0, MAX_REFUSALS), total: outcome.refusals.length });
    }
    if (outcome.changed.length === 0) return toChanged(version, outcome);
    const made = {
      version: rewrite.id ?? ctx.newId(),
      reason: rewrite.reason,
      at: ctx.now(),
      by: ctx.actor.name,
      byId: ctx.actor.userId,
    };
    await changes.writeEntries(tx, labId, after, outcome.changed);
    await changes.addHistory(tx, labId, made, outcome.changed);
    await changes.setVersion(tx, labId, made.version, made.at);
    const named = outcome.changed.slice(0, MAX_REFUSALS).map(({ kind, code }) => `${kind} ${code}`);
    const facts = { from: version, version: made.version, reason: made.reason, count: outcome.changed.length, named };
    tx.audit(rewrite.act, labId, facts, labId);
    return toChanged(made.version, outcome);
  });
}

export interface Outcome {
  readonly changed: readonly EntryChange[];
  readonly refusals: readonly CatalogueFault[];
  /** About the entries that differ. */
  readonly warnings: readonly CatalogueFault[];
}

/** What the change amounts to, and what stands against it. */
export function weigh(
  before: CatalogueRows,
  after: CatalogueRows,
  today: string,
  faults: readonly CatalogueFault[],
): Outcome {
  const changed = changesBetween(before, after);
  if (changed.length === 0) return { changed, refusals: faults, warnings: [] };
  const found = checkCatalogue(after, today);
  const touched = new Set(changed.map(({ kind, code }) => `${kind} ${code}`));
  return {
    changed,
    refusals: [...faults, ...newErrors(checkCatalogue(before, today), found)],
    warnings: found.filter(({ severity, entity, code }) => severity === 'warning' && touched.has(`${entity} ${code}`)),
  };
}

function toChanged(version: string, { changed, warnings }: Outcome): ChangedCatalogue {
  return {
    version,
    changed: changed.slice(0, MAX_NAMED).map(({ kind, code }) => ({ kind, code })),
    changedCount: changed.length,
    warnings: warnings.slice(0, MAX_WARNINGS),
  };
}

/** The present version, locked; or the first outcome when this very change was made before. */
async function takeVersion(
  ctx: Ctx,
  tx: Tx,
  { id, expectedVersion }: Pick<Rewrite, 'id' | 'expectedVersion'>,
): Promise<string | ChangedCatalogue> {
  const labId = ctx.labId();
  if (expectedVersion === null) await store.claimCatalogue(tx, labId, ctx.newId(), ctx.now());
  const head = await changes.lockCatalogue(tx, labId);
  if (id !== undefined) {
    const entries = await changes.entriesOfVersion(tx, labId, id, MAX_NAMED);
    if (entries.length > 0) {
      return {
        version: head?.version ?? id,
        changed: entries.map(({ kind, code }) => ({ kind, code })),
        changedCount: entries[0]?.total ?? entries.length,
        warnings: [],
      };
    }
  }
  const isEmpty = expectedVersion === null && (await store.countCatalogue(tx, labId)).analytes === 0;
  if (expectedVersion === null && head !== undefined && !isEmpty) throw versionNeeded({ version: head.version });
  if (head === undefined || (head.version !== expectedVersion && !isEmpty)) {
    throw staleCatalogue({ version: head?.version ?? 'none' });
  }
  return head.version;
}
