// What the terminal shows once the lab runs: where to go and who may sign in.
import type { Assembled } from './assemble.ts';
import { DEMO_PASSWORD, demoUsers } from './seed-demo.ts';

export function banner(lab: Assembled, seconds: number): string {
  const { config, facts, httpPort } = lab;
  const integration = facts['integration'];
  const lines = [''];
  lines.push(
    `  Nidaan runs (${seconds.toFixed(1)} s${lab.isAdopted ? ', database recovered from an unclean stop' : ''}).`,
    '',
  );
  if (httpPort !== undefined) {
    const url = `http://localhost:${httpPort}`;
    lines.push(
      `  Start page  ${url}/`,
      `  GraphiQL    ${url}/graphiql`,
      `  GraphQL     ${url}/graphql`,
      `  HTTP API    ${url}/docs`,
    );
  }
  if (integration)
    lines.push(
      `  HL7 (MLLP)  port ${integration['hl7'] ?? config.hl7Port}`,
      `  ASTM (TCP)  port ${integration['astm'] ?? config.astmPort}`,
    );
  lines.push(`  Data        ${config.dataDir}`, '');
  if (!lab.hasLab) {
    lines.push(
      '  No lab is here yet, so nobody can sign in. Stop with Ctrl-C (not needed with DATABASE_URL) and make one:',
      '    npx nidaan create-lab --code ABC --name "…" --address "line;line" --phone … --email … \\',
      '      --registration … --prefix A',
      '  npx nidaan create-lab --help tells more.',
    );
  } else if (config.demo && httpPort !== undefined) {
    lines.push(`  Demo logins, password ${DEMO_PASSWORD}:`);
    for (const user of demoUsers) lines.push(`    ${user.username.padEnd(10)} ${user.roles.join(', ')}`);
    lines.push('', '  npm run demo plays a lab day in another terminal. Ctrl-C stops.');
  } else {
    lines.push('  Ctrl-C stops.');
  }
  return `${lines.join('\n')}\n\n`;
}
