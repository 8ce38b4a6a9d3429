// Breaks every boundary once in a small house of its own and sees the rule of that name fire, and nothing else.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';

import type { Cruise } from './boundaries.ts';
import { blindness, cruise } from './boundaries.ts';
import { repositoryRoot } from './repository.ts';

const CONTRACT_KIT = `import * as z from 'zod';\nexport const Id = z.uuid();\n`;
const contract = (name: string): string => `import { Id } from '#platform/contract.ts';\nexport const ${name} = Id;\n`;

/** A house that keeps every rule, and uses every way that is open. */
const lawful: Readonly<Record<string, string>> = {
  'server/config.ts': `export interface Config { readonly port: number }\nexport const port = 1;\n`,
  'server/platform/contract.ts': CONTRACT_KIT,
  'server/platform/errors.ts': `export const error = 1;\n`,
  'server/platform/service.ts': `import pg from 'pg';\nimport type { Config } from '../config.ts';\nexport type Service = { readonly config: Config; readonly pool: typeof pg };\n`,
  'server/services/alpha/contract.ts': `import { isUuid } from '@nidaan/values';\nimport { error } from '#platform/errors.ts';\nimport { beta } from '#contract/beta.ts';\nexport const alpha = [isUuid, error, beta];\n`,
  'server/services/alpha/domain/rule.ts': `import { createHash } from 'node:crypto';\nimport { isUuid } from '@nidaan/values';\nimport type { beta } from '#contract/beta.ts';\nimport type { alpha } from '../contract.ts';\nexport const rule: typeof alpha | typeof beta | undefined = isUuid('') && createHash('sha256') ? undefined : undefined;\n`,
  'server/services/alpha/service.ts': `import { beta } from '#contract/beta.ts';\nimport type { Service } from '#platform/service.ts';\nimport { rule } from './domain/rule.ts';\nexport const service = { beta, rule } as unknown as Service;\n`,
  'server/services/alpha/alpha.api.test.ts': `import { service } from '../beta/service.ts';\nimport { lab } from '../../testing/lab.ts';\nexport const both = [service, lab];\n`,
  'server/services/beta/contract.ts': contract('beta'),
  'server/services/beta/store.ts': `export const store = 1;\n`,
  'server/services/beta/service.ts': `import { store } from './store.ts';\nexport const service = store;\n`,
  'server/services/user/domain/permissions.ts': `export const starterRoles = {};\n`,
  'server/testing/lab.ts': `import { service } from '../services/alpha/service.ts';\nimport { starterRoles } from '../services/user/domain/permissions.ts';\nexport const lab = [service, starterRoles];\n`,
  'server/boot/services.ts': `export const load = () => import('../services/alpha/service.ts');\n`,
  'server/gateway/gateway.ts': `import { alpha } from '#contract/alpha.ts';\nimport type { Service } from '#platform/service.ts';\nexport const gateway: Service | typeof alpha = alpha;\n`,
  'server/cli/start.ts': `import { load } from '../boot/services.ts';\nimport { alpha } from '#contract/alpha.ts';\nexport const start = [load, alpha];\n`,
  'libs/values/index.ts': `export { isUuid } from './uuid.ts';\n`,
  'libs/values/uuid.ts': `export const isUuid = (text: string): boolean => text !== '';\n`,
  'libs/hl7v2/index.ts': `import { readFileSync } from 'node:fs';\nimport { isUuid } from '@nidaan/values';\nexport const hl7 = [isUuid, readFileSync];\n`,
  'sandbox/analyzer.ts': `import { hl7 } from '@nidaan/hl7v2';\nexport const analyzer = hl7;\n`,
  'bench/run.ts': `import { service } from '../server/services/alpha/service.ts';\nexport const run = service;\n`,
  'web/page.ts': `import type { alpha } from '../server/services/alpha/contract.ts';\nexport type Page = typeof alpha;\n`,
};

interface Breach {
  readonly rule: string;
  /** The file that is planted; one file breaks one rule. */
  readonly path: string;
  readonly text: string;
}

