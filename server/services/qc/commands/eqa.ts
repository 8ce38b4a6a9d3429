// The three steps of an EQA sample: announced with its round, measured by us, evaluated by the scheme.
import { compareDecimal } from '@nidaan/values';

import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx, Tx } from '#platform/service.ts';

import { eqaEvaluated, eqaNoResult, eqaRoundTaken, eqaSampleNotFound, staleQc, targetNotUsable } from '../contract.ts';
import type {
  addEqaRound as addEqaRoundCall,
  enterEqaResult as enterEqaResultCall,
  EqaRound,
  EqaSample,
  evaluateEqaSample as evaluateEqaSampleCall,
} from '../contract.ts';
import { eqaVerdict, zScore } from '../domain/statistics.ts';
import * as eqa from '../eqa-store.ts';
import type { RoundRow, SampleRow } from '../eqa-store.ts';
import { zText } from '../views.ts';

export function sampleView(row: SampleRow): EqaSample {
  return {
    id: row.id,
    roundId: row.roundId,
    scheme: row.scheme,
    round: row.round,
    sampleCode: row.sampleCode,
    analyteCode: row.analyteCode,
    instrument: row.instrument,
    result: row.result,
    resultAt: row.resultAt,
    resultBy: row.resultBy,
    assignedValue: row.assignedValue,
    sdpa: row.sdpa,
    z: zText(row.z),
    verdict: row.verdict,
    note: row.note,
    version: row.version,
  };
}

export function roundView({ id, scheme, round, closesOn, version }: RoundRow, samples: readonly SampleRow[]): EqaRound {
  const own = samples.filter(({ roundId }) => roundId === id).map(sampleView);
  return { id, scheme, round, closesOn, samples: own, version };
}

/** The same round sent again, by its id, is the one that is there. */
export async function addEqaRound(ctx: Ctx, input: ParsedInput<typeof addEqaRoundCall>): Promise<EqaRound> {
  const labId = ctx.labId();
  return ctx.transaction(async (tx) => {
    const there = input.id === undefined ? undefined : await eqa.getRound(tx, labId, input.id);
    if (there !== undefined) {
      if (there.scheme !== input.scheme || there.round !== input.round) throw eqaRoundTaken({});
      return roundView(there, await eqa.samplesOfRounds(tx, labId, [there.id]));
    }
    const { scheme, round, closesOn } = input;
    const row = await eqa.addRound(tx, labId, { id: input.id ?? ctx.newId(), scheme, round, closesOn });
    const samples = input.samples.map((sample) => ({ ...sample, id: ctx.newId() }));
    await eqa.addSamples(tx, labId, row.id, samples);
    tx.audit('qc.add_eqa_round', row.id, { scheme, round, closesOn, samples: samples.length }, row.id);
    return roundView(row, await eqa.samplesOfRounds(tx, labId, [row.id]));
  });
}

async function lock(tx: Tx, labId: string, sampleId: string): Promise<SampleRow> {
  const sample = await eqa.lockSample(tx, labId, sampleId);
  if (sample === undefined) throw eqaSampleNotFound({});
  return sample;
}

async function read(tx: Tx, labId: string, sampleId: string): Promise<EqaSample> {
  return sampleView(await lock(tx, labId, sampleId));
}

/** Until the scheme has evaluated it: a result changed after the answer is known would be worth nothing. */
export async function enterEqaResult(ctx: Ctx, input: ParsedInput<typeof enterEqaResultCall>): Promise<EqaSample> {
  const { sampleId, expectedVersion, value } = input;
  const labId = ctx.labId();
  return ctx.transaction(async (tx) => {
    const before = await lock(tx, labId, sampleId);
    if (before.result === value && before.version === expectedVersion + 1) return sampleView(before);
    if (before.verdict !== null) throw eqaEvaluated({});
    if (before.version !== expectedVersion) throw staleQc({ version: before.version });
    await eqa.enterResult(tx, labId, { id: sampleId, value, at: ctx.now(), by: ctx.actor.name });
    tx.audit('qc.enter_eqa_result', sampleId, { before: before.result, after: value }, before.roundId);
    return read(tx, labId, sampleId);
  });
}

export async function evaluateEqaSample(
  ctx: Ctx,
  input: ParsedInput<typeof evaluateEqaSampleCall>,
): Promise<EqaSample> {
  const { sampleId, expectedVersion, assignedValue, sdpa } = input;
  const labId = ctx.labId();
  const note = input.note ?? null;
  if (compareDecimal(sdpa, '0') <= 0) throw targetNotUsable({});
  return ctx.transaction(async (tx) => {
    const before = await lock(tx, labId, sampleId);
    const isSame = before.assignedValue === assignedValue && before.sdpa === sdpa && before.note === note;
    if (isSame && before.version === expectedVersion + 1) return sampleView(before);
    if (before.result === null) throw eqaNoResult({});
    if (before.version !== expectedVersion) throw staleQc({ version: before.version });
    const z = zScore(before.result, assignedValue, sdpa);
    const verdict = eqaVerdict(z);
    await eqa.evaluate(tx, labId, { id: sampleId, assignedValue, sdpa, z, verdict, note, at: ctx.now() });
    tx.audit('qc.evaluate_eqa', sampleId, { assignedValue, sdpa, verdict, was: before.verdict }, before.roundId);
    return read(tx, labId, sampleId);
  });
}
