// One segment as a window on the message text. Fields are located when first asked for and cut out when read.
import type { SegmentContext } from './leaf.ts';
import { unescapeText } from './escape.ts';
import { cutLeaf, NULL_VALUE, plainText } from './leaf.ts';
import { Repetition } from './repetition.ts';

/** Counting from 1; what is left out is 1. */
export interface LeafPlace {
  readonly repetition?: number;
  readonly component?: number;
  readonly subcomponent?: number;
}

export class Segment {
  /** As sent; three capitals in a good message, anything else in a bad one. */
  readonly name: string;
  readonly #text: string;
  readonly #start: number;
  readonly #end: number;
  readonly #context: SegmentContext;
  /** 1 for MSH, FHS and BHS, whose first field is the separator itself. */
  readonly #shift: number;
  /** Positions of the field separators; made on the first read of a field. */
  #cuts: readonly number[] | undefined;

  constructor(text: string, start: number, end: number, context: SegmentContext) {
    this.#text = text;
    this.#start = start;
    this.#end = end;
    this.#context = context;
    this.#cuts = undefined;
    this.name = nameAt(text, start, end, context.fieldCode);
    this.#shift = this.name === 'MSH' || this.name === 'FHS' || this.name === 'BHS' ? 1 : 0;
  }

  /** The whole segment as sent, without its end. */
  get raw(): string {
    return this.#text.slice(this.#start, this.#end);
  }

  /** The highest field number present, 0 for a bare name. */
  get fieldCount(): number {
    return (this.#cuts ?? this.#separators()).length + this.#shift;
  }

  /** A field as sent, with delimiters and escapes; '' when absent. MSH-1 is the separator, MSH-2 the encoding characters. */
  field(number: number): string {
    const cuts = this.#cuts ?? this.#separators();
    const index = number - this.#shift - 1;
    if (index < 0) return number === 0 ? this.name : number === 1 ? this.#context.delimiters.field : '';
    if (index >= cuts.length) return '';
    const start = (cuts[index] ?? 0) + 1;
    const end = cuts[index + 1] ?? this.#end;
    return start === end ? '' : this.#text.slice(start, end);
  }

  /**
   * One leaf, unescaped: the first subcomponent of the first component of the first repetition unless told otherwise.
   * '' when absent and for the explicit null (see `isNull`).
   */
  text(number: number, place?: LeafPlace): string {
    if (place === undefined) return this.leaf(number, 1, 1, 1);
    return this.leaf(number, place.repetition ?? 1, place.component ?? 1, place.subcomponent ?? 1);
  }

  /** One component with its subcomponents left together: for text in which a careless sender left an `&`. */
  component(number: number, repetition: number, component: number): string {
    return this.leaf(number, repetition, component, 0);
  }

  /** `text` with the place given as numbers; subcomponent 0 is the whole component. */
  leaf(number: number, repetition: number, component: number, subcomponent = 1): string {
    if (number <= 2 && this.#shift === 1) return this.field(number);
    const from = this.#fieldStart(number);
    if (from < 0) return '';
    return cutLeaf(this.#text, from, this.#fieldEnd(number), this.#context, repetition, component, subcomponent);
  }

  /**
   * One repetition as running text: unescaped, inner delimiters left in, trailing ones dropped (`a^^` equals `a`).
   * For values whose type has no components, where `A & B` from a careless sender must not lose its end.
   */
  plain(number: number, repetition = 1): string {
    return plainText(this.#repetition(number, repetition), this.#context);
  }

  /** The components of one repetition, each as running text; [] when the field is absent or empty. */
  components(number: number, repetition = 1): readonly string[] {
    const raw = this.#repetition(number, repetition);
    if (raw === '') return [];
    const { delimiters, encoding } = this.#context;
    const parts = delimiters.component === '' ? [raw] : raw.split(delimiters.component);
    return parts.map((part) => (part === NULL_VALUE ? '' : unescapeText(part, delimiters, encoding)));
  }

  /** The repetitions of a field as sent; [] when the field is absent or empty. */
  repetitions(number: number): readonly string[] {
    const raw = this.field(number);
    if (raw === '') return [];
    const sign = this.#context.delimiters.repetition;
    return sign === '' || (number <= 2 && this.#shift === 1) || !raw.includes(sign) ? [raw] : raw.split(sign);
  }

  /** The repetitions of a field, each to be read by component; [] when the field is absent or empty. */
  each(number: number): readonly Repetition[] {
    return this.repetitions(number).map((raw) => new Repetition(raw, this.#context));
  }

  /** True when the whole field is `""`: "delete what you have", as opposed to empty: "no statement". */
  isNull(number: number): boolean {
    const start = this.#fieldStart(number);
    return start >= 0 && this.#fieldEnd(number) - start === 2 && this.#text.startsWith(NULL_VALUE, start);
  }

  #repetition(number: number, repetition: number): string {
    return this.repetitions(number)[repetition - 1] ?? '';
  }

  #fieldStart(number: number): number {
    const cut = (this.#cuts ?? this.#separators())[number - this.#shift - 1];
    return cut === undefined ? -1 : cut + 1;
  }

  #fieldEnd(number: number): number {
    return (this.#cuts ?? this.#separators())[number - this.#shift] ?? this.#end;
  }

  // A bounded loop, not indexOf: in a message of many short segments without separators indexOf would run to the end each time.
  #separators(): readonly number[] {
    const cuts: number[] = [];
    const text = this.#text;
    const end = this.#end;
    const { fieldCode } = this.#context;
    for (let i = this.#start + this.name.length; i < end; i += 1) {
      if (text.charCodeAt(i) === fieldCode) cuts.push(i);
    }
    this.#cuts = cuts;
    return cuts;
  }
}

function nameAt(text: string, start: number, end: number, fieldCode: number): string {
  if (start + 3 >= end || text.charCodeAt(start + 3) === fieldCode) {
    const short = text.slice(start, Math.min(start + 3, end));
    return short.includes(String.fromCharCode(fieldCode))
      ? short.slice(0, short.indexOf(String.fromCharCode(fieldCode)))
      : short;
  }
  let stop = start;
  while (stop < end && text.charCodeAt(stop) !== fieldCode) stop += 1;
  return text.slice(start, stop);
}
