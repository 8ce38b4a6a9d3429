// Two decimal check digits. Both catch every single wrong digit and every swap of neighbours.
// Damm: our own numbers. Verhoeff: only to recognise numbers made by others (Aadhaar).

// Src: H. M. Damm, Total anti-symmetrische Quasigruppen (thesis, Marburg 2004): the order-10 table of the thesis,
// with a zero diagonal so that a number followed by its check digit ends at 0.
const DAMM: readonly string[] = [
  '0317598642',
  '7092154863',
  '4206871359',
  '1750983426',
  '6123045978',
  '3674209581',
  '5869720134',
  '8945362017',
  '9438617205',
  '2581436790',
];

// Src: J. Verhoeff, Error Detecting Decimal Codes (Amsterdam 1969): products in the dihedral group D5 and powers of one
// permutation. Both are computed from their definition, so no second table can be mistyped.
const VERHOEFF_PERMUTATION = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];

/** The Damm check digit of a text of ASCII digits. @throws RangeError when another character is in it */
export function dammDigit(digits: string): string {
  let interim = '0';
  for (const digit of digitsOf(digits)) interim = DAMM[Number(interim)]?.charAt(digit) ?? '';
  return interim;
}

/** Tells whether the last digit is the Damm check digit of those before it. False for an empty text or a non-digit. */
export function isDammValid(digits: string): boolean {
  return /^\d{2,}$/.test(digits) && dammDigit(digits) === '0';
}

/** The Verhoeff check digit of a text of ASCII digits. @throws RangeError when another character is in it */
export function verhoeffDigit(digits: string): string {
  const sum = verhoeffSum([0, ...digitsOf(digits).toReversed()]);
  // Inverse in D5: a rotation r is undone by 5 - r, a reflection by itself.
  return String(sum < 5 ? (5 - sum) % 5 : sum);
}

/** Tells whether the last digit is the Verhoeff check digit of those before it. False for an empty text or a non-digit. */
export function isVerhoeffValid(digits: string): boolean {
  return /^\d{2,}$/.test(digits) && verhoeffSum(digitsOf(digits).toReversed()) === 0;
}

function verhoeffSum(fromRight: readonly number[]): number {
  let sum = 0;
  for (const [position, digit] of fromRight.entries()) sum = dihedral(sum, permuted(digit, position % 8));
  return sum;
}

function permuted(digit: number, times: number): number {
  let value = digit;
  for (let i = 0; i < times; i++) value = VERHOEFF_PERMUTATION[value] ?? 0;
  return value;
}

/** Product in D5: 0-4 are rotations, 5-9 are reflections. */
function dihedral(a: number, b: number): number {
  const turn = a < 5 ? (a + b) % 5 : (a - b + 10) % 5;
  return a < 5 === b < 5 ? turn : turn + 5;
}

function digitsOf(text: string): number[] {
  if (!/^\d*$/.test(text)) throw new RangeError('A check digit is made over ASCII digits only.');
  return [...text].map(Number);
}
