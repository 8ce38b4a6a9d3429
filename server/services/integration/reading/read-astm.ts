// From an ASTM message to findings. The library gives candidates; which of them is a result, and which must not be one, is decided
// here. Src: shared wire facts (LIS02-A2 records, vendors named where they differ).
import { parseAstm, readAstmResults } from '@nidaan/astm';
import type { AstmObservation, AstmQuery, AstmReading, AstmSpecimen } from '@nidaan/astm';

import type { InboxReason } from '../contract.ts';
import { heldPlace, holdTube } from '../domain/reading.ts';
import type { ControlReading, Finding, HeldPlace, MessageReading, TubeReading } from '../domain/reading.ts';
import { safeText } from '../domain/safe-text.ts';
import { clampFinding, distinct, MAX_NOTE } from './clamp.ts';
import { MAX_PLACES, tooMany } from './limits.ts';

const NO_DOUBT: ReadonlySet<string> = new Set(['', 'L', 'H', 'N', 'LL', 'HH', 'A', 'AA']);
/** Empty counts as final: unlike OBX-11 the field is optional, and several benches leave it out. */
const PRELIMINARY: ReadonlySet<string> = new Set(['P', 'S']);
/** X cannot be done (Horiba: rejected), I pending. */
const WITHDRAWN: ReadonlySet<string> = new Set(['X', 'I']);
/** Signals and cut-offs from which the instrument made its result: never results (Abbott P; Siemens RLU, COFF). */
const RAW_SIGNALS: ReadonlySet<string> = new Set(['P', 'RLU', 'COFF']);
/** Of several rows of one test the first of these is the value; the others are notes to it. */
const KIND_RANK = ['F', 'DOSE', '', 'INDX', 'I', 'INTR'];

const PLACES: ReadonlySet<string> = new Set(['O', 'R', 'Q']);

/** Thrown for bytes that hold no whole message; such are refused on arrival and never get here unless stored bytes are damaged. */
export class UnreadableAstm extends Error {}

/** @throws UnreadableAstm */
export function readAstm(bytes: Uint8Array): MessageReading {
  const [message] = parseAstm(bytes).messages;
  if (message === undefined || !message.isComplete) throw new UnreadableAstm('The bytes hold no whole ASTM message.');
  const size = message.records.filter(({ type }) => PLACES.has(type)).length;
  if (size > MAX_PLACES) return tooMany(size);
  const reading = readAstmResults(message);
  const tubes: TubeReading[] = [];
  const held: HeldPlace[] = reading.queries.map(holdQuery);
  const controls: ControlReading[] = [];
  let skipped = 0;
  let before = 0;
  for (const [index, specimen] of reading.specimens.entries()) {
    const tube = tubeOf(specimen, index);
    const read = readSpecimen(reading, specimen, tube, before);
    before += specimen.observations.length;
    skipped += read.skipped;
    const reason = whySpecimenIsHeld(specimen);
    if (reason !== undefined) {
      if (read.findings.length + read.held.length > 0)
        held.push(holdTube({ ...tube, findings: read.findings }, reason));
      if (read.findings.length > 0 && isControl(specimen))
        controls.push({ tube: { ...tube, findings: read.findings }, held: read.held });
      continue;
    }
    held.push(...read.held);
    if (read.findings.length > 0) tubes.push({ ...tube, findings: read.findings });
  }
  return { tubes, held, controls, skipped };
}

// Host query is not answered yet: the question is shown, so that nobody waits in vain without knowing why.
function holdQuery(query: AstmQuery, index: number): HeldPlace {
  return heldPlace(`Q[${index + 1}]`, 'unsupported_type', {
    barcode: query.targets[0]?.ids[0]?.value ?? '',
    codeText: query.isCancel
      ? 'The instrument withdraws its question.'
      : 'The instrument asks what to do with this tube.',
  });
}

function whySpecimenIsHeld(specimen: AstmSpecimen): InboxReason | undefined {
  const [reason] = specimen.notForPatient;
  if (reason === undefined) return undefined;
  return specimen.notForPatient.every((each) => each === 'processing_id') ? 'not_production' : 'control_sample';
}

/** Neither of a training run nor of an upload of calibrations. */
function isControl({ isQc, notForPatient }: AstmSpecimen): boolean {
  return isQc && !notForPatient.includes('processing_id') && !notForPatient.includes('not_a_result_upload');
}

function tubeOf(specimen: AstmSpecimen, index: number): TubeReading {
  return {
    location: specimen.hasOrder ? `O[${index + 1}]` : `O[none ${index + 1}]`,
    // Running numbers of the analyzer and unread barcodes must not meet somebody's accession number by chance.
    barcodes: distinct(specimen.ids.filter((id) => id.mayMatch).map((id) => id.value)),
    service: {
      code: specimen.tests[0]?.[0]?.value ?? '',
      text: specimen.tests.length > 1 ? `and ${specimen.tests.length - 1} more` : '',
    },
    findings: [],
  };
}

interface Row {
  readonly finding: Finding;
  readonly observation: AstmObservation;
}

