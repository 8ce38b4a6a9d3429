// What follows for a sample when one of its values came, changed or went: calculated values, contradictions, suspicion of a
// mix-up, texts by value. A sample is all values of one order and one draw. Signed values are read and never touched.
// Source: lab-day 39, 41; lab-medicine notes, sections 3, 4 and 11.
import type { Formula, Value } from '@nidaan/formula';
import { evaluate } from '@nidaan/formula';

import type { AnalyteRules, ConsistencyRule } from '#contract/order.ts';

import type { Hold } from '../contract.ts';
import { tubesInDoubt } from './delta.ts';
import { effectOf, NOT_REPORTED } from './indices.ts';
import type { Standing } from './instrument-entry.ts';
import type { HoldNote, JudgedAnalyte, Judgement } from './judge.ts';
import { isSameValue } from './judge.ts';
import type { Bearer } from './sample-scope.ts';
import { factNamed, holdsIn, valueOf } from './sample-scope.ts';
import { after } from './status.ts';

export const CALCULATED = 'calculated';

export interface MemberRow extends JudgedAnalyte {
  readonly id: string;
  readonly barcode: string | null;
  readonly isCalculated: boolean;
  readonly formula: string | null;
}

/** One result of the sample. */
export interface Member {
  readonly row: MemberRow;
  readonly standing: Standing;
  /** Its value came or changed in this act. */
  readonly isFresh: boolean;
}

export interface SampleRules {
  readonly bearer: Bearer;
  readonly consistency: readonly ConsistencyRule[];
  rulesOf(analyteCode: string): AnalyteRules | undefined;
  /** Undefined when the text cannot be read: nothing is calculated by it. */
  parse(text: string): Formula | undefined;
  /** Judges a calculated number like any other. */
  judge(row: MemberRow, standing: Standing, rawValue: string): Judgement;
}

/** Holds that speak of the sample, found anew each time. */
const ofTheSample: readonly Hold[] = ['input_held', 'inconsistent', 'mix_up'];

/** @returns the members in the same order; the same standing object where nothing changes */
export function applySampleRules(members: readonly Member[], rules: SampleRules): readonly Member[] {
  const derived = calculateAll(members, rules);
  const notes = [...staleInputs(derived, rules), ...contradictions(derived, rules), ...mixUps(derived, rules)];
  const held = derived.map((member) => withNotes(member, notes));
  // Again, for what was calculated from a value that is held only now.
  const settled = held.map((member) => withInputHold(member, held, rules));
  return settled.map((member) => withInterpretation(member, settled, rules));
}

function byCode(members: readonly Member[]): ReadonlyMap<string, Member> {
  const found = new Map<string, Member>();
  for (const member of members) {
    const { analyteCode } = member.row;
    const before = found.get(analyteCode);
    // Two tests of the order may share an analyte: the first that has a value speaks for both.
    if (before === undefined || (before.standing.value === null && member.standing.value !== null))
      found.set(analyteCode, member);
  }
  return found;
}

function scopeOf(members: readonly Member[], { bearer }: SampleRules, isReported: boolean) {
  const found = byCode(members);
  return (name: string): Value | undefined => {
    const fact = factNamed(name, bearer);
    if (fact !== undefined) return fact;
    const member = found.get(name);
    if (member === undefined || member.standing.status === 'cancelled') return undefined;
    const { row, standing } = member;
    return valueOf(row, standing, isReported ? standing.value : standing.rawValue);
  };
}

/** Calculates each in the order of need: what another is calculated from comes first. */
function calculateAll(members: readonly Member[], rules: SampleRules): readonly Member[] {
  const found = byCode(members);
  const measured = scopeOf(
    members.filter(({ row }) => !row.isCalculated),
    rules,
    false,
  );
  const answers = new Map<string, Value>();
  const underWay = new Set<string>();
  const answer = (code: string, text: string): Value => {
    const known = answers.get(code);
    if (known !== undefined) return known;
    if (underWay.has(code)) return { kind: 'blank', why: `${code} is calculated from itself` };
    const formula = rules.parse(text);
    if (formula === undefined) return { kind: 'blank', why: 'the formula cannot be read' };
    underWay.add(code);
    const value = evaluate(formula, read);
    underWay.delete(code);
    answers.set(code, value);
    return value;
  };
  const read = (name: string): Value | undefined => {
    const member = found.get(name);
    if (member !== undefined && !member.row.isCalculated) return measured(name);
    // Signed as it stands; others depend on what was signed, not on what would be calculated today.
    if (member?.standing.status === 'authorised') return valueOf(member.row, member.standing, member.standing.rawValue);
    const text = member === undefined ? rules.rulesOf(name)?.formula : member.row.formula;
    return text ? answer(name, text) : measured(name);
  };
  return members.map((member) => {
    const { row, standing } = member;
    if (!row.isCalculated || row.formula === null) return member;
    if (after(standing.status, 'calculated') === undefined) return member;
    return calculated(member, answer(row.analyteCode, row.formula), rules);
  });
}