const breaches: readonly Breach[] = [
  {
    rule: 'service-only-through-contract',
    path: 'server/services/alpha/a.ts',
    text: `import { store } from '../beta/store.ts';\nexport const a = store;\n`,
  },
  {
    rule: 'service-only-through-contract',
    path: 'server/services/alpha/b.ts',
    text: `import type { store } from '../beta/store.ts';\nexport type B = typeof store;\n`,
  },
  {
    rule: 'service-only-through-contract',
    path: 'server/services/alpha/d.ts',
    text: `export const d = () => import('../beta/store.ts');\n`,
  },
  {
    rule: 'service-only-through-contract',
    path: 'server/services/alpha/e.ts',
    text: `export { store } from '../beta/store.ts';\n`,
  },
  {
    rule: 'foreign-contract-by-its-name',
    path: 'server/services/alpha/f.ts',
    text: `import { beta } from '../beta/contract.ts';\nexport const f = beta;\n`,
  },
  {
    rule: 'house-only-through-contract',
    path: 'server/cli/reach.ts',
    text: `import { service } from '../services/alpha/service.ts';\nexport const reach = service;\n`,
  },
  {
    rule: 'boot-loads-only-service-files',
    path: 'server/boot/reach.ts',
    text: `import { store } from '../services/beta/store.ts';\nexport const reach = store;\n`,
  },
  {
    rule: 'bench-loads-service-files-and-rules',
    path: 'bench/reach.ts',
    text: `import { store } from '../server/services/beta/store.ts';\nexport const reach = store;\n`,
  },
  {
    rule: 'service-test-reaches-only-service-files',
    path: 'server/services/alpha/reach.test.ts',
    text: `import { store } from '../beta/store.ts';\nexport const reach = store;\n`,
  },
  {
    rule: 'service-knows-no-gateway-or-boot',
    path: 'server/services/alpha/g.ts',
    text: `import { load } from '../../boot/services.ts';\nexport const g = load;\n`,
  },
  {
    rule: 'contract-stays-plain',
    path: 'server/services/gamma/contract.ts',
    text: `import type { Service } from '#platform/service.ts';\nexport type Gamma = Service;\n`,
  },
  {
    rule: 'contract-stays-plain',
    path: 'server/services/delta/contract.ts',
    text: `import { readFileSync } from 'node:fs';\nexport const delta = readFileSync;\n`,
  },
  {
    rule: 'contract-kit-stays-plain',
    path: 'libs/values/disk.ts',
    text: `import { readFileSync } from 'node:fs';\nexport const disk = readFileSync;\n`,
  },
  {
    rule: 'domain-is-pure',
    path: 'server/services/alpha/domain/disk.ts',
    text: `import { readFileSync } from 'node:fs';\nexport const disk = readFileSync;\n`,
  },
  {
    rule: 'domain-is-pure',
    path: 'server/services/alpha/domain/type.ts',
    text: `import type { Service } from '#platform/service.ts';\nexport type T = Service;\n`,
  },
  {
    rule: 'domain-is-pure',
    path: 'server/services/beta/domain/store.ts',
    text: `import { store } from '../store.ts';\nexport const rows = store;\n`,
  },
  {
    rule: 'domain-takes-only-types-of-foreign-contracts',
    path: 'server/services/alpha/domain/foreign.ts',
    text: `import { beta } from '#contract/beta.ts';\nexport const foreign = beta;\n`,
  },
  {
    rule: 'platform-knows-no-service',
    path: 'server/platform/peek.ts',
    text: `import type { beta } from '../services/beta/contract.ts';\nexport type Peek = typeof beta;\n`,
  },
  {
    rule: 'platform-test-knows-no-service',
    path: 'server/platform/reach.test.ts',
    text: `import { service } from '../services/beta/service.ts';\nexport const reach = service;\n`,
  },
  {
    rule: 'platform-takes-only-types-of-config',
    path: 'server/platform/port.ts',
    text: `import { port } from '../config.ts';\nexport const same = port;\n`,
  },
  {
    rule: 'libs-know-only-libs',
    path: 'libs/hl7v2/reach.ts',
    text: `import { error } from '../../server/platform/errors.ts';\nexport const reach = error;\n`,
  },
  {
    rule: 'web-imports-contracts-only',
    path: 'web/reach.ts',
    text: `import type { Config } from '../server/config.ts';\nexport type Reach = Config;\n`,
  },
  {
    rule: 'gateway-imports-contracts-and-platform',
    path: 'server/gateway/reach.ts',
    text: `import { load } from '../boot/services.ts';\nexport const reach = load;\n`,
  },
  {
    rule: 'sandbox-imports-libs-only',
    path: 'sandbox/reach.ts',
    text: `import type { alpha } from '../server/services/alpha/contract.ts';\nexport type Reach = typeof alpha;\n`,
  },
  {
    rule: 'program-imports-no-test',
    path: 'server/cli/lab.ts',
    text: `import { lab } from '../testing/lab.ts';\nexport const borrowed = lab;\n`,
  },
  {
    rule: 'no-cycle',
    path: 'libs/hl7v2/round.ts',
    text: `import type { Back } from './back.ts';\nexport type Round = Back | 1;\n`,
  },
  { rule: 'everything-resolves', path: 'libs/hl7v2/lost.ts', text: `export { lost } from './nowhere.ts';\n` },
];

