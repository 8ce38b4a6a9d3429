// What runs at every request, login and refresh goes by an index, under row-level security too (P11).
import assert from 'node:assert/strict';
import { test } from 'node:test';

import sql from 'sql-template-tag';

import { newId } from '#platform/ids.ts';
import type { Tx } from '#platform/service.ts';

import { startLab } from '../../testing/start-lab.ts';
import * as sessions from './session-store.ts';
import * as store from './store.ts';

const PEOPLE = 3000;
const NOW = '2026-11-25T04:00:00.000Z';

test('USR-21: sessions, accounts, tokens and guards are found by their indexes among thousands', async (t) => {
  const lab = await startLab(t, { services: ['user'] });
  const ctx = lab.runtime.systemCtx('user', lab.labId);
  const { labId } = lab;
  await ctx.transaction(async (tx) => {
    await tx.rows(sql`
      insert into lis_user.account (lab_id, id, username, name, roles, password_hash)
      select ${labId}::uuid, gen_random_uuid(), 'user-' || n, 'Name ' || n, array['desk'], 'none' from generate_series(1, ${PEOPLE}::int) as n`);
    await tx.rows(sql`
      insert into lis_user.session (lab_id, id, user_id, started_at, expires_at)
      select lab_id, gen_random_uuid(), id, ${NOW}, ${NOW} from lis_user.account`);
    await tx.rows(sql`
      insert into lis_user.refresh_token (lab_id, session_id, secret_sha256) select lab_id, id, 'hash-' || id from lis_user.session`);
    await tx.rows(sql`
      insert into lis_user.login_guard (lab_id, login_sha256, failures, last_failed_at)
      select ${labId}::uuid, 'hash-' || n, 1, ${NOW} from generate_series(1, ${PEOPLE}::int) as n`);
  });

  const planOf = (run: (tx: Tx) => Promise<unknown>): Promise<string> =>
    ctx.transaction(async (tx) => {
      // Nobody has analysed these rows yet: without this a scan of the whole may look as cheap.
      await tx.rows(sql`set local enable_seqscan = off`);
      const lines: string[] = [];
      const explain = async (query: Parameters<Tx['rows']>[0]) => {
        const rows = await tx.rows<Record<string, string>>(sql`explain ${query}`);
        lines.push(...rows.flatMap((row) => Object.values(row)));
        return [];
      };
      await run({ ...tx, rows: explain, maybe: async (query) => (await explain(query))[0] });
      return lines.join('\n');
    });
  const id = newId();
  const token = { labId, sessionId: id, secretSha256: 'hash-1' };
  const cases: readonly [index: string, condition: RegExp, run: (tx: Tx) => Promise<unknown>][] = [
    ['session_key', /id = /, (tx) => sessions.findLivingSession(tx, labId, id, NOW)],
    ['account_username_key', /username = /, (tx) => store.findAccountToSignIn(tx, labId, 'user-7')],
    [
      'account_by_name',
      /ROW\(name_key, id\) > /,
      (tx) => store.listAccounts(tx, labId, { after: ['name 5', id], limit: 21 }),
    ],
    ['account_username_key', /username = ANY/, (tx) => store.getAccountsByUsername(tx, labId, ['user-7', 'user-8'])],
    ['account_key', /id = ANY/, (tx) => store.getAccounts(tx, labId, [id])],
    ['session_of_user', /user_id = /, (tx) => sessions.endSessionsOf(tx, labId, id, NOW, 'disabled')],
    ['session_of_user', /user_id = /, (tx) => sessions.forgetSessionsOf(tx, labId, id, NOW)],
    ['refresh_token_key', /secret_sha256 = /, (tx) => sessions.findToken(tx, token)],
    ['login_guard_key', /login_sha256 = /, (tx) => sessions.findGuard(tx, labId, 'hash-1')],
    ['login_guard_by_age', /last_failed_at < /, (tx) => sessions.forgetGuards(tx, labId, NOW)],
  ];
  for (const [index, condition, run] of cases) {
    const plan = await planOf(run);
    assert.match(plan, new RegExp(`Scan (using|on) ${index}\\b`), plan);
    assert.ok(
      plan.split('\n').some((line) => line.includes('Index Cond:') && condition.test(line)),
      plan,
    );
    assert.ok(!plan.includes('Seq Scan'), plan);
  }
});
