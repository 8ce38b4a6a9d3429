// The numbers a lab prints and reads back: accession, medical record number, mobile; and the one it must never keep.
import { dammDigit, isDammValid, isVerhoeffValid } from './check-digit.ts';

export type AccessionParts = {
  /** 1 to 4 capital letters; letters only, so that a letter and a digit can never be swapped unseen. */
  readonly branchPrefix: string;
  /** Calendar day of registration, 'YYYY-MM-DD', 2000 to 2099. */
  readonly day: string;
  /** Consecutive within branch and day, 1 to 99999. */
  readonly serial: number;
};

export type MrnParts = {
  /** 1 to 4 capital letters of the lab. */
  readonly prefix: string;
  /** Consecutive within the lab, 1 to 999999999. */
  readonly serial: number;
};

/**
 * Prefix, YYMMDD, five-digit serial, check digit: PUN261125000429.
 * Why five and not four: with the check digit there are twelve digits, six pairs of Code 128 set C; eleven take the same
 * number of bars. Every wrong digit and every swap of neighbouring digits is caught (Damm). A wrong letter is
 * caught nine times in ten, no single digit can do better over 26 letters; an unknown branch catches the rest.
 * @throws RangeError when a part is out of its bounds
 */
export function accessionNumber({ branchPrefix, day, serial }: AccessionParts): string {
  const match = /^20(\d{2})-(\d{2})-(\d{2})$/.exec(day);
  const yymmdd = `${match?.[1]}${match?.[2]}${match?.[3]}`;
  if (match === null || !isCalendarDay(yymmdd))
    throw new RangeError('The day of an accession is YYYY-MM-DD, 2000-2099.');
  return withCheckDigit(branchPrefix, `${yymmdd}${paddedSerial(serial, 5, 99_999)}`);
}

/** Tells whether the text has the shape, an existing day and the check digit of our accession numbers. */
export function isAccession(text: string): boolean {
  const match = /^([A-Z]{1,4})((\d{6})\d{5}\d)$/.exec(text);
  return match !== null && isCalendarDay(match[3] ?? '') && hasCheckDigit(match[1] ?? '', match[2] ?? '');
}

/**
 * Prefix, serial of at least seven digits, check digit: NID00000428. Never twelve digits, so neither an accession nor
 * an Aadhaar number by shape.
 * @throws RangeError when a part is out of its bounds
 */
export function mrn({ prefix, serial }: MrnParts): string {
  return withCheckDigit(prefix, paddedSerial(serial, 7, 999_999_999));
}

/** Tells whether the text has the shape and the check digit of our medical record numbers. */
export function isMrn(text: string): boolean {
  const match = /^([A-Z]{1,4})(\d{8,10})$/.exec(text);
  return match !== null && hasCheckDigit(match[1] ?? '', match[2] ?? '');
}

/**
 * An Indian mobile number as '+91' and ten digits, or undefined when the text is not one.
 * Accepts 0, 91, +91 or 0091 before it, and blanks, dots, hyphens and brackets anywhere.
 * Src: National Numbering Plan: mobile numbers have ten digits and begin with 6 to 9.
 */
export function normaliseMobile(text: string): string | undefined {
  const match = /^(?:\+91|0091|91|0)?([6-9]\d{9})$/.exec(text.replace(/[\s().-]/g, ''));
  return match?.[1] === undefined ? undefined : `+91${match[1]}`;
}

/**
 * Tells whether an Aadhaar number stands in the text: twelve digits, not starting with 0 or 1, grouped or not, with a
 * valid Verhoeff digit. Used to refuse such text in identifier fields (P7). One random twelve-digit number in ten also
 * passes the check, so a mobile typed as 91 and ten digits can be refused: normalise mobiles first.
 */
export function looksLikeAadhaar(text: string): boolean {
  const ascii = text.replace(/[\u0966-\u096f]/g, (digit) => String(digit.charCodeAt(0) - 0x0966));
  // Trap: our own accessions end in twelve digits and begin with a year of the twenties; one in ten would be refused.
  const others = ascii.replace(/[A-Z]{1,4}\d{12}(?!\d)/g, (token) => (isAccession(token) ? '' : token));
  for (const [found] of others.matchAll(/(?<!\d)[2-9]\d{3}[\s.-]?\d{4}[\s.-]?\d{4}(?!\d)/g)) {
    if (isVerhoeffValid(found.replace(/\D/g, ''))) return true;
  }
  return false;
}

/** Tells whether the text is a UUID in its usual form, any version, either case (RFC 9562 section 4). */
export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}

function withCheckDigit(prefix: string, digits: string): string {
  if (!/^[A-Z]{1,4}$/.test(prefix)) throw new RangeError('A prefix is 1 to 4 capital letters.');
  return `${prefix}${digits}${dammDigit(letterDigits(prefix) + digits)}`;
}

function hasCheckDigit(prefix: string, digits: string): boolean {
  return isDammValid(letterDigits(prefix) + digits);
}

/** Letters as two digits, A = 10 to Z = 35 (the values of ISO 7064), so that the branch takes part in the check. */
function letterDigits(prefix: string): string {
  return [...prefix].map((letter) => String(letter.charCodeAt(0) - 55)).join('');
}

function paddedSerial(serial: number, width: number, max: number): string {
  if (!Number.isInteger(serial) || serial < 1 || serial > max) throw new RangeError(`A serial is 1 to ${max}.`);
  return String(serial).padStart(width, '0');
}

function isCalendarDay(yymmdd: string): boolean {
  const iso = `20${yymmdd.slice(0, 2)}-${yymmdd.slice(2, 4)}-${yymmdd.slice(4, 6)}`;
  const day = new Date(`${iso}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(iso);
}
