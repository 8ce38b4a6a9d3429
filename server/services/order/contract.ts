// The catalogue (tests, panels, analytes, ranges, containers) and the orders placed from it.
import * as z from 'zod';

import {
  defineCall,
  defineEvent,
  Id,
  Instant,
  noteText,
  PageInput,
  pageOf,
  searchText,
  trailCall,
  Version,
} from '#platform/contract.ts';
import { defineError } from '#platform/errors.ts';

export const AnalyteKind = z.enum(['numeric', 'text', 'coded', 'titre']);
export type AnalyteKind = z.output<typeof AnalyteKind>;

export const AnalyteView = z.object({
  code: z.string(),
  name: z.string(),
  loinc: z.string().nullable(),
  /** UCUM unit; null when the analyte has none. */
  ucum: z.string().nullable(),
  /** The unit as printed. */
  unitDisplay: z.string(),
  kind: AnalyteKind,
  /** Decimals on the report; null for what is not a number. */
  decimals: z.int().nullable(),
  /** Allowed texts of a coded analyte. */
  choices: z.array(z.string()),
  /** Other codes analyzers send for it. */
  aliases: z.array(z.string()),
});
export type AnalyteView = z.output<typeof AnalyteView>;

/** One band of a reference range. Ages are days at collection, half-open [from, to). Numbers are decimal text. */
export const RangeBand = z.object({
  analyteCode: z.string(),
  sex: z.enum(['any', 'male', 'female']),
  ageFromDays: z.int(),
  /** Null: no upper end. */
  ageToDays: z.int().nullable(),
  low: z.string().nullable(),
  high: z.string().nullable(),
  /** Expected text of a coded or text analyte, or wording that replaces the numbers. */
  text: z.string().nullable(),
  /** decision: a decision limit, printed as such; none: no range established. */
  kind: z.enum(['reference', 'decision', 'none']),
  criticalLow: z.string().nullable(),
  criticalHigh: z.string().nullable(),
  absurdLow: z.string().nullable(),
  absurdHigh: z.string().nullable(),
  unit: z.string().nullable(),
  source: z.string(),
});
export type RangeBand = z.output<typeof RangeBand>;

export const ContainerView = z.object({
  code: z.string(),
  name: z.string(),
  capColour: z.string(),
  additive: z.string(),
  volumeMl: z.number().nullable(),
  /** CLSI order of draw, 1 first. */
  orderOfDraw: z.int(),
});
export type ContainerView = z.output<typeof ContainerView>;

export const TestView = z.object({
  code: z.string(),
  name: z.string(),
  shortName: z.string(),
  synonyms: z.array(z.string()),
  section: z.string(),
  specimen: z.string(),
  container: ContainerView,
  method: z.string().nullable(),
  loinc: z.string().nullable(),
  turnaroundMinutes: z.int(),
  urgentTurnaroundMinutes: z.int(),
  pricePaise: z.int(),
  isFastingNeeded: z.boolean(),
  analytes: z.array(AnalyteView),
});
export type TestView = z.output<typeof TestView>;

/** What the desk finds when it types: a test or a panel. */
export const CatalogueItem = z.object({
  kind: z.enum(['test', 'panel']),
  code: z.string(),
  name: z.string(),
  synonyms: z.array(z.string()),
  pricePaise: z.int(),
  /** Codes of the tests it stands for, overlaps taken once; itself for a test. */
  testCodes: z.array(z.string()),
  specimens: z.array(z.string()),
  isFastingNeeded: z.boolean(),
});
export type CatalogueItem = z.output<typeof CatalogueItem>;

export const Priority = z.enum(['routine', 'urgent', 'stat']);
export type Priority = z.output<typeof Priority>;

export const OrderLine = z.object({
  id: Id,
  testCode: z.string(),
  testName: z.string(),
  section: z.string(),
  specimen: z.string(),
  containerCode: z.string(),
  /** The panel it came from; null when ordered by itself. */
  panelCode: z.string().nullable(),
  promisedAt: Instant,
});
export type OrderLine = z.output<typeof OrderLine>;

