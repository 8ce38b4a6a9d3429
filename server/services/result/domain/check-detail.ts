// What contradicts itself in a culture, a narrative or an image as it was entered. Pure; whether files exist is asked elsewhere.
// Whether an organism can be susceptible to a drug at all (intrinsic resistance, breakpoints of CLSI or EUCAST) is not asked:
// those tables are licensed, and interpretations are typed by who read the plate.
import { looksLikeAadhaar } from '@nidaan/values';

import type { ResultDetail } from '../contract.ts';
import type { Culture } from './detail.ts';
import { plainText } from './flags.ts';

/** Zone in mm or MIC in mg/L; a combination of two drugs has two numbers. `≤` and `≥` are what panels print. */
const MEASURED = /^(?:[<>]=?|[≤≥])?\s?\d{1,5}(?:\.\d{1,4})?(?:\/\d{1,5}(?:\.\d{1,4})?)?$/;

/** Turns the direction of the text beside it, or is no character at all; line breaks and tabs are taken. */
// eslint-disable-next-line no-control-regex
const HIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u202a-\u202e\u2066-\u2069]/u;

/** Each fault names the field; empty when the detail can be taken. A draft without its impression can. */
export function faultsOf(detail: ResultDetail): readonly string[] {
  return [...textFaults(detail), ...ownFaults(detail)];
}

function ownFaults(detail: ResultDetail): readonly string[] {
  switch (detail.kind) {
    case 'culture':
      return cultureFaults(detail);
    case 'narrative':
      return [
        ...(detail.sections.some(({ title }) => title.trim() === '') ? ['sections: a title is empty'] : []),
        ...repeated(detail.sections.map(({ title }) => title)).map((title) => `sections: "${title}" stands twice`),
        ...repeated(detail.codes).map((code) => `codes: ${code} stands twice`),
        ...detail.codes
          .filter((code) => !/^(?:SNOMED CT|ICD-O|ICD-10)\|\S+$/.test(code))
          .map((code) => `codes: ${code} is not written as SNOMED CT|code, ICD-O|code or ICD-10|code`),
      ];
    case 'image':
      return repeated(detail.fileIds).map((id) => `fileIds: ${id} stands twice`);
    default:
      return detail satisfies never;
  }
}

function cultureFaults({ stage, growth, isolates }: Culture): readonly string[] {
  const isFinal = stage === 'final';
  const faults: string[] = [];
  if (isFinal && growth === 'pending') faults.push('growth: a final culture says whether anything grew');
  if (isFinal && growth === 'growth' && isolates.length === 0) faults.push('isolates: a final culture names what grew');
  if (isolates.length > 0 && (growth === 'none' || growth === 'pending'))
    faults.push('isolates: there are some, yet growth says otherwise');
  for (const { organism, antibiogram } of isolates) {
    if (organism.trim() === '') faults.push('isolates: an organism has no name');
    const who = organism.trim() || 'an organism without name';
    for (const name of repeated(antibiogram.map(({ antibiotic }) => antibiotic)))
      faults.push(`antibiogram of ${who}: ${name} stands twice`);
    for (const { antibiotic, measured, method } of antibiogram) {
      if (antibiotic.trim() === '') faults.push(`antibiogram of ${who}: an antibiotic has no name`);
      if (measured === null) continue;
      if (!MEASURED.test(measured.trim()))
        faults.push(`antibiogram of ${who}: ${antibiotic} was measured as no number (digits, < or > in front)`);
      else if (method === null)
        faults.push(`antibiogram of ${who}: ${antibiotic} was measured without method (disk or mic)`);
    }
  }
  return faults;
}

/** Each text that stands twice, as it is written first; case and blanks do not count. */
function repeated(texts: readonly string[]): readonly string[] {
  return [...Map.groupBy(texts, plainText).values()].flatMap(([first, second]) =>
    first === undefined || second === undefined ? [] : [first.trim()],
  );
}

function textFaults(detail: ResultDetail): readonly string[] {
  const texts = textsOf(detail);
  return [
    // Aadhaar numbers are never stored (P7), and findings are where they would slip in.
    ...(texts.some(looksLikeAadhaar) ? ['a text holds what looks like an Aadhaar number'] : []),
    ...(texts.some((text) => HIDDEN.test(text)) ? ['a text holds control characters'] : []),
  ];
}

function textsOf(part: unknown): readonly string[] {
  if (typeof part === 'string') return [part];
  if (typeof part !== 'object' || part === null) return [];
  // File ids are hex digits: a run of twelve of them is no person's number.
  return Object.entries(part).flatMap(([name, value]) => (name === 'fileIds' ? [] : textsOf(value)));
}
