// Reads a result as an analyzer or a person wrote it. The text is always kept; a number is given only when the text can
// mean nothing else. What cannot be read as a number is text for a person to look at, never a guess.

export type Comparator = '<' | '>' | '<=' | '>=';

export type LabValue = {
  /** Exactly as received, blanks included. */
  readonly text: string;
  /** number: 7.10 · bounded: <2.00, beyond what the method measures · text: NEGATIVE, ----, 1:128 · empty: blanks only. */
  readonly kind: 'number' | 'bounded' | 'text' | 'empty';
  /** Present for bounded only. */
  readonly comparator?: Comparator;
  /** Plain decimal with a point, trailing zeros kept, no plus, no exponent; present for number and bounded. */
  readonly number?: string;
};

/** What a comma means on this interface. A setting of the instrument, never deduced from the value: 161,152 has been both. */
export type LabValueOptions = {
  /** 7,1 is seven and one tenth; a point is then not understood. Default false. */
  readonly decimalComma?: boolean;
  /** 161,152 is a hundred and sixty-one thousand; commas must stand every three digits. Default false. */
  readonly thousandsComma?: boolean;
};

// Src: HL7 v2.5.1 NM is sign, digits, one point. The exponent (1.25E+04) is not legal NM but sent by viral load analyzers.
const NUMBER = /^([+-]?)(\d+\.?\d*|\.\d+)(?:[eE]([+-]?\d{1,2}))?$/;
const BOUND = /^(<=|>=|≤|≥|<|>)\s*(.*)$/s;

// Why: 10^30 is past every count a lab reports; a larger exponent is a fault, and expanding it would fill the screen.
const MAX_EXPONENT = 30;

/**
 * Reads one result text. Commas are not understood unless the interface says what they mean.
 * @throws RangeError when both meanings of the comma are asked for
 */
export function parseLabValue(text: string, options: LabValueOptions = {}): LabValue {
  if (options.decimalComma === true && options.thousandsComma === true) {
    throw new RangeError('A comma cannot be both decimal and thousands separator.');
  }
  const trimmed = text.trim();
  if (trimmed === '') return { text, kind: 'empty' };
  const bound = BOUND.exec(trimmed);
  const number = readNumber(bound?.[2] ?? trimmed, options);
  if (number === undefined) return { text, kind: 'text' };
  if (bound === null) return { text, kind: 'number', number };
  return { text, kind: 'bounded', comparator: toComparator(bound[1] ?? ''), number };
}

function toComparator(sign: string): Comparator {
  if (sign === '<' || sign === '>' || sign === '<=') return sign;
  return sign === '≤' ? '<=' : '>=';
}

function readNumber(text: string, options: LabValueOptions): string | undefined {
  const match = NUMBER.exec(withPoint(text, options));
  if (match === null) return undefined;
  const [whole = '', fraction = ''] = (match[2] ?? '').split('.');
  const exponent = Number(match[3] ?? '0');
  if (Math.abs(exponent) > MAX_EXPONENT) return undefined;
  return plain(match[1] === '-', whole, fraction, exponent);
}

/** The text with commas replaced as the interface says; left as it is (and so refused) when they do not fit. */
function withPoint(text: string, { decimalComma = false, thousandsComma = false }: LabValueOptions): string {
  if (decimalComma) return text.includes('.') ? '' : text.replace(',', '.');
  if (thousandsComma && /^[+-]?\d{1,3}(,\d{3})+(\.\d*)?$/.test(text)) return text.replaceAll(',', '');
  return text;
}

/** Moves the point by the exponent: (125, 2 decimals, +4) → 12500. Digits are kept as they are, so 1.250E+01 → 12.50. */
function plain(isNegative: boolean, whole: string, fraction: string, exponent: number): string {
  const digits = `${whole}${fraction}`;
  const point = whole.length + exponent;
  const left = point > 0 ? digits.slice(0, point).padEnd(point, '0') : '';
  const right = point > 0 ? digits.slice(point) : `${'0'.repeat(-point)}${digits}`;
  const unsigned = `${left.replace(/^0+(?=\d)/, '') || '0'}${right === '' ? '' : `.${right}`}`;
  return isNegative && /[1-9]/.test(unsigned) ? `-${unsigned}` : unsigned;
}