function readSpecimen(
  reading: AstmReading,
  specimen: AstmSpecimen,
  tube: TubeReading,
  before: number,
): { readonly findings: readonly Finding[]; readonly held: readonly HeldPlace[]; readonly skipped: number } {
  const held: HeldPlace[] = [];
  const rows: Row[] = [];
  const remarks: string[] = [];
  let skipped = 0;
  for (const [index, observation] of specimen.observations.entries()) {
    if (isNoResult(reading, observation)) {
      skipped += 1;
      if (isSysmex(reading) && observation.flags.includes('A')) remarks.push(observation.codes[0]?.value ?? '');
      continue;
    }
    const finding = findingOf(observation, `R[${before + index + 1}]`);
    const reason = whyHeld(observation, finding);
    if (reason === undefined) rows.push({ finding, observation });
    else held.push(heldPlace(finding.location, reason, { ...labels(finding), barcode: tube.barcodes[0] ?? '' }));
  }
  const { findings, merged } = mergeKinds(rows);
  // Made once: every finding of the tube carries it.
  const remark = remarks.length === 0 ? [] : [safeText(`Instrument messages: ${remarks.join(', ')}`, MAX_NOTE)];
  return { findings: findings.map((finding) => withNotes(finding, remark)), held, skipped: skipped + merged };
}

function labels(finding: Finding): Partial<HeldPlace> {
  return { code: finding.codes[0]?.code ?? '', codeText: finding.codeText, value: finding.value, unit: finding.unit };
}

const isSysmex = (reading: AstmReading): boolean => /^(?:X[NPTSE]|KX)[- ]?\d/i.test(reading.senderParts[0] ?? '');

function isNoResult(reading: AstmReading, observation: AstmObservation): boolean {
  if (RAW_SIGNALS.has(observation.resultKind)) return true;
  // Beckman DxH: names that begin with @ are for research only.
  if (observation.codes[0]?.value.startsWith('@') === true) return true;
  // Sysmex: every measured value has a unit; rows without one are suspect messages with their level, and names of image files.
  return isSysmex(reading) && observation.units === '';
}

function whyHeld(observation: AstmObservation, finding: Finding): InboxReason | undefined {
  if (WITHDRAWN.has(observation.status)) return 'withdrawn';
  if (finding.value === '') return 'no_value';
  return finding.codes.length === 0 ? 'unknown_code' : undefined;
}

function findingOf(observation: AstmObservation, location: string): Finding {
  const beside = (observation.valueParts[0] ?? [])
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .slice(1);
  const isFlag = (part: string) => /^[A-Z*<>!+?-]{1,3}$/.test(part);
  // Roche: `C|1|I|<data alarm>|I`, 0 means none.
  const alarms = observation.comments
    .filter(
      (comment) =>
        comment.source === 'I' && comment.type === 'I' && /^\d+$/.test(comment.text) && Number(comment.text) !== 0,
    )
    .map((comment) => `alarm ${comment.text}`);
  // Erba: `C|1|I|Instrument Flag A,…`. The words alone say nothing.
  const instrumentFlags = observation.comments
    .filter((comment) => comment.source === 'I')
    .flatMap((comment) => comment.text.split('\n').filter((line) => /^Instrument Flag\b[\s:]*[^\s:]/i.test(line)));
  const notes = [
    ...observation.comments.filter((comment) => !/^\d*$/.test(comment.text)).map((comment) => comment.text),
    ...beside.filter((part) => !isFlag(part)).map((part) => `Sent beside the value: ${part}`),
  ];
  const doubts = [...observation.flags, ...beside.filter(isFlag)].filter((flag) => !NO_DOUBT.has(flag.toUpperCase()));
  return clampFinding({
    location,
    codes: observation.codes.map((candidate) => ({ code: candidate.value, isLoinc: false })),
    codeText: observation.testParts[1]?.trim() ?? '',
    value: observation.valueText,
    unit: observation.units,
    doubts: [...doubts, ...alarms, ...instrumentFlags, ...(observation.status === 'W' ? ['W'] : [])],
    isPreliminary: PRELIMINARY.has(observation.status),
    note: notes.length === 0 ? null : notes.join('\n'),
  });
}

/** Abbott and Siemens send a value, an index and an interpretation of one test as rows of their own. */
function mergeKinds(rows: readonly Row[]): { readonly findings: readonly Finding[]; readonly merged: number } {
  const byTest = Map.groupBy(rows, ({ finding, observation }) =>
    observation.resultKind === '' ? finding.location : (finding.codes[0]?.code ?? finding.location),
  );
  const findings: Finding[] = [];
  for (const group of byTest.values()) {
    const ranked = group.toSorted(
      (a, b) => KIND_RANK.indexOf(a.observation.resultKind) - KIND_RANK.indexOf(b.observation.resultKind),
    );
    const [best, ...others] = ranked;
    if (best === undefined) continue;
    const kindOfBest = best.observation.resultKind;
    // Two rows of the same kind are replicates, not parts of one result: each stands for itself.
    const parts = others.filter((row) => row.observation.resultKind !== kindOfBest);
    const replicates = others.filter((row) => row.observation.resultKind === kindOfBest);
    findings.push(
      withNotes(
        best.finding,
        parts.map(({ finding, observation }) => `${observation.resultKind}: ${finding.value} ${finding.unit}`.trim()),
      ),
    );
    findings.push(...replicates.map(({ finding }) => finding));
  }
  return { findings, merged: rows.length - findings.length };
}

function withNotes(finding: Finding, notes: readonly string[]): Finding {
  if (notes.length === 0) return finding;
  return clampFinding({
    ...finding,
    note: [finding.note, ...notes].filter((note) => note !== null && note !== '').join('\n'),
  });
}
