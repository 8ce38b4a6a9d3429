// OBX and the other leaf segments of a result message.
import type { Repetition } from './repetition.ts';
import type { Segment } from './segment.ts';
import type { Attachment, CodedText, Observation, Patient, PatientId, Reagent } from './oru-types.ts';
import { isAbnormalFlag } from './tables/abnormal-flags.ts';

/** Lists that the segments after an OBX still add to. */
export interface OpenObservation extends Observation {
  readonly notes: string[];
  readonly reagents: Reagent[];
}

export function readObservation(obx: Segment, location: string): OpenObservation {
  const valueType = obx.leaf(2, 1, 1).trim().toUpperCase();
  const flags = obx.each(8);
  const value = readValue(obx, valueType, location);
  return {
    location,
    setId: obx.leaf(1, 1, 1),
    valueType,
    code: obx.leaf(3, 1, 1),
    codeText: obx.component(3, 1, 2),
    codeSystem: obx.leaf(3, 1, 3),
    alternateCode: obx.leaf(3, 1, 4),
    alternateText: obx.component(3, 1, 5),
    alternateSystem: obx.leaf(3, 1, 6),
    subId: obx.plain(4),
    values: value.values,
    codedValues: value.codedValues,
    attachments: value.attachments,
    isNullValue: obx.isNull(5),
    unitsCode: obx.component(6, 1, 1),
    unitsText: obx.component(6, 1, 2),
    unitsSystem: obx.leaf(6, 1, 3),
    rangeText: obx.plain(7),
    flags: flags.map((flag) => flag.raw),
    knownFlags: flags.map((flag) => flag.text().trim()).filter(isAbnormalFlag),
    status: obx.leaf(11, 1, 1),
    observedAt: obx.leaf(14, 1, 1),
    analysedAt: obx.leaf(19, 1, 1),
    operators: firstComponents(obx, 16),
    method: obx.component(17, 1, 2) || obx.leaf(17, 1, 1),
    equipment: firstComponents(obx, 18),
    reagents: [],
    notes: [],
  };
}

interface Value {
  readonly values: readonly string[];
  readonly codedValues: readonly CodedText[];
  readonly attachments: readonly Attachment[];
}

const nothing: readonly never[] = [];

function readValue(obx: Segment, valueType: string, location: string): Value {
  const sent = obx.isNull(5) ? nothing : obx.each(5);
  switch (valueType) {
    case 'SN':
      return { values: sent.map(structuredNumeric), codedValues: nothing, attachments: nothing };
    case 'CE':
    case 'CWE':
    case 'CNE':
    case 'CF':
      return { values: sent.map(codedValueText), codedValues: sent.map(codedText), attachments: nothing };
    case 'ED': {
      const attachments = sent.map((value, index) => readAttachment(value, `${location}-5[${String(index + 1)}]`));
      return { values: nothing, codedValues: nothing, attachments };
    }
    case 'RP':
      return { values: sent.map((value) => value.text()), codedValues: nothing, attachments: nothing };
    default:
      return { values: sent.map((value) => value.plain()), codedValues: nothing, attachments: nothing };
  }
}

/** `>^100` → `>100`, `^1^:^128` → `1:128`, `^2^+` → `2+`. A sender that puts the number in place of the comparator loses nothing. */
function structuredNumeric(value: Repetition): string {
  return value.text(1) + value.text(2) + value.text(3) + value.text(4);
}

/** The text, else the original text (CWE-9), else the code, else the alternates. */
function codedValueText(value: Repetition): string {
  return value.component(2) || value.component(9) || value.component(1) || value.component(5) || value.component(4);
}

function readAttachment(value: Repetition, location: string): Attachment {
  return { location, type: value.text(2), subtype: value.text(3), encoding: value.text(4), data: value.text(5) };
}

/**
 * The bytes of an attachment: base64 or hex undone, line breaks inside forgiven. Encoding `A` or none gives the text as UTF-8.
 * Undefined when the data is not what its encoding says.
 */
export function attachmentBytes(attachment: Attachment): Uint8Array | undefined {
  const encoding = attachment.encoding.trim().toLowerCase();
  const packed = attachment.data.replaceAll(/\s+/g, '');
  if (encoding === 'base64') {
    return /^[A-Za-z0-9+/]*={0,2}$/.test(packed) ? Buffer.from(packed, 'base64') : undefined;
  }
  if (encoding === 'hex') {
    return packed.length % 2 === 0 && /^[0-9A-Fa-f]*$/.test(packed) ? Buffer.from(packed, 'hex') : undefined;
  }
  return encoding === 'a' || encoding === '' ? Buffer.from(attachment.data, 'utf8') : undefined;
}

/** First repetition of a CE or CWE field. */
export function readCoded(segment: Segment | undefined, field: number): CodedText {
  return coded((component) => segment?.component(field, 1, component) ?? '');
}

function codedText(value: Repetition): CodedText {
  return coded((component) => value.component(component));
}

function coded(part: (component: number) => string): CodedText {
  return {
    code: part(1),
    text: part(2),
    system: part(3),
    alternateCode: part(4),
    alternateText: part(5),
    alternateSystem: part(6),
  };
}

export function readReagent(inv: Segment, location: string): Reagent {
  return {
    location,
    id: inv.leaf(1, 1, 1),
    type: inv.leaf(3, 1, 1),
    containerId: inv.leaf(4, 1, 1),
    expiresAt: inv.leaf(12, 1, 1),
    lot: inv.leaf(16, 1, 1),
  };
}

/** NTE-3, one text per repetition. */
export function readNote(nte: Segment): readonly string[] {
  return nte.each(3).map((line) => line.plain());
}

export interface OpenPatient extends Patient {
  readonly notes: string[];
}

export function readPatient(pid: Segment, location: string): OpenPatient {
  const ids: PatientId[] = [];
  const seen = new Set<string>();
  for (const field of [3, 2, 4]) {
    for (const value of pid.each(field)) {
      const id = value.text();
      if (id === '' || (field !== 3 && seen.has(id))) continue;
      seen.add(id);
      ids.push({ id, authority: value.text(4, 1) || value.text(4, 2), typeCode: value.text(5) });
    }
  }
  return {
    location,
    ids,
    familyName: pid.leaf(5, 1, 1),
    givenName: pid.leaf(5, 1, 2),
    birthAt: pid.leaf(7, 1, 1),
    sex: pid.leaf(8, 1, 1),
    notes: [],
  };
}

function firstComponents(segment: Segment, field: number): readonly string[] {
  return segment.each(field).map((value) => value.text());
}
