// Tables a formula looks a number up in: bands on one to four axes, a decimal in each cell. Data, never code.

export type Axis = {
  readonly name: string;
  /** Lower ends of the bands, ascending decimals; a band reaches to the next one's lower end, itself not included. */
  readonly from: readonly string[];
  /** End of the last band, included; absent: open. */
  readonly to?: string;
};

export type Table = {
  readonly name: string;
  readonly axes: readonly Axis[];
  /** Decimals, the last axis fastest. */
  readonly cells: readonly string[];
  readonly source: string;
};

export type Tables = ReadonlyMap<string, Table>;

/**
 * Makes tables known by their names.
 * @throws RangeError when a table has not one cell for every combination of bands, or a name comes twice
 */
export function tablesOf(tables: readonly Table[]): Tables {
  for (const { name, axes, cells } of tables) {
    const needed = axes.reduce((product, axis) => product * axis.from.length, 1);
    if (cells.length !== needed) throw new RangeError(`Table ${name} has ${cells.length} cells, not ${needed}.`);
  }
  const byName = new Map(tables.map((table) => [table.name, table]));
  if (byName.size !== tables.length) throw new RangeError('Two tables have the same name.');
  return byName;
}
