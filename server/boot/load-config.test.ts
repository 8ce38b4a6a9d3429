import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  utimesSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';

import { loadConfig } from './load-config.ts';
import { openFolders } from './private-folders.ts';
import { loadSecrets, lookAtSecrets } from './secrets.ts';
import { StartError } from './start-error.ts';

function emptyFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'nidaan-config-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test('every bad setting is named at once, in one line, without its value; nothing is made meanwhile', (t) => {
  const folder = emptyFolder(t);
  const bad = {
    DATA_DIR: join(folder, 'data'),
    HTTP_PORT: '99999',
    RATE_LIMIT_PER_MINUTE: 'many',
    DEMO: 'maybe',
    LOG_LEVEL: 'loud',
    AUTH_SECRET: 'too-short-secret',
    OTEL_TRACES_SAMPLER_ARG: '7',
    DATABASE_CONNECTIONS: '1.5',
  };
  assert.throws(
    () => loadConfig(bad),
    (error: unknown) => {
      assert.ok(error instanceof StartError);
      for (const name of Object.keys(bad))
        assert.equal(error.message.includes(`${name} must be`), name !== 'DATA_DIR', name);
      assert.ok(!error.message.includes('\n'));
      assert.ok(!error.message.includes('too-short-secret'));
      assert.match(
        error.message,
        /HTTP_PORT must be a port number from 0 to 65535; .*LOG_LEVEL must be one of debug, info, warn, error/,
      );
      return true;
    },
  );
  assert.deepEqual(readdirSync(folder), []);
});

test('the memory of handled events outlives the events, or the house does not start', (t) => {
  const DATA_DIR = emptyFolder(t);
  const days = (outbox: number, inbox: number) =>
    loadConfig({ DATA_DIR, OUTBOX_KEEP_DAYS: String(outbox), INBOX_KEEP_DAYS: String(inbox) });
  assert.throws(
    () => days(30, 30),
    (error: unknown) => error instanceof StartError && /INBOX_KEEP_DAYS must be more than OUTBOX_/.test(error.message),
  );
  assert.equal(days(30, 31).inboxKeepDays, 31);
  const config = loadConfig({ DATA_DIR });
  assert.deepEqual([config.outboxKeepDays, config.inboxKeepDays], [7, 30]);
});

test('left out or empty, a setting has its default, and the rest is derived from it', (t) => {
  const dataDir = emptyFolder(t);
  const config = loadConfig({
    DATA_DIR: dataDir,
    HTTP_PORT: '8123',
    PUBLIC_URL: '',
    DEMO: 'no',
    CORS_ORIGINS: ' https://a.example, ,https://b.example ',
  });
  assert.equal(config.publicUrl, 'http://localhost:8123');
  assert.equal(config.logFile, join(dataDir, 'logs', 'nidaan.log'));
  assert.equal(config.demo, false);
  assert.deepEqual(config.corsOrigins, ['https://a.example', 'https://b.example']);
  assert.equal(config.rateLimitPerMinute, 100);
  assert.equal(loadConfig({ DATA_DIR: dataDir, PUBLIC_URL: 'https://lab.example/' }).publicUrl, 'https://lab.example');
  const given = 'a secret from the environment, long enough';
  assert.equal(loadConfig({ DATA_DIR: dataDir, AUTH_SECRET: given }).authSecret, given);
  assert.equal(loadConfig({ DATA_DIR: dataDir, AUTH_SECRET: given }).linkSecret, config.linkSecret);
});

test('secrets are made once, for their owner alone, and kept', (t) => {
  const dataDir = join(emptyFolder(t), 'deep', 'data');
  const made = loadSecrets(dataDir);
  assert.equal(statSync(join(dataDir, 'secrets.json')).mode & 0o777, 0o600);
  assert.deepEqual(loadSecrets(dataDir), made);
  const { installation, madeAt, ...secrets } = made;
  assert.match(installation, /^[0-9a-f]{8}-[0-9a-f]{4}-4/);
  assert.ok(Math.abs(Date.parse(madeAt) - Date.now()) < 60_000);
  assert.equal(new Set(Object.values(secrets)).size, 4);
  for (const secret of Object.values(secrets)) assert.ok(secret.length >= 43, '32 random bytes');
  assert.deepEqual(readdirSync(dataDir), ['secrets.json'], 'nothing is left beside it');
});