/** What was asked for, with its price, as ordered. */
export const OrderItem = z.object({
  code: z.string(),
  name: z.string(),
  kind: z.enum(['test', 'panel']),
  pricePaise: z.int(),
});
export type OrderItem = z.output<typeof OrderItem>;

export const OrderView = z.object({
  id: Id,
  /** Order number of the lab as people say it, for example `261125-0042`. */
  number: z.string(),
  patientId: Id,
  priority: Priority,
  referredBy: z.string().nullable(),
  clinicalNotes: z.string().nullable(),
  isFasting: z.boolean().nullable(),
  placedAt: Instant,
  placedBy: z.string(),
  items: z.array(OrderItem),
  lines: z.array(OrderLine),
  totalPaise: z.int(),
  version: Version,
});
export type OrderView = z.output<typeof OrderView>;

export const orderNotFound = defineError('order.not_found', 404, () => 'There is no such order in this lab.');
export const unknownItem = defineError<{ readonly codes: readonly string[] }>(
  'order.unknown_item',
  400,
  ({ codes }) =>
    `The catalogue has no test or panel with the code ${Array.isArray(codes) ? codes.join(', ') : String(codes)}.`,
);
export const orderIdTaken = defineError('order.id_taken', 409, () => 'Another order carries this id already.');
export const badCatalogue = defineError<{ readonly faults: readonly string[] }>(
  'order.bad_catalogue',
  400,
  ({ faults }) =>
    `The catalogue has faults: ${Array.isArray(faults) ? faults.slice(0, 10).join('; ') : String(faults)}.`,
);

/** Loads the starter catalogue into the lab; a lab that has a catalogue keeps it. */
export const seedCatalogue = defineCall(
  'order.seedCatalogue',
  z.object({}),
  z.object({ tests: z.int(), panels: z.int(), analytes: z.int(), isNew: z.boolean() }),
);
/** By code, short name, name or synonym; tests and panels together, best match first. */
export const searchCatalogue = defineCall(
  'order.searchCatalogue',
  PageInput.extend({ text: searchText(100) }),
  pageOf(CatalogueItem),
);
/** Batch: tests by code. */
export const getTests = defineCall(
  'order.getTests',
  z.object({ codes: z.array(z.string()).max(500) }),
  z.array(TestView),
);
/** All analytes of the lab's catalogue, for mapping instrument codes. */
export const listAnalytes = defineCall('order.listAnalytes', z.object({}), z.array(AnalyteView));
/** The bands of some analytes, all sexes and ages. */
export const getRanges = defineCall(
  'order.getRanges',
  z.object({ analyteCodes: z.array(z.string()).max(1000) }),
  z.array(RangeBand),
);

export const placeOrder = defineCall(
  'order.place',
  z.object({
    /** Client-made id: placing the same order twice places it once. */
    id: Id.optional(),
    patientId: Id,
    /** Codes of tests and panels. */
    items: z.array(z.string().max(40)).min(1).max(100),
    priority: Priority.default('routine'),
    referredBy: noteText(120).nullish(),
    clinicalNotes: noteText(1000).nullish(),
    isFasting: z.boolean().nullish(),
  }),
  OrderView,
);
export const getOrder = defineCall('order.get', z.object({ orderId: Id }), OrderView);
/** Batch: orders by id. */
export const getOrders = defineCall('order.getMany', z.object({ ids: z.array(Id).max(200) }), z.array(OrderView));
/** Newest first; of one patient when given, by number when `text` is given. */
export const listOrders = defineCall(
  'order.list',
  PageInput.extend({ patientId: Id.nullish(), text: searchText(40) }),
  pageOf(OrderView),
);
export const orderTrail = trailCall('order');

export const orderPlaced = defineEvent(
  'order.placed',
  1,
  z.object({
    orderId: Id,
    number: z.string(),
    patientId: Id,
    priority: Priority,
    placedAt: Instant,
    lines: z.array(
      OrderLine.extend({
        method: z.string().nullable(),
        analytes: z.array(
          AnalyteView.pick({
            code: true,
            name: true,
            loinc: true,
            ucum: true,
            unitDisplay: true,
            kind: true,
            decimals: true,
            choices: true,
          }),
        ),
      }),
    ),
  }),
);
