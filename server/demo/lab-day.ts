// What the whole day shares: who works, the analyzers, what is counted, how long one waits.
import { setTimeout as sleep } from 'node:timers/promises';

import { createCbcAnalyzer } from '@nidaan/sandbox/analyzers/cbc-analyzer.ts';
import { createChemistryAnalyzer } from '@nidaan/sandbox/analyzers/chemistry-analyzer.ts';
import type { Seeded } from '@nidaan/sandbox/analyzers/seeded.ts';
import { serumCodes } from '@nidaan/sandbox/analyzers/serum.ts';

import type { TubeView } from '#contract/sample.ts';
import { confirmIdentity } from '#contract/user.ts';

import { BLOOD_COUNTER, CHEMISTRY } from '../boot/seed-demo-bench.ts';
import { DEMO_PASSWORD } from '../boot/seed-demo.ts';
import { signIn } from './api-client.ts';
import type { ApiClient } from './api-client.ts';
import type { DayTable } from './day-table.ts';
import type { Person } from './people.ts';
import type { Out, Progress } from './progress.ts';

export interface DayOptions {
  /** Address of the gateway. */
  readonly url: string;
  readonly hl7Port: number;
  readonly astmPort: number;
  readonly patients: number;
  readonly seed: number;
  readonly out: Out;
}

export interface Staff {
  readonly desk: ApiClient;
  readonly phlebotomist: ApiClient;
  readonly technician: ApiClient;
  readonly pathologist: ApiClient;
  readonly manager: ApiClient;
}

export interface Visit {
  readonly person: Pick<Person, 'sex' | 'referredBy'>;
  readonly patientId: string;
  readonly orderId: string;
  readonly orderNumber: string;
  readonly tubes: readonly TubeView[];
}

export interface LabDay {
  readonly options: DayOptions;
  readonly staff: Staff;
  readonly analyzers: ReturnType<typeof createAnalyzers>;
  readonly random: Seeded;
  readonly table: DayTable;
  readonly progress: Progress;
  /** Signed; their reports are waited for at the end of the day. */
  readonly signed: Visit[];
  /** The pathologist's signing token; the password is given again when it is about to end. */
  confirm(): Promise<string>;
}

const WAIT_LIMIT_MS = 60_000;
/** Asks soon, then less and less often: the lab counts requests a minute. */
const ASK_FIRST_MS = 80;
const ASK_LAST_MS = 1000;
/** Keys a batch call takes. */
export const MAX_BATCH = 200;

/** What the simulated chemistry analyzer can measure, by code of our catalogue; `GLUC` is its own name for glucose. */
export const chemistryCodes: ReadonlyMap<string, string> = new Map([
  ...serumCodes.filter((code) => code !== 'GLUC').map((code) => [code, code] as const),
  ['GLU', 'GLUC'],
]);

export async function waitFor<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  const giveUpAt = Date.now() + WAIT_LIMIT_MS;
  for (let pauseMs = ASK_FIRST_MS; ; pauseMs = Math.min(ASK_LAST_MS, pauseMs * 1.5)) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > giveUpAt) throw new Error(`${what} did not happen within a minute`);
    await sleep(pauseMs);
  }
}

export function createAnalyzers(options: DayOptions) {
  const at = { host: '127.0.0.1', seed: options.seed };
  return {
    counter: createCbcAnalyzer({ ...at, port: options.hl7Port, instrument: BLOOD_COUNTER }),
    chemistry: createChemistryAnalyzer({ ...at, port: options.astmPort, instrument: CHEMISTRY }),
  };
}

export async function callStaff(url: string): Promise<Staff> {
  const [desk, phlebotomist, technician, pathologist, manager] = await Promise.all(
    ['desk', 'phlebo', 'tech', 'path', 'manager'].map((username) => signIn(url, username, DEMO_PASSWORD)),
  );
  if (!desk || !phlebotomist || !technician || !pathologist || !manager) throw new Error('Five people were to sign in');
  return { desk, phlebotomist, technician, pathologist, manager };
}

/** A confirmed identity is good for minutes; a long day asks for the password again. */
export function createSigner(pathologist: ApiClient): () => Promise<string> {
  let confirmed = { signingToken: '', expiresAt: '' };
  return async () => {
    if (confirmed.expiresAt === '' || Date.parse(confirmed.expiresAt) < Date.now() + WAIT_LIMIT_MS)
      confirmed = await pathologist.call(confirmIdentity, { password: DEMO_PASSWORD });
    return confirmed.signingToken;
  };
}
