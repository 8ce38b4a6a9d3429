import process from 'node:process';

import { envTemplate } from '#platform/settings.ts';

import { settings } from '../config.ts';

export function listSettings(options: { readonly env?: boolean; readonly json?: boolean }): void {
  if (options.env) {
    process.stdout.write(envTemplate(settings));
    return;
  }
  const rows = Object.values(settings).map(({ env, what, shownDefault, isSecret }) => ({
    env,
    what,
    default: shownDefault,
    isSecret,
  }));
  if (options.json) process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
  else
    for (const row of rows)
      process.stdout.write(`${row.env.padEnd(32)} ${row.what}${row.default === '' ? '' : ` [${row.default}]`}\n`);
}