const house = realpathSync(mkdtempSync(join(tmpdir(), 'nidaan-boundaries-')));
after(() => rmSync(house, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(house, path)), { recursive: true });
  writeFileSync(join(house, path), text);
}

function buildHouse(): void {
  for (const file of ['package.json', 'server/package.json', 'libs/values/package.json', 'libs/hl7v2/package.json']) {
    mkdirSync(dirname(join(house, file)), { recursive: true });
    cpSync(join(repositoryRoot, file), join(house, file));
  }
  mkdirSync(join(house, 'node_modules/@nidaan'), { recursive: true });
  for (const name of ['values', 'hl7v2'])
    symlinkSync(join(house, 'libs', name), join(house, 'node_modules/@nidaan', name));
  for (const name of ['zod', 'pg'])
    symlinkSync(join(repositoryRoot, 'node_modules', name), join(house, 'node_modules', name));
  for (const [path, text] of Object.entries(lawful)) write(path, text);
}

const asLines = ({ violations }: Cruise): readonly string[] =>
  violations.map(({ rule, from, to }) => `${rule}: ${from} -> ${to}`);

test('a house that keeps the rules is let through, and its imports are seen', () => {
  buildHouse();
  const seen = cruise(house);
  assert.deepEqual(asLines(seen), []);
  assert.equal(blindness(seen), undefined);
});

test('each rule fires where it is broken, and no other does', () => {
  for (const { path, text } of breaches) write(path, text);
  write('libs/hl7v2/back.ts', `import type { Round } from './round.ts';\nexport type Back = Round | 2;\n`);
  const seen = cruise(house);
  // A cycle is told from whichever of its files comes first.
  const place = (rule: string, path: string): string => (rule === 'no-cycle' ? rule : `${rule} in ${path}`);
  const fired = new Set(seen.violations.map(({ rule, from }) => place(rule, from)));
  const expected = new Set(breaches.map(({ rule, path }) => place(rule, path)));
  assert.deepEqual([...fired].toSorted(), [...expected].toSorted());
});

test('every rule is broken by this test', () => {
  const broken = new Set(breaches.map(({ rule }) => rule));
  assert.deepEqual(
    cruise(house).rules.filter((rule) => !broken.has(rule)),
    [],
  );
});

test('a cruise that saw no imports counts as a failure', () => {
  assert.match(blindness({ files: 300, imports: 0 }) ?? '', /0 imports were seen in 300 files/);
  assert.notEqual(blindness({ files: 0, imports: 0 }), undefined);
});
