import type { Page, ParsedInput } from '#platform/contract.ts';
import { badCursor } from '#platform/errors.ts';
import { decodeCursor, toPage } from '#platform/paging.ts';
import type { Ctx } from '#platform/service.ts';

import type {
  AnalyteView,
  CatalogueItem,
  AnalyteRules,
  ConsistencyRule,
  getRanges as getRangesCall,
  getRules as getRulesCall,
  getTests as getTestsCall,
  RangeBand,
  ReflexRule,
  searchCatalogue as searchCatalogueCall,
  TestView,
} from '../contract.ts';
import { compareKeys, searchItems } from '../domain/catalogue-search.ts';
import type { HitKey } from '../domain/catalogue-search.ts';
import { rulesFor } from '../domain/catalogue-rules.ts';
import { currentCatalogue, versionedCatalogue } from './catalogue-shelf.ts';

export async function searchCatalogue(
  ctx: Ctx,
  { text, first, after }: ParsedInput<typeof searchCatalogueCall>,
): Promise<Page<CatalogueItem>> {
  const hits = searchItems(await currentCatalogue(ctx), text);
  const start = after ? hitKey(after) : undefined;
  const rest = start === undefined ? hits : hits.filter((hit) => compareKeys(hit.key, start) > 0);
  return toPage(
    rest.slice(0, first + 1),
    first,
    (hit) => hit.key,
    (hit) => hit.item,
  );
}

function hitKey(cursor: string): HitKey {
  const [rank, name, code] = decodeCursor(cursor, 3);
  if (typeof rank !== 'number' || typeof name !== 'string' || typeof code !== 'string') throw badCursor({});
  return [rank, name, code];
}

/** Tests in the order asked for, each once; codes the catalogue does not hold are left out. */
export async function getTests(ctx: Ctx, { codes }: ParsedInput<typeof getTestsCall>): Promise<readonly TestView[]> {
  const { tests } = await currentCatalogue(ctx);
  return [...new Set(codes)].map((code) => tests.get(code)).filter((test) => test !== undefined);
}

export async function listAnalytes(ctx: Ctx): Promise<readonly AnalyteView[]> {
  return (await currentCatalogue(ctx)).analytes;
}

export async function getRanges(
  ctx: Ctx,
  { analyteCodes }: ParsedInput<typeof getRangesCall>,
): Promise<readonly RangeBand[]> {
  const { bands } = await currentCatalogue(ctx);
  return [...new Set(analyteCodes)].flatMap((code) => bands.get(code) ?? []);
}

/**
 * What the values of some analytes are judged by. A rule over several values comes with each of the analytes it reads; the
 * rules over the analytes derived from those asked for come too, so that one call is enough when a value changes.
 */
export async function getRules(
  ctx: Ctx,
  { analyteCodes, knownVersion }: ParsedInput<typeof getRulesCall>,
): Promise<{
  readonly version: string | null;
  readonly isUnchanged: boolean;
  readonly analytes: readonly AnalyteRules[];
  readonly consistency: readonly ConsistencyRule[];
  readonly reflex: readonly ReflexRule[];
}> {
  const { version, catalogue } = await versionedCatalogue(ctx);
  if (version !== null && version === knownVersion)
    return { version, isUnchanged: true, analytes: [], consistency: [], reflex: [] };
  return { version, isUnchanged: false, ...rulesFor(catalogue, analyteCodes) };
}