function calculated(member: Member, value: Value, rules: SampleRules): Member {
  const { row, standing } = member;
  if (value.kind === 'blank') return leftBlank(member, value.why);
  const rawValue = value.kind === 'number' ? value.number : value.kind === 'text' ? value.text : String(value.truth);
  if (standing.value !== null && standing.rawValue === rawValue) return member;
  const status = after(standing.status, 'calculated') ?? standing.status;
  const { value: reported, flags, holds, holdNotes, range, delta } = rules.judge(row, standing, rawValue);
  return {
    row,
    isFresh: true,
    standing: {
      ...standing,
      status,
      value: reported,
      rawValue,
      flags: [...flags],
      holds: [...holds, ...keptHolds(standing.holds)],
      holdNotes: [...holdNotes],
      range,
      delta,
      source: CALCULATED,
      blankReason: null,
      sentBackReason:
        standing.status === 'verified'
          ? 'A value it is calculated from changed after this one was verified.'
          : standing.sentBackReason,
    },
  };
}

/** Holds that speak of the tube or the referral lab, not of the number. */
function keptHolds(holds: readonly Hold[]): readonly Hold[] {
  return holds.filter((hold) => hold === 'tube_doubt' || hold === 'second_check');
}

function leftBlank(member: Member, why: string): Member {
  const { row, standing } = member;
  if (standing.value === null) {
    return standing.blankReason === why ? member : { ...member, standing: { ...standing, blankReason: why } };
  }
  return {
    row,
    isFresh: true,
    standing: {
      ...standing,
      status: after(standing.status, 'left blank') ?? standing.status,
      value: null,
      rawValue: null,
      flags: [],
      holds: keptHolds(standing.holds).slice(),
      holdNotes: [],
      range: null,
      delta: null,
      source: null,
      interpretation: null,
      blankReason: why,
      sentBackReason:
        standing.status === 'verified'
          ? 'A value it is calculated from went after this one was verified.'
          : standing.sentBackReason,
    },
  };
}

interface Note {
  readonly hold: 'inconsistent' | 'mix_up';
  readonly text: string;
  isAbout(member: Member): boolean;
}

/** A signed value that was calculated from one that is another now: it stays, and the new one is held until both are amended. */
function staleInputs(members: readonly Member[], rules: SampleRules): readonly Note[] {
  const scope = scopeOf(members, rules, false);
  return members.flatMap(({ row, standing }) => {
    if (!row.isCalculated || row.formula === null || standing.status !== 'authorised') return [];
    const formula = rules.parse(row.formula);
    if (
      formula === undefined ||
      !members.some((other) => other.isFresh && formula.inputs.includes(other.row.analyteCode))
    )
      return [];
    const value = evaluate(formula, scope);
    if (value.kind !== 'number' || standing.rawValue === null || isSameValue(value.number, standing.rawValue))
      return [];
    const text = `${row.analyteCode} was signed as calculated from another value`;
    return [{ hold: 'inconsistent', text, isAbout: (other) => formula.inputs.includes(other.row.analyteCode) }];
  });
}

function contradictions(members: readonly Member[], rules: SampleRules): readonly Note[] {
  const scope = scopeOf(members, rules, false);
  return rules.consistency
    .filter(({ contradiction }) => holdsIn(rules.parse(contradiction), scope))
    .map(({ message, holds }) => ({
      hold: 'inconsistent',
      text: message,
      isAbout: ({ row }) => holds.includes(row.analyteCode),
    }));
}

function mixUps(members: readonly Member[], rules: SampleRules): readonly Note[] {
  const doubted = tubesInDoubt(
    members
      .filter(({ standing }) => standing.value !== null && standing.status !== 'cancelled')
      .map(({ row, standing }) => ({
        analyteCode: row.analyteCode,
        barcode: row.barcode,
        delta: standing.delta,
        rules: rules.rulesOf(row.analyteCode)?.deltas ?? [],
      })),
  );
  if (doubted.size === 0) return [];
  const text = 'Several values that hardly change within a person changed at once';
  return [{ hold: 'mix_up', text, isAbout: ({ row }) => doubted.has(row.barcode) }];
}

