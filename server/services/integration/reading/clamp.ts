// Keeps what instruments send within the lengths of the result service's contract, so that one odd field cannot turn away the
// batch it travels in.
import { safeText } from '../domain/safe-text.ts';
import type { Finding } from '../domain/reading.ts';

export const MAX_BARCODE = 60;
export const MAX_VALUE = 4000;
const MAX_CODE = 60;
const MAX_TEXT = 200;
const MAX_UNIT = 60;
const MAX_DOUBT = 60;
const MAX_DOUBTS = 50;
export const MAX_NOTE = 4000;

/** Longer values are cut here for the inbox and never entered: see isTooLong. */
export function clampFinding(finding: Finding): Finding {
  return {
    location: finding.location,
    codes: finding.codes
      .map(({ code, isLoinc }) => ({ code: safeText(code, MAX_CODE), isLoinc }))
      .filter(({ code }) => code !== ''),
    codeText: safeText(finding.codeText, MAX_TEXT),
    value: safeText(finding.value, MAX_VALUE + 1),
    unit: safeText(finding.unit, MAX_UNIT),
    doubts: finding.doubts
      .slice(0, MAX_DOUBTS)
      .map((doubt) => safeText(doubt, MAX_DOUBT))
      .filter((doubt) => doubt !== ''),
    isPreliminary: finding.isPreliminary,
    note: finding.note === null ? null : safeText(finding.note, MAX_NOTE) || null,
  };
}

/** A value that does not fit whole: a part of it must not be entered as if it were all. */
export function isTooLong(finding: Finding): boolean {
  return finding.value.length > MAX_VALUE;
}

/** Trimmed, blanks and repeats left out, order kept. */
export function distinct(texts: readonly string[]): readonly string[] {
  return [...new Set(texts.map((text) => safeText(text, 200)).filter((text) => text !== ''))];
}
