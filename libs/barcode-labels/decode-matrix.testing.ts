// Reads 2D codes back for tests, from their standards and not from the library that draws them. Without error correction: a
// code that is drawn right needs none. Symbols of one region only, which is what a label carries.

export type Modules = readonly (readonly boolean[])[];

const at = (modules: Modules, row: number, column: number): boolean => modules[row]?.[column] === true;

// ---- Data Matrix ECC 200. Src: ISO/IEC 16022, annex F (placement), clause 5.2 (encodation).

/** For each cell of the mapping matrix the codeword (from 1) and its bit (1 is the most significant), as annex F places them. */
function placement(side: number): ReadonlyMap<string, readonly [codeword: number, bit: number]> {
  const cells = new Map<string, readonly [number, number]>();
  const set = (row: number, column: number, codeword: number, bit: number): void => {
    let [r, c] = [row, column];
    if (r < 0) [r, c] = [r + side, c + 4 - ((side + 4) % 8)];
    if (c < 0) [r, c] = [r + 4 - ((side + 4) % 8), c + side];
    cells.set(`${r},${c}`, [codeword, bit]);
  };
  const shape = (codeword: number, spots: readonly (readonly [number, number])[]): void => {
    for (const [bit, [row, column]] of spots.entries()) set(row, column, codeword, bit + 1);
  };
  const utah = (r: number, c: number) =>
    [
      [r - 2, c - 2],
      [r - 2, c - 1],
      [r - 1, c - 2],
      [r - 1, c - 1],
      [r - 1, c],
      [r, c - 2],
      [r, c - 1],
      [r, c],
    ] as const;
  const end = side - 1;
  const corners = {
    first: [
      [end, 0],
      [end, 1],
      [end, 2],
      [0, end - 1],
      [0, end],
      [1, end],
      [2, end],
      [3, end],
    ],
    second: [
      [end - 2, 0],
      [end - 1, 0],
      [end, 0],
      [0, end - 3],
      [0, end - 2],
      [0, end - 1],
      [0, end],
      [1, end],
    ],
    third: [
      [end - 2, 0],
      [end - 1, 0],
      [end, 0],
      [0, end - 1],
      [0, end],
      [1, end],
      [2, end],
      [3, end],
    ],
    fourth: [
      [end, 0],
      [end, end],
      [0, end - 2],
      [0, end - 1],
      [0, end],
      [1, end - 2],
      [1, end - 1],
      [1, end],
    ],
  } as const;
  let codeword = 1;
  let [row, column] = [4, 0];
  const isFree = () => row >= 0 && row < side && column >= 0 && column < side && !cells.has(`${row},${column}`);
  while (row < side || column < side) {
    if (row === side && column === 0) shape(codeword++, corners.first);
    if (row === side - 2 && column === 0 && side % 4 !== 0) shape(codeword++, corners.second);
    if (row === side - 2 && column === 0 && side % 8 === 4) shape(codeword++, corners.third);
    if (row === side + 4 && column === 2 && side % 8 === 0) shape(codeword++, corners.fourth);
    for (; row >= 0 && column < side; [row, column] = [row - 2, column + 2]) {
      if (isFree()) shape(codeword++, utah(row, column));
    }
    [row, column] = [row + 1, column + 3];
    for (; row < side && column >= 0; [row, column] = [row + 2, column - 2]) {
      if (isFree()) shape(codeword++, utah(row, column));
    }
    [row, column] = [row + 3, column + 1];
  }
  return cells;
}

/** Data codewords of the square symbols, by side. */
const DATA_CODEWORDS: Readonly<Record<number, number>> = { 10: 3, 12: 5, 14: 8, 16: 12, 18: 18, 20: 22 };

/** @throws Error when the finder is not that of the standard, or the encodation is another than ASCII or C40 */
export function readDataMatrix(modules: Modules): string {
  const side = modules.length;
  for (let n = 0; n < side; n += 1) {
    const isFinder = at(modules, n, 0) && at(modules, side - 1, n);
    const isClock = at(modules, 0, n) === (n % 2 === 0) && at(modules, n, side - 1) === (n % 2 === 1);
    if (!isFinder || !isClock) throw new Error('no Data Matrix');
  }
  const codewords: number[] = [];
  for (const [cell, [codeword, bit]] of placement(side - 2)) {
    const [row = 0, column = 0] = cell.split(',').map(Number);
    const value = at(modules, row + 1, column + 1) ? 1 << (8 - bit) : 0;
    codewords[codeword - 1] = (codewords[codeword - 1] ?? 0) | value;
  }
  return textOf(codewords.slice(0, DATA_CODEWORDS[side] ?? 0));
}