test('secrets of an earlier version stay, and get a name of the installation and their age', (t) => {
  const dataDir = emptyFolder(t);
  const path = join(dataDir, 'secrets.json');
  const { installation: _name, madeAt: _age, ...earlier } = loadSecrets(dataDir);
  writeFileSync(path, JSON.stringify(earlier));
  utimesSync(path, 1_700_000_000, 1_700_000_000);
  assert.equal(lookAtSecrets(dataDir), undefined, 'looking completes nothing');
  const made = loadSecrets(dataDir);
  const { installation, madeAt, ...kept } = made;
  assert.deepEqual(kept, earlier);
  // 1,700,000,000 s after 1970-01-01.
  assert.equal(madeAt, '2023-11-14T22:13:20.000Z');
  assert.ok(installation.length === 36);
  assert.deepEqual(loadSecrets(dataDir), made);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(dataDir), ['secrets.json']);
});

test('files and logs are shut to other users, also those of an earlier version; another log folder is left as it is', (t) => {
  const dataDir = emptyFolder(t);
  const elsewhere = emptyFolder(t);
  chmodSync(elsewhere, 0o755);
  mkdirSync(join(dataDir, 'files'));
  chmodSync(join(dataDir, 'files'), 0o755);
  const mode = (path: string) => statSync(path).mode & 0o777;
  assert.deepEqual(openFolders({ dataDir, logFile: join(dataDir, 'logs', 'nidaan.log') }), [join(dataDir, 'files')]);
  loadConfig({ DATA_DIR: dataDir, LOG_FILE: join(elsewhere, 'nidaan.log') });
  assert.deepEqual([mode(join(dataDir, 'files')), mode(elsewhere)], [0o700, 0o755]);
  assert.ok(!readdirSync(dataDir).includes('logs'));
  const config = loadConfig({ DATA_DIR: dataDir });
  assert.deepEqual([mode(join(dataDir, 'files')), mode(join(dataDir, 'logs'))], [0o700, 0o700]);
  assert.deepEqual(openFolders(config), []);
});

test('of starters that race one makes the secrets and all get the same', async (t) => {
  const dataDir = join(emptyFolder(t), 'data');
  const program = `
    import { loadSecrets } from ${JSON.stringify(import.meta.resolve('./secrets.ts'))};
    while (Date.now() < Number(process.argv[1])) {}
    process.stdout.write(JSON.stringify(loadSecrets(process.argv[2])));`;
  const startAt = String(Date.now() + 700);
  const outputs = await Promise.all(
    Array.from({ length: 4 }, () =>
      promisify(execFile)(process.execPath, ['--input-type=module', '-e', program, startAt, dataDir]),
    ),
  );
  assert.equal(new Set(outputs.map(({ stdout }) => stdout)).size, 1);
  assert.deepEqual(
    JSON.parse(readFileSync(join(dataDir, 'secrets.json'), 'utf8')),
    JSON.parse(outputs[0]?.stdout ?? ''),
  );
});

test('a damaged file is never written over; a folder that cannot be is named', (t) => {
  const folder = emptyFolder(t);
  writeFileSync(join(folder, 'secrets.json'), '{"authSecret":"half');
  assert.throws(
    () => loadSecrets(folder),
    (error: unknown) => error instanceof StartError && /is damaged; put it back from a backup/.test(error.message),
  );
  assert.equal(readFileSync(join(folder, 'secrets.json'), 'utf8'), '{"authSecret":"half');
  writeFileSync(join(folder, 'file'), '');
  mkdirSync(join(folder, 'other'));
  for (const place of [join(folder, 'file', 'data'), join(folder, 'file')]) {
    assert.throws(
      () => loadSecrets(place),
      (error: unknown) =>
        error instanceof StartError && error.message.includes(`The data folder ${place} cannot be written (E`),
    );
  }
});
