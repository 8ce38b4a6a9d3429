// A fresh database for each test lab, copied from a template that holds the migrated, seeded schemas. One PostgreSQL
// serves the whole run: scripts/test.ts gives its address, a single file run alone starts its own.
import { createHash } from 'node:crypto';
import { after } from 'node:test';

import pg from 'pg';

import type { DatabaseUrls } from '#platform/database/database.ts';
import { prepareDatabase } from '#platform/database/migrate.ts';
import type { ServiceDefinition } from '#platform/service.ts';
import { createThrowawayPostgres } from '#platform/testing/throwaway-postgres.ts';
import type { ThrowawayPostgres } from '#platform/testing/throwaway-postgres.ts';

export const TEST_SECRET = 'a secret of the tests, of no use elsewhere';

let own: Promise<ThrowawayPostgres> | undefined;
after(async () => {
  await (await own)?.stop();
});

export async function serverUrl(): Promise<string> {
  const given = process.env['NIDAAN_TEST_DATABASE_URL'];
  if (given) return given;
  own ??= createThrowawayPostgres();
  const { superuserUrl, socketDir } = await own;
  return socketDir === undefined ? superuserUrl : `${superuserUrl}?host=${encodeURIComponent(socketDir)}`;
}

const templates = new Map<string, Promise<string>>();
let serial = 0;

async function onServer<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: await serverUrl() });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

export interface TestDatabase {
  readonly name: string;
  readonly urls: DatabaseUrls;
  drop(): Promise<void>;
}

/**
 * Copies the template of these services, made and filled by `fill` at first use in this process.
 * @param contents what `fill` puts in, in a word: templates of the same services with other contents are others
 */
export async function copyTemplate(
  contents: string,
  services: readonly ServiceDefinition[],
  fill: (urls: DatabaseUrls) => Promise<void>,
): Promise<TestDatabase> {
  const key = [contents, ...services.map((service) => service.name)].join(' ');
  const adminUrl = await serverUrl();
  const prepare = (databaseName: string) => prepareDatabase({ adminUrl, databaseName, secret: TEST_SECRET, services });
  let template = templates.get(key);
  if (!template) {
    template = (async () => {
      const name = `template_${process.pid}_${createHash('sha1').update(key).digest('hex').slice(0, 8)}`;
      await fill(await prepare(name));
      return name;
    })();
    templates.set(key, template);
  }
  const templateName = await template;
  serial += 1;
  const name = `test_${process.pid}_${serial}`;
  await onServer((client) => client.query(`create database ${name} template ${templateName}`));
  const at = (url: string) => {
    const changed = new URL(url);
    changed.pathname = `/${name}`;
    return changed.href;
  };
  const urls = await prepare(templateName);
  return {
    name,
    urls: { owner: at(urls.owner), app: at(urls.app), platform: at(urls.platform) },
    drop: () => onServer(async (client) => void (await client.query(`drop database if exists ${name} with (force)`))),
  };
}
