// How a service takes up made-up rows by the million (seed-large). It writes its own tables only, as the owner of the database
// by COPY, and tells nobody: no events, no audit, for nothing of it has happened.
export interface BulkTable {
  readonly name: string;
  readonly columns: readonly string[];
}

export interface BulkRows<Batch> {
  /** Qualified names, in the order of their references. */
  readonly tables: readonly BulkTable[];
  /** Adds the rows of one batch: for each its table and its line, as `cellsText` makes it, in the order of the columns. */
  readonly write: (batch: Batch, add: (table: string, line: string) => void) => void;
}
