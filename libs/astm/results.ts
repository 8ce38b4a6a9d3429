// Meaning of a message for a laboratory: who sent it, which tubes, which observations, which questions.
// Values stay text. What a device profile must decide (which id, which code, which unit) is returned as candidates.
import { isRoche, queryId, resultKind, specimenIds, testCodes } from './identify.ts';
import type { CodeCandidate, IdCandidate, Position, QueryId } from './identify.ts';
import { fieldParts, fieldRepeats, fieldText, rawField } from './records.ts';
import type { AstmMessage, AstmRecord } from './records.ts';

export type AstmComment = {
  /** P practice, L lab system, I instrument. */
  readonly source: string;
  /** Repeats of components, escapes decoded. */
  readonly parts: readonly (readonly string[])[];
  /** The first non-blank component of each repeat after the other, for people. */
  readonly text: string;
  readonly type: string;
};

export type AstmObservation = {
  readonly line: number;
  readonly codes: readonly CodeCandidate[];
  /** R-3 components as sent. */
  readonly testParts: readonly string[];
  /** Abbott and Siemens: which of several rows of one test this is; '' else. */
  readonly resultKind: string;
  /** First non-blank component of R-4 without blanks around it; '' means the device gave no value. Never a number. */
  readonly valueText: string;
  /** R-4 in full: repeats of components. DxH `146!  H `, Roche `-1^0.303`, GeneXpert `^1234.5`. */
  readonly valueParts: readonly (readonly string[])[];
  readonly units: string;
  /** R-6, one text per repeat, components joined as sent. */
  readonly ranges: readonly string[];
  readonly flags: readonly string[];
  /** A S R N. */
  readonly nature: string;
  /** F P C X I S M R N Q V W, '' when not sent. */
  readonly status: string;
  /** operator, verifier. */
  readonly operators: readonly string[];
  /** Times as sent, `YYYYMMDD[HHMMSS]`, zone not said. */
  readonly startedAt: string;
  readonly completedAt: string;
  readonly instrument: string;
  readonly comments: readonly AstmComment[];
  /** M and S records after this one, as sent. */
  readonly attachments: readonly AstmRecord[];
};

export type AstmPatient = {
  readonly ids: readonly { readonly value: string; readonly from: 'P-3' | 'P-4' | 'P-5' }[];
  /** last, first, middle, suffix, title as sent; Sysmex leaves the first component empty. */
  readonly nameParts: readonly string[];
  readonly birthDate: string;
  readonly sex: string;
  readonly comments: readonly AstmComment[];
};

/** Why results must not reach a patient report. */
export type NotForPatient =
  | 'qc_action' // O-12 Q
  | 'qc_header' // H-12 Q
  | 'qc_id' // specimen id QC-…
  | 'qc_sample_type' // Roche sample type QC
  | 'processing_id' // H-12 T or D
  | 'not_a_result_upload'; // Roche H-11 names a calibration or raw signal upload

export type AstmSpecimen = {
  readonly patient: AstmPatient | undefined;
  /** False when the device sent results without an O record. */
  readonly hasOrder: boolean;
  readonly ids: readonly IdCandidate[];
  readonly position: Position | undefined;
  /** One list of candidates per ordered test (repeat of O-5). */
  readonly tests: readonly (readonly CodeCandidate[])[];
  readonly priority: string;
  readonly collectedAt: string;
  /** O-12: C A N P X Q. */
  readonly action: string;
  readonly specimenType: string;
  /** O-26, may repeat: O F P C X I Y Z Q. */
  readonly reportTypes: readonly string[];
  readonly isQc: boolean;
  readonly notForPatient: readonly NotForPatient[];
  readonly observations: readonly AstmObservation[];
  readonly comments: readonly AstmComment[];
  readonly attachments: readonly AstmRecord[];
};

export type AstmQuery = {
  readonly targets: readonly QueryId[];
  /** Q-5; empty candidates list for `ALL`. */
  readonly tests: readonly (readonly CodeCandidate[])[];
  readonly status: string;
  /** Q-13 A: the device withdraws its question; drop the answer under preparation. */
  readonly isCancel: boolean;
  readonly record: AstmRecord;
};

