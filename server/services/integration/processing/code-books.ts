// The code book of a lab: its mappings, read fresh, over its catalogue.
import { listAnalytes } from '#contract/order.ts';
import type { Ctx, Db } from '#platform/service.ts';

import { createCodeBook, indexCatalogue } from '../domain/code-book.ts';
import type { Catalogue, CodeBook } from '../domain/code-book.ts';
import type { ReadMessage } from '../domain/reading.ts';
import { mappingsOf } from '../store-mappings.ts';

export type ReadCatalogue = (ctx: Ctx) => Promise<Catalogue>;

export const readCatalogue: ReadCatalogue = async (ctx) => indexCatalogue(await ctx.callAsSystem(listAnalytes, {}));

/** The catalogue changes rarely; reading and indexing it for every message would cost more than the message. */
const KEPT_MS = 5000;

/** Reads the catalogue of a lab at most every few seconds. */
export function createCatalogueReader(): ReadCatalogue {
  let kept: { readonly labId: string; readonly catalogue: Promise<Catalogue>; readonly readAtMs: number } | undefined;
  return (ctx) => {
    const labId = ctx.labId();
    if (kept?.labId === labId && performance.now() - kept.readAtMs < KEPT_MS) return kept.catalogue;
    const reading = { labId, catalogue: readCatalogue(ctx), readAtMs: performance.now() };
    kept = reading;
    reading.catalogue.catch(() => {
      if (kept === reading) kept = undefined;
    });
    return reading.catalogue;
  };
}

export async function codeBookFor(
  ctx: Ctx,
  db: Db,
  messages: readonly ReadMessage[],
  catalogueOf: ReadCatalogue,
): Promise<CodeBook> {
  const codes = new Set(
    messages.flatMap(({ reading }) =>
      [...reading.tubes, ...reading.controls.map(({ tube }) => tube)].flatMap((tube) =>
        tube.findings.flatMap((finding) => finding.codes.map(({ code }) => code)),
      ),
    ),
  );
  if (codes.size === 0) return createCodeBook(indexCatalogue([]), []);
  const [catalogue, mappings] = await Promise.all([catalogueOf(ctx), mappingsOf(db, ctx.labId(), [...codes])]);
  return createCodeBook(catalogue, mappings);
}
