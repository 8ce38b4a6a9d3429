// What a report needs to know, asked of the services that know it, as the system: who composes need not hold the right to
// see each of them.
import { fileNotFound, getFile } from '#contract/file.ts';
import { getOrder, getTests } from '#contract/order.ts';
import type { OrderView, TestView } from '#contract/order.ts';
import { getLab, getPartners } from '#contract/organization.ts';
import { getPatients, patientNotFound } from '#contract/patient.ts';
import { resultsOfOrders, signedVersions } from '#contract/result.ts';
import type { ResultView } from '#contract/result.ts';
import { tubesOfOrders } from '#contract/sample.ts';
import type { TubeView } from '#contract/sample.ts';
import { getUsers } from '#contract/user.ts';
import { inBatches } from '#platform/batches.ts';
import type { CallOutput } from '#platform/contract.ts';
import { ServiceError } from '#platform/errors.ts';
import type { Ctx } from '#platform/service.ts';

import { signatoryUnfit } from './contract.ts';
import { basisOf, basisOfBefore } from './domain/basis.ts';
import type { SignedFact } from './domain/changes.ts';
import { chooseResults, isAmending, isContinuing } from './domain/choose-results.ts';
import type { Scope } from './domain/choose-results.ts';
import type { ReportFacts } from './domain/compose-content.ts';
import type { FileFact } from './domain/detail.ts';
import { signaturesOf } from './domain/signatures.ts';
import type { PrintedResult } from './store.ts';

export interface Gathered {
  readonly kind: 'ready';
  readonly basis: string;
  /** What it would be of a final report of these results. */
  readonly basisAsFinal: string;
  /** The same results as the version of before 0002 would have them. */
  readonly basisBefore: string;
  readonly printed: readonly PrintedResult[];
  readonly versions: readonly SignedFact[];
  readonly facts: ReportFacts;
}

/** Amending: a signed result is open again. Nothing: not all is authorised, or in part none is. */
export type Gathering = Gathered | { readonly kind: 'amending' } | { readonly kind: 'nothing' };

/** How many ids `signedVersions` takes. */
const MOST_VERSIONS = 200;
/** How many login names `getUsers` takes. */
const MOST_USERS = 200;

/**
 * @param printedBefore ids of the results that the current version printed; null when there is no version
 * @throws order.not_found; report.signatory_unfit
 */
export async function gather(
  ctx: Ctx,
  order: OrderView,
  scope: Scope,
  printedBefore: ReadonlySet<string> | null,
): Promise<Gathering> {
  const atTheBench = await ctx.callAsSystem(resultsOfOrders, { ids: [order.id] });
  if (printedBefore !== null && atTheBench.some(isAmending)) return { kind: 'amending' };
  const results = await asSigned(ctx, atTheBench);
  const chosen = chooseResults(order.lines, results, scope, printedBefore ?? new Set());
  if (!chosen) return { kind: 'nothing' };

  const { printed } = chosen;
  const [lab, patients, tubes, people, tests, versions, files] = await Promise.all([
    ctx.callAsSystem(getLab, {}),
    ctx.callAsSystem(getPatients, { ids: [order.patientId] }),
    ctx.callAsSystem(tubesOfOrders, { ids: [order.id] }),
    ctx.callAsSystem(getUsers, { ids: [...new Set(printed.flatMap(({ authorisedById }) => authorisedById ?? []))] }),
    ctx.callAsSystem(getTests, { codes: [...new Set(order.lines.map(({ testCode }) => testCode))] }),
    versionsOf(ctx, printed),
    filesOf(ctx, printed),
  ]);
  const patient = patients[0];
  if (!patient) throw patientNotFound({});
  const nameOf = await namesOf(ctx, [
    ...tubes.map(({ collectedBy }) => collectedBy),
    ...versions.map(({ amendedBy }) => amendedBy?.by ?? null),
  ]);
  const names = new Map(tests.map((test) => [test.code, test.reportName]));
  const signatures = signaturesOf(
    printed.map((result) => ({ ...result, testName: names.get(result.testCode) ?? result.testName })),
    people,
  );
  if (!signatures) throw signatoryUnfit({});
  const decimals = new Map(
    tests.flatMap(({ analytes }) => analytes.map((analyte) => [analyte.code, analyte.decimals] as const)),
  );
  const facts: ReportFacts = {
    lab,
    order,
    patient,
    tubes: tubes.map((tube) => ({ ...tube, collectedBy: tube.collectedBy === null ? null : nameOf(tube.collectedBy) })),
    chosen,
    signatures,
    decimals,
    tests: new Map(tests.map((test) => [test.code, test])),
    referralLabs: await referralLabsOf(ctx, tubes, tests),
    files,
  };
  return {
    kind: 'ready',
    basis: basisOf(chosen.status, chosen.shown),
    basisAsFinal: basisOf('final', chosen.shown),
    basisBefore: basisOfBefore(printed),
    printed: chosen.shown.map(({ id, authorisedAt }) => ({ resultId: id, authorisedAt })),
    versions: versions.map(({ amendedBy, ...version }) => ({
      ...version,
      amendedBy: amendedBy === null ? null : { ...amendedBy, by: nameOf(amendedBy.by) },
    })),
    facts,
  };
}

