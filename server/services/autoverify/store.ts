// The SQL statements about settings, the switch, and orders that wait.
import sql from 'sql-template-tag';

import type { Db, Tx } from '#platform/service.ts';

import type { AutoMode, AutoRule, TestAutoChange, TestAutoView } from './contract.ts';

export interface SwitchRow {
  readonly isStopped: boolean;
  readonly stoppedAt: string | null;
  readonly stoppedBy: string | null;
  readonly reason: string | null;
  readonly revision: number;
}

export const neverStopped: SwitchRow = {
  isStopped: false,
  stoppedAt: null,
  stoppedBy: null,
  reason: null,
  revision: 0,
};

export function getSwitch(db: Db, labId: string): Promise<SwitchRow | undefined> {
  return db.maybe<SwitchRow>(sql`
    select is_stopped, stopped_at, stopped_by, reason, revision from lis_autoverify.lab_switch where lab_id = ${labId}`);
}

/** The row is made at first need, so that there is something to lock. */
async function makeSwitch(tx: Tx, labId: string): Promise<void> {
  await tx.rows(sql`insert into lis_autoverify.lab_switch (lab_id) values (${labId}) on conflict (lab_id) do nothing`);
}

/** For who changes the switch or a setting: waits until nobody is verifying. */
export async function lockSwitch(tx: Tx, labId: string): Promise<SwitchRow> {
  await makeSwitch(tx, labId);
  return tx.one<SwitchRow>(sql`
    select is_stopped, stopped_at, stopped_by, reason, revision from lis_autoverify.lab_switch where lab_id = ${labId} for update`);
}

/** For who decides or verifies: nothing is stopped or set until the transaction ends. */
export async function shareSwitch(tx: Tx, labId: string): Promise<SwitchRow> {
  await makeSwitch(tx, labId);
  return tx.one<SwitchRow>(sql`
    select is_stopped, stopped_at, stopped_by, reason, revision from lis_autoverify.lab_switch where lab_id = ${labId} for share`);
}

export interface Stop {
  readonly at: string;
  readonly by: string;
  readonly reason: string;
}

/** @param stop null: let go on */
export function saveStop(tx: Tx, labId: string, stop: Stop | null): Promise<SwitchRow> {
  return tx.one<SwitchRow>(sql`
    update lis_autoverify.lab_switch
    set is_stopped = ${stop !== null}, stopped_at = ${stop?.at ?? null}::timestamptz, stopped_by = ${stop?.by ?? null},
      reason = ${stop?.reason ?? null}
    where lab_id = ${labId}
    returning is_stopped, stopped_at, stopped_by, reason, revision`);
}

export interface SettingRow extends TestAutoView {
  readonly mode: AutoMode;
  readonly rules: AutoRule[];
  readonly revision: number;
}

export function settingsOf(db: Db, labId: string, testCodes: readonly string[]): Promise<readonly SettingRow[]> {
  return db.rows<SettingRow>(sql`
    select test_code, mode, rules, limits, allows_manual, qc_warning_passes, revision, changed_at, changed_by
    from lis_autoverify.setting where lab_id = ${labId} and test_code = any(${testCodes}::text[])`);
}

export function settingsQuery(labId: string, { after, limit }: { readonly after: string; readonly limit: number }) {
  return sql`
    select test_code, mode, rules, limits, allows_manual, qc_warning_passes, revision, changed_at, changed_by
    from lis_autoverify.setting
    where lab_id = ${labId} and test_code > ${after}
    order by test_code
    limit ${limit}`;
}

export type NewSetting = Pick<
  SettingRow,
  'testCode' | 'mode' | 'rules' | 'limits' | 'allowsManual' | 'qcWarningPasses'
> & { readonly reason: string; readonly at: string; readonly by: string };

