// Plain data into segments, in the order of the structure.
import type { Delimiters } from '../delimiters.ts';
import type { ComponentPlan } from './segment-plan.ts';
import type { GroupNode } from './structure-plan.ts';
import { escapeText } from '../escape.ts';
import { Hl7Error, hl7ErrorCode } from '../hl7-error.ts';
import { NULL_VALUE } from '../leaf.ts';
import { planOfType, segmentPlans } from './segment-plan.ts';

/**
 * The segments after MSH, each ended by CR.
 * @throws Hl7Error hl7.cannot_build where something required is missing or data has a name or shape the tables do not know;
 *   hl7.cannot_escape
 */
export function writeGroup(node: GroupNode, data: unknown, delimiters: Delimiters, place = ''): string {
  const object = objectOrRefuse(data, place === '' ? 'the message' : place);
  refuseUnknown(object, new Set(node.members.map(({ key }) => key)), place);
  let out = '';
  for (const member of node.members) {
    const here = place === '' ? member.key : `${place}.${member.key}`;
    const given = object[member.key];
    const values = given === undefined ? [] : member.isRepeating ? listOrRefuse(given, here) : [given];
    if (values.length === 0 && member.isRequired) refuse(`${here} is required`);
    for (const [index, value] of values.entries()) {
      const exact = member.isRepeating ? `${here}[${String(index)}]` : here;
      if (member.kind === 'group') out += writeGroup(member, value, delimiters, exact);
      else if (member.name !== 'MSH') out += writeTypedSegment(member.name, value, delimiters, exact);
    }
  }
  return out;
}

export function writeTypedSegment(name: string, data: unknown, delimiters: Delimiters, place: string): string {
  return `${writeItems(name, data, delimiters, place).join(delimiters.field)}\r`;
}

/** Name and fields, trailing empty ones left out. Also for MSH, whose fields 1 and 2 are then ignored. */
export function writeItems(name: string, data: unknown, delimiters: Delimiters, place: string): string[] {
  const object = objectOrRefuse(data, place);
  const plan = segmentPlans.get(name);
  if (plan === undefined) return writeOther(name, object, delimiters, place);
  refuseUnknown(object, namesOf(plan), place);
  const items = [name];
  for (const field of plan) {
    const value = object[field.name];
    const here = `${place}.${field.name}`;
    const shape = field.isByValueType ? planOfType(valueTypeOf(object)) : field;
    if (value === undefined) items.push('');
    else if (value === null) items.push(NULL_VALUE);
    else if (field.isRepeating) {
      const written = listOrRefuse(value, here).map((one) => writeValue(one, shape, delimiters, here));
      items.push(join(written, delimiters.repetition));
    } else items.push(writeValue(value, shape, delimiters, here));
  }
  for (const [number, raw] of beyondOf(object, delimiters, place)) items[number] = raw;
  return trimmed(Array.from(items, (item: string | undefined) => item ?? ''));
}

function writeValue(value: unknown, plan: ComponentPlan, delimiters: Delimiters, place: string): string {
  if (value === null) return NULL_VALUE;
  if (plan.parts === undefined) return writeLeaf(value, plan, delimiters, place);
  return writeParts(value, plan.parts, delimiters.component, delimiters, place);
}

function writeParts(
  value: unknown,
  parts: readonly ComponentPlan[],
  sign: string,
  delimiters: Delimiters,
  place: string,
): string {
  const object = objectOrRefuse(value, place);
  refuseUnknown(object, namesOf(parts), place);
  const isComponent = sign === delimiters.component;
  const items = parts.map((part) => {
    const here = `${place}.${part.name}`;
    const one = object[part.name];
    if (one === undefined) return '';
    if (one === null) return NULL_VALUE;
    if (part.parts === undefined || !isComponent) return writeLeaf(one, part, delimiters, here);
    return writeParts(one, part.parts, delimiters.subcomponent, delimiters, here);
  });
  for (const [number, raw] of beyondOf(object, delimiters, place)) items[number - 1] = raw;
  return join(
    Array.from(items, (item: string | undefined) => item ?? ''),
    sign,
  );
}

