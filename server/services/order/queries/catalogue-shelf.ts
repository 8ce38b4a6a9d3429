// The catalogues this process holds in memory, one a lab, each with the version it was read at.
// Why a version and not a time to live: the catalogue decides which range a value is judged by and what a patient pays, so
// a changed one must be in force with the next read, in every replica. One row read by its key is asked before each use;
// what it saves is twelve reads of about 2,000 rows and the building of the views.
import { busyRow } from '#platform/errors.ts';
import type { Ctx, Ports } from '#platform/service.ts';

import { buildCatalogue, emptyRows } from '../domain/catalogue.ts';
import type { Catalogue } from '../domain/catalogue.ts';
import * as store from '../catalogue-store.ts';

/** A catalogue and the version its rows are of; null when the lab has none. */
export interface VersionedCatalogue {
  readonly version: string | null;
  readonly catalogue: Catalogue;
}

interface Held {
  readonly version: string;
  readonly read: Promise<VersionedCatalogue>;
}

const MAX_LABS = 64;
const MAX_READS = 5;
const noCatalogue: VersionedCatalogue = { version: null, catalogue: buildCatalogue(emptyRows) };

// Kept beside the ports of the running program rather than in the module, so that it ends with the program that filled
// it: two of them in one process (as in tests) may both hold a lab of the same id.
const shelves = new WeakMap<Ports, Map<string, Held>>();

/** The catalogue of the actor's lab as it is now; empty when the lab has none. */
export async function currentCatalogue(ctx: Ctx): Promise<Catalogue> {
  return (await versionedCatalogue(ctx)).catalogue;
}

export async function versionedCatalogue(ctx: Ctx): Promise<VersionedCatalogue> {
  const labId = ctx.labId();
  const version = await store.catalogueVersion(ctx.db, labId);
  if (version === null) return noCatalogue;
  const shelf = shelves.get(ctx.ports) ?? new Map<string, Held>();
  shelves.set(ctx.ports, shelf);
  const held = shelf.get(labId);
  const current = held?.version === version ? held : { version, read: read(ctx, labId, version) };
  // Moved to the end: the first of the map is the one unused for longest.
  shelf.delete(labId);
  shelf.set(labId, current);
  const oldest = shelf.size > MAX_LABS ? shelf.keys().next().value : undefined;
  if (oldest !== undefined) shelf.delete(oldest);
  try {
    return await current.read;
  } catch (error) {
    // A read that failed must not answer for the ones after it.
    if (shelf.get(labId) === current) shelf.delete(labId);
    throw error;
  }
}

/**
 * The rows are read by several statements, each with a snapshot of its own: a change committed between two of them would
 * give tests of one version with analytes of another. The version, which every change sets in its own commit, tells.
 */
async function read(ctx: Ctx, labId: string, known: string): Promise<VersionedCatalogue> {
  let version = known;
  for (let turn = 0; turn < MAX_READS; turn += 1) {
    const rows = await store.readCatalogue(ctx.db, labId);
    const now = await store.catalogueVersion(ctx.db, labId);
    if (now === null) return noCatalogue;
    if (now === version) return { version, catalogue: buildCatalogue(rows) };
    version = now;
  }
  throw busyRow({});
}
