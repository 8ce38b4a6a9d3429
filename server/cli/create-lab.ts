// `nidaan create-lab`: a lab of one's own, with somebody who may sign in. Works on the stopped lab's embedded database, or on
// DATABASE_URL at any time.
import { randomBytes } from 'node:crypto';
import process from 'node:process';

import type * as z from 'zod';

import { seedCatalogue } from '#contract/order.ts';
import * as organization from '#contract/organization.ts';
import { createUser, listUsers, seedRoles } from '#contract/user.ts';
import { systemActor } from '#platform/actor.ts';
import type { CallInput } from '#platform/contract.ts';
import { ServiceError } from '#platform/errors.ts';
import { newId } from '#platform/ids.ts';
import { createLog } from '#platform/log.ts';
import { createMetrics } from '#platform/metrics.ts';
import type { Dispatcher } from '#platform/runtime/dispatch.ts';
import { newScope } from '#platform/scope.ts';

import { findLabId } from '../boot/labs.ts';
import { loadConfig, loadDotEnv } from '../boot/load-config.ts';
import { openRuntime } from '../boot/open-runtime.ts';
import { loadServices } from '../boot/services.ts';
import { StartError } from '../boot/start-error.ts';
import { createUndo } from '../boot/undo.ts';

export interface CreateLabOptions {
  readonly code: string;
  readonly name: string;
  readonly address: string;
  readonly phone: string;
  readonly email: string;
  readonly registration: string;
  readonly prefix: string;
  readonly adminUsername: string;
  readonly adminName: string;
  readonly split?: boolean;
  readonly json?: boolean;
}

/** By field of the calls, where a person typed it. */
const OPTION_OF: Readonly<Record<string, string>> = {
  code: '--code',
  name: '--name',
  addressLines: '--address',
  phone: '--phone',
  email: '--email',
  registrationNumber: '--registration',
  accessionPrefix: '--prefix',
};
const ADMIN_OPTION_OF: Readonly<Record<string, string>> = {
  username: '--admin-username',
  name: '--admin-name',
  password: 'NIDAAN_ADMIN_PASSWORD',
};

function faultsOf(schema: z.ZodType, input: object, options: Readonly<Record<string, string>>): readonly string[] {
  const issues = schema.safeParse(input).error?.issues ?? [];
  return issues.map(({ path, message }) => `${options[String(path[0])] ?? String(path[0])} (${message})`);
}

interface Made {
  readonly labId: string;
  readonly isFinished: boolean;
}

type Admin = CallInput<typeof createUser>;

/**
 * The first user comes last, and so marks a lab that is whole: one without users was cut off while it was made, and is finished.
 * @throws StartError when the code is that of a lab people work in
 */
async function make(
  calls: Pick<Dispatcher, 'call'>,
  lab: CallInput<typeof organization.createLab>,
  admin: Admin,
): Promise<Made> {
  const existing = await findLabId(calls, lab.code);
  const labId = existing ?? newId();
  const scope = newScope(systemActor(labId, 'create-lab'), newId());
  if (existing === undefined) {
    await calls.call(organization.createLab, { ...lab, id: labId }, scope);
  } else if ((await calls.call(listUsers, { first: 1 }, scope)).edges.length > 0) {
    throw new StartError(`There is a lab with the code ${lab.code} already; nothing was changed.`);
  }
  await calls.call(seedRoles, {}, scope);
  await calls.call(seedCatalogue, {}, scope);
  await calls.call(createUser, admin, scope);
  return { labId, isFinished: existing !== undefined };
}

/** @throws StartError naming every option that is not as it must be, and what else keeps the lab from being made */
export async function createLab(options: CreateLabOptions): Promise<void> {
  loadDotEnv();
  const given = process.env['NIDAAN_ADMIN_PASSWORD'];
  const password = given ?? randomBytes(12).toString('base64url');
  const lab = {
    code: options.code,
    name: options.name,
    addressLines: options.address.split(';').map((line) => line.trim()),
    phone: options.phone,
    email: options.email,
    registrationNumber: options.registration,
    accessionPrefix: options.prefix,
  };
  const admin = { username: options.adminUsername, name: options.adminName, password, roles: ['admin'] };
  const faults = [
    ...faultsOf(organization.createLab.input, lab, OPTION_OF),
    ...faultsOf(createUser.input, admin, ADMIN_OPTION_OF),
  ];
  if (faults.length > 0) throw new StartError(`Not as it must be: ${faults.join('; ')}.`);

  const read = loadConfig(process.env);
  const config = options.split ? { ...read, databasePerService: true } : read;
  const log = createLog({ level: config.logLevel, destination: config.logFile });
  const undo = createUndo();
  undo.add(() => log.flush());
  let made: Made;
  try {
    const everyService = await loadServices();
    const metrics = createMetrics();
    const { runtime } = await openRuntime({ config, local: everyService, everyService, log, metrics, undo });
    made = await make(runtime.dispatcher, lab, admin);
  } catch (error) {
    throw error instanceof ServiceError ? new StartError(error.message) : error;
  } finally {
    await undo.run();
  }
  tell(options, made, given === undefined ? password : undefined);
  process.exit(0);
}

/** @param password shown only when it was made here */
function tell(options: CreateLabOptions, { labId, isFinished }: Made, password: string | undefined): void {
  const { code, adminUsername } = options;
  const username = adminUsername.trim().toLowerCase();
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ labId, code, isFinished, username, ...(password && { password }) })}\n`);
    return;
  }
  const lines = [
    isFinished
      ? `The lab ${code} was begun earlier (its name and address are as given then) and is finished now.`
      : `The lab ${code} was made, with the starter roles and the starter catalogue.`,
    `First user ${username}, ${password === undefined ? 'with the password of NIDAAN_ADMIN_PASSWORD' : `password ${password} (shown only now)`}.`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
