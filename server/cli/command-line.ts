// The commands and their options. Each command's work is a file of its own, loaded when it is asked for.
import process from 'node:process';

import { Command, Option } from 'commander';

import { StartError } from '../boot/start-error.ts';
import type { CreateLabOptions } from './create-lab.ts';
import type { SeedLargeCommand } from './seed-large.ts';

function createProgram(): Command {
  const program = new Command('nidaan')
    .description('Nidaan, an open laboratory information system')
    .version('0.1.0')
    .showHelpAfterError('(nidaan --help shows what there is)');

  program
    .command('start')
    .description('start the lab: database, services, listeners, gateway')
    .addOption(new Option('--services <names>', 'only these, with commas; gateway counts as one').conflicts('split'))
    .option('--split', 'each service in a process of its own, on its own port and database')
    .option('--demo-day', 'play a lab day against it once it runs')
    .option('--json', 'print one line of JSON when it runs')
    .addOption(new Option('--child').hideHelp())
    .action(
      async (options: { services?: string; split?: boolean; demoDay?: boolean; json?: boolean; child?: boolean }) =>
        (await import('./start.ts')).start(options),
    );

  program
    .command('demo')
    .description('play a lab day: against the lab that runs here, or one started for it')
    .option('--patients <count>', 'how many patients come', '24')
    .option('--seed <number>', 'the same seed makes the same day', '1')
    .option('--url <address>', 'gateway of the lab; the one of this configuration when left out')
    .option('--json', 'print the table as JSON')
    .action(async (options: { patients: string; seed: string; url?: string; json?: boolean }) =>
      (await import('./demo.ts')).demo(options),
    );

  program
    .command('migrate')
    .description('bring the databases up to date and stop')
    .action(async () => (await import('./migrate.ts')).migrate());

  program
    .command('seed')
    .description('make the demo lab in an installation that runs split')
    .action(async () => (await import('./seed.ts')).seed());

  program
    .command('seed-large')
    .description('fill a stopped installation with the orders of three years, made up, to measure it')
    .option('--orders <count>', 'how many; each has between five and six results', '2800000')
    .option('--scale <factor>', 'a part of them: 0.01 makes a hundredth', '1')
    .option('--seed <number>', 'the same seed makes the same people and orders', '7')
    .option('--labs <count>', 'labs beside the large one, which has seven tenths', '20')
    .option('--indexes <how>', 'rebuild: made anew after; keep: they stay on', 'rebuild')
    .addHelpText(
      'after',
      '\nGone on with when it broke off. Tells no events and makes no reports. See docs/operations/large-lab.md.',
    )
    .action(async (options: SeedLargeCommand) => (await import('./seed-large.ts')).runSeedLarge(options));

  program
    .command('create-lab')
    .description('make a lab, its starter roles and catalogue, and its first user')
    .requiredOption('--code <code>', 'typed at login: 2 to 12 capital letters or digits')
    .requiredOption('--name <name>', 'as printed on reports')
    .requiredOption('--address <lines>', 'up to 4 lines, with ; between them')
    .requiredOption('--phone <number>', 'as printed on reports')
    .requiredOption('--email <address>', 'as printed on reports')
    .requiredOption('--registration <number>', 'registration of the establishment, as printed')
    .requiredOption('--prefix <letters>', '1 to 4 capital letters that begin every accession number')
    .option('--admin-username <name>', 'login name of the first user', 'admin')
    .option('--admin-name <name>', 'name of the first user', 'Administrator')
    .option('--split', 'the lab runs split on the embedded database: a database a service')
    .option('--json', 'print as JSON')
    .addHelpText('after', '\nThe password is NIDAAN_ADMIN_PASSWORD of the environment, or one made and shown once.')
    .action(async (options: CreateLabOptions) => (await import('./create-lab.ts')).createLab(options));

  program
    .command('doctor')
    .description('say what is configured, reachable and missing')
    .option('--json', 'print as JSON')
    .action(async (options: { json?: boolean }) => (await import('./doctor.ts')).doctor(options));

  program
    .command('settings')
    .description('list every setting')
    .option('--env', 'as a template for .env')
    .option('--json', 'print as JSON')
    .action(async (options: { env?: boolean; json?: boolean }) =>
      (await import('./settings.ts')).listSettings(options),
    );

  program
    .command('audit')
    .description('walk the chain of hashes over the audit trail and say whether it is whole')
    .option('--json', 'print as JSON')
    .action(async (options: { json?: boolean }) => (await import('./audit.ts')).verifyAudit(options));

  return program;
}

/** Runs one command; whatever keeps it from its work ends in one line on standard error. */
export async function runCommandLine(argv: readonly string[]): Promise<void> {
  try {
    await createProgram().parseAsync([...argv]);
  } catch (error) {
    const sentence = error instanceof Error ? error.message.split('\n')[0] : String(error);
    const hint = error instanceof StartError ? '' : ' (the log has more)';
    process.stderr.write(`nidaan: ${sentence}${hint}\n`);
    process.exitCode = 1;
    // What may still hold the loop open is of no use any more.
    process.exit();
  }
}
