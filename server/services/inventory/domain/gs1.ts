// Reads the barcode of a box: a GS1 element string as a scanner sends it, or as printed below the bars with brackets.
// Source: GS1 General Specifications, 3 (application identifiers) and 7.8 (processing of element strings). Pure: `today` settles
// the century of a two-digit year.

export interface Gs1Label {
  /** AI 01. */
  readonly gtin: string | null;
  /** AI 10. */
  readonly lotNumber: string | null;
  /** AI 17; day 00 is the last of the month. */
  readonly expiresOn: string | null;
  /** AI 11. */
  readonly producedOn: string | null;
  /** AI 21. */
  readonly serialNumber: string | null;
}
export type Gs1Reading =
  | { readonly ok: true; readonly label: Gs1Label }
  /** `at` counts characters of the text as given, from 0. */
  | { readonly ok: false; readonly at: number; readonly expected: string };

/** How FNC1 between elements arrives: ASCII 29. */
const FNC1 = '\u001d';
const SYMBOLOGY = /^\](C1|d2|Q3|e0|J1)/;
/** Characters a lot or serial number may have: set 82. */
const SET_82 = /^[!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]{1,20}$/;
/** Lengths of predefined elements by their first two digits, identifier included: they need no FNC1 behind them. */
const PREDEFINED: Readonly<Record<string, number>> = {
  '00': 20,
  '01': 16,
  '02': 16,
  '03': 16,
  '04': 18,
  11: 8,
  12: 8,
  13: 8,
  14: 8,
  15: 8,
  16: 8,
  17: 8,
  18: 8,
  19: 8,
  20: 4,
  31: 10,
  32: 10,
  33: 10,
  34: 10,
  35: 10,
  36: 10,
  41: 16,
};
const FIELDS: Readonly<Record<string, keyof Gs1Label>> = {
  '01': 'gtin',
  10: 'lotNumber',
  11: 'producedOn',
  17: 'expiresOn',
  21: 'serialNumber',
};

interface Element {
  readonly ai: string;
  readonly value: string;
  readonly at: number;
}
class Unreadable {
  readonly at: number;
  readonly expected: string;
  constructor(at: number, expected: string) {
    this.at = at;
    this.expected = expected;
  }
}

/** @param today YYYY-MM-DD */
export function readGs1(text: string, today: string): Gs1Reading {
  // eslint-disable-next-line no-control-regex
  const body = text.replace(/[\s\u001d]+$/, '');
  const start = SYMBOLOGY.exec(body)?.[0].length ?? 0;
  const elements = body[start] === '(' ? printedElements(body, start) : scannedElements(body, start);
  if (elements instanceof Unreadable) return { ok: false, at: elements.at, expected: elements.expected };
  const label: { -readonly [F in keyof Gs1Label]: string | null } = {
    gtin: null,
    lotNumber: null,
    expiresOn: null,
    producedOn: null,
    serialNumber: null,
  };
  for (const { ai, value, at } of elements) {
    const field = FIELDS[ai];
    if (field === undefined) continue;
    const read = readValue(field, value, today);
    if (read === undefined) return { ok: false, at, expected: EXPECTED[field] };
    if (label[field] !== null && label[field] !== read) return { ok: false, at, expected: `one ${ai}, not two` };
    label[field] = read;
  }
  if (label.gtin === null && label.lotNumber === null && label.expiresOn === null)
    return { ok: false, at: start, expected: 'an element 01, 10 or 17' };
  return { ok: true, label };
}

const EXPECTED: Readonly<Record<keyof Gs1Label, string>> = {
  gtin: '14 digits of a GTIN with a check digit that fits',
  lotNumber: 'a lot number of 1 to 20 characters',
  expiresOn: 'a day YYMMDD',
  producedOn: 'a day YYMMDD',
  serialNumber: 'a serial number of 1 to 20 characters',
};

function printedElements(body: string, start: number): readonly Element[] | Unreadable {
  const elements: Element[] = [];
  let at = start;
  while (at < body.length) {
    const match = /^\((\d{2,4})\)([^(]*(?:\((?!\d{2,4}\))[^(]*)*)/.exec(body.slice(at));
    const [whole, ai, value] = match ?? [];
    if (whole === undefined || ai === undefined || value === undefined) return new Unreadable(at, '(01), (10), (17) …');
    elements.push({ ai, value: value.trim(), at });
    at += whole.length;
  }
  return elements;
}

function scannedElements(body: string, start: number): readonly Element[] | Unreadable {
  const elements: Element[] = [];
  let at = start;
  while (at < body.length) {
    if (body[at] === FNC1) {
      at += 1;
      continue;
    }
    const ai = body.slice(at, at + 2);
    if (!/^\d\d$/.test(ai)) return new Unreadable(at, 'two digits that begin an element');
    const fixed = PREDEFINED[ai];
    const next = body.indexOf(FNC1, at);
    const end = fixed === undefined ? (next === -1 ? body.length : next) : at + fixed;
    if (end > body.length || (fixed !== undefined && body.slice(at, end).includes(FNC1)))
      return new Unreadable(at, `an element ${ai} of ${fixed} characters`);
    elements.push({ ai, value: body.slice(at + 2, end), at });
    at = end;
  }
  return elements;
}

function readValue(field: keyof Gs1Label, value: string, today: string): string | undefined {
  switch (field) {
    case 'gtin':
      return isGtin(value) ? value : undefined;
    case 'lotNumber':
    case 'serialNumber':
      return SET_82.test(value) ? value : undefined;
    case 'expiresOn':
    case 'producedOn':
      return readDay(value, today);
  }
  return field satisfies never;
}

/** 14 digits; from the left they weigh 3, 1, 3 …, and the last makes the sum a multiple of ten. */
export function isGtin(text: string): boolean {
  if (!/^\d{14}$/.test(text)) return false;
  const sum = [...text].reduce((total, digit, place) => total + Number(digit) * (place % 2 === 0 ? 3 : 1), 0);
  return sum % 10 === 0;
}

/** The year is the one within 49 years before and 50 after today; day 00 is the last of the month. */
function readDay(text: string, today: string): string | undefined {
  const [, yy, mm, dd] = /^(\d\d)(\d\d)(\d\d)$/.exec(text) ?? [];
  if (yy === undefined || mm === undefined || dd === undefined) return undefined;
  const thisYear = Number(today.slice(0, 4));
  const apart = Number(yy) - (thisYear % 100);
  const century = Math.floor(thisYear / 100) + (apart >= 51 ? -1 : apart <= -50 ? 1 : 0);
  const year = century * 100 + Number(yy);
  const lastDay = new Date(Date.UTC(year, Number(mm), 0)).getUTCDate();
  const day = dd === '00' ? lastDay : Number(dd);
  if (Number(mm) < 1 || Number(mm) > 12 || day > lastDay) return undefined;
  return `${year}-${mm}-${String(day).padStart(2, '0')}`;
}
