// Made-up results by the million, and the critical values among them.
import type { AnalyteRules, AnalyteView, TestView } from '#contract/order.ts';
import type { BulkRows } from '#platform/database/bulk-rows.ts';
import { cellsText } from '#platform/database/copy.ts';

import type { Judged } from './bulk-values.ts';
import { bandOf, judge } from './bulk-values.ts';
import type { ResultStatus } from './contract.ts';
import { deltaOf } from './domain/delta.ts';
import type { Person } from './domain/reference-range.ts';
import { toUsedRange } from './domain/reference-range.ts';

export interface MadeResult {
  readonly id: string;
  readonly lineId: string;
  readonly test: TestView;
  readonly analyte: AnalyteView;
  readonly status: ResultStatus;
  readonly promisedAt: string;
  /** Absent: not drawn yet, or its tube was rejected. */
  readonly barcode: string | null;
  readonly collectedAt: string | null;
  readonly receivedAt: string | null;
  /** Standard deviations from the middle of the person's range; null before a value is entered. */
  readonly luck: number | null;
  /** The same of the person's latest earlier value, when it is to be compared with. */
  readonly earlier: { readonly resultId: string; readonly luck: number; readonly collectedAt: string } | null;
  readonly enteredAt: string | null;
  readonly verifiedAt: string | null;
  readonly authorisedAt: string | null;
  readonly source: string | null;
  /** JSON of what holds it back while its rejected tube waits for a decision. */
  readonly rejectedTube: string | null;
  readonly tubeComment: string | null;
}

export interface MadeResultsOfOrder {
  readonly labId: string;
  readonly orderId: string;
  readonly patientId: string;
  readonly priority: 'routine' | 'urgent' | 'stat';
  readonly placedAt: string;
  /** Whom the values are judged by. */
  readonly person: Person;
  /** Calendar day of the lab. */
  readonly collectedOn: string;
  readonly results: readonly MadeResult[];
}

export interface ResultBatch {
  /** By analyte code. */
  readonly rules: ReadonlyMap<string, AnalyteRules>;
  readonly orders: readonly MadeResultsOfOrder[];
}

const RANK = { stat: 0, urgent: 1, routine: 2 } as const;
const VERIFIED_BY = 'tech';
const AUTHORISED_BY = 'path';
/** As the usual policy has it (organization). */
const CALL_MINUTES = 30;
const RESULT = 'lis_result.result';
const CRITICAL = 'lis_result.critical';
const CALL = 'lis_result.critical_call';

export const bulkRows: BulkRows<ResultBatch> = {
  tables: [
    {
      name: RESULT,
      columns: [
        // What the catalogue says, made once for all results of a test's analyte.
        'test_code',
        'test_name',
        'section',
        'specimen',
        'method',
        'is_outsourced',
        'analyte_code',
        'analyte_name',
        'loinc',
        'kind',
        'ucum',
        'unit',
        'decimals',
        'choices',
        'formula',
        'is_calculated',
        'measured_as',
        'id',
        'lab_id',
        'order_id',
        'line_id',
        'patient_id',
        'position',
        'priority_rank',
        'placed_at',
        'promised_at',
        'barcode',
        'collected_at',
        'received_at',
        'status',
        'value',
        'raw_value',
        'flags',
        'range',
        'person',
        'delta',
        'source',
        'entered_at',
        'entered_by',
        'verified_at',
        'verified_by',
        'authorised_at',
        'authorised_by',
        'rejected_tube',
        'tube_comment',
        'version',
      ],
    },
    {
      name: CRITICAL,
      columns: [
        'id',
        'lab_id',
        'result_id',
        'order_id',
        'patient_id',
        'analyte_code',
        'analyte_name',
        'value',
        'unit',
        'flags',
        'limit_passed',
        'is_correction',
        'status',
        'found_at',
        'due_at',
        'told_at',
      ],
    },
    {
      name: CALL,
      columns: ['id', 'lab_id', 'critical_id', 'at', 'by', 'to_whom', 'was_reached', 'was_read_back'],
    },
  ],
  write: ({ orders, rules }, add) => {
    for (const order of orders) {
      const person = JSON.stringify(order.person);
      for (const [at, result] of order.results.entries()) {
        const value = result.luck === null ? null : valueOf(order, result, result.luck, rules);
        writeResult(order, result, at, person, value, add);
        if (value?.limitPassed) writeCritical(order, result, value, value.limitPassed, add);
      }
    }
  },
};

interface Valued extends Judged {
  readonly range: string;
  readonly delta: string | null;
}

