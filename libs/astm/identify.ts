// Where instruments put specimen ids and test codes. Each rule names the device whose bytes it comes from.
// Candidates are returned with their place; which one a bench uses is the mapping's decision, the order is only a good guess.
import { fieldParts, rawField } from './records.ts';
import type { AstmRecord } from './records.ts';

/**
 * barcode: read from the tube; entered: typed or downloaded; id: nothing said; auto: running number of the analyser;
 * sequence: place in the analyser's own list; unread: the barcode could not be read.
 */
export type IdKind = 'barcode' | 'entered' | 'id' | 'auto' | 'sequence' | 'unread';

export type IdCandidate = {
  /** Without padding blanks. */
  readonly value: string;
  /** Record, field and component, such as `O-4.3`. */
  readonly from: string;
  readonly kind: IdKind;
  /** May be matched to an accession. Never true for auto, sequence and unread. */
  readonly mayMatch: boolean;
};

export type Position = { readonly rack: string; readonly position: string };

function candidate(text: string | undefined, from: string, kind: IdKind = 'id'): IdCandidate[] {
  const value = (text ?? '').trim();
  if (value === '') return [];
  // Roche sends `@<sequence>` when the barcode could not be read.
  const real = value.startsWith('@') ? 'unread' : kind;
  return [{ value, from, kind: real, mayMatch: real === 'id' || real === 'barcode' || real === 'entered' }];
}

const sysmexKinds: Readonly<Record<string, IdKind>> = { M: 'entered', A: 'auto', B: 'barcode', C: 'entered' };

/** Sysmex: rack^pos^id padded with blanks^M|A|B|C. Siemens `^id^0024^A` looks alike; there only the first component is empty. */
function sysmexKind(parts: readonly string[]): IdKind | undefined {
  const [rack = '', position = '', id = '', mark = ''] = parts;
  if (id.trim() === '' || (rack === '') !== (position === '')) return undefined;
  return sysmexKinds[mark.trim()];
}

/** Told by H-5. */
export function isRoche(header: AstmRecord): boolean {
  return /^(?:cobas|H7600|c ?311|c ?501|c ?6000)/i.test(fieldParts(header, 5)[0]?.trim() ?? '');
}

function placed(rack: string | undefined, position: string | undefined): Position | undefined {
  const place = { rack: (rack ?? '').trim(), position: (position ?? '').trim() };
  return place.rack === '' && place.position === '' ? undefined : place;
}

/**
 * Specimen id candidates of an order record, most trusted first, and the place of the tube when it is given.
 * @param comesFromRoche what `isRoche` says of the header
 */
export function specimenIds(
  comesFromRoche: boolean,
  order: AstmRecord,
): { readonly ids: readonly IdCandidate[]; readonly position: Position | undefined } {
  const third = fieldParts(order, 3);
  const fourth = fieldParts(order, 4);
  const kind = sysmexKind(fourth);
  if (kind !== undefined && rawField(order, 3).trim() === '') {
    return { ids: candidate(fourth[2], 'O-4.3', kind), position: placed(fourth[0], fourth[1]) };
  }
  // cobas c 311: O-3 is sequence^id padded to 22^rack^^position.
  if (comesFromRoche && third.length >= 4 && (third[1] ?? '').trim() !== '') {
    const ids = [...candidate(third[1], 'O-3.2'), ...candidate(third[0], 'O-3.1', 'sequence')];
    return { ids, position: placed(third[2], third[4]) };
  }
  const ids = candidate(third[0], 'O-3.1');
  // Roche: O-4 is sequence^rack^position^^sample type^container.
  if (/^(?:S\d|QC)$/.test((fourth[4] ?? '').trim())) {
    return { ids: [...ids, ...candidate(fourth[0], 'O-4.1', 'sequence')], position: placed(fourth[1], fourth[2]) };
  }
  // Architect id^carrier^pos, m2000 id^run^well, cobas c 111 id^^6, Afinion and DxH a running number; Access leaves it empty.
  const fromFourth = candidate(fourth[0], 'O-4.1').filter(({ value }) => value !== ids[0]?.value);
  return { ids: [...ids, ...fromFourth], position: placed(fourth[1], fourth[2]) ?? placed(third[1], third[3]) };
}

export type QueryId = {
  readonly ids: readonly IdCandidate[];
  readonly patientId: string;
  readonly position: Position | undefined;
  /** Components as sent, escapes decoded: answers must echo sequence, rack and position unchanged (cobas e 411 skips the tube else). */
  readonly parts: readonly string[];
};

/** Reads one repeat of Q-3. */
export function queryId(parts: readonly string[], repeat: number): QueryId {
  const [first = '', second = '', third = '', fourth = '', fifth = '', sixth = ''] = parts;
  const kind = sysmexKind(parts);
  if (kind !== undefined) {
    return { ids: candidate(third, 'Q-3.3', kind), patientId: '', position: placed(first, second), parts };
  }
  if (first.trim() === '' && second.trim() === '' && parts.length > 2) {
    const ids = [...candidate(third, 'Q-3.3'), ...candidate(fourth, 'Q-3.4', 'sequence')];
    return { ids, patientId: '', position: placed(fifth, sixth), parts };
  }
  if (second.trim() !== '')
    return { ids: candidate(second, 'Q-3.2'), patientId: first.trim(), position: undefined, parts };
  // Erba: only the first of many ids has the component mark before it. A lone first component of the first repeat is a patient id
  // by the standard and a specimen id on many benches: offered as both.
  return {
    ids: candidate(first, 'Q-3.1'),
    patientId: repeat === 0 ? first.trim() : '',
    position: undefined,
    parts,
  };
}

export type CodeCandidate = { readonly value: string; readonly from: string };

// Common local code places first: 4 nearly everywhere, 5 Sysmex and Horiba (LOINC), 1 LOINC or the whole code.
const CODE_ORDER = [4, 5, 1, 2, 3];

/** Test codes of a universal test id (O-5, R-3), most common place first. Parts cut out of a component are named with `/` or `+`. */
export function testCodes(parts: readonly string[], field: string): CodeCandidate[] {
  const codes: CodeCandidate[] = [];
  for (const place of CODE_ORDER) {
    const value = (parts[place - 1] ?? '').trim();
    if (value === '') continue;
    codes.push({ value, from: `${field}.${place}` });
    // Roche `685/`, `117/1/not`: code/dilution/pre-dilution. Vitros `1.0000+002+1.0`: dilution+code+dilution.
    const roche = value.includes('/') ? /^([^/]+)\/(?:\d|$)/.exec(value)?.[1] : undefined;
    const vitros = value.includes('+') ? /^\d+\.\d+\+([^+]+)\+/.exec(value)?.[1] : undefined;
    if (roche !== undefined) codes.push({ value: roche, from: `${field}.${place}/1` });
    if (vitros !== undefined) codes.push({ value: vitros, from: `${field}.${place}+2` });
  }
  return codes;
}

/**
 * Abbott F (final), I (interpretation), P (raw signal) and Siemens DOSE, INDX, INTR, COFF, RLU; '' when not said.
 * Trap: found by value, from the end: component 7 on Alinity, 8 on Centaur, 11 on Architect, where 7 is P for another reason.
 */
export function resultKind(parts: readonly string[]): string {
  return parts.slice(5).findLast((part) => /^(?:F|I|P|DOSE|INDX|INTR|COFF|RLU)$/.test(part.trim())) ?? '';
}