export type AstmReading = {
  /** H-3, opaque: DxH wants it back in the answer. */
  readonly controlId: string;
  /** H-5 components without blanks around them (Sysmex pads the name). */
  readonly senderParts: readonly string[];
  readonly receiver: string;
  /** H-11; Roche meaning^mode. */
  readonly purpose: readonly string[];
  readonly processingId: string;
  readonly version: string;
  readonly sentAt: string;
  readonly specimens: readonly AstmSpecimen[];
  readonly queries: readonly AstmQuery[];
  /** L-3: N T R E Q I F, '' when absent. */
  readonly terminator: string;
};

type Writable<T> = { -readonly [K in keyof T]: T[K] };
type OpenObservation = Omit<AstmObservation, 'comments' | 'attachments'> & {
  comments: AstmComment[];
  attachments: AstmRecord[];
};
type OpenPatient = Omit<AstmPatient, 'comments'> & { comments: AstmComment[] };
type OpenSpecimen = Writable<Omit<AstmSpecimen, 'observations' | 'comments' | 'attachments'>> & {
  observations: OpenObservation[];
  comments: AstmComment[];
  attachments: AstmRecord[];
};

const trimmed = (parts: readonly string[]): string[] => parts.map((part) => part.trim());
const filled = (parts: readonly string[]): string[] => trimmed(parts).filter((part) => part !== '');
const isAbsent = (record: AstmRecord, field: number): boolean => rawField(record, field) === '';

function readComment(record: AstmRecord): AstmComment {
  const parts = fieldRepeats(record, 4);
  const text = parts
    .map((repeat) => filled(repeat).join(' '))
    .filter((line) => line !== '')
    .join('\n');
  return { source: fieldText(record, 3), parts, text, type: fieldText(record, 5) };
}

function readPatient(record: AstmRecord): OpenPatient {
  const places = [
    ['P-3', 3],
    ['P-4', 4],
    ['P-5', 5],
  ] as const;
  const ids = places.flatMap(([from, field]) => {
    const value = fieldText(record, field);
    return value === '' ? [] : [{ value, from }];
  });
  const nameParts = trimmed(fieldParts(record, 6));
  return { ids, nameParts, birthDate: fieldText(record, 8), sex: fieldText(record, 9), comments: [] };
}

function readObservation(record: AstmRecord): OpenObservation {
  const testParts = fieldParts(record, 3);
  const valueParts = fieldRepeats(record, 4);
  const { component } = record.delimiters;
  return {
    line: record.line,
    codes: testCodes(testParts, 'R-3'),
    testParts,
    resultKind: resultKind(testParts),
    valueText: filled(valueParts[0] ?? [])[0] ?? '',
    valueParts,
    units: fieldText(record, 5),
    ranges: isAbsent(record, 6) ? [] : filled(fieldRepeats(record, 6).map((repeat) => repeat.join(component))),
    flags: isAbsent(record, 7) ? [] : filled(fieldRepeats(record, 7).flat()),
    nature: fieldText(record, 8),
    status: fieldText(record, 9),
    operators: isAbsent(record, 11) ? [] : filled(fieldParts(record, 11)),
    startedAt: fieldText(record, 12),
    completedAt: fieldText(record, 13),
    instrument: filled(fieldParts(record, 14)).join(component),
    comments: [],
    attachments: [],
  };
}

/** What of the header concerns each order, read once: with a header of megabytes, reading it per order costs their product. */
type HeaderFacts = { readonly reasons: readonly NotForPatient[]; readonly isRoche: boolean };

function headerFacts(header: AstmRecord): HeaderFacts {
  return { reasons: headerReasons(header), isRoche: isRoche(header) };
}

function headerReasons(header: AstmRecord): NotForPatient[] {
  const processing = fieldText(header, 12).toUpperCase();
  const purpose = fieldText(header, 11);
  const reasons: NotForPatient[] = [];
  if (processing === 'Q') reasons.push('qc_header');
  if (processing === 'T' || processing === 'D') reasons.push('processing_id');
  if (/^(?:RCUPL|PCUPL|ICUPL|ABUPL)$/.test(purpose)) reasons.push('not_a_result_upload');
  return reasons;
}

