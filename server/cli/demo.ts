// `nidaan demo`: a lab day against the lab that runs here; when none does, one is started for it and stopped after.
import process from 'node:process';

import * as z from 'zod';

import { assemble } from '../boot/assemble.ts';
import { loadConfig, loadDotEnv } from '../boot/load-config.ts';
import { StartError } from '../boot/start-error.ts';
import { playDay } from '../demo/play-day.ts';

interface DemoOptions {
  readonly patients: string;
  readonly seed: string;
  readonly url?: string;
  readonly json?: boolean;
}

const Ready = z.object({
  status: z.literal('ready'),
  integration: z.object({ hl7: z.coerce.number(), astm: z.coerce.number() }).optional(),
});

/** What the lab at this address says of itself; undefined when none answers. */
async function find(url: string): Promise<z.output<typeof Ready> | undefined> {
  try {
    const reply = await fetch(`${url}/ready`, { signal: AbortSignal.timeout(2000) });
    return Ready.safeParse(await reply.json()).data;
  } catch {
    return undefined;
  }
}

function wholeNumber(text: string, option: string, max: number): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > max)
    throw new StartError(`--${option} must be a whole number from 1 to ${max}.`);
  return number;
}

export async function demo(options: DemoOptions): Promise<void> {
  loadDotEnv();
  const patients = wholeNumber(options.patients, 'patients', 500);
  const seed = wholeNumber(options.seed, 'seed', 2 ** 31);
  const out = options.json ? { write: () => true, isTTY: false } : process.stdout;
  const config = loadConfig(process.env);
  const url = options.url?.replace(/\/$/, '') ?? `http://localhost:${config.httpPort}`;
  const found = await find(url);
  if (!found && options.url !== undefined) throw new StartError(`No lab answers at ${url}.`);

  let stop = async (): Promise<void> => {};
  let ports = found?.integration ?? { hl7: config.hl7Port, astm: config.astmPort };
  if (!found) {
    out.write(`No lab runs on port ${config.httpPort}; one is started for the day.\n`);
    const lab = await assemble({ config, hasGateway: true });
    stop = lab.stop;
    ports = {
      hl7: Number(lab.facts['integration']?.['hl7'] ?? ports.hl7),
      astm: Number(lab.facts['integration']?.['astm'] ?? ports.astm),
    };
  }
  try {
    const table = await playDay({ url, hl7Port: ports.hl7, astmPort: ports.astm, patients, seed, out });
    if (options.json) process.stdout.write(`${JSON.stringify(table, null, 2)}\n`);
    else if (!found) process.stdout.write('The lab for the day was stopped; npm start runs it on the same data.\n');
  } finally {
    await stop();
  }
  process.exit(0);
}
