// Orders: what a patient is to be tested for, in whose name, by when.
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

import { AnalyteView } from './catalogue.ts';

export const Priority = z.enum(['routine', 'urgent', 'stat']);
export type Priority = z.output<typeof Priority>;

/** Where an order came from; the place behind it is `sourceId`. */
export const OrderSource = z.enum(['walk_in', 'doctor', 'centre', 'client', 'camp', 'home']);
export type OrderSource = z.output<typeof OrderSource>;

/**
 * ordered: asked for when the order was placed; added: later, to a stored tube; reflex: by a rule, for a value called for it;
 * calculation: nobody asked for it, a calculated test of the order needs its value. It has no item and costs nothing.
 */
export const LineOrigin = z.enum(['ordered', 'added', 'reflex', 'calculation']);
export type LineOrigin = z.output<typeof LineOrigin>;

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
  /** The timed draw it needs, as printed on the label; null for an ordinary draw. */
  draw: z.string().nullable().default(null),
  origin: LineOrigin.default('ordered'),
  status: z.enum(['open', 'cancelled']).default('open'),
  isOutsourced: z.boolean().default(false),
  isInScope: z.boolean().default(false),
});
export type OrderLine = z.output<typeof OrderLine>;

/** A line as people see it. */
export const OrderLineView = OrderLine.extend({
  /** The test takes a written consent (lab-day 14). Whether there is one: `order.warnings`, `order.whyPending`. */
  needsConsent: z.boolean().default(false),
});
export type OrderLineView = z.output<typeof OrderLineView>;

/** What was asked for, with its price, as ordered. */
export const OrderItem = z.object({
  code: z.string(),
  name: z.string(),
  kind: z.enum(['test', 'panel']),
  pricePaise: z.int(),
  origin: LineOrigin.default('ordered'),
  /** Its price was taken back: all its tests were cancelled, or an item added later contains it. */
  isReversed: z.boolean().default(false),
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
  /** Completed weeks of pregnancy on the day of the order; null: not pregnant, or not known. */
  gestationWeeks: z.int().nullable(),
  source: OrderSource,
  /** Doctor, collection centre, client or camp it came from; null for a walk-in. */
  sourceId: Id.nullable(),
  placedAt: Instant,
  placedBy: z.string(),
  items: z.array(OrderItem),
  lines: z.array(OrderLineView),
  /** Of the items that are not reversed. */
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
/** What the desk should see to; nothing is held up by it. */
export const OrderWarning = z.object({
  orderId: Id,
  /** consent_missing: a test that takes a written consent, and the patient has none on record (lab-day 14). */
  kind: z.enum(['consent_missing']),
  /** The consent it takes, a purpose of the patient service. */
  purpose: z.string(),
  lineIds: z.array(Id),
  testCodes: z.array(z.string()),
  /** The sentence a person reads. */
  words: z.string(),
});
export type OrderWarning = z.output<typeof OrderWarning>;

export const orderIdTaken = defineError('order.id_taken', 409, () => 'Another order carries this id already.');
export const badSource = defineError<{ readonly source: string; readonly expected: string }>(
  'order.bad_source',
  400,
  ({ source, expected }) => `The source ${source} does not fit the field sourceId; expected ${expected}.`,
);
export const notPregnant = defineError(
  'order.not_pregnant',
  400,
  () => 'The field gestationWeeks is given for a male patient; take it away, or correct the sex of the patient.',
);
export const placeOrder = defineCall(
  'order.place',
  z.object({
    /** Client-made id: placing the same order twice places it once. */
    id: Id.optional(),
    /** Of a record that is merged into another: the order is the survivor's. */
    patientId: Id,
    /** Codes of tests and panels. */
    items: z.array(z.string().max(40)).min(1).max(100),
    priority: Priority.default('routine'),
    referredBy: noteText(120).nullish(),
    clinicalNotes: noteText(1000).nullish(),
    isFasting: z.boolean().nullish(),
    gestationWeeks: z.int().min(1).max(45).nullish(),
    source: OrderSource.default('walk_in'),
    sourceId: Id.nullish(),
  }),
  OrderView.extend({
    /** Left out when there is none. */
    warnings: z.array(OrderWarning).optional(),
  }),
);
/** Batch: what the desk should see to of some orders, as it stands now. */
export const orderWarnings = defineCall(
  'order.warnings',
  z.object({ ids: z.array(Id).max(200) }),
  z.array(OrderWarning),
);
export const getOrder = defineCall('order.get', z.object({ orderId: Id }), OrderView);
/** Batch: orders by id. */
export const getOrders = defineCall('order.getMany', z.object({ ids: z.array(Id).max(200) }), z.array(OrderView));
/** Newest first; of one patient (under all ids of the person) or one place (doctor, centre, client, camp) when given, by number when `text` is given. */
export const listOrders = defineCall(
  'order.list',
  PageInput.extend({ patientId: Id.nullish(), sourceId: Id.nullish(), text: searchText(40) }).refine(
    (input) => !input.sourceId || (!input.patientId && input.text === ''),
    'a source alone, without patient or text',
  ),
  pageOf(OrderView),
);
export const orderTrail = trailCall('order');

/** A line as the bench and the tube plan need it. */
export const PlacedLine = OrderLine.extend({
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
    }).extend({
      formula: z.string().nullable().default(null),
      measuredAs: z.string().nullable().default(null),
    }),
  ),
});
export type PlacedLine = z.output<typeof PlacedLine>;

export const orderPlaced = defineEvent(
  'order.placed',
  1,
  z.object({
    orderId: Id,
    number: z.string(),
    patientId: Id,
    priority: Priority,
    placedAt: Instant,
    gestationWeeks: z.int().nullable().default(null),
    isFasting: z.boolean().nullable().default(null),
    lines: z.array(PlacedLine),
  }),
);

/** Tests were added or cancelled, or the priority or the facts a value is judged by changed. The subject is the order. */
export const orderChanged = defineEvent(
  'order.changed',
  1,
  z.object({
    orderId: Id,
    number: z.string(),
    patientId: Id,
    /** As they are now. */
    priority: Priority,
    placedAt: Instant,
    gestationWeeks: z.int().nullable(),
    isFasting: z.boolean().nullable(),
    addedLines: z.array(PlacedLine),
    cancelledLineIds: z.array(Id),
    reason: z.string().nullable(),
    at: Instant,
    by: z.string(),
  }),
);
