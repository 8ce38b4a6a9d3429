// Haemolysis, icterus, lipaemia: what the serum's indices do to one value. The limits are the reagent maker's, from the
// catalogue. Source: lab-medicine notes, section 13.
import { compareDecimal } from '@nidaan/values';

import type { IndexRule } from '#contract/order.ts';

import type { SerumIndices } from '../contract.ts';
import { readNumber } from './lab-number.ts';

export const NOT_REPORTED = 'not reported';

/** Codes under which analyzers send the indices as results of their own. */
export const indexCodes = ['H', 'I', 'L'] as const;
export type IndexCode = (typeof indexCodes)[number];

export function isIndexCode(code: string): code is IndexCode {
  return (indexCodes as readonly string[]).includes(code);
}

export interface IndexEffect {
  /** Printed with the value. */
  readonly comments: readonly string[];
  /** What the hold says; empty when nothing is held. */
  readonly holds: readonly string[];
  /** The number is not to be given at all. */
  readonly isSuppressed: boolean;
}

/** The first rule of each index that its limit passes; the gravest action of several rules of one index counts. */
export function effectOf(rules: readonly IndexRule[], indices: SerumIndices | null): IndexEffect {
  const passed = indices === null ? [] : rules.filter((rule) => isOver(indices[rule.index], rule.limit));
  const gravest = indexCodes.flatMap((index) => {
    const own = passed.filter((rule) => rule.index === index);
    return (['suppress', 'hold', 'comment'] as const)
      .map((action) => own.find((rule) => rule.action === action))
      .filter((rule) => rule !== undefined)
      .slice(0, 1);
  });
  return {
    comments: gravest.map(({ comment }) => comment),
    holds: gravest.filter(({ action }) => action !== 'comment').map(({ comment }) => comment),
    isSuppressed: gravest.some(({ action }) => action === 'suppress'),
  };
}

/** @param measured a number, or a grade: `2+`, `++` */
export function isOver(measured: string | null, limit: string): boolean {
  if (measured === null) return false;
  const size = sizeOf(measured);
  if (size === undefined) return false;
  const order = compareDecimal(size.number, limit);
  // `>500` against a limit of 500 or less lies over it.
  return order > 0 || (order === 0 && size.comparator === '>');
}

function sizeOf(measured: string): { readonly number: string; readonly comparator: string | null } | undefined {
  const text = measured.trim();
  if (/^\++$/.test(text)) return { number: String(text.length), comparator: null };
  const graded = /^(\d+)\s*\+$/.exec(text);
  if (graded?.[1] !== undefined) return { number: graded[1], comparator: null };
  return readNumber(text);
}

/** What is known of a tube's serum from two sources; the later wins where both speak. */
export function mergeIndices(before: SerumIndices | null, later: SerumIndices | null): SerumIndices | null {
  if (later === null || before === null) return later ?? before;
  return { H: later.H ?? before.H, I: later.I ?? before.I, L: later.L ?? before.L };
}

/** An index that came as a result of its own. */
export function indexOf(code: string, value: string): SerumIndices {
  const own = value.trim() === '' ? null : value.trim();
  return { H: code === 'H' ? own : null, I: code === 'I' ? own : null, L: code === 'L' ? own : null };
}