/** Puts the holds that are true now and lifts those that are not; a verified value comes back only for a hold it had not. */
function withNotes(member: Member, notes: readonly Note[]): Member {
  const { standing } = member;
  if (standing.value === null || (standing.status !== 'entered' && standing.status !== 'verified')) return member;
  const own: readonly HoldNote[] = notes
    .filter((note) => note.isAbout(member))
    .map(({ hold, text }) => ({ hold, text }));
  const found = [...new Set(own.map(({ hold }) => hold))];
  if (standing.status === 'verified') {
    if (found.every((hold) => standing.holds.includes(hold))) return member;
    return { ...member, standing: back(standing, own) };
  }
  const holds = [...standing.holds.filter((hold) => hold === 'input_held' || !ofTheSample.includes(hold)), ...found];
  const holdNotes = [...standing.holdNotes.filter(({ hold }) => !ofTheSample.includes(hold)), ...own];
  return withHolds(member, holds, holdNotes);
}

function back(standing: Standing, own: readonly HoldNote[]): Standing {
  const found = [...new Set(own.map(({ hold }) => hold))];
  return {
    ...standing,
    status: after(standing.status, 'judged again') ?? standing.status,
    holds: [...standing.holds.filter((hold) => !ofTheSample.includes(hold)), ...found],
    holdNotes: [...standing.holdNotes.filter(({ hold }) => !ofTheSample.includes(hold)), ...own],
    sentBackReason: `${own.map(({ text }) => text).join('. ')}. Found after this value was verified.`,
  };
}

function withHolds(member: Member, holds: readonly Hold[], holdNotes: readonly HoldNote[]): Member {
  const { standing } = member;
  const isSame =
    holds.length === standing.holds.length &&
    holds.every((hold) => standing.holds.includes(hold)) &&
    holdNotes.map(({ text }) => text).join('\n') === standing.holdNotes.map(({ text }) => text).join('\n');
  return isSame ? member : { ...member, standing: { ...standing, holds: [...holds], holdNotes: [...holdNotes] } };
}

/** A calculated value stands on its inputs: one that a person has yet to look at holds it as well. */
function withInputHold(member: Member, members: readonly Member[], rules: SampleRules): Member {
  const { row, standing } = member;
  if (!row.isCalculated || row.formula === null || standing.value === null || standing.status !== 'entered')
    return member;
  const isHeld = heldInputs(row.formula, members, rules, new Set()).size > 0;
  const others = standing.holds.filter((hold) => hold !== 'input_held');
  return withHolds(member, isHeld ? [...others, 'input_held'] : others, standing.holdNotes);
}

/** Codes of the values, near and far, that it is calculated from and that are held and not verified. */
function heldInputs(
  text: string,
  members: readonly Member[],
  rules: SampleRules,
  seen: Set<string>,
): ReadonlySet<string> {
  const found = byCode(members);
  const held = new Set<string>();
  for (const code of rules.parse(text)?.inputs ?? []) {
    if (seen.has(code)) continue;
    seen.add(code);
    const input = found.get(code);
    const formula = input === undefined ? rules.rulesOf(code)?.formula : input.row.formula;
    const ownHolds = input?.standing.holds.filter((hold) => hold !== 'input_held') ?? [];
    if (input?.standing.status === 'entered' && ownHolds.length > 0) held.add(code);
    if (formula) for (const far of heldInputs(formula, members, rules, seen)) held.add(far);
  }
  return held;
}

/** The first text of the catalogue whose condition holds, and the comments on the serum. Of a value that is not signed. */
function withInterpretation(member: Member, members: readonly Member[], rules: SampleRules): Member {
  const { row, standing } = member;
  const own = rules.rulesOf(row.analyteCode);
  if (own === undefined || standing.status !== 'entered' || standing.value === null) return member;
  if (own.interpretations.length === 0 && own.indexRules.length === 0) return member;
  if (!member.isFresh && !readsFresh(own, members, rules)) return member;
  const scope = scopeOf(members, rules, true);
  const text =
    standing.value === NOT_REPORTED
      ? undefined
      : own.interpretations
          .toSorted((a, b) => a.position - b.position)
          .find(({ when }) => holdsIn(rules.parse(when), scope))?.text;
  const said = [text, ...effectOf(own.indexRules, standing.indices).comments].filter((each) => each !== undefined);
  const interpretation = said.length === 0 ? null : said.join('\n');
  return interpretation === standing.interpretation ? member : { ...member, standing: { ...standing, interpretation } };
}

function readsFresh({ interpretations }: AnalyteRules, members: readonly Member[], rules: SampleRules): boolean {
  const fresh = new Set(members.filter(({ isFresh }) => isFresh).map(({ row }) => row.analyteCode));
  return interpretations.some(({ when }) => rules.parse(when)?.inputs.some((code) => fresh.has(code)) ?? false);
}
