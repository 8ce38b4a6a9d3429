// From an HL7 result message to findings: which OBX may become results, which a person must see, which are no results at all.
// Src of the rules: shared wire facts, HL7 v2.5.1 chapters 2 and 7, tables 0078, 0085, 0103, 0369; vendors named where they differ.
import { parseMessage, readOru } from '@nidaan/hl7v2';
import type { Hl7Message, Observation, OruMessage, ResultGroup, Specimen } from '@nidaan/hl7v2';

import type { InboxReason } from '../contract.ts';
import { heldPlace, holdTube } from '../domain/reading.ts';
import type {
  AnalyteCode,
  ControlReading,
  Finding,
  HeldPlace,
  MessageReading,
  TubeReading,
} from '../domain/reading.ts';
import { clampFinding, distinct } from './clamp.ts';
import { MAX_PLACES, tooMany } from './limits.ts';

/** Images, arrays, times, ids and settings (Mindray sends its modes and alarms as IS). */
const NOT_RESULTS: ReadonlySet<string> = new Set([
  'ED',
  'RP',
  'IS',
  'NA',
  'MA',
  'DR',
  'DT',
  'TM',
  'TS',
  'DTM',
  'CX',
  'EI',
  'HD',
  'PL',
  'CP',
  'XAD',
  'XCN',
  'XPN',
  'XTN',
  'XON',
]);
/** Sent as an observation, but it is the patient's age. */
const AGE_LOINC = '30525-0';
/** Table 0078: what says where the value lies, not that it is doubtful. */
const NO_DOUBT: ReadonlySet<string> = new Set(['', 'L', 'H', 'N', 'LL', 'HH', 'A', 'AA', '""']);
const FINAL: ReadonlySet<string> = new Set(['F', 'C', 'U']);
const WITHDRAWN: ReadonlySet<string> = new Set(['D', 'W', 'X', 'N', 'I', 'O']);
const SINGLE_VALUED: ReadonlySet<string> = new Set(['NM', 'SN']);
const PLACES: ReadonlySet<string> = new Set(['OBR', 'OBX']);
/** What all orders of one specimen share. */
const DESCRIPTIONS: ReadonlySet<string> = new Set(['SPM', 'SAC', 'INV']);

/** @throws Hl7Error when the bytes are no message */
export function readHl7(bytes: Uint8Array): MessageReading {
  const message = parseMessage(bytes, { maxBytes: Number.MAX_SAFE_INTEGER });
  const size = Math.max(sizeOf(message, PLACES), sizeOf(message, DESCRIPTIONS));
  if (size > MAX_PLACES) return tooMany(size);
  const oru = readOru(message);
  const wholeMessage = whyMessageIsHeld(message, oru);
  const tubes: TubeReading[] = [];
  const held: HeldPlace[] = [];
  const controlTubes: ControlReading[] = [];
  // Groups of one specimen share it: looked at once, not for each of them.
  const specimens = new Set(oru.groups.flatMap((group) => group.specimens));
  const controls = new Set([...specimens].filter(isControlMaterial));
  let skipped = 0;
  // OBX that describe the specimen itself.
  for (const { observations } of specimens) skipped += observations.length;
  for (const [index, group] of oru.groups.entries()) {
    const tube = tubeOf(group, index);
    const read = readGroup(message, group, tube);
    skipped += read.skipped;
    const reason = wholeMessage ?? whyGroupIsHeld(group, controls);
    if (reason !== undefined) {
      if (read.findings.length + read.held.length > 0)
        held.push(holdTube({ ...tube, findings: read.findings }, reason));
      if (reason === 'control_sample' && read.findings.length > 0 && !isCalibration(message, group))
        controlTubes.push({ tube: { ...tube, findings: read.findings }, held: read.held });
      continue;
    }
    held.push(...read.held);
    if (read.findings.length > 0) tubes.push({ ...tube, findings: read.findings });
  }
  return { tubes, held, controls: controlTubes, skipped };
}

function whyMessageIsHeld(message: Hl7Message, oru: OruMessage): InboxReason | undefined {
  const processing = oru.processingId.trim().toUpperCase();
  // Mindray haematology marks a control run with Q.
  if (processing === 'Q') return 'control_sample';
  // Empty too: the field is required, and only P says that a patient is meant (table 0103).
  if (processing !== 'P') return 'not_production';
  // Mindray chemistry puts the kind of result into MSH-16: 0 patient, 1 calibration, 2 control.
  const kind = message.header.text(16).trim();
  return kind === '1' || kind === '2' ? 'control_sample' : undefined;
}

function sizeOf(message: Hl7Message, names: ReadonlySet<string>): number {
  let size = 0;
  for (const { name } of message.segments) if (names.has(name)) size += 1;
  return size;
}

/** LAW: INV of type CO after SAC names the control material. Those after OBX are the assay's own and mean nothing here. */
function isControlMaterial({ reagents }: Specimen): boolean {
  return reagents.some((reagent) => reagent.type === 'CO');
}

