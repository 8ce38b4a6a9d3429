// The SQL statements about external quality assessment.
import sql from 'sql-template-tag';

import type { Db, Tx } from '#platform/service.ts';

import type { EqaRound, EqaSample } from './contract.ts';

export type RoundRow = Omit<EqaRound, 'samples'>;
export interface SampleRow extends Omit<EqaSample, 'z'> {
  readonly z: number | null;
  readonly evaluatedAt: string | null;
}

const whole = sql`s.*, r.scheme, r.round`;
const joined = sql`lis_qc.eqa_sample as s join lis_qc.eqa_round as r on r.lab_id = s.lab_id and r.id = s.round_id`;

export function addRound(tx: Tx, labId: string, round: Omit<RoundRow, 'version'>): Promise<RoundRow> {
  return tx.one<RoundRow>(sql`
    insert into lis_qc.eqa_round (id, lab_id, scheme, round, closes_on)
    values (${round.id}, ${labId}, ${round.scheme}, ${round.round}, ${round.closesOn})
    returning *`);
}

export function getRound(db: Db, labId: string, id: string): Promise<RoundRow | undefined> {
  return db.maybe<RoundRow>(sql`select * from lis_qc.eqa_round where lab_id = ${labId} and id = ${id}`);
}

export interface NewSample {
  readonly id: string;
  readonly sampleCode: string;
  readonly analyteCode: string;
  readonly instrument: string;
}

export async function addSamples(tx: Tx, labId: string, roundId: string, rows: readonly NewSample[]): Promise<void> {
  await tx.rows(sql`
    insert into lis_qc.eqa_sample (id, lab_id, round_id, position, sample_code, analyte_code, instrument)
    select s.id, ${labId}::uuid, ${roundId}::uuid, s.position, s.sample_code, s.analyte_code, s.instrument
    from unnest(
      ${rows.map(({ id }) => id)}::uuid[], ${rows.map(({ sampleCode }) => sampleCode)}::text[],
      ${rows.map(({ analyteCode }) => analyteCode)}::text[], ${rows.map(({ instrument }) => instrument)}::text[]
    ) with ordinality as s (id, sample_code, analyte_code, instrument, position)`);
}

export function samplesOfRounds(db: Db, labId: string, roundIds: readonly string[]): Promise<readonly SampleRow[]> {
  return db.rows<SampleRow>(sql`
    select ${whole} from ${joined}
    where s.lab_id = ${labId} and s.round_id = any(${roundIds}::uuid[])
    order by s.round_id, s.position
    limit 30000`);
}

export function lockSample(tx: Tx, labId: string, id: string): Promise<SampleRow | undefined> {
  return tx.maybe<SampleRow>(sql`
    select ${whole} from ${joined} where s.lab_id = ${labId} and s.id = ${id} for update of s`);
}

export async function enterResult(
  tx: Tx,
  labId: string,
  sample: { readonly id: string; readonly value: string; readonly at: string; readonly by: string },
): Promise<void> {
  await tx.rows(sql`
    update lis_qc.eqa_sample
    set result = ${sample.value}, result_at = ${sample.at}::timestamptz, result_by = ${sample.by}, version = version + 1
    where lab_id = ${labId} and id = ${sample.id}`);
}

export async function evaluate(
  tx: Tx,
  labId: string,
  sample: {
    readonly id: string;
    readonly assignedValue: string;
    readonly sdpa: string;
    readonly z: number;
    readonly verdict: EqaSample['verdict'];
    readonly note: string | null;
    readonly at: string;
  },
): Promise<void> {
  await tx.rows(sql`
    update lis_qc.eqa_sample
    set assigned_value = ${sample.assignedValue}, sdpa = ${sample.sdpa}, z = ${sample.z}, verdict = ${sample.verdict},
      note = ${sample.note}, evaluated_at = coalesce(evaluated_at, ${sample.at}::timestamptz), version = version + 1
    where lab_id = ${labId} and id = ${sample.id}`);
}

export function roundsQuery(
  labId: string,
  { after, limit }: { readonly after: readonly [closesOn: string, id: string] | null; readonly limit: number },
) {
  const place = after ?? ['infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff'];
  return sql`
    select * from lis_qc.eqa_round
    where lab_id = ${labId} and (closes_on, id) < (${place[0]}::date, ${place[1]}::uuid)
    order by closes_on desc, id desc
    limit ${limit}`;
}

export function registerQuery(
  labId: string,
  asked: {
    readonly verdict: EqaSample['verdict'];
    readonly after: readonly [evaluatedAt: string, id: string] | null;
    readonly limit: number;
  },
) {
  const place = asked.after ?? ['infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff'];
  return sql`
    select ${whole} from ${joined}
    where s.lab_id = ${labId} and s.evaluated_at is not null
      and (${asked.verdict}::text is null or s.verdict = ${asked.verdict})
      and (s.evaluated_at, s.id) < (${place[0]}::timestamptz, ${place[1]}::uuid)
    order by s.evaluated_at desc, s.id desc
    limit ${asked.limit}`;
}
