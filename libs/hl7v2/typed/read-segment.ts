// One segment into plain data. Positions that are empty leave no property; `""` becomes null; text is unescaped.
import type { Encoding } from '../charset.ts';
import type { Delimiters } from '../delimiters.ts';
import type { Segment } from '../segment.ts';
import type { ComponentPlan, FieldPlan } from './segment-plan.ts';
import { unescapeText } from '../escape.ts';
import { NULL_VALUE } from '../leaf.ts';
import { planOfType, segmentPlans } from './segment-plan.ts';

export interface ReadingContext {
  readonly delimiters: Delimiters;
  readonly encoding: Encoding;
}

export type PlainValue = string | null | PlainObject | readonly PlainValue[];
export interface PlainObject {
  [name: string]: PlainValue | Record<number, string> | undefined;
}

/** Plain data of a segment with a table; of another its name and fields as sent. */
export function readSegment(segment: Segment, context: ReadingContext): PlainObject {
  const plan = segmentPlans.get(segment.name);
  const count = segment.fieldCount;
  if (plan === undefined) {
    const fields = Array.from({ length: count }, (_, index) => segment.field(index + 1));
    return { name: segment.name, fields: fields.slice(0, fields.findLastIndex((field) => field !== '') + 1) };
  }
  const data: PlainObject = {};
  const known = Math.min(count, plan.length);
  const isHeader = segment.name === 'MSH' || segment.name === 'FHS' || segment.name === 'BHS';
  for (let number = 1; number <= known; number += 1) {
    const raw = segment.field(number);
    const field = plan[number - 1];
    if (raw === '' || field === undefined) continue;
    if (isHeader && number <= 2) data[field.name] = raw;
    else {
      const value = readField(raw, field, segment, context);
      if (!isBare(value)) data[field.name] = value;
    }
  }
  if (count > plan.length) {
    const beyond: Record<number, string> = {};
    for (let number = plan.length + 1; number <= count; number += 1) {
      const raw = segment.field(number);
      if (raw !== '') beyond[number] = raw;
    }
    if (Object.keys(beyond).length > 0) data['beyond'] = beyond;
  }
  return data;
}

function readField(raw: string, field: FieldPlan, segment: Segment, context: ReadingContext): PlainValue {
  if (raw === NULL_VALUE) return null;
  const plan = field.isByValueType ? planOfType(segment.leaf(2, 1, 1).trim()) : field;
  const { repetition } = context.delimiters;
  if (!field.isRepeating) {
    // The standard knows one; a sender that repeats it all the same is read by its first. `validate` tells.
    const end = repetition === '' ? -1 : raw.indexOf(repetition);
    return readValue(end < 0 ? raw : raw.slice(0, end), plan, context);
  }
  if (repetition === '' || !raw.includes(repetition)) return [readValue(raw, plan, context)];
  return raw.split(repetition).map((one) => readValue(one, plan, context));
}

function readValue(raw: string, plan: ComponentPlan, context: ReadingContext): PlainValue {
  if (raw === NULL_VALUE) return null;
  const { component, subcomponent } = context.delimiters;
  if (plan.parts !== undefined) return readParts(raw, plan.parts, component, context);
  if (!plan.isSingle)
    return unescapeText(withoutTail(raw, component, subcomponent), context.delimiters, context.encoding);
  return unescapeText(firstPart(firstPart(raw, component), subcomponent), context.delimiters, context.encoding);
}

function readParts(raw: string, parts: readonly ComponentPlan[], sign: string, context: ReadingContext): PlainObject {
  const data: PlainObject = {};
  const { delimiters, encoding } = context;
  const isComponent = sign === delimiters.component;
  let index = 0;
  let start = 0;
  while (start <= raw.length) {
    const found = sign === '' ? -1 : raw.indexOf(sign, start);
    const end = found < 0 ? raw.length : found;
    if (end > start) {
      const text = raw.slice(start, end);
      const part = parts[index];
      if (part === undefined) {
        const beyond: Record<number, string> = isBeyond(data['beyond']) ? data['beyond'] : {};
        beyond[index + 1] = text;
        data['beyond'] = beyond;
      } else if (text === NULL_VALUE) {
        data[part.name] = null;
      } else if (isComponent && part.parts !== undefined) {
        const inner = readParts(text, part.parts, delimiters.subcomponent, context);
        if (!isBare(inner)) data[part.name] = inner;
      } else {
        data[part.name] = unescapeText(text, delimiters, encoding);
      }
    }
    index += 1;
    start = end + 1;
  }
  return data;
}

/** Nothing but delimiters: `^^` is an empty field. */
function isBare(value: PlainValue): boolean {
  if (value === null) return false;
  if (typeof value === 'string') return value === '';
  if (isList(value)) return value.every(isBare);
  for (const _ in value) return false;
  return true;
}

// Array.isArray does not narrow readonly lists.
function isList(value: PlainValue): value is readonly PlainValue[] {
  return Array.isArray(value);
}

function isBeyond(value: PlainObject[string]): value is Record<number, string> {
  return value !== undefined;
}

function firstPart(raw: string, sign: string): string {
  const end = sign === '' ? -1 : raw.indexOf(sign);
  return end < 0 ? raw : raw.slice(0, end);
}

/** Trailing delimiters mean nothing; inner ones in a text without components are the sender's text. */
function withoutTail(raw: string, component: string, subcomponent: string): string {
  let end = raw.length;
  while (end > 0 && isOneOf(raw.charAt(end - 1), component, subcomponent)) end -= 1;
  return end === raw.length ? raw : raw.slice(0, end);
}

function isOneOf(sign: string, component: string, subcomponent: string): boolean {
  return sign === component || sign === subcomponent;
}