function valueOf(
  { person, collectedOn }: MadeResultsOfOrder,
  { test, analyte, collectedAt, earlier }: MadeResult,
  luck: number,
  rules: ReadonlyMap<string, AnalyteRules>,
): Valued {
  const ownRules = rules.get(analyte.code);
  const band = bandOf(ownRules, person, test.method, collectedOn);
  const value = judge(analyte, band, luck);
  const delta =
    earlier === null || collectedAt === null
      ? null
      : deltaOf(ownRules?.deltas ?? [], value.text, collectedAt, {
          resultId: earlier.resultId,
          value: judge(analyte, band, earlier.luck).text,
          collectedAt: earlier.collectedAt,
        });
  const flags = delta !== null && delta.broken.length > 0 ? [...value.flags, 'D' as const] : value.flags;
  return {
    ...value,
    flags,
    range: JSON.stringify(toUsedRange(band, person.ageDays)),
    delta: delta && JSON.stringify(delta),
  };
}

const fixed = new WeakMap<TestView, Map<AnalyteView, string>>();

function ofCatalogue(test: TestView, analyte: AnalyteView): string {
  const ofTest = fixed.get(test) ?? new Map<AnalyteView, string>();
  fixed.set(test, ofTest);
  let text = ofTest.get(analyte);
  if (text === undefined) {
    text = cellsText([
      test.code,
      test.name,
      test.section,
      test.specimen,
      test.method,
      test.referralLabId !== null,
      analyte.code,
      analyte.name,
      analyte.loinc,
      analyte.kind,
      analyte.ucum,
      analyte.unitDisplay,
      analyte.decimals,
      JSON.stringify(analyte.choices),
      analyte.formula,
      analyte.formula !== null,
      analyte.measuredAs,
    ]);
    ofTest.set(analyte, text);
  }
  return text;
}

function writeResult(
  order: MadeResultsOfOrder,
  result: MadeResult,
  position: number,
  person: string,
  value: Valued | null,
  add: (table: string, line: string) => void,
): void {
  const { enteredAt, verifiedAt, authorisedAt } = result;
  const own = cellsText([
    result.id,
    order.labId,
    order.orderId,
    result.lineId,
    order.patientId,
    position,
    RANK[order.priority],
    order.placedAt,
    result.promisedAt,
    result.barcode,
    result.collectedAt,
    result.receivedAt,
    result.status,
    value?.text ?? null,
    value?.text ?? null,
    value?.flags ?? [],
    value?.range ?? null,
    value && person,
    value?.delta ?? null,
    value && (result.analyte.formula === null ? result.source : 'calculated'),
    enteredAt,
    enteredAt && VERIFIED_BY,
    verifiedAt,
    verifiedAt && VERIFIED_BY,
    authorisedAt,
    authorisedAt && AUTHORISED_BY,
    result.rejectedTube,
    result.tubeComment,
    1 + [result.barcode, enteredAt, verifiedAt, authorisedAt].filter(Boolean).length,
  ]);
  add(RESULT, `${ofCatalogue(result.test, result.analyte)}\t${own}`);
}

/** Ids of a critical value and of its call, from that of the result: UUIDs of version 8 (RFC 9562). */
function idFrom(resultId: string, mark: 'a' | 'b'): string {
  return `${resultId.slice(0, 14)}8${resultId.slice(15, 19)}${mark}${resultId.slice(20)}`;
}

function writeCritical(
  order: MadeResultsOfOrder,
  result: MadeResult,
  value: Judged,
  limit: string,
  add: (table: string, line: string) => void,
): void {
  const foundAt = result.enteredAt;
  if (foundAt === null) return;
  const id = idFrom(result.id, 'a');
  // It cannot have been signed before somebody was told.
  const toldAt = result.authorisedAt === null ? null : foundAt;
  add(
    CRITICAL,
    cellsText([
      id,
      order.labId,
      result.id,
      order.orderId,
      order.patientId,
      result.analyte.code,
      result.analyte.name,
      value.text,
      result.analyte.unitDisplay,
      value.flags,
      limit,
      false,
      toldAt ? 'told' : 'open',
      foundAt,
      new Date(Date.parse(foundAt) + CALL_MINUTES * 60_000).toISOString(),
      toldAt,
    ]),
  );
  if (toldAt)
    add(
      CALL,
      cellsText([idFrom(result.id, 'b'), order.labId, id, toldAt, VERIFIED_BY, 'Referring doctor', true, true]),
    );
}
