// What is wrong with a message, each with its place, for the person who has to mend it. Judged by the tables of version 2.5.1.
import type { Problem } from '../check-message.ts';
import type { Hl7Message } from '../message.ts';
import type { Segment } from '../segment.ts';
import type { ErrorCode } from '../tables/error-codes.ts';
import type { ComponentPlan, FieldPlan } from './segment-plan.ts';
import type { GroupNode } from './structure-plan.ts';
import { unusableDelimiters } from '../check-message.ts';
import { NULL_VALUE } from '../leaf.ts';
import { codeTables, tableOfPlace } from '../tables/code-tables.ts';
import { readTimestamp } from '../timestamp.ts';
import { readVersion } from '../version.ts';
import { readStructure } from './read-structure.ts';
import { planOfType, segmentPlans } from './segment-plan.ts';

export function validateMessage(
  message: Hl7Message,
  root: GroupNode,
  type: { readonly code: string; readonly events: readonly string[] },
): readonly Problem[] {
  const problems: Problem[] = [];
  const tell = (location: string, code: ErrorCode, severity: 'E' | 'W', text: string): void => {
    problems.push({ location, code, severity, text });
  };
  if (message.delimiterFault === 'unusable') problems.push(unusableDelimiters);
  checkHeader(message.header, type, tell);
  const reading = readStructure(message, root);
  problems.push(...reading.problems);
  for (const { node, data, location } of reading.groups) {
    for (const member of node.members) {
      if (!member.isRequired || data[member.key] !== undefined) continue;
      const missing =
        member.kind === 'segment' ? member.name : `a group that begins with ${[...member.firsts].join(' or ')}`;
      tell(location, '100', 'E', `After ${location} there must be ${missing}.`);
    }
  }
  const counts = new Map<string, number>();
  for (const segment of message.segments) {
    const count = (counts.get(segment.name) ?? 0) + 1;
    counts.set(segment.name, count);
    const plan = segmentPlans.get(segment.name);
    if (plan !== undefined) checkSegment(segment, `${segment.name}[${String(count)}]`, plan, message, tell);
  }
  return problems;
}

type Tell = (location: string, code: ErrorCode, severity: 'E' | 'W', text: string) => void;

function checkHeader(
  header: Segment,
  type: { readonly code: string; readonly events: readonly string[] },
  tell: Tell,
): void {
  const code = header.leaf(9, 1, 1).trim();
  const event = header.leaf(9, 1, 2).trim();
  if (code !== '' && code !== type.code) tell('MSH[1]-9.1', '200', 'E', `${type.code} is expected here.`);
  else if (event !== '' && type.events.length > 0 && !type.events.includes(event)) {
    tell('MSH[1]-9.2', '201', 'E', `${type.code} with ${type.events.join(' or ')} is expected here.`);
  }
  const version = header.leaf(12, 1, 1);
  if (version !== '' && readVersion(version) === undefined) tell('MSH[1]-12', '203', 'E', 'This is no version 2.x.');
}

function checkSegment(
  segment: Segment,
  location: string,
  plan: readonly FieldPlan[],
  message: Hl7Message,
  tell: Tell,
): void {
  for (const field of plan) {
    if (segment.name === 'MSH' && field.number <= 2) continue;
    const raw = segment.field(field.number);
    const place = `${location}-${String(field.number)}`;
    if (raw === '') {
      if (field.isRequired) tell(place, '101', 'E', `${spoken(field.name)} is required.`);
      continue;
    }
    if (raw === NULL_VALUE) continue;
    const values = segment.each(field.number);
    if (values.length > 1 && !field.isRepeating)
      tell(`${place}[2]`, '102', 'W', `${spoken(field.name)} may not repeat.`);
    const shape = field.isByValueType ? planOfType(segment.leaf(2, 1, 1).trim()) : field;
    const table = tableOfPlace(`${segment.name}-${String(field.number)}`);
    values.forEach((value, index) => {
      if (value.raw === '' || value.raw === NULL_VALUE) return;
      const here = values.length > 1 ? `${place}[${String(index + 1)}]` : place;
      if (shape.parts === undefined) {
        checkLeaf(shape.isSingle ? value.text() : value.plain(), shape, here, tell);
        if (table !== undefined) checkCode(value.text(), table, here, tell);
        return;
      }
      shape.parts.forEach((part, at) => {
        const text = value.text(at + 1);
        if (text === '') return;
        const exact = `${here}.${String(at + 1)}`;
        if (part.parts === undefined) checkLeaf(text, part, exact, tell);
        const inner =
          tableOfPlace(`${segment.name}-${String(field.number)}.${String(at + 1)}`) ??
          tableOfPlace(`${shape.type}.${String(at + 1)}`);
        if (inner !== undefined) checkCode(text, inner, exact, tell);
      });
      if (
        message.delimiters.component !== '' &&
        value.raw.split(message.delimiters.component).length > shape.parts.length
      ) {
        tell(here, '102', 'W', `${spoken(field.name)} has more than ${String(shape.parts.length)} components.`);
      }
    });
  }
}

const number = /^[+-]?(?:\d+\.?\d*|\.\d+)$/;
const time = /^\d{2}(?:\d{2}(?:\d{2}(?:\.\d{1,4})?)?)?(?:[+-]\d{4})?$/;

function checkLeaf(text: string, plan: ComponentPlan, place: string, tell: Tell): void {
  const trimmed = text.trim();
  if (trimmed === '') return;
  switch (plan.type) {
    case 'NM':
      if (!number.test(trimmed)) tell(place, '102', 'E', `${spoken(plan.name)} must be a number.`);
      break;
    case 'SI':
      if (!/^\d{1,10}$/.test(trimmed)) tell(place, '102', 'E', `${spoken(plan.name)} must be a whole number.`);
      break;
    case 'TS':
    case 'DTM':
      if (readTimestamp(trimmed) === undefined)
        tell(place, '102', 'E', `${spoken(plan.name)} must be YYYYMMDDHHMMSS+ZZZZ or the beginning of it.`);
      break;
    case 'DT': {
      const read = readTimestamp(trimmed);
      if (read === undefined) tell(place, '102', 'E', `${spoken(plan.name)} must be YYYYMMDD.`);
      else if (read.hour !== undefined) tell(place, '102', 'W', `${spoken(plan.name)} is a date, without time.`);
      break;
    }
    case 'TM':
      if (!time.test(trimmed)) tell(place, '102', 'E', `${spoken(plan.name)} must be HHMMSS.`);
      break;
    default:
      break;
  }
}

/** Codes of HL7's own tables must be right; those of user tables may be extended by a site, so a stranger is only told. */
function checkCode(code: string, table: keyof typeof codeTables, place: string, tell: Tell): void {
  if (code === '' || Object.hasOwn(codeTables[table].codes, code)) return;
  const severity = codeTables[table].kind === 'hl7' ? 'E' : 'W';
  tell(place, '103', severity, `This code is not in HL7 table ${table}, ${codeTables[table].title}.`);
}

/** `placerOrderNumber` as a person says it: `Placer order number`. */
function spoken(name: string): string {
  if (name === '') return 'The value';
  const words = name.replaceAll(/([A-Z])/g, ' $1').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
