// A real browser for tests of our pages: Chromium of the system, without a network beyond this machine. A page that asks
// any other address, or writes an error to its console (a breach of the content security policy is one), fails its test.
import assert from 'node:assert/strict';
import { accessSync, constants, mkdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';

import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';

/** Why a test is skipped when `findChromium` finds none. */
export const needsChromium = 'needs Chromium: apt-get install chromium, or its path in NIDAAN_TEST_CHROMIUM';

/** A name of the lab's own network, as a lab would give the machine that runs the program. Plain HTTP under it is no secure context. */
export const LAB_NAME = 'lis.lab.example';

const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const MAC_PROGRAM = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

/** Path of a Chromium, if there is one; that of NIDAAN_TEST_CHROMIUM comes first. */
export function findChromium(): string | undefined {
  const named = process.env['NIDAAN_TEST_CHROMIUM'];
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const places = PROGRAMS.flatMap((program) => folders.map((folder) => join(folder, program)));
  return [...(named ? [named] : []), ...places, MAC_PROGRAM].find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Each start gets a new profile in the temporary folder, which is deleted when the browser is closed. */
export function startChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--headless',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      // Offline even where the machine is not: a page that needs something from outside looks as it would in a lab without a line.
      `--host-resolver-rules=MAP ${LAB_NAME} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost`,
    ],
  });
}

export interface VisitOptions {
  /** Screen size in CSS pixels; that of a small desktop screen unless given. */
  readonly width?: number;
  readonly height?: number;
  readonly isDark?: boolean;
  /** Console errors that belong to what is tested. Each must come, in this order. */
  readonly expectedErrors?: readonly RegExp[];
}

/** Nothing of another machine: our own addresses, and what a page made itself. */
export function staysHere(address: string): boolean {
  const { protocol, hostname } = new URL(address);
  return protocol === 'data:' || protocol === 'blob:' || ['127.0.0.1', 'localhost', LAB_NAME].includes(hostname);
}

/** Opens a page in a session of its own, and afterwards judges what it asked for and what it complained about. */
export async function visit(
  browser: Browser,
  options: VisitOptions,
  see: (page: Page) => Promise<void>,
): Promise<void> {
  const { width = 1280, height = 800, isDark = false, expectedErrors = [] } = options;
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: isDark ? 'dark' : 'light' });
  const asked: string[] = [];
  const complaints: string[] = [];
  context.on('request', (request) => asked.push(request.url()));
  context.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`${message.text()} (${message.location().url})`);
  });
  context.on('weberror', (error) => complaints.push(String(error.error())));
  try {
    const page = await context.newPage();
    page.on('websocket', (socket) => asked.push(socket.url()));
    await see(page);
  } finally {
    await context.close();
  }
  assert.ok(asked.length > 0, 'a page was opened');
  assert.deepEqual(
    asked.filter((address) => !staysHere(address)),
    [],
    'nothing is asked of another machine',
  );
  assert.equal(complaints.length, expectedErrors.length, complaints.join('\n'));
  for (const [index, expected] of expectedErrors.entries()) assert.match(complaints[index] ?? '', expected);
}

/** Keeps a picture of the whole page as `<name>.png` in the folder that NIDAAN_TEST_SCREENSHOTS names, if it names one. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  const folder = process.env['NIDAAN_TEST_SCREENSHOTS'];
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

/** CSS pixels by which the page is wider than the screen: 0, or there is a horizontal scroll bar. */
export function overflowOf(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}
