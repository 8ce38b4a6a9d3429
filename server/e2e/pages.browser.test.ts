// The pages of the program as a person sees them, in a real browser that has no network beyond this machine.
// NIDAAN_TEST_SCREENSHOTS=<folder> keeps a picture of each.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import type { TestContext } from 'node:test';

import pg from 'pg';
import type { Browser, Page, Request } from 'playwright-core';
import * as z from 'zod';

import { DEMO_PASSWORD, demoUsers } from '../boot/seed-demo.ts';
import { signIn } from '../testing/graphql-client.ts';
import { startLabProcess } from '../testing/lab-process.ts';
import type { LabProcess } from '../testing/lab-process.ts';
import {
  findChromium,
  keepPicture,
  LAB_NAME,
  needsChromium,
  overflowOf,
  startChromium,
  staysHere,
  visit,
} from './browser.ts';
import type { VisitOptions } from './browser.ts';
import { tellStory } from './story.ts';

const PHONE = { width: 390, height: 844 };

interface Stage {
  readonly lab: LabProcess;
  readonly browser: Browser;
}

async function openBrowser(t: TestContext): Promise<Browser | undefined> {
  const path = findChromium();
  if (path === undefined) {
    t.skip(needsChromium);
    return undefined;
  }
  const browser = await startChromium(path);
  t.after(() => browser.close());
  return browser;
}

test('an address of another machine is told from our own', () => {
  for (const ours of ['http://127.0.0.1:8080/', 'ws://localhost/x', 'data:,x', 'blob:http://localhost/1'])
    assert.equal(staysHere(ours), true, ours);
  for (const other of ['https://unpkg.com/x.js', 'http://127.0.0.1.example/', 'http://localhost@elsewhere.example/'])
    assert.equal(staysHere(other), false, other);
});

test('a page that asks elsewhere, complains or breaks fails its test', async (t) => {
  const browser = await openBrowser(t);
  if (!browser) return;
  let body = '';
  const server = createServer((_request, response) => {
    response.setHeader('content-security-policy', "style-src 'none'").setHeader('content-type', 'text/html').end(body);
  });
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve));
  t.after(() => server.close());
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  const see = (content: string, expectedErrors: readonly RegExp[] = []) => {
    body = `<!doctype html><link rel="icon" href="data:,">${content}`;
    return visit(browser, { expectedErrors }, async (page) => {
      await page.goto(`http://127.0.0.1:${address.port}/`, { waitUntil: 'load' });
    });
  };
  await see('<p>good</p>');
  await see(`<script>console.error('broken')</script>`, [/^broken/]);
  await assert.rejects(see('<img src="http://elsewhere.example/x.png">'), /nothing is asked of another machine/);
  await assert.rejects(see(`<script>console.error('broken')</script>`), /broken/);
  await assert.rejects(see(`<script>throw new Error('thrown')</script>`), /thrown/);
  await assert.rejects(see('<style>p { color: red }</style>'), /Content Security Policy/);
  await assert.rejects(see('<p>an expected error that does not come</p>', [/404/]));
});

async function startPage({ lab, browser }: Stage, options: VisitOptions, name: string): Promise<void> {
  await visit(browser, options, async (page) => {
    await page.goto(lab.url);
    const text = await page.innerText('main');
    for (const path of ['/graphiql', '/graphql', '/docs', '/ready', '/metrics'])
      assert.match(text, new RegExp(`http://localhost:\\d+${path}\\b`));
    assert.match(text, new RegExp(`port ${lab.hl7Port}\\b`));
    assert.match(text, new RegExp(`port ${lab.astmPort}\\b`));
    for (const { username, roles } of demoUsers)
      assert.match(text, new RegExp(`^${username}\\t${roles.join(', ')}\\t${DEMO_PASSWORD}$`, 'm'));
    for (const link of await page.locator('main a').all()) {
      const path = (await link.getAttribute('href')) ?? '';
      assert.equal((await fetch(lab.url + path)).status, 200, path);
    }
    assert.equal(await overflowOf(page), 0);
    await keepPicture(page, name);
  });
}

/** Replaces what stands in an editor. */
async function write(page: Page, editor: string, text: string): Promise<void> {
  await page.locator(editor).click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.insertText(text);
}

/** By the person at the page: GraphiQL itself asks for the schema, which may answer late. */
function isAsked(request: Request): boolean {
  return request.method() === 'POST' && !request.postData()?.includes('IntrospectionQuery');
}

async function execute(page: Page): Promise<unknown> {
  const [response] = await Promise.all([
    page.waitForResponse((each) => each.url().endsWith('/graphql') && isAsked(each.request())),
    page.locator('.graphiql-execute-button').click(),
  ]);
  return response.json();
}

