// The catalogues this process holds in memory, one a lab, each with the version it was read at.
// Why a version and not a time to live: the catalogue decides which range a value is judged by and what a patient pays, so
// a changed one must be in force with the next read, in every replica. One row read by its key is asked before each use;
// what it saves is seven reads of about 1,800 rows and the building of the views.
import type { Ctx, Ports } from '#platform/service.ts';

import { buildCatalogue, emptyRows } from '../domain/catalogue.ts';
import type { Catalogue } from '../domain/catalogue.ts';
import * as store from '../store.ts';

interface Held {
  readonly version: string;
  readonly catalogue: Promise<Catalogue>;
}

const MAX_LABS = 64;
const noCatalogue = buildCatalogue(emptyRows);

// Kept beside the ports of the running program rather than in the module, so that it ends with the program that filled
// it: two of them in one process (as in tests) may both hold a lab of the same id.
const shelves = new WeakMap<Ports, Map<string, Held>>();

/** The catalogue of the actor's lab as it is now; empty when the lab has none. */
export async function currentCatalogue(ctx: Ctx): Promise<Catalogue> {
  const labId = ctx.labId();
  const version = await store.catalogueVersion(ctx.db, labId);
  if (version === null) return noCatalogue;
  const shelf = shelves.get(ctx.ports) ?? new Map<string, Held>();
  shelves.set(ctx.ports, shelf);
  const held = shelf.get(labId);
  const current = held?.version === version ? held : { version, catalogue: read(ctx, labId) };
  // Moved to the end: the first of the map is the one unused for longest.
  shelf.delete(labId);
  shelf.set(labId, current);
  const oldest = shelf.size > MAX_LABS ? shelf.keys().next().value : undefined;
  if (oldest !== undefined) shelf.delete(oldest);
  try {
    return await current.catalogue;
  } catch (error) {
    // A read that failed must not answer for the ones after it.
    if (shelf.get(labId) === current) shelf.delete(labId);
    throw error;
  }
}

async function read(ctx: Ctx, labId: string): Promise<Catalogue> {
  return buildCatalogue(await store.readCatalogue(ctx.db, labId));
}