const isQcReason = (reason: NotForPatient): boolean => reason.startsWith('qc_');

function readSpecimen(
  header: HeaderFacts,
  order: AstmRecord | undefined,
  patient: OpenPatient | undefined,
): OpenSpecimen {
  const reasons = [...header.reasons];
  const base = { patient, observations: [], comments: [], attachments: [] };
  if (order === undefined) {
    const isQc = reasons.some(isQcReason);
    return {
      ...base,
      hasOrder: false,
      ids: [],
      position: undefined,
      tests: [],
      priority: '',
      collectedAt: '',
      action: '',
      specimenType: '',
      reportTypes: [],
      isQc,
      notForPatient: reasons,
    };
  }
  const { ids, position } = specimenIds(header.isRoche, order);
  const action = fieldText(order, 12);
  if (action === 'Q') reasons.push('qc_action');
  if (ids.some(({ value }) => /^QC-/i.test(value))) reasons.push('qc_id');
  if ((fieldParts(order, 4)[4] ?? '').trim() === 'QC') reasons.push('qc_sample_type');
  return {
    ...base,
    hasOrder: true,
    ids,
    position,
    tests: fieldRepeats(order, 5)
      .map((parts) => testCodes(parts, 'O-5'))
      .filter((codes) => codes.length > 0),
    priority: fieldText(order, 6),
    collectedAt: fieldText(order, 8),
    action,
    specimenType: filled(fieldParts(order, 16)).join(' '),
    reportTypes: filled(fieldRepeats(order, 26).flat()),
    isQc: reasons.some(isQcReason),
    notForPatient: reasons,
  };
}

function readQuery(record: AstmRecord): AstmQuery {
  const status = fieldText(record, 13);
  const tests = fieldRepeats(record, 5)
    .map((parts) => testCodes(parts, 'Q-5').filter(({ value }) => value !== 'ALL'))
    .filter((codes) => codes.length > 0);
  const targets = fieldRepeats(record, 3).map((parts, repeat) => queryId(parts, repeat));
  return { targets, tests, status, isCancel: status === 'A', record };
}

/**
 * Reads a message as results and queries.
 * Comments and M or S records belong to the record before them; an R without O gets a specimen without order.
 * An incomplete message is read as far as it goes: look at `message.isComplete` before using it.
 */
export function readAstmResults(message: AstmMessage): AstmReading {
  const header = message.records[0];
  const facts = header === undefined ? undefined : headerFacts(header);
  const specimens: OpenSpecimen[] = [];
  const queries: AstmQuery[] = [];
  let patient: OpenPatient | undefined;
  let specimen: OpenSpecimen | undefined;
  let observation: OpenObservation | undefined;
  let terminator = '';
  for (const record of facts === undefined ? [] : message.records) {
    if (facts === undefined) break;
    switch (record.type) {
      case 'P':
        patient = readPatient(record);
        specimen = undefined;
        observation = undefined;
        break;
      case 'O':
        specimen = readSpecimen(facts, record, patient);
        specimens.push(specimen);
        observation = undefined;
        break;
      case 'R':
        if (specimen === undefined) {
          specimen = readSpecimen(facts, undefined, patient);
          specimens.push(specimen);
        }
        observation = readObservation(record);
        specimen.observations.push(observation);
        break;
      case 'C':
        (observation ?? specimen ?? patient)?.comments.push(readComment(record));
        break;
      case 'M':
      case 'S':
        (observation ?? specimen)?.attachments.push(record);
        break;
      case 'Q':
        queries.push(readQuery(record));
        break;
      case 'L':
        terminator = fieldText(record, 3);
        break;
      default:
        break;
    }
  }
  const text = (field: number): string => (header === undefined ? '' : fieldText(header, field));
  return {
    controlId: header === undefined ? '' : rawField(header, 3),
    senderParts: header === undefined ? [] : trimmed(fieldParts(header, 5)),
    receiver: text(10),
    purpose: header === undefined ? [] : filled(fieldParts(header, 11)),
    processingId: text(12),
    version: text(13),
    sentAt: text(14),
    specimens,
    queries,
    terminator,
  };
}
