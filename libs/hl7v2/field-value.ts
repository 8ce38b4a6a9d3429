// Values on their way into a field: plain JavaScript in, raw HL7 text out.
import type { Delimiters } from './delimiters.ts';
import { escapeText } from './escape.ts';
import { Hl7Error, hl7ErrorCode } from './hl7-error.ts';
import { NULL_VALUE } from './leaf.ts';

/** '' and undefined leave the place empty, null writes the explicit null `""`. Text is escaped; a number is written as JavaScript prints it. */
export type Leaf = string | number | null | undefined;
/** A list inside a component is its subcomponents. */
export type Component = Leaf | readonly Leaf[];
/** Text that is HL7 already (copied from another message with the same delimiters): written unescaped. */
export interface RawValue {
  readonly raw: string;
}
export interface Repeated {
  readonly repeat: readonly (Leaf | readonly Component[])[];
}
/** A list is the components of one repetition. */
export type FieldValue = Leaf | readonly Component[] | RawValue | Repeated;

/** Several repetitions of a field. */
export function repeated(...values: Repeated['repeat']): Repeated {
  return { repeat: values };
}

/** @throws Hl7Error hl7.cannot_escape where a needed delimiter does not exist in this message */
export function writeField(value: FieldValue, delimiters: Delimiters): string {
  if (isRaw(value)) {
    // A LF may be data of the message it was copied from; these three would break a segment or an MLLP block.
    if (['\r', '\v', '\u001c'].some((sign) => value.raw.includes(sign))) {
      throw new Hl7Error(hl7ErrorCode.cannotEscape, 'Raw text may not hold a segment end or an MLLP byte.');
    }
    return value.raw;
  }
  if (isRepeated(value)) {
    return join(
      value.repeat.map((one) => writeRepetition(one, delimiters)),
      delimiters.repetition,
    );
  }
  return writeRepetition(value, delimiters);
}

function writeRepetition(value: Leaf | readonly Component[], delimiters: Delimiters): string {
  if (!isList(value)) return writeLeaf(value, delimiters);
  return join(
    value.map((component) => writeComponent(component, delimiters)),
    delimiters.component,
  );
}

export function writeComponent(value: Component, delimiters: Delimiters): string {
  if (!isList(value)) return writeLeaf(value, delimiters);
  return join(
    value.map((leaf) => writeLeaf(leaf, delimiters)),
    delimiters.subcomponent,
  );
}

function writeLeaf(value: Leaf, delimiters: Delimiters): string {
  if (value === null) return NULL_VALUE;
  return value === undefined ? '' : escapeText(String(value), delimiters);
}

function join(parts: readonly string[], sign: string): string {
  const last = parts.findLastIndex((part) => part !== '');
  const kept = parts.slice(0, last + 1);
  if (kept.length > 1 && sign === '') {
    throw new Hl7Error(hl7ErrorCode.cannotEscape, 'The message declares no delimiter for this depth.');
  }
  return kept.join(sign);
}

// Array.isArray does not narrow readonly lists.
function isList<T>(value: Leaf | readonly T[]): value is readonly T[] {
  return Array.isArray(value);
}

export function isRaw(value: FieldValue): value is RawValue {
  return typeof value === 'object' && value !== null && 'raw' in value;
}

export function isRepeated(value: FieldValue): value is Repeated {
  return typeof value === 'object' && value !== null && 'repeat' in value;
}
