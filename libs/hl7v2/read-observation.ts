// OBX and the other leaf segments of a result message.
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
  const flags = obx.repetitions(8);
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
    flags,
    knownFlags: flags.map((_, index) => obx.leaf(8, index + 1, 1).trim()).filter(isAbnormalFlag),
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
  const count = obx.isNull(5) ? 0 : obx.repetitionCount(5);
  const values: string[] = [];
  switch (valueType) {
    case 'SN':
      for (let r = 1; r <= count; r += 1) values.push(structuredNumeric(obx, r));
      return { values, codedValues: nothing, attachments: nothing };
    case 'CE':
    case 'CWE':
    case 'CNE':
    case 'CF': {
      const codedValues: CodedText[] = [];
      for (let r = 1; r <= count; r += 1) {
        const coded = readCoded(obx, 5, r);
        codedValues.push(coded);
        values.push(coded.text || obx.component(5, r, 9) || coded.code || coded.alternateText || coded.alternateCode);
      }
      return { values, codedValues, attachments: nothing };
    }
    case 'ED': {
      const attachments: Attachment[] = [];
      for (let r = 1; r <= count; r += 1) attachments.push(readAttachment(obx, r, location));
      return { values, codedValues: nothing, attachments };
    }
    case 'RP':
      for (let r = 1; r <= count; r += 1) values.push(obx.leaf(5, r, 1));
      return { values, codedValues: nothing, attachments: nothing };
    default:
      for (let r = 1; r <= count; r += 1) values.push(obx.plain(5, r));
      return { values, codedValues: nothing, attachments: nothing };
  }
}

/** `>^100` → `>100`, `^1^:^128` → `1:128`, `^2^+` → `2+`. A sender that puts the number in place of the comparator loses nothing. */
function structuredNumeric(obx: Segment, repetition: number): string {
  return (
    obx.leaf(5, repetition, 1) + obx.leaf(5, repetition, 2) + obx.leaf(5, repetition, 3) + obx.leaf(5, repetition, 4)
  );
}

function readAttachment(obx: Segment, repetition: number, location: string): Attachment {
  return {
    location: `${location}-5[${String(repetition)}]`,
    type: obx.leaf(5, repetition, 2),
    subtype: obx.leaf(5, repetition, 3),
    encoding: obx.leaf(5, repetition, 4),
    data: obx.leaf(5, repetition, 5),
  };
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

export function readCoded(segment: Segment | undefined, field: number, repetition = 1): CodedText {
  const part = (component: number): string => segment?.component(field, repetition, component) ?? '';
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
  return nte.repetitions(3).map((_, index) => nte.plain(3, index + 1));
}

export interface OpenPatient extends Patient {
  readonly notes: string[];
}

export function readPatient(pid: Segment, location: string): OpenPatient {
  const ids: PatientId[] = [];
  for (const field of [3, 2, 4]) {
    pid.repetitions(field).forEach((_, index) => {
      const id = pid.leaf(field, index + 1, 1);
      if (id === '' || (field !== 3 && ids.some((known) => known.id === id))) return;
      const authority = pid.leaf(field, index + 1, 4, 1) || pid.leaf(field, index + 1, 4, 2);
      ids.push({ id, authority, typeCode: pid.leaf(field, index + 1, 5) });
    });
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
  return segment.repetitions(field).map((_, index) => segment.leaf(field, index + 1, 1));
}
