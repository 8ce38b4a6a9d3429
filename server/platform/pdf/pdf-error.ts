/**
 * Why no PDF was made. template: the template or its input is wrong, trying again will not help. timeout, crashed: the
 * worker was given up. busy: the queue is full, try later. closed: the renderer was closed.
 */
export type PdfErrorKind = 'template' | 'timeout' | 'crashed' | 'busy' | 'closed';

/** A failed rendering. Neither the message nor the diagnostics hold anything of the data: both may be logged. */
export class PdfError extends Error {
  readonly kind: PdfErrorKind;
  /** What the typesetter said, 'file.typ:12 unknown variable'; empty unless the kind is template. */
  readonly diagnostics: readonly string[];

  constructor(kind: PdfErrorKind, sentence: string, diagnostics: readonly string[] = []) {
    super(sentence);
    this.name = 'PdfError';
    this.kind = kind;
    this.diagnostics = diagnostics;
  }

  /** Whether the same call may succeed later without a change of input. */
  get isTransient(): boolean {
    return this.kind === 'busy' || this.kind === 'crashed';
  }
}
