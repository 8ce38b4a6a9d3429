// The text of a formula, cut into words. Signs that a word processor makes of typed ones (≤ ≥ ≠ × ÷ −) mean the same.
import { FormulaError } from './formula-error.ts';

export type Token = {
  /** name: a bare word; code: an analyte code in braces; end: behind the last word. */
  readonly kind: 'number' | 'text' | 'name' | 'code' | 'symbol' | 'end';
  /** Without quotes and braces. */
  readonly text: string;
  /** Offset of its first character. */
  readonly at: number;
};

/** A formula is a line or a few, not a program; longer ones are refused before any work is done. */
export const MAX_LENGTH = 4000;
/** Digits of a number written in a formula. */
const MAX_DIGITS = 40;

const SAME_SIGN: Readonly<Record<string, string>> = { '≤': '<=', '≥': '>=', '≠': '<>', '×': '*', '÷': '/', '−': '-' };
const BLANK = /\s+/y;
const NUMBER = /(\d+(?:\.\d+)?|\.\d+)/y;
const NAME = /[A-Za-z][A-Za-z0-9_]*/y;
const CODE = /\{([^{}\n]{1,60})\}/y;
const TEXT = /'((?:[^'\n]|'')*)'/y;
const SYMBOL = /<=|>=|<>|[-+*/^=<>(),]|[≤≥≠×÷−]/y;

/** Signs of other languages, and what to write instead. */
const FOREIGN: readonly (readonly [RegExp, string])[] = [
  [/==/y, 'a single ='],
  [/!=/y, '<> for "is not"'],
  [/&&?/y, 'the word and'],
  [/\|\|?/y, 'the word or'],
  [/!/y, 'the word not'],
  [/"/y, "a text in single quotes, like 'Reactive'"],
  [/[‘’“”]/y, "straight single quotes, like 'Reactive'"],
  [/%/y, 'no percent sign: write / 100'],
  [/;/y, 'a comma between the parts of a function'],
  [/[[\]]/y, 'round brackets ( )'],
];

/** @throws FormulaError at the first character that begins no word of the language */
export function tokenize(text: string): readonly Token[] {
  if (text.length > MAX_LENGTH) {
    throw new FormulaError(`The formula is longer than ${MAX_LENGTH} characters.`, MAX_LENGTH, 'a shorter formula');
  }
  const tokens: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(text);
  };
  const push = (kind: Token['kind'], word: string, length: number): void => {
    tokens.push({ kind, text: word, at });
    at += length;
  };
  while (at < text.length) {
    const blank = take(BLANK);
    if (blank !== null) {
      at += blank[0].length;
      continue;
    }
    const number = take(NUMBER);
    if (number !== null) {
      checkNumber(text, at, number[0]);
      push('number', number[0], number[0].length);
      continue;
    }
    const name = take(NAME);
    if (name !== null) {
      push('name', name[0], name[0].length);
      continue;
    }
    const code = take(CODE);
    if (code !== null) {
      push('code', (code[1] ?? '').trim(), code[0].length);
      continue;
    }
    const quoted = take(TEXT);
    if (quoted !== null) {
      push('text', (quoted[1] ?? '').replaceAll("''", "'"), quoted[0].length);
      continue;
    }
    const foreign = FOREIGN.find(([pattern]) => take(pattern) !== null);
    const symbol = foreign === undefined ? take(SYMBOL) : null;
    if (symbol === null) throw strange(text, at, foreign?.[1]);
    // `==` begins with a sign of ours, so the foreign ones are looked at first.
    push('symbol', SAME_SIGN[symbol[0]] ?? symbol[0], symbol[0].length);
  }
  push('end', '', 0);
  return tokens;
}

function checkNumber(text: string, at: number, number: string): void {
  if (number.length > MAX_DIGITS) {
    throw new FormulaError(`The number at character ${at + 1} has more than ${MAX_DIGITS} digits.`, at, 'a number');
  }
  const next = text.charAt(at + number.length);
  if (next === '.') {
    const place = at + number.length;
    throw new FormulaError(
      `The number at character ${at + 1} has a point too many, or no digit behind its point.`,
      place,
      'a number like 0.993',
    );
  }
  if (/[A-Za-z_]/.test(next)) {
    throw new FormulaError(
      `The number ${number} at character ${at + 1} runs into the word behind it; units are not written in a formula, and a code that begins with a digit stands in braces, like {17OHP}.`,
      at + number.length,
      'a sign such as + or *, or a blank',
    );
  }
}

function strange(text: string, at: number, instead: string | undefined): FormulaError {
  const sign = String.fromCodePoint(text.codePointAt(at) ?? 0x20);
  const place = `at character ${at + 1}`;
  if (sign === "'") {
    return new FormulaError(`The text that begins ${place} has no closing quote.`, at, 'a closing single quote');
  }
  if (sign === '{') {
    const message = `The code in braces ${place} is empty, longer than 60 characters or not closed.`;
    return new FormulaError(message, at, 'a code like {17OHP}');
  }
  const expected = instead ?? 'a number, an analyte code, a sign of calculation or a bracket';
  return new FormulaError(`The sign ${sign} ${place} is not understood; write ${expected}.`, at, expected);
}