/** Writes the setting and its place in the history, under the lab's next revision. */
export async function saveSetting(tx: Tx, labId: string, row: NewSetting): Promise<SettingRow> {
  const { revision } = await tx.one<{ readonly revision: number }>(sql`
    update lis_autoverify.lab_switch set revision = revision + 1 where lab_id = ${labId} returning revision`);
  const { testCode, mode, rules, allowsManual, qcWarningPasses, reason, at, by } = row;
  const limits = JSON.stringify(row.limits);
  await tx.rows(sql`
    insert into lis_autoverify.setting_change
      (lab_id, revision, test_code, mode, rules, limits, allows_manual, qc_warning_passes, reason, changed_at, changed_by)
    values
      (${labId}, ${revision}, ${testCode}, ${mode}, ${rules}, ${limits}::jsonb, ${allowsManual}, ${qcWarningPasses}, ${reason}, ${at}, ${by})`);
  return tx.one<SettingRow>(sql`
    insert into lis_autoverify.setting
      (lab_id, test_code, mode, rules, limits, allows_manual, qc_warning_passes, revision, changed_at, changed_by)
    values
      (${labId}, ${testCode}, ${mode}, ${rules}, ${limits}::jsonb, ${allowsManual}, ${qcWarningPasses}, ${revision}, ${at}, ${by})
    on conflict (lab_id, test_code) do update
    set mode = excluded.mode, rules = excluded.rules, limits = excluded.limits, allows_manual = excluded.allows_manual,
      qc_warning_passes = excluded.qc_warning_passes, revision = excluded.revision, changed_at = excluded.changed_at,
      changed_by = excluded.changed_by
    returning test_code, mode, rules, limits, allows_manual, qc_warning_passes, revision, changed_at, changed_by`);
}

export type ChangeRow = TestAutoChange;

export function changesQuery(
  labId: string,
  { testCode, before, limit }: { readonly testCode: string; readonly before: number | null; readonly limit: number },
) {
  const older = before === null ? sql`` : sql`and revision < ${before}`;
  return sql`
    select test_code, mode, rules, limits, allows_manual, qc_warning_passes, revision, reason, changed_at, changed_by
    from lis_autoverify.setting_change
    where lab_id = ${labId} and test_code = ${testCode} ${older}
    order by revision desc
    limit ${limit}`;
}

export interface WaitingRow {
  readonly orderId: string;
  readonly since: string;
}

/** Makes or takes the row of an order; who holds it decides about the order alone. */
export function holdOrder(tx: Tx, labId: string, orderId: string, now: string): Promise<WaitingRow> {
  return tx.one<WaitingRow>(sql`
    insert into lis_autoverify.waiting (lab_id, order_id, since, next_at)
    values (${labId}, ${orderId}, ${now}, ${now})
    on conflict (lab_id, order_id) do update set next_at = excluded.next_at
    returning order_id, since`);
}

export async function waitUntil(tx: Tx, labId: string, orderId: string, nextAt: string): Promise<void> {
  await tx.rows(sql`
    update lis_autoverify.waiting set next_at = ${nextAt} where lab_id = ${labId} and order_id = ${orderId}`);
}

export async function waitNoLonger(tx: Tx, labId: string, orderId: string): Promise<void> {
  await tx.rows(sql`delete from lis_autoverify.waiting where lab_id = ${labId} and order_id = ${orderId}`);
}

/** Nothing that waits now is taken up again. */
export async function forgetWaiting(tx: Tx, labId: string): Promise<void> {
  await tx.rows(sql`delete from lis_autoverify.waiting where lab_id = ${labId}`);
}

export function isWaiting(db: Db, labId: string, orderId: string): Promise<WaitingRow | undefined> {
  return db.maybe<WaitingRow>(sql`
    select order_id, since from lis_autoverify.waiting where lab_id = ${labId} and order_id = ${orderId}`);
}

/** Longest due first. @param until null: due or not */
export function waitingQuery(labId: string, until: string | null, limit: number) {
  const due = until === null ? sql`` : sql`and next_at <= ${until}::timestamptz`;
  return sql`
    select order_id, since from lis_autoverify.waiting
    where lab_id = ${labId} ${due}
    order by next_at, order_id
    limit ${limit}`;
}

export function firstWaiting(db: Db, labId: string): Promise<{ readonly nextAt: string } | undefined> {
  return db.maybe<{ readonly nextAt: string }>(sql`
    select next_at from lis_autoverify.waiting where lab_id = ${labId} order by next_at, order_id limit 1`);
}
