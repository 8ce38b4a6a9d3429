// Positions of a rack: a row letter and a column number, filled row by row.
export interface RackSize {
  readonly rows: number;
  readonly columns: number;
}

const letter = (row: number): string => String.fromCharCode(65 + row);

/** The position of the last row and column: `H12` of a rack of 8 x 12. */
export function lastPosition({ rows, columns }: RackSize): string {
  return `${letter(rows - 1)}${columns}`;
}

/** @param position a capital letter and a number from 1 to 99 */
export function isInRack({ rows, columns }: RackSize, position: string): boolean {
  const row = position.charCodeAt(0) - 65;
  const column = Number(position.slice(1));
  return row >= 0 && row < rows && column >= 1 && column <= columns;
}

/** The first position that is not taken, row by row; undefined when the rack is full. */
export function freePosition({ rows, columns }: RackSize, taken: ReadonlySet<string>): string | undefined {
  for (let row = 0; row < rows; row += 1) {
    for (let column = 1; column <= columns; column += 1) {
      const position = `${letter(row)}${column}`;
      if (!taken.has(position)) return position;
    }
  }
  return undefined;
}
