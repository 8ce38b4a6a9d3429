// Which lines of a payload are headers and trailers, and whether the trailers count right. Lines go in one by one, so that a
// file too long for memory is followed too.
import type { Hl7Warning } from './hl7-error.ts';

export interface BatchGroup {
  /** BHS-11 as sent; '' when empty or when there is no BHS. */
  readonly controlId: string;
  readonly found: number;
  /** BTS-1; undefined when there is no BTS or it holds no number. */
  readonly declared: number | undefined;
}

export interface BatchCounts {
  readonly batches: readonly BatchGroup[];
  readonly warnings: readonly Hl7Warning[];
  /** Lines outside any message. */
  readonly strayLines: number;
}

interface OpenBatch {
  controlId: string;
  found: number;
  declared: number | undefined;
}

/** Told of one file; further faults are counted, not listed. */
const MAX_WARNINGS = 1000;

export class BatchTracker {
  readonly #batches: OpenBatch[] = [];
  readonly #warnings: Hl7Warning[] = [];
  #separator = '';
  #hasFile = false;
  #declaredBatches: number | undefined;
  #open: OpenBatch | undefined;
  #isInMessage = false;
  #stray = 0;

  /** A FHS or BHS was seen. */
  get hasEnvelope(): boolean {
    return this.#hasFile || this.#batches.length > 0;
  }

  /** Tells what a line does: it opens a message, belongs to the envelope (FHS, BHS, BTS, FTS), or is text of a message or stray. */
  take(buffer: Buffer, lineStart: number, end: number): 'message' | 'envelope' | 'text' {
    // A file of MLLP blocks: each message begins with VT.
    let start = lineStart;
    while (buffer[start] === 0x0b && start < end) start += 1;
    const name = nameOf(buffer, start, end);
    if (name === undefined) return this.#text();
    const sign = end - start > 3 ? buffer.toString('latin1', start + 3, start + 4) : '';
    const isHeader = name === 'MSH' || name === 'FHS' || name === 'BHS';
    // Text that merely begins with MSH does not start a message: the delimiter of the first header must follow.
    if (isHeader && sign !== '' && this.#separator === '' && !/[A-Za-z0-9 ]/.test(sign)) this.#separator = sign;
    const isMark = sign === this.#separator && this.#separator !== '';
    if (isHeader) {
      if (!isMark) return this.#text();
      this.#header(name, () => this.#item(buffer, start, end, 10));
      return name === 'MSH' ? 'message' : 'envelope';
    }
    if (!isMark && sign !== '') return this.#text();
    this.#isInMessage = false;
    const declared = count(this.#item(buffer, start, end, 1));
    if (name === 'FTS') this.#declaredBatches = declared;
    else if (this.#open !== undefined) this.#open.declared = declared;
    if (name === 'BTS') this.#open = undefined;
    return 'envelope';
  }

  finish(): BatchCounts {
    const warnings = [...this.#warnings];
    const tell = (warning: Hl7Warning): void => {
      if (warnings.length < MAX_WARNINGS) warnings.push(warning);
    };
    if (this.#stray > 0) {
      tell({ code: 'batch.stray_lines', text: `${String(this.#stray)} lines outside any message were ignored.` });
    }
    this.#batches.forEach((batch, index) => {
      if (batch.declared !== undefined && batch.declared !== batch.found) {
        tell(mismatch('messages', batch.declared, batch.found, `BTS[${String(index + 1)}]-1`));
      }
    });
    if (this.#declaredBatches !== undefined && this.#declaredBatches !== this.#batches.length) {
      tell(mismatch('batches', this.#declaredBatches, this.#batches.length, 'FTS-1'));
    }
    return { batches: this.#batches, warnings, strayLines: this.#stray };
  }

  #header(name: 'MSH' | 'FHS' | 'BHS', controlId: () => string): void {
    this.#isInMessage = name === 'MSH';
    if (name === 'FHS') this.#hasFile = true;
    else if (name === 'BHS') {
      this.#open = { controlId: controlId(), found: 0, declared: undefined };
      this.#batches.push(this.#open);
    } else if (this.#open !== undefined) this.#open.found += 1;
    else if (this.#batches.length > 0 && this.#warnings.length < MAX_WARNINGS) {
      this.#warnings.push({ code: 'batch.message_outside', text: 'A message stands outside the batch.' });
    }
  }

  #text(): 'text' {
    if (!this.#isInMessage) this.#stray += 1;
    return 'text';
  }

  // In a header item n is field n+1, in a trailer field n: the caller counts separators, not fields.
  #item(buffer: Buffer, start: number, end: number, index: number): string {
    if (this.#separator === '') return '';
    const items = buffer.toString('latin1', start, Math.min(end, start + 4096)).split(this.#separator);
    return items[index]?.trim() ?? '';
  }
}

// Compared as bytes: nearly every line is another segment, and making a text of each would cost more than the rest.
function nameOf(buffer: Buffer, start: number, end: number): 'MSH' | 'FHS' | 'BHS' | 'BTS' | 'FTS' | undefined {
  if (end - start < 3) return undefined;
  const first = buffer[start];
  if (first !== 0x4d && first !== 0x46 && first !== 0x42) return undefined;
  const name = buffer.toString('latin1', start, start + 3);
  return name === 'MSH' || name === 'FHS' || name === 'BHS' || name === 'BTS' || name === 'FTS' ? name : undefined;
}

function count(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function mismatch(what: string, declared: number, found: number, location: string): Hl7Warning {
  const text = `The trailer declares ${String(declared)} ${what}, ${String(found)} found.`;
  return { code: 'batch.count_mismatch', text, location };
}
