// Rules of the house that neither the linter nor dependency-cruiser can see. Each takes files and tells faults, so that
// its test can plant one. Comments do not count: a rule judges what runs.
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import process from 'node:process';

import type { CataloguedName } from './catalogue.ts';
import { loadCatalogue } from './catalogue.ts';
import { ourFiles, repositoryRoot } from './repository.ts';
import type { SyntaxNode } from './syntax.ts';
import { syntaxNodes } from './syntax.ts';

export interface SourceFile {
  /** Relative to the checkout, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** A sentence that begins with the file and, where there is one, the line. */
export type Fault = string;

const isTest = (path: string): boolean => /(\.(test|testing)|\/testing|\/test-kit)\.ts$|\/testing\//.test(path);
const isTypeScript = (path: string): boolean => path.endsWith('.ts');

export const LONGEST_FILE_LINES = 400;

/** Files that may be longer, each with its reason. */
export const longFiles: ReadonlyMap<string, string> = new Map([]);

/** A file fits a few screens. Tests and generated files may be longer; an exception that is no longer needed is a fault too. */
export function fileLength(
  files: readonly SourceFile[],
  exceptions: ReadonlyMap<string, string> = longFiles,
): readonly Fault[] {
  const long = files
    .filter(({ path, text }) => isTypeScript(path) && !isTest(path) && !text.startsWith('// Generated'))
    .map(({ path, text }) => ({ path, lines: text.trimEnd().split('\n').length }))
    .filter(({ lines }) => lines > LONGEST_FILE_LINES);
  const needed = new Set(long.map(({ path }) => path));
  return [
    ...long
      .filter(({ path }) => !exceptions.has(path))
      .map(({ path, lines }) => `${path} has ${lines} lines, ${LONGEST_FILE_LINES} is the limit`),
    ...[...exceptions.keys()]
      .filter((path) => !needed.has(path))
      .map((path) => `${path} needs its exception from the length limit no more`),
  ];
}

function faultsIn(
  files: readonly SourceFile[],
  wanted: (path: string) => boolean,
  judge: (node: SyntaxNode) => string | undefined,
): readonly Fault[] {
  return files
    .filter(({ path }) => isTypeScript(path) && wanted(path))
    .flatMap(({ path, text }) =>
      syntaxNodes(text).flatMap((node) => {
        const fault = judge(node);
        return fault === undefined ? [] : [`${path}:${node.line} ${fault}`];
      }),
    );
}

/** No `any`, not even one the linter was told to overlook. */
export function noAny(files: readonly SourceFile[]): readonly Fault[] {
  return faultsIn(
    files,
    () => true,
    ({ type, text }) => (type === 'TsKeywordType' && text === 'any' ? 'says any' : undefined),
  );
}

/** `import('./x.ts').T` is the one import dependency-cruiser's swc parser does not see, so it would cross any boundary. */
export function noHiddenImport(files: readonly SourceFile[]): readonly Fault[] {
  return faultsIn(
    files,
    () => true,
    ({ type, text }) => (type === 'TsImportType' ? `hides an import in a type: ${text}` : undefined),
  );
}

/** What a lab runs writes to its log, or to its terminal on purpose; a console line is a left-over of debugging. */
export function noConsole(files: readonly SourceFile[]): readonly Fault[] {
  return faultsIn(
    files,
    (path) => /^(server|libs)\//.test(path) && !isTest(path),
    ({ type, text }) =>
      type === 'MemberExpression' && /^console\s*\??\.\s*\w+$/.test(text) ? `calls ${text}` : undefined,
  );
}

/** `test.only` or `{ only: true }` silences the rest of the suite. */
export function noOnly(files: readonly SourceFile[]): readonly Fault[] {
  return faultsIn(
    files,
    (path) => path.endsWith('.test.ts'),
    ({ type, text }) => {
      if (type === 'MemberExpression' && /^(test|it|describe|suite)\s*\.\s*only$/.test(text))
        return `leaves other tests out: ${text}`;
      const asked =
        type === 'CallExpression' && /^(test|it|describe|suite)\s*\([^{]*\{[^{}]*\bonly\s*:\s*true/.test(text);
      return asked ? 'leaves other tests out: only: true' : undefined;
    },
  );
}

const impure =
  /^(Math\s*\.\s*random|Date\s*\.\s*now|performance\s*\.\s*now|crypto\s*\.\s*(randomUUID|getRandomValues))$/;
const impureNames = new Set([
  'randomBytes',
  'randomFill',
  'randomFillSync',
  'randomInt',
  'randomUUID',
  'randomUUIDv7',
  'setTimeout',
  'setInterval',
  'fetch',
]);

/** A rule of the lab gives the same answer to the same question: time, ids and chance are handed in. */
export function domainIsPure(files: readonly SourceFile[]): readonly Fault[] {
  return faultsIn(
    files,
    (path) => /^server\/services\/[^/]+\/domain\//.test(path) && !isTest(path),
    ({ type, text }) => {
      if (type === 'MemberExpression' && impure.test(text)) return `is not pure: ${text}`;
      if (type === 'MemberExpression' && /^process\s*\.\s*\w+$/.test(text)) return `is not pure: ${text}`;
      if (type === 'NewExpression' && /^new\s+Date\s*(\(\s*\))?$/.test(text)) return `reads the clock: ${text}`;
      return type === 'Identifier' && impureNames.has(text) ? `is not pure: ${text}` : undefined;
    },
  );
}

/**
 * Words only a lab uses. "Lab" itself names the tenant everywhere; order, result and report have plain meanings too
 * (order by, the result of a query), a sampler of traces is not a sample, and a compiler's diagnostics are no diagnosis.
 */
const labWords =
  /^(patient|specimen|sample|tube|vial|accession|analyte|analyzer|analyser|phlebotom\w*|patholog\w*|diagnosis|doctor|clinic\w*|worklist|haemoglobin|aliquot|uhid|loinc|westgard)s?$/i;

function wordsOf(text: string): readonly string[] {
  return text.replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2').split(/[^A-Za-z0-9]+/);
}

/** The platform would serve another trade as well: no name and no text in it speaks of a lab's work. */
export function platformSpeaksNoLab(files: readonly SourceFile[]): readonly Fault[] {
  const programs = faultsIn(
    files,
    (path) => path.startsWith('server/platform/') && !isTest(path),
    ({ type, text }) => {
      if (type !== 'Identifier' && type !== 'StringLiteral' && type !== 'TemplateElement') return undefined;
      const word = wordsOf(text).find((part) => labWords.test(part));
      return word === undefined ? undefined : `speaks of a lab: ${word}`;
    },
  );
  const statements = files
    .filter(({ path }) => path.startsWith('server/platform/') && path.endsWith('.sql'))
    .flatMap(({ path, text }) =>
      text.split('\n').flatMap((line, index) => {
        const word = wordsOf(line.replace(/--.*$/, '')).find((part) => labWords.test(part));
        return word === undefined ? [] : [`${path}:${index + 1} speaks of a lab: ${word}`];
      }),
    );
  return [...programs, ...statements];
}

/** No table is read by two services: a service names no schema but its own. */
export function ownSchemaOnly(files: readonly SourceFile[]): readonly Fault[] {
  return files.flatMap(({ path, text }) => {
    const service = /^server\/services\/([^/]+)\/.*\.(ts|sql)$/.exec(path)?.[1];
    if (service === undefined || isTest(path)) return [];
    return text
      .split('\n')
      .flatMap((line, index) =>
        [...line.matchAll(/\blis_([a-z]+)\b/g)]
          .filter((match) => match[1] !== service)
          .map((match) => `${path}:${index + 1} names ${match[0]}, the schema of another service`),
      );
  });
}

/** Migrations are numbered without a gap and say in line one what they do to a program that still runs. */
export function migrationsAreOrderly(files: readonly SourceFile[]): readonly Fault[] {
  const faults: Fault[] = [];
  const last = new Map<string, number>();
  const migrations = files
    .filter(({ path }) => /\/migrations\/[^/]+\.sql$/.test(path))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
  for (const { path, text } of migrations) {
    const folder = path.slice(0, path.lastIndexOf('/'));
    const number = Number(/^(\d{4})-[a-z0-9-]+\.sql$/.exec(basename(path))?.[1] ?? Number.NaN);
    const expected = (last.get(folder) ?? 0) + 1;
    last.set(folder, expected);
    if (number !== expected)
      faults.push(`${path} should begin with ${String(expected).padStart(4, '0')}- and be named in kebab-case`);
    if (!/^-- (additive|breaking): \S/.test(text))
      faults.push(`${path}:1 should read "-- additive: …" or "-- breaking: …"`);
  }
  return faults;
}

/** Published names begin with the service that owns them and are used once. */
export function publishedNames(names: readonly CataloguedName[]): readonly Fault[] {
  const seen = new Map<string, string>();
  return names.flatMap(({ kind, name, owner, path, identity }) => {
    const faults: Fault[] = [];
    if (!name.startsWith(`${owner}.`))
      faults.push(`${path} publishes the ${kind} ${name}, which should begin with ${owner}.`);
    if (kind === 'error' && !/^[a-z]+\.[a-z][a-z0-9_]*$/.test(name))
      faults.push(`${path} publishes the error ${name}, which is not snake_case`);
    const earlier = seen.get(identity);
    if (earlier !== undefined) faults.push(`${path} publishes the ${kind} ${name}, which ${earlier} has already`);
    seen.set(identity, path);
    return faults;
  });
}

export function readOurFiles(root: string = repositoryRoot): readonly SourceFile[] {
  return ourFiles(root)
    .filter((path) => /\.(ts|sql)$/.test(path))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

if (import.meta.main) {
  const files = readOurFiles();
  const rules = [
    fileLength,
    noAny,
    noHiddenImport,
    noConsole,
    noOnly,
    domainIsPure,
    platformSpeaksNoLab,
    ownSchemaOnly,
    migrationsAreOrderly,
  ];
  const faults = [
    ...rules.flatMap((rule) => rule(files).map((fault) => `${rule.name}: ${fault}`)),
    ...publishedNames((await loadCatalogue()).names).map((fault) => `publishedNames: ${fault}`),
  ];
  for (const fault of faults) process.stderr.write(`${fault}\n`);
  process.stdout.write(`${files.length} files, ${rules.length + 1} rules, ${faults.length} faults\n`);
  if (files.length === 0 || faults.length > 0) process.exitCode = 1;
}