function writeLeaf(value: unknown, plan: ComponentPlan, delimiters: Delimiters, place: string): string {
  if (typeof value !== 'string') return refuse(`${place} takes text`);
  const { escape } = delimiters;
  // Text that reads `""` would be taken for the explicit null.
  if (value === NULL_VALUE && escape !== '') return `${escape}X22${escape}"`;
  if (!plan.isFormatted || escape === '') return escapeText(value, delimiters);
  return value
    .split('\n')
    .map((line) => escapeText(line, delimiters))
    .join(`${escape}.br${escape}`);
}

function writeOther(
  name: string,
  object: Readonly<Record<string, unknown>>,
  delimiters: Delimiters,
  place: string,
): string[] {
  refuseUnknown(object, new Set(['name', 'fields']), place);
  if (object['name'] !== undefined && object['name'] !== name) refuse(`${place} must be ${name}`);
  return trimmed([
    name,
    ...listOrRefuse(object['fields'] ?? [], place).map((raw) => rawOrRefuse(raw, delimiters, place)),
  ]);
}

/** What stands beyond the definition, written as it was read. */
function beyondOf(
  object: Readonly<Record<string, unknown>>,
  delimiters: Delimiters,
  place: string,
): readonly (readonly [number, string])[] {
  if (object['beyond'] === undefined) return [];
  return Object.entries(objectOrRefuse(object['beyond'], place)).map(([key, raw]) => {
    const number = Number(key);
    if (!Number.isInteger(number) || number < 1 || number > 999) refuse(`${place}.beyond is numbered from 1`);
    return [number, rawOrRefuse(raw, delimiters, place)];
  });
}

function rawOrRefuse(raw: unknown, delimiters: Delimiters, place: string): string {
  if (typeof raw !== 'string') return refuse(`${place} takes text`);
  if (['\r', '\v', '\u001c', delimiters.field].some((sign) => raw.includes(sign))) {
    throw new Hl7Error(
      hl7ErrorCode.cannotEscape,
      'Raw text may not hold a segment end, a field separator or an MLLP byte.',
    );
  }
  return raw;
}

function valueTypeOf(object: Readonly<Record<string, unknown>>): string {
  const type = object['valueType'];
  return typeof type === 'string' ? type.trim() : '';
}

function join(items: readonly string[], sign: string): string {
  const kept = trimmed(items);
  if (kept.length > 1 && sign === '') {
    throw new Hl7Error(hl7ErrorCode.cannotEscape, 'The message declares no delimiter for this depth.');
  }
  return kept.join(sign);
}

function trimmed(items: readonly string[]): string[] {
  return items.slice(0, items.findLastIndex((item) => item !== '') + 1);
}

function refuseUnknown(object: Readonly<Record<string, unknown>>, known: ReadonlySet<string>, place: string): void {
  const unknown = Object.keys(object).find((key) => !known.has(key) && object[key] !== undefined);
  if (unknown !== undefined) refuse(`${place === '' ? '' : `${place}.`}${unknown} has no place`);
}

const knownNames = new WeakMap<readonly ComponentPlan[], ReadonlySet<string>>();

function namesOf(plan: readonly ComponentPlan[]): ReadonlySet<string> {
  const known = knownNames.get(plan) ?? new Set([...plan.map(({ name }) => name), 'beyond']);
  knownNames.set(plan, known);
  return known;
}

function objectOrRefuse(value: unknown, place: string): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : refuse(`${place} takes an object`);
}

function listOrRefuse(value: unknown, place: string): readonly unknown[] {
  return Array.isArray(value) ? value : refuse(`${place} takes a list`);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Names of properties only, never values: the sentence may be logged. */
function refuse(sentence: string): never {
  throw new Hl7Error(hl7ErrorCode.cannotBuild, `${sentence}.`);
}
