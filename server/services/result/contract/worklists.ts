// Lists the bench works by: worklists, the rack, what is left of yesterday, the board, the grid to type into (lab-day 5, 34, 37).
import * as z from 'zod';

import { Day, defineCall, Id, Instant, PageInput, pageOf, Version } from '#platform/contract.ts';

import { Flag, Hold, ResultStatus, ResultView, UsedRange } from './value.ts';

const Section = z.string().max(40);
const Code = z.string().max(40);

/** Most worklists are one section's, or those of one bench; each of the others narrows it. */
export const WorklistInput = PageInput.extend({
  status: ResultStatus.default('awaiting'),
  section: Section.nullish(),
  /** Several sections as one list; together with `section` that one as well. */
  sections: z.array(Section).max(20).default([]),
  /** Values that this instrument gave. */
  instrument: z.string().max(100).nullish(),
  priority: ResultView.shape.priority.nullish(),
  testCode: Code.nullish(),
  isHeldOnly: z.boolean().default(false),
  isFlaggedOnly: z.boolean().default(false),
  /** Cultures whose final stage is still to come; with status `authorised` those that were signed as interim. */
  isInterimOnly: z.boolean().default(false),
  /** Leaves out what nobody measures. */
  isWithoutCalculated: z.boolean().default(false),
  /** The sample came before this: the old ones. */
  cameBefore: Instant.nullish(),
  /**
   * priority: STAT, urgent, routine, then by the time the tube came, oldest first. promise: by the time it was promised for,
   * so that what is overdue stands first.
   */
  sort: z.enum(['priority', 'promise']).default('priority'),
}).refine(
  ({ status, isInterimOnly, sort, ...narrow }) =>
    (status !== 'authorised' && status !== 'cancelled') ||
    (sort === 'priority' &&
      !narrow.instrument &&
      !narrow.priority &&
      !narrow.testCode &&
      !narrow.isHeldOnly &&
      !narrow.isFlaggedOnly &&
      !narrow.isWithoutCalculated &&
      !narrow.cameBefore),
  'signed and cancelled results by section alone, or those of interim cultures',
);
export const listWorklist = defineCall('result.worklist', WorklistInput, pageOf(ResultView));

/** Not signed though the tube came on an earlier day of the lab, oldest first. Tests not drawn yet are not the bench's. */
export const listLeftOver = defineCall(
  'result.leftOver',
  PageInput.extend({
    section: Section.nullish(),
    /** The lab's day whose own tubes are not yet left over; today when absent. */
    before: Day.nullish(),
  }),
  pageOf(ResultView),
);

/** One line of the bench board: what is open in a section and state. */
export const BenchCount = z.object({
  section: z.string(),
  status: z.enum(['awaiting', 'entered', 'verified']),
  count: z.int(),
  stat: z.int(),
  urgent: z.int(),
  /** Promised for a time that has passed. */
  overdue: z.int(),
  /** With a hold that a person has to look at. */
  held: z.int(),
  oldestCameAt: Instant,
});
export type BenchCount = z.output<typeof BenchCount>;
/** Calculated results are not counted: nobody works at them. */
export const benchCounts = defineCall('result.benchCounts', z.object({}), z.array(BenchCount));

export const RackPlace = z.object({
  /** 1 for the first place. */
  position: z.int(),
  kind: z.enum(['control', 'tube']),
  /** The rest is null and empty for a control. */
  barcode: z.string().nullable(),
  orderId: Id.nullable(),
  patientId: Id.nullable(),
  priority: ResultView.shape.priority.nullable(),
  specimen: z.string().nullable(),
  draw: z.string().nullable(),
  cameAt: Instant.nullable(),
  /** What awaits a value from this tube in this section, in catalogue order. */
  tests: z.array(z.object({ testCode: z.string(), testName: z.string(), analyteCodes: z.array(z.string()) })),
});
export type RackPlace = z.output<typeof RackPlace>;
/**
 * A rack to load or a list to print: tubes in the order of the worklist, each once, with places for controls at both ends.
 * A page is one rack; `endCursor` leads to the next.
 */
export const rackView = defineCall(
  'result.rackView',
  PageInput.extend({
    /** Tubes in a rack. */
    first: z.int().min(1).max(100).default(40),
    section: Section,
    testCode: Code.nullish(),
    controlsFirst: z.int().min(0).max(20).default(0),
    controlsLast: z.int().min(0).max(20).default(0),
  }),
  z.object({ places: z.array(RackPlace), endCursor: z.string().nullable(), hasNextPage: z.boolean() }),
);

/** What is typed in one place of the grid, and what one must see to type it. */
export const GridCell = z.object({
  resultId: Id,
  expectedVersion: Version,
  analyteCode: z.string(),
  status: ResultStatus,
  value: z.string().nullable(),
  flags: z.array(Flag),
  holds: z.array(Hold),
  /** False: calculated, signed, cancelled, verified, or entered with its findings. */
  isTypable: z.boolean(),
  /** By which a value of this person would be judged today; null when none can be told. */
  range: UsedRange.nullable(),
  /** As one reads it: `12–16`, `≤ 200`, `Negative`; empty when there is none. */
  rangeText: z.string(),
  /** The last signed value of the person. */
  previous: z.object({ value: z.string(), unit: z.string(), collectedAt: Instant.nullable() }).nullable(),
});
export type GridCell = z.output<typeof GridCell>;

export const GridColumn = ResultView.pick({ analyteCode: true, analyteName: true, kind: true, unit: true }).extend({
  decimals: z.int().nullable(),
  choices: z.array(z.string()),
  isCalculated: z.boolean(),
});
export type GridColumn = z.output<typeof GridColumn>;

export const GridRow = z.object({
  lineId: Id,
  orderId: Id,
  patientId: Id,
  /** Who it is, as on the label. */
  patientName: z.string(),
  mrn: z.string(),
  sex: z.enum(['male', 'female', 'other']),
  /** As on the label: `34 y`, `5 mo`. At the draw. */
  age: z.string(),
  barcode: z.string().nullable(),
  /** The timed draw, as on the label. */
  draw: z.string().nullable(),
  priority: ResultView.shape.priority,
  collectedAt: Instant.nullable(),
  /** In the order of the columns; null where the line has no such analyte. */
  cells: z.array(GridCell.nullable()),
});
export type GridRow = z.output<typeof GridRow>;

export const EntryGrid = z.object({
  testCode: z.string(),
  testName: z.string(),
  section: z.string(),
  columns: z.array(GridColumn),
  rows: z.array(GridRow),
});
export type EntryGrid = z.output<typeof EntryGrid>;
/**
 * Everything to type without another call: one grid for each test, in the order in which their first tube is worked; a row
 * for each tube that awaits a value. By section, by test, or all open tests of some orders; `result.enterMany` takes it back.
 */
export const entryGrid = defineCall(
  'result.entryGrid',
  PageInput.extend({
    first: z.int().min(1).max(100).default(30),
    section: Section.nullish(),
    testCode: Code.nullish(),
    orderIds: z.array(Id).min(1).max(100).nullish(),
  }).refine(
    ({ section, testCode, orderIds }) => Boolean(section || testCode || orderIds),
    'a section, a test or orders',
  ),
  z.object({ grids: z.array(EntryGrid), endCursor: z.string().nullable(), hasNextPage: z.boolean() }),
);