function whyGroupIsHeld(group: ResultGroup, controls: ReadonlySet<Specimen>): InboxReason | undefined {
  const role = group.specimenRole.trim().toUpperCase();
  // Table 0369: P is the patient's; controls, calibrators, pools and unknowns are not for a report.
  if (role !== '' && role !== 'P') return 'control_sample';
  // Roche: SPM-2 `20391&CONTROL`.
  if (group.specimenIds.some((id) => id.namespace.toUpperCase() === 'CONTROL')) return 'control_sample';
  if (group.specimens.some((specimen) => controls.has(specimen))) return 'control_sample';
  // Mindray haematology: 00001 automated count, 00002 manual count, 00003 and up the control charts.
  if (/^99MRC$/i.test(group.service.system) && /^0000[3-9]$/.test(group.service.code)) return 'control_sample';
  // Siemens Clinitek: OBR-15 `ORH^^^^^^Q`.
  return group.sourceRole.trim().toUpperCase() === 'Q' ? 'control_sample' : undefined;
}

/** Of what is held as a control: calibrators, pools, blinds. Their values say nothing about the state of the analyzer. */
function isCalibration(message: Hl7Message, group: ResultGroup): boolean {
  const role = group.specimenRole.trim().toUpperCase();
  return message.header.text(16).trim() === '1' || (role !== '' && role !== 'P' && role !== 'Q');
}

function tubeOf(group: ResultGroup, index: number): TubeReading {
  return {
    location: group.location ?? group.specimens[0]?.location ?? `OBR[none ${index + 1}]`,
    barcodes: distinct(group.specimenIds.map((candidate) => candidate.id).filter((id) => id !== '""')),
    service: { code: group.service.code || group.service.alternateCode, text: group.service.text },
    findings: [],
  };
}

function readGroup(
  message: Hl7Message,
  group: ResultGroup,
  tube: TubeReading,
): { readonly findings: readonly Finding[]; readonly held: readonly HeldPlace[]; readonly skipped: number } {
  const findings: Finding[] = [];
  const held: HeldPlace[] = [];
  let skipped = 0;
  for (const observation of group.observations) {
    if (isNoResult(observation)) {
      skipped += 1;
      continue;
    }
    const finding = findingOf(message, observation);
    const reason = whyHeld(observation, finding);
    if (reason === undefined) findings.push(finding);
    else held.push(heldPlace(finding.location, reason, { ...labels(finding), barcode: tube.barcodes[0] ?? '' }));
  }
  return { findings, held, skipped };
}

function labels(finding: Finding): Partial<HeldPlace> {
  return { code: finding.codes[0]?.code ?? '', codeText: finding.codeText, value: finding.value, unit: finding.unit };
}

function isNoResult(observation: Observation): boolean {
  if (NOT_RESULTS.has(observation.valueType)) return true;
  // LAW: OBX-3.4 to 6 `S_RAW^…^IHELAW` mark observations beside the result.
  if (observation.alternateSystem === 'IHELAW' && observation.alternateCode.startsWith('S_')) return true;
  // Mindray: 15000 and up are histograms and scattergrams with their limits.
  if (/^99MRC$/i.test(observation.codeSystem) && /^15\d{3}$/.test(observation.code)) return true;
  return observation.code === AGE_LOINC;
}

function whyHeld(observation: Observation, finding: Finding): InboxReason | undefined {
  if (WITHDRAWN.has(observation.status.trim().toUpperCase())) return 'withdrawn';
  if (finding.value === '') return 'no_value';
  // One number has one place; which of two to report is not ours to say.
  if (SINGLE_VALUED.has(observation.valueType) && observation.values.length > 1) return 'fault';
  return finding.codes.length === 0 ? 'unknown_code' : undefined;
}

function codesOf(observation: Observation): readonly AnalyteCode[] {
  return [
    { code: observation.code.trim(), isLoinc: observation.codeSystem.trim().toUpperCase() === 'LN' },
    { code: observation.alternateCode.trim(), isLoinc: observation.alternateSystem.trim().toUpperCase() === 'LN' },
  ].filter(({ code }) => code !== '' && code !== '""');
}

function findingOf(message: Hl7Message, observation: Observation): Finding {
  const values = observation.isNullValue ? [] : observation.values;
  const isLines = observation.valueType === 'TX' || observation.valueType === 'FT';
  const notes = observation.notes.filter((note) => note.trim() !== '');
  return clampFinding({
    location: observation.location,
    codes: codesOf(observation),
    codeText: observation.codeText || observation.alternateText,
    value: values.join(isLines ? '\n' : '~'),
    unit: observation.unitsCode || observation.unitsText,
    doubts: doubtsOf(message, observation),
    isPreliminary: !FINAL.has(observation.status.trim().toUpperCase()),
    note: notes.length === 0 ? null : notes.join('\n'),
  });
}

/** LAW sends a flag as a coded value, `N^^HL70078`: its first component is the flag. */
function doubtsOf(message: Hl7Message, observation: Observation): readonly string[] {
  const { component } = message.delimiters;
  const flags = observation.flags.map((flag) => (component === '' ? flag : (flag.split(component)[0] ?? '')).trim());
  return flags.filter((flag) => !NO_DOUBT.has(flag.toUpperCase()));
}