const LoginAnswer = z.object({
  data: z.object({
    login: z.object({ accessToken: z.string().min(100), user: z.object({ roles: z.array(z.string()) }) }),
  }),
});

/** Signs in as the page proposes, and then does what the comment above its query says. */
async function graphiql({ browser }: Stage, url: string, name: string): Promise<void> {
  await visit(browser, {}, async (page) => {
    await page.goto(`${url}/graphiql`);
    await page.locator('.graphiql-query-editor .view-line').first().waitFor();
    const { login } = LoginAnswer.parse(await execute(page)).data;
    assert.deepEqual(login.user.roles, ['desk']);
    const shown = page.locator('.graphiql-response');
    await shown.getByText(login.accessToken.slice(0, 20)).first().waitFor();
    await keepPicture(page, name);

    await page.getByRole('button', { name: 'Headers' }).click();
    const headers = JSON.stringify({ authorization: `Bearer ${login.accessToken}` });
    await write(page, '.graphiql-editor-tool .graphiql-editor:visible', headers);
    await write(page, '.graphiql-query-editor', 'query { me { username } }');
    assert.deepEqual(await execute(page), { data: { me: { username: 'desk' } } });
  });
}

const Description = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) });

async function describedCalls(url: string): Promise<readonly string[]> {
  const answer: unknown = await (await fetch(`${url}/openapi.json`)).json();
  return Object.entries(Description.parse(answer).paths).flatMap(([path, item]) =>
    Object.keys(item)
      .filter((key) => key !== 'servers')
      .map((method) => `${method} ${path}`),
  );
}

const LISTED = `[...document.querySelectorAll('.opblock')].map((call) =>
  call.querySelector('.opblock-summary-method').textContent.toLowerCase() + ' ' +
  call.querySelector('[data-path]').dataset.path)`;

/** Opens a call, fills in its body if there is one, sends it; the answer as it is shown: status and body. */
async function tryOut(page: Page, path: string, body?: object): Promise<readonly [status: string, body: string]> {
  const call = page.locator('.opblock', { has: page.locator(`[data-path="${path}"]`) });
  await call.locator('.opblock-summary-control').click();
  await call.getByRole('button', { name: 'Try it out' }).click();
  if (body) await call.locator('textarea').fill(JSON.stringify(body));
  await call.getByRole('button', { name: 'Execute' }).click();
  const answer = call.locator('.live-responses-table .response');
  return [
    (await answer.locator('.response-col_status').innerText()).trim(),
    await answer.locator('.highlight-code').first().innerText(),
  ];
}

/** Swagger UI draws what is in sight and nothing else when there are hundreds of calls. */
const ALL_IN_SIGHT = { width: 1280, height: 60_000 };
/** All of them at once take a slow machine a while. */
const DRAWN_WITHIN_MS = 120_000;

