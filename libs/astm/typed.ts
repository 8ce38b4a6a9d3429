// Typed readers and builders over the table of fields. Sequence numbers and the closing record are made here; what a device wants
// in a field is its profile's business.
import { buildRecords } from './build.ts';
import type { FieldInput, RowInput } from './build.ts';
import { standardDelimiters } from './delimiters.ts';
import type { Delimiters } from './delimiters.ts';
import { isRecordType, recordFields } from './fields.ts';
import type { FieldName, RecordType } from './fields.ts';
import { fieldRepeats } from './records.ts';
import type { AstmRecord } from './records.ts';

/** Fields by name; what is left out is empty. */
export type Fields<T extends RecordType> = { readonly [name in FieldName<T>]?: FieldInput };

/** Each field as repeats of components, escapes decoded; an empty field is `[['']]`. */
export type ReadFields<T extends RecordType> = { readonly [name in FieldName<T>]: readonly (readonly string[])[] };

/** Tells whether a record is of a type, for `readFields`. */
export function isOfType<T extends RecordType>(
  record: AstmRecord,
  type: T,
): record is AstmRecord & { readonly type: T } {
  return record.type === type;
}

/** Every field of a record by its name. Fields beyond the table are in `record.fields`. */
export function readFields<T extends RecordType>(record: AstmRecord & { readonly type: T }): ReadFields<T> {
  const names: readonly string[] = isRecordType(record.type) ? recordFields[record.type] : [];
  const fields: Record<string, readonly (readonly string[])[]> = {};
  for (const [index, name] of names.entries()) if (name !== '_') fields[name] = fieldRepeats(record, index + 2);
  return fields as ReadFields<T>;
}

type NumberedType = Exclude<RecordType, 'H' | 'L'>;
type Unnumbered<T extends RecordType> = {
  readonly [name in Exclude<FieldName<T>, 'sequence' | 'delimiters'>]?: FieldInput;
};

export type CommentInput = Unnumbered<'C'>;
/** The fields of M from field 3 on, as the manufacturer wants them. */
export type ManufacturerInput = readonly FieldInput[];
type Remarks = { readonly comments?: readonly CommentInput[]; readonly manufacturer?: readonly ManufacturerInput[] };
export type ResultInput = Unnumbered<'R'> & Remarks;
export type OrderInput = Unnumbered<'O'> & Remarks & { readonly results?: readonly ResultInput[] };
export type PatientInput = Unnumbered<'P'> & Remarks & { readonly orders?: readonly OrderInput[] };
export type QueryInput = Unnumbered<'Q'>;

export type MessageInput = {
  readonly header?: Unnumbered<'H'>;
  readonly patients?: readonly PatientInput[];
  readonly queries?: readonly QueryInput[];
  /** L-3; default N, normal. */
  readonly terminator?: string;
  readonly delimiters?: Delimiters;
};

function rowOf(type: RecordType, values: Readonly<Record<string, unknown>>, sequence?: number): RowInput {
  const names: readonly string[] = recordFields[type];
  const fields = names.map((name): FieldInput => {
    if (name === 'sequence' && sequence !== undefined) return String(sequence);
    return name === '_' ? '' : ((values[name] ?? '') as FieldInput);
  });
  const filled = fields.findLastIndex((field) => field !== '');
  return [type, ...fields.slice(0, Math.max(filled + 1, 1))];
}

function numbered(type: NumberedType, values: object, index: number): RowInput {
  return rowOf(type, { ...values }, index + 1);
}

function remarkRows({ comments = [], manufacturer = [] }: Remarks): RowInput[] {
  return [
    ...comments.map((comment, index) => numbered('C', comment, index)),
    ...manufacturer.map((fields, index): RowInput => ['M', String(index + 1), ...fields]),
  ];
}

/**
 * Writes one message, H through L, as record texts for `send`, `recordBytes` or `buildFrames`. Sequence numbers start at 1 under
 * each parent. Leaves are escaped; nothing is checked against a device.
 */
export function buildMessage(input: MessageInput): string[] {
  const { patients = [], queries = [], header = {}, terminator = 'N', delimiters = standardDelimiters } = input;
  const rows: RowInput[] = [rowOf('H', { ...header })];
  for (const [p, patient] of patients.entries()) {
    rows.push(numbered('P', patient, p), ...remarkRows(patient));
    for (const [o, order] of (patient.orders ?? []).entries()) {
      rows.push(numbered('O', order, o), ...remarkRows(order));
      for (const [r, result] of (order.results ?? []).entries()) {
        rows.push(numbered('R', result, r), ...remarkRows(result));
      }
    }
  }
  rows.push(...queries.map((query, index) => numbered('Q', query, index)));
  rows.push(['L', '1', terminator]);
  return buildRecords(rows, delimiters);
}
