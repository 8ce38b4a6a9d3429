// What may stand in one cell of a catalogue file: texts in, typed values out. The same for the starter set and for a lab's
// own spreadsheets.
import { z } from 'zod';

/** True when the digit after the dash is LOINC's check digit (mod 10, Luhn) of the digits before it. */
export function hasLoincCheckDigit(loinc: string): boolean {
  const [digits, check] = loinc.split('-');
  if (digits === undefined || !/^\d{1,7}-\d$/.test(loinc)) return false;
  const sum = [...digits].toReversed().reduce((total, digit, at) => {
    const value = Number(digit) * (at % 2 === 0 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return (10 - (sum % 10)) % 10 === Number(check);
}

// z.union would say only "Invalid input"; this keeps the inner schema's sentence.
export function optional<Value>(inner: z.ZodType<Value, string>): z.ZodType<Value | undefined, string> {
  return z.string().transform((text, context): Value | undefined => {
    if (text === '') return undefined;
    const parsed = inner.safeParse(text);
    if (parsed.success) return parsed.data;
    context.addIssue({ code: 'custom', message: parsed.error.issues[0]?.message ?? 'is not valid' });
    return z.NEVER;
  });
}

export const cell = z.string().refine((text) => text === text.trim(), 'has blanks at an end');
export const filled = cell.refine((text) => text !== '', 'is empty');
export const code = z.string().regex(/^[A-Z0-9_]{1,20}$/, 'is not a code of A-Z, 0-9 and _');
export const whole = z
  .string()
  .regex(/^\d{1,9}$/, 'is not a whole number')
  .transform(Number);
export const number = z
  .string()
  .regex(/^\d+(\.\d+)?$/, 'is not a number')
  .transform(Number);
export const optionalWhole = optional(whole);
export const requiredLimit = z.string().regex(/^-?\d{1,9}(\.\d{1,6})?$/, 'is not a decimal');
export const limit = optional(requiredLimit);
export const loinc = optional(z.string().refine(hasLoincCheckDigit, 'is not a LOINC code with its check digit'));
export const list = cell
  .transform((text) => (text === '' ? [] : text.split('|')))
  .refine((items) => items.every((item) => item !== '' && item === item.trim()), 'has an empty or blank-edged item')
  .refine((items) => new Set(items).size === items.length, 'names an item twice')
  .readonly();
export const filledList = list.refine((items) => items.length > 0, 'is empty');

export const yesNo = z.enum(['yes', 'no']).transform((answer) => answer === 'yes');

const STABILITY = /^(room|refrigerated|frozen) (\d{1,5}) h$/;
type Storage = 'room' | 'refrigerated' | 'frozen';
const isStorage = (text: string | undefined): text is Storage =>
  text === 'room' || text === 'refrigerated' || text === 'frozen';

/** `room 24 h|refrigerated 72 h`, each storage once. */
export const stability = list.transform((items, context): readonly { storage: Storage; hours: number }[] => {
  const read = items.flatMap((item) => {
    const [, storage, hours] = STABILITY.exec(item) ?? [];
    return isStorage(storage) && Number(hours) > 0 ? [{ storage, hours: Number(hours) }] : [];
  });
  if (read.length === items.length && new Set(read.map(({ storage }) => storage)).size === read.length) return read;
  context.addIssue({ code: 'custom', message: 'is not of the form room 24 h|refrigerated 72 h, each storage once' });
  return z.NEVER;
});