/** Who drew and who amended are kept by login name; a reader of the report knows people. Whom nobody knows stays as kept. */
async function namesOf(ctx: Ctx, logins: readonly (string | null)[]): Promise<(login: string) => string> {
  const asked = [...new Set(logins.flatMap((login) => login ?? []))].slice(0, MOST_USERS);
  const people = asked.length === 0 ? [] : await ctx.callAsSystem(getUsers, { ids: [], usernames: asked });
  const names = new Map(people.map(({ username, name }) => [username, name]));
  return (login) => names.get(login) ?? login;
}

/** Cultures whose next stage is under way, as they were signed last. */
async function asSigned(ctx: Ctx, results: readonly ResultView[]): Promise<readonly ResultView[]> {
  const versions = await allVersions(ctx, results.filter(isContinuing));
  return results.map((result) =>
    isContinuing(result) ? (versions.findLast(({ resultId }) => resultId === result.id)?.signed ?? result) : result,
  );
}

/** Of what was ever opened again: the others have one version. What is printed counts as the version that stands. */
async function versionsOf(ctx: Ctx, printed: readonly ResultView[]): Promise<readonly SignedFact[]> {
  const opened = printed.filter(({ amendment }) => amendment !== null);
  const standing = new Map(opened.map(({ id, authorisedAt }) => [id, authorisedAt]));
  return (await allVersions(ctx, opened)).map((version) =>
    version.signed.authorisedAt === standing.get(version.resultId) ? { ...version, amendedBy: null } : version,
  );
}

type SignedVersions = CallOutput<typeof signedVersions>;

/** Oldest first within each result. */
async function allVersions(ctx: Ctx, results: readonly ResultView[]): Promise<SignedVersions> {
  const allIds = results.map(({ id }) => id);
  return inBatches(allIds, MOST_VERSIONS, (resultIds) => ctx.callAsSystem(signedVersions, { resultIds }));
}

async function filesOf(ctx: Ctx, printed: readonly ResultView[]): Promise<ReadonlyMap<string, FileFact>> {
  const ids = printed.flatMap(({ detail }) => (detail?.kind === 'image' ? detail.fileIds : []));
  const files = await Promise.all([...new Set(ids)].map((fileId) => fileOf(ctx, fileId)));
  return new Map(files.flatMap((file) => (file ? [[file.id, file] as const] : [])));
}

async function fileOf(ctx: Ctx, fileId: string): Promise<FileFact | undefined> {
  try {
    return await ctx.callAsSystem(getFile, { fileId });
  } catch (error) {
    if (error instanceof ServiceError && error.code === fileNotFound.code) return undefined;
    throw error;
  }
}

async function referralLabsOf(
  ctx: Ctx,
  tubes: readonly TubeView[],
  tests: readonly TestView[],
): Promise<ReadonlyMap<string, string>> {
  const ids = [...new Set([...tubes, ...tests].flatMap(({ referralLabId }) => referralLabId ?? []))];
  if (ids.length === 0) return new Map();
  const labs = await ctx.callAsSystem(getPartners, { ids });
  return new Map(labs.map(({ id, name }) => [id, name]));
}

/** @throws order.not_found */
export async function orderOf(ctx: Ctx, orderId: string): Promise<OrderView> {
  return ctx.callAsSystem(getOrder, { orderId });
}