async function docs({ lab, browser }: Stage): Promise<void> {
  const described = await describedCalls(lab.url);
  assert.ok(described.includes('post /order/place'));
  // Not at the address that the lab gives out, http://localhost: the page must call the one it was opened at.
  await visit(browser, {}, async (page) => {
    await page.setViewportSize(ALL_IN_SIGHT);
    page.setDefaultTimeout(DRAWN_WITHIN_MS);
    await page.goto(`${lab.url}/docs`);
    // Some hundred calls are drawn one after the other.
    await page
      .locator('.opblock')
      .nth(described.length - 1)
      .waitFor();
    const listed = await page.evaluate<readonly string[]>(LISTED);
    assert.deepEqual(listed.toSorted(), described.toSorted());
    await keepPicture(page, 'docs');

    const login = { lab: null, username: 'desk', password: DEMO_PASSWORD };
    const [status, answer] = await tryOut(page, '/user/login', login);
    assert.deepEqual([status, /"accessToken": "ey/.test(answer)], ['200', true]);
    assert.equal((await tryOut(page, '/ready'))[0], '200');
    await keepPicture(page, 'docs-tried');
  });
  await visit(browser, { ...PHONE, isDark: true }, async (page) => {
    await page.goto(`${lab.url}/docs`);
    await page.locator('.opblock').first().waitFor();
    const [ink, ground] = await page.evaluate<readonly [string, string]>(
      `['.info .title', 'body'].map((name) => getComputedStyle(document.querySelector(name))).map((style, at) => at === 0 ? style.color : style.backgroundColor)`,
    );
    assert.ok(contrast(ink, ground) > 4.5, `${ink} on ${ground}`);
    assert.equal(await overflowOf(page), 0);
    await keepPicture(page, 'docs-phone-dark');
  });
}

/** WCAG 2.2, contrast ratio of two `rgb(r, g, b)`; 4.5 is the least for text. */
function contrast(one: string, other: string): number {
  const luminance = (colour: string): number => {
    const [red = 0, green = 0, blue = 0] = [...colour.matchAll(/\d+/g)].map(([part]) => {
      const share = Number(part) / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

interface ReportedOrders {
  readonly orders: {
    readonly nodes: readonly {
      readonly patient: { readonly name: string; readonly mrn: string };
      readonly reports: readonly { readonly id: string; readonly number: string; readonly verifyUrl: string }[];
    }[];
  };
}

async function checkPages({ lab, browser }: Stage): Promise<void> {
  await tellStory(lab);
  const pathologist = await signIn(lab.url, 'path');
  const { orders } = await pathologist.ask<ReportedOrders>(
    'query { orders { nodes { patient { name mrn } reports { id number verifyUrl } } } }',
  );
  const [order] = orders.nodes;
  const [report] = order?.reports ?? [];
  assert.ok(order && report);
  const { pathname } = new URL(report.verifyUrl);
  const looks = [
    ['phone', PHONE],
    ['phone-dark', { ...PHONE, isDark: true }],
    ['desk', {}],
  ] as const;

  const see = async (state: string, path: string, says: RegExp, expectedErrors: readonly RegExp[] = []) => {
    for (const [look, options] of looks)
      await visit(browser, { ...options, expectedErrors }, async (page) => {
        await page.goto(lab.url + path);
        const text = await page.innerText('body');
        assert.match(text, says);
        const source = await page.content();
        // Nothing of the patient and no value: whole words, as a hash may hold anything.
        for (const secret of [...order.patient.name.split(' '), order.patient.mrn, '9822012345', '9\\.1', '14\\.2'])
          assert.doesNotMatch(source, new RegExp(`(?<!\\w)${secret}(?!\\w)`, 'i'));
        const colours = await page.evaluate<readonly string[]>(
          `[getComputedStyle(document.querySelector('.verdict')).color, getComputedStyle(document.querySelector('.card')).backgroundColor]`,
        );
        assert.ok(contrast(colours[0] ?? '', colours[1] ?? '') > 4.5, `${look}: ${colours.join(' on ')}`);
        const [, card = ''] = colours;
        assert.equal(contrast(card, 'rgb(0, 0, 0)') < 2, look === 'phone-dark', `${look}: a card of ${card}`);
        assert.equal(await overflowOf(page), 0, `${state} ${look}`);
        await keepPicture(page, `check-${state}-${look}`);
      });
  };
  await see('genuine', pathname, new RegExp(`Genuine and current[\\s\\S]*${report.number}[\\s\\S]*Signed by`));
  // Chromium notes the status of the page itself.
  await see('unknown', `${pathname.slice(0, -3)}ABC`, /Not known[\s\S]*No report carries this code/, [/404/]);

  // By hand, as no act of a lab makes a second version yet: an authorised result cannot be changed.
  const client = new pg.Client({ connectionString: lab.env['DATABASE_URL'] });
  await client.connect();
  try {
    await client.query(`update lis_report.report set status = 'superseded' where id = $1`, [report.id]);
  } finally {
    await client.end();
  }
  await see('superseded', pathname, new RegExp(`Superseded[\\s\\S]*newer version[\\s\\S]*${report.number}`));
}

test('the pages of a lab', async (t) => {
  const browser = await openBrowser(t);
  if (!browser) return;
  const lab = await startLabProcess(t);
  const stage = { lab, browser };

  await t.test('the start page shows where to go and who may sign in', async () => {
    await startPage(stage, {}, 'start');
    await startPage(stage, { ...PHONE, isDark: true }, 'start-phone-dark');
  });
  await t.test('GraphiQL signs in as it proposes, and shows a token that works', () =>
    graphiql(stage, lab.url, 'graphiql'),
  );
  await t.test('the docs list every call of the description and try them out', () => docs(stage));
  await t.test('under a name of the lab, by plain HTTP, the pages stay here too', async () => {
    const named = lab.url.replace('127.0.0.1', LAB_NAME);
    await graphiql(stage, named, 'graphiql-named');
    await visit(browser, {}, async (page) => {
      await page.setViewportSize(ALL_IN_SIGHT);
      page.setDefaultTimeout(DRAWN_WITHIN_MS);
      await page.goto(named);
      await page.getByRole('link', { name: '/docs' }).click();
      await page.locator('.opblock').first().waitFor();
      assert.equal(new URL(page.url()).hostname, LAB_NAME, 'a link keeps the address');
      assert.equal((await tryOut(page, '/ready'))[0], '200');
    });
  });
  await t.test('the check page tells a genuine report from another and nothing of the patient', () =>
    checkPages(stage),
  );
});
