// The multirules by name.
import * as z from 'zod';

/**
 * Westgard rules by their usual names, in the order they are asked and reported: one value, within the run, then across runs.
 * Source: lab-medicine notes, section 7, "Order".
 */
export const WestgardRule = z.enum([
  '1_2s',
  '1_3s',
  'R_4s',
  '2_2s',
  '2of3_2s',
  '3_1s',
  '4_1s',
  '6_x',
  '8_x',
  '9_x',
  '10_x',
  '12_x',
  '7_T',
]);
export type WestgardRule = z.output<typeof WestgardRule>;

/** A rule that is switched on, and what it does: a warning is looked at, a rejection holds. */
export const RuleUse = z.object({ rule: WestgardRule, action: z.enum(['warn', 'reject']) });
export type RuleUse = z.output<typeof RuleUse>;

/** in_control; warning: to be looked at; rejected: its run was, and holds; not_judged: no target yet; void: put aside with a reason. */
export const Outcome = z.enum(['in_control', 'warning', 'rejected', 'not_judged', 'void']);
export type Outcome = z.output<typeof Outcome>;
