// What the house publishes: calls, events and errors, read from the contracts and the platform by loading them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { ourFiles, repositoryRoot } from './repository.ts';

export interface CataloguedName {
  readonly kind: 'call' | 'event' | 'error';
  readonly name: string;
  /** The service that may publish it, or `platform`. */
  readonly owner: string;
  /** The file that publishes it. */
  readonly path: string;
  /** Two published things with the same identity are one too many; an event may live in several versions. */
  readonly identity: string;
}

export interface CataloguedError {
  readonly code: string;
  readonly owner: string;
  /** HTTP status. */
  readonly status: number;
  readonly retry: string;
  /** The sentence with its details as `{name}`. */
  readonly template: string;
}

export interface Catalogue {
  readonly names: readonly CataloguedName[];
  /** Sorted by code. */
  readonly errors: readonly CataloguedError[];
}

interface Published {
  readonly kind: unknown;
  readonly [key: string]: unknown;
}

function isPublished(value: unknown): value is Published {
  return ((typeof value === 'object' && value !== null) || typeof value === 'function') && 'kind' in value;
}

/** A contract may group calls in an object (`deadLetters.list`). */
function publishedIn(exported: unknown): readonly Published[] {
  if (isPublished(exported)) return [exported];
  if (typeof exported !== 'object' || exported === null || Object.getPrototypeOf(exported) !== Object.prototype)
    return [];
  return Object.values(exported).filter(isPublished);
}

/** Contracts, and platform files that define errors. */
function publishingFiles(): readonly string[] {
  return ourFiles().filter(
    (path) =>
      /^server\/services\/[^/]+\/contract\.ts$/.test(path) ||
      (/^server\/(platform|gateway)\/(?!testing\/).*(?<!\.test)\.ts$/.test(path) &&
        /= defineError\b/.test(readFileSync(join(repositoryRoot, path), 'utf8'))),
  );
}

/** @throws whatever a contract throws while it loads, such as a bad published name */
export async function loadCatalogue(): Promise<Catalogue> {
  const names: CataloguedName[] = [];
  const errors: CataloguedError[] = [];
  for (const path of publishingFiles()) {
    const owner = /^server\/services\/([^/]+)\//.exec(path)?.[1] ?? 'platform';
    const exported: Readonly<Record<string, unknown>> = await import(pathToFileURL(join(repositoryRoot, path)).href);
    for (const published of new Set(Object.values(exported).flatMap(publishedIn))) {
      const { kind } = published;
      const name = String(kind === 'error' ? published['code'] : published['name']);
      if (kind === 'call') names.push({ kind, name, owner, path, identity: `call ${name}` });
      else if (kind === 'event')
        names.push({ kind, name, owner, path, identity: `event ${name} ${String(published['version'])}` });
      else if (kind === 'error') {
        names.push({ kind, name, owner, path, identity: `error ${name}` });
        errors.push({
          code: name,
          owner,
          status: Number(published['status']),
          retry: String(published['retry']),
          template: String(published['template']),
        });
      }
    }
  }
  return { names, errors: errors.toSorted((a, b) => (a.code < b.code ? -1 : 1)) };
}
