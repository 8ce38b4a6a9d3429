/** A formula that cannot be read. Permanent: the text must be corrected. The message never holds a patient's value. */
export class FormulaError extends Error {
  override readonly name = 'FormulaError';
  /** Offset in the text of the formula, 0 for the first character. */
  readonly at: number;
  /** What could have stood there, in words. */
  readonly expected: string;
  constructor(message: string, at: number, expected: string) {
    super(message);
    this.at = at;
    this.expected = expected;
  }
}
