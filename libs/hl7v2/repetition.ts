import type { SegmentContext } from './leaf.ts';
import { cutLeaf, plainText } from './leaf.ts';

/**
 * One repetition of a field. For walking over all of them: asking the segment for the nth again and again would read the
 * field anew each time, which a field of a million repetitions makes felt.
 */
export class Repetition {
  /** As sent. */
  readonly raw: string;
  readonly #context: SegmentContext;

  constructor(raw: string, context: SegmentContext) {
    this.raw = raw;
    this.#context = context;
  }

  /** A leaf, unescaped; '' when absent. */
  text(component = 1, subcomponent = 1): string {
    return cutLeaf(this.raw, 0, this.raw.length, this.#context, 1, component, subcomponent);
  }

  /** A component with its subcomponents left together. */
  component(number: number): string {
    return cutLeaf(this.raw, 0, this.raw.length, this.#context, 1, number, 0);
  }

  /** All of it as running text, as `Segment.plain`. */
  plain(): string {
    return plainText(this.raw, this.#context);
  }
}
