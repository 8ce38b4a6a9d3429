// Runs dependency-cruiser over the checkout with the rules of .dependency-cruiser.mjs.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

import type { ICruiseResult } from 'dependency-cruiser';

import { repositoryRoot, toolEnvironment } from './repository.ts';

export interface Violation {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
  /** Why the rule exists, as the configuration says it. */
  readonly why: string;
  /** The files of the cycle, for the rule against cycles; empty otherwise. */
  readonly cycle: readonly string[];
}

export interface Cruise {
  readonly files: number;
  /** How many imports were seen in our own files. */
  readonly imports: number;
  /** Names of all rules that were applied. */
  readonly rules: readonly string[];
  readonly violations: readonly Violation[];
}

/** Reads every import below `root`, by default the checkout. */
export function cruise(root: string = repositoryRoot): Cruise {
  const folders = ['server', 'libs', 'sandbox', 'bench', 'scripts', 'web'].filter((folder) =>
    existsSync(join(root, folder)),
  );
  const config = join(repositoryRoot, '.dependency-cruiser.mjs');
  const run = spawnSync('depcruise', [...folders, '--config', config, '--output-type', 'json'], {
    cwd: root,
    env: toolEnvironment(),
    encoding: 'utf8',
    maxBuffer: 512 * 1024 * 1024,
  });
  if (!run.stdout.startsWith('{'))
    throw new Error(`dependency-cruiser gave no report: ${run.stderr || run.error?.message}`);
  const report: ICruiseResult = JSON.parse(run.stdout);
  const ours = report.modules.filter(
    (module) => /\.(ts|mjs)$/.test(module.source) && !module.source.includes('node_modules/'),
  );
  const reasons = new Map(report.summary.ruleSetUsed?.forbidden?.map(({ name = '', comment = '' }) => [name, comment]));
  return {
    files: ours.length,
    imports: ours.reduce((sum, module) => sum + module.dependencies.length, 0),
    rules: [...reasons.keys()],
    violations: report.summary.violations.map((found) => ({
      rule: found.rule.name,
      from: found.from,
      to: found.to,
      why: reasons.get(found.rule.name) ?? '',
      cycle: found.cycle?.map((step) => step.name) ?? [],
    })),
  };
}

/** Why this cruise proves nothing, or undefined: a parser that fails sees no imports, and then no rule is ever broken. */
export function blindness({ files, imports }: Pick<Cruise, 'files' | 'imports'>): string | undefined {
  if (files > 0 && imports >= files) return undefined;
  return `Only ${imports} imports were seen in ${files} files: is @swc/core installed for this machine?`;
}

if (import.meta.main) {
  const seen = cruise();
  const blind = blindness(seen);
  if (blind !== undefined) process.stderr.write(`${blind}\n`);
  for (const { rule, from, to, why, cycle } of seen.violations)
    process.stderr.write(`${rule}: ${from} -> ${cycle.length > 0 ? cycle.join(' -> ') : to}\n    ${why}\n`);
  process.stdout.write(`${seen.files} files, ${seen.imports} imports, ${seen.violations.length} violations\n`);
  process.exitCode = blind !== undefined || seen.violations.length > 0 ? 1 : 0;
}