function textOf(codewords: readonly number[]): string {
  let text = '';
  for (let i = 0; i < codewords.length; i += 1) {
    const value = codewords[i] ?? 0;
    if (value === 129) return text;
    if (value <= 128) text += String.fromCharCode(value - 1);
    else if (value <= 229) text += String(value - 130).padStart(2, '0');
    else if (value === 230) {
      let shift = 0;
      for (i += 1; i + 1 < codewords.length && codewords[i] !== 254; i += 2) {
        const packed = (codewords[i] ?? 0) * 256 + (codewords[i + 1] ?? 0) - 1;
        for (const each of [Math.floor(packed / 1600), Math.floor(packed / 40) % 40, packed % 40]) {
          if (shift === 2) text += String.fromCharCode(33 + each);
          else if (each >= 14) text += String.fromCharCode(65 + each - 14);
          else if (each >= 4) text += String(each - 4);
          shift = shift === 0 && each === 1 ? 2 : 0;
        }
      }
    } else throw new Error(`encodation ${value}`);
  }
  return text;
}

// ---- QR version 1. Src: ISO/IEC 18004, clauses 7.4 (encoding), 7.7 (placement), 7.8 (masks), 7.9 (format).

const masks: readonly ((row: number, column: number) => boolean)[] = [
  (i, j) => (i + j) % 2 === 0,
  (i) => i % 2 === 0,
  (_, j) => j % 3 === 0,
  (i, j) => (i + j) % 3 === 0,
  (i, j) => (Math.floor(i / 2) + Math.floor(j / 3)) % 2 === 0,
  (i, j) => ((i * j) % 2) + ((i * j) % 3) === 0,
  (i, j) => (((i * j) % 2) + ((i * j) % 3)) % 2 === 0,
  (i, j) => (((i + j) % 2) + ((i * j) % 3)) % 2 === 0,
];
const ALPHANUMERIC = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';

/** @throws Error when it is no version 1, or a segment is neither numeric nor alphanumeric nor bytes */
export function readQr(modules: Modules): string {
  const side = 21;
  const finder = [0, 1, 2, 3, 4, 5, 6].map((n) => at(modules, 3, n)).join();
  if (modules.length !== side || finder !== 'true,false,true,true,true,false,true') throw new Error('no QR version 1');
  const places = [
    [8, 0],
    [8, 1],
    [8, 2],
    [8, 3],
    [8, 4],
    [8, 5],
    [8, 7],
    [8, 8],
    [7, 8],
    [5, 8],
    [4, 8],
    [3, 8],
    [2, 8],
    [1, 8],
    [0, 8],
  ];
  const format =
    places.reduce((bits, [row = 0, column = 0]) => bits * 2 + Number(at(modules, row, column)), 0) ^ 0x5412;
  // Data codewords of version 1 by level of error correction, in the order of its two bits: M, L, H, Q.
  const codewords = [16, 19, 9, 13][format >> 13] ?? 0;
  const mask = masks[(format >> 10) & 7];
  let bits = '';
  let isUp = true;
  for (let right = side - 1; right > 0; right -= 2) {
    if (right === 6) right = 5;
    for (let n = 0; n < side; n += 1) {
      const row = isUp ? side - 1 - n : n;
      for (const column of [right, right - 1]) {
        const isFunction =
          row === 6 || column === 6 || (row < 9 && (column < 9 || column >= 13)) || (row >= 13 && column < 9);
        if (!isFunction) bits += at(modules, row, column) === mask?.(row, column) ? '0' : '1';
      }
    }
    isUp = !isUp;
  }
  return qrText(bits.slice(0, codewords * 8));
}

function qrText(bits: string): string {
  let text = '';
  let from = 0;
  const take = (count: number): number => parseInt(bits.slice(from, (from += count)) || '0', 2);
  for (let mode = take(4); mode !== 0; mode = from + 4 <= bits.length ? take(4) : 0) {
    if (mode === 1) {
      for (let left = take(10); left > 0; left -= 3) {
        const digits = Math.min(3, left);
        text += String(take([0, 4, 7, 10][digits] ?? 0)).padStart(digits, '0');
      }
    } else if (mode === 2) {
      for (let left = take(9); left > 0; left -= 2) {
        const value = take(left === 1 ? 6 : 11);
        if (left > 1) text += ALPHANUMERIC.charAt(Math.floor(value / 45));
        text += ALPHANUMERIC.charAt(value % 45);
      }
    } else if (mode === 4) {
      for (let left = take(8); left > 0; left -= 1) text += String.fromCharCode(take(8));
    } else throw new Error(`mode ${mode}`);
  }
  return text;
}
