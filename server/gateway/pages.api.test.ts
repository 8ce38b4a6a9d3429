// Pages, the description of the HTTP API, and files in and out, over the real services.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import * as z from 'zod';

import { newId } from '#platform/ids.ts';
import { linkFileForUser } from '#contract/file.ts';

import { bearer, startGateway } from '../testing/start-gateway.ts';
import { startLab } from '../testing/start-lab.ts';
import { html, page } from './html.ts';

const MEBIBYTE = 1_048_576;
const NAME = "रिपोर्ट (1) 'final'*; x=y.pdf";

/** Addresses that a browser would load by itself: scripts, styles, pictures, frames, imports in styles. */
function loadedFrom(text: string): readonly string[] {
  const patterns = [
    /<(?:script|img|iframe|source|embed|object|audio|video)\b[^>]*?\b(?:src|data)\s*=\s*["']?([^"'\s>]+)/gi,
    /<link\b[^>]*?\bhref\s*=\s*["']?([^"'\s>]+)/gi,
    /@import\s+(?:url\()?["']?([^"')\s;]+)/gi,
    /\burl\(\s*["']?([^"')]+)/gi,
  ];
  return patterns.flatMap((pattern) => [...text.matchAll(pattern)].map((match) => match[1] ?? ''));
}

const isOutside = (address: string) => /^(?:[a-z][a-z0-9+.-]*:)?\/\//i.test(address);

test('whatever is put into a page is text, not markup', () => {
  const hostile = `<script>alert("x")</script>' onload='&`;
  const safe = '&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&#39; onload=&#39;&amp;';
  assert.equal(html`<p title="${hostile}">${hostile}</p>`.text, `<p title="${safe}">${safe}</p>`);
  assert.equal(html`${[html`${hostile}`, html`<b>${hostile}</b>`]}${null}${0}`.text, `${safe}<b>${safe}</b>0`);
  assert.ok(page(hostile, html`<i></i>`).includes(`<title>${safe}</title>`));
});

test('pages, description and files', async (t) => {
  const lab = await startLab(t);
  const { app, listen } = await startGateway(t, lab);
  const url = await listen();
  const admin = await bearer(lab, 'admin');

  await t.test('the pages load without any outside address', async () => {
    for (const path of ['/', '/docs', '/graphiql', `/r/${'x'.repeat(20)}`]) {
      const reply = await fetch(url + path);
      const text = await reply.text();
      assert.match(reply.headers.get('content-type') ?? '', /^text\/html/, path);
      assert.ok(text.length > 500, path);
      for (const address of path === '/graphiql'
        ? loadedFrom(text.replace(/<script\b[^>]*>[\s\S]*?<\/script>/g, ''))
        : loadedFrom(text)) {
        assert.ok(!isOutside(address), `${path} loads ${address}`);
        if (address.startsWith('/')) assert.equal((await fetch(url + address)).status, 200, `${path} loads ${address}`);
      }
      for (const [tag] of text.matchAll(/<script\b[^>]*>/g))
        assert.ok(!/src\s*=\s*["']?(?:[a-z]+:)?\/\//i.test(tag), `${path}: ${tag}`);
    }
    assert.equal(
      (await fetch(`${url}/docs/assets/package.json`)).status,
      404,
      'only the two files of the page are given away',
    );
    assert.equal((await fetch(`${url}/docs/assets/..%2f..%2fpackage.json`)).status >= 400, true);
  });

  await t.test('the description lists every call that people may make, and no other', async () => {
    const Description = z.object({
      openapi: z.string().regex(/^3\.1\./),
      info: z.object({ title: z.string(), version: z.string() }),
      security: z.array(z.object({ bearer: z.array(z.string()) })).length(1),
      components: z
        .object({
          securitySchemes: z.object({
            bearer: z.object({ type: z.literal('http'), scheme: z.literal('bearer') }).loose(),
          }),
        })
        .loose(),
      paths: z.record(z.string().startsWith('/'), z.record(z.string(), z.unknown())),
    });
    const text = await (await fetch(`${url}/openapi.json`)).text();
    const { paths } = Description.parse(JSON.parse(text));
    for (const { name, calls } of lab.runtime.services) {
      for (const { call, may } of calls)
        assert.equal(paths[`/${call.service}/${call.verb}`] !== undefined, may !== 'system', call.name);
      assert.ok(paths[`/${name}/deadLetters`]);
    }
    const Operation = z.object({
      operationId: z.string(),
      requestBody: z.unknown(),
      responses: z.record(z.string(), z.unknown()),
    });
    const ids = Object.entries(paths).flatMap(([path, methods]) =>
      path.split('/').length === 3 && !path.includes('{') ? [Operation.parse(methods['post']).operationId] : [],
    );
    assert.equal(new Set(ids).size, ids.length, 'operation ids are unique');
    const known = new Set(
      Object.keys(Reflect.get(Object(Reflect.get(Object(JSON.parse(text)), 'components')), 'schemas') ?? {}),
    );
    for (const [, name = ''] of text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g))
      assert.ok(known.has(name), `dangling ${name}`);
    for (const path of ['/files', '/files/{token}', '/r/{code}', '/health', '/ready', '/metrics']) {
      assert.ok(paths[path], path);
      const route = path.replace('{token}', ':token').replace('{code}', ':code');
      assert.ok(app.hasRoute({ method: path === '/files' ? 'POST' : 'GET', url: route }), path);
    }
  });

  const form = (bytes: Uint8Array<ArrayBuffer>, name = 'slip.pdf', type = 'application/pdf') => {
    const body = new FormData();
    body.set('ownerType', 'order');
    body.set('ownerId', newId());
    body.set('file', new Blob([bytes], { type }), name);
    return body;
  };
  const upload = async (body: FormData, authorization = admin) => {
    const reply = await fetch(`${url}/files`, {
      method: 'POST',
      headers: authorization === '' ? {} : { authorization },
      body,
    });
    const answer: unknown = await reply.json();
    const Answer = z.object({
      id: z.string().optional(),
      sizeBytes: z.int().optional(),
      error: z.object({ code: z.string() }).optional(),
    });
    return { status: reply.status, ...Answer.parse(answer) };
  };
  const pdf = (sizeBytes: number): Uint8Array<ArrayBuffer> => {
    const bytes = new Uint8Array(sizeBytes).fill(32);
    bytes.set(new TextEncoder().encode('%PDF-1.7\n'));
    bytes.set(randomBytes(100), 20);
    return bytes;
  };

  await t.test('an upload comes back by its link byte for byte, under a name that breaks no header', async () => {
    const bytes = pdf(70_000);
    const stored = await upload(form(bytes, NAME));
    assert.deepEqual([stored.status, stored.sizeBytes], [201, 70_000]);
    const link = await lab.as('admin').call(linkFileForUser, { fileId: stored.id ?? '' });
    const path = new URL(link.url).pathname;
    const got = await fetch(url + path);
    assert.equal(got.status, 200);
    assert.deepEqual(new Uint8Array(await got.arrayBuffer()), bytes);
    const disposition = got.headers.get('content-disposition') ?? '';
    assert.match(disposition, /^inline; filename="[\w. -]+"; filename\*=UTF-8''[\w%.-]+$/);
    assert.equal(decodeURIComponent(disposition.split("''")[1] ?? ''), NAME);
    assert.equal(
      (await fetch(url + path, { headers: { 'if-none-match': got.headers.get('etag') ?? '' } })).status,
      304,
    );
    assert.equal((await fetch(`${url}${path.slice(0, -3)}abc`)).status, 403);
  });

  await t.test('an upload without a login, a right, a file part or a known kind is refused', async () => {
    assert.deepEqual(await upload(form(pdf(2000)), ''), { status: 401, error: { code: 'platform.unauthenticated' } });
    const empty = new FormData();
    empty.set('ownerType', 'order');
    assert.deepEqual(await upload(empty), { status: 400, error: { code: 'platform.invalid_input' } });
    assert.deepEqual(await upload(form(new TextEncoder().encode('MZ\u0000program'), 'a.pdf')), {
      status: 415,
      error: { code: 'file.type_refused' },
    });
  });

  await t.test('one byte more than 50 MB is refused, and nothing of it is kept in memory', async () => {
    const boundary = 'xxBOUNDARYxx';
    const head = `--${boundary}\r\ncontent-disposition: form-data; name="ownerType"\r\n\r\norder\r\n--${boundary}\r\ncontent-disposition: form-data; name="ownerId"\r\n\r\n${newId()}\r\n--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="a.pdf"\r\ncontent-type: application/pdf\r\n\r\n%PDF-1.7\n`;
    const chunk = Buffer.alloc(MEBIBYTE, 32);
    setFlagsFromString('--expose-gc');
    const collect: unknown = runInNewContext('gc');
    assert.ok(typeof collect === 'function');
    const inHand = (): number => {
      // Twice: the bytes of buffers found dead are swept by the next collection.
      collect();
      collect();
      return process.memoryUsage().arrayBuffers;
    };
    const before = inHand();
    let most = 0;
    // Without a declared length: the limit must be found by counting.
    const reply = await new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
      const { hostname, port } = new URL(url);
      const outgoing = request(
        {
          hostname,
          port,
          path: '/files',
          method: 'POST',
          headers: { authorization: admin, 'content-type': `multipart/form-data; boundary=${boundary}` },
        },
        (incoming) => {
          let body = '';
          incoming
            .on('data', (part: Buffer) => (body += part.toString()))
            .on('end', () => resolve({ status: incoming.statusCode, body }));
        },
      );
      outgoing.on('error', reject);
      outgoing.write(head);
      let left = 51;
      const send = (): void => {
        while (left > 0) {
          left -= 1;
          if (left % 10 === 0) most = Math.max(most, inHand());
          if (!outgoing.write(chunk)) {
            outgoing.once('drain', send);
            return;
          }
        }
        outgoing.end(`\r\n--${boundary}--\r\n`);
      };
      send();
    });
    assert.deepEqual([reply.status, JSON.parse(reply.body).error.code], [413, 'file.too_large']);
    assert.ok(most - before < 16 * MEBIBYTE, `${Math.round((most - before) / MEBIBYTE)} MiB of buffers in hand`);
    assert.equal((await upload(form(pdf(2000)))).status, 201, 'the next upload is taken');
  });
});
