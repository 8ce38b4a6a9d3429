// Every list and search people wait for, as calls of the services with plausible input: what the plan test watches and the
// benchmark measures, on the lab that seed-large makes.
import type { Call, CallInput, CallOutput } from '#platform/contract.ts';
import * as integration from '#contract/integration.ts';
import * as order from '#contract/order.ts';
import * as patient from '#contract/patient.ts';
import * as qc from '#contract/qc.ts';
import * as result from '#contract/result.ts';
import * as sample from '#contract/sample.ts';

export type CallAs = <C extends Call>(call: C, input: CallInput<C>) => Promise<CallOutput<C>>;

export interface HotCall {
  readonly name: string;
  /** The same list on some other patient, order or page, as `turn` says; returns how many rows it gave. */
  readonly run: (turn: number) => Promise<number>;
  /** False: some other way to the same; an empty answer says nothing is wrong. */
  readonly givesRows?: boolean;
}

/** What is asked for. */
export interface Samples {
  readonly patients: readonly {
    readonly id: string;
    readonly name: string;
    readonly mrn: string;
    readonly mobile: string | null;
  }[];
  readonly orders: readonly {
    readonly id: string;
    readonly number: string;
    readonly patientId: string;
    readonly placedAt: string;
  }[];
  readonly barcodes: readonly string[];
}

const DAY_MS = 86_400_000;

function at<T>(list: readonly T[], turn: number): T {
  const found = list[turn % list.length];
  if (found === undefined) throw new Error('The large lab has nothing to ask for');
  return found;
}

/**
 * Some patients, orders and tubes of the lab, the newest and those of before among them.
 * @param call as somebody with every right, in the lab with the most orders
 */
export async function takeSamples(call: CallAs): Promise<Samples> {
  const people = await call(patient.searchPatients, { text: '', first: 100 });
  const newest = await call(order.listOrders, { first: 50 });
  const lists = await Promise.all(
    people.edges.slice(0, 50).map(({ node }) => call(order.listOrders, { patientId: node.id, first: 5 })),
  );
  const orders = [...newest.edges, ...lists.flatMap(({ edges }) => edges)].map(({ node }) => node);
  const regulars = await call(patient.getPatients, {
    ids: [...new Set(orders.map((each) => each.patientId))].slice(0, 200),
  });
  const tubes = await call(sample.tubesOfOrders, { ids: orders.slice(0, 200).map(({ id }) => id) });
  return { patients: regulars, orders, barcodes: tubes.map((tube) => tube.barcode) };
}

const count = (page: { readonly edges: readonly unknown[] }) => page.edges.length;

export function hotCalls(call: CallAs, { patients, orders, barcodes }: Samples, now: Date): readonly HotCall[] {
  const day = (back: number) => new Date(now.getTime() - back * DAY_MS).toISOString().slice(0, 10);
  const instant = (back: number) => new Date(now.getTime() - back * DAY_MS).toISOString();
  const month = day(20).slice(0, 7);
  const SECTIONS = ['HAEMATOLOGY', 'BIOCHEMISTRY', 'IMMUNOASSAY'];
  const PAIR = { instrument: 'XN-1000', analyteCode: 'HGB' };
  const words = (turn: number) => at(patients, turn).name.split(' ');
  const word = (turn: number) => words(turn)[0] ?? '';
  const list = (
    name: string,
    run: (turn: number) => Promise<{ readonly edges: readonly unknown[] }>,
    givesRows = true,
  ): HotCall => ({ name, run: async (turn) => count(await run(turn)), givesRows });
  const batch = (name: string, run: (turn: number) => Promise<readonly unknown[]>, givesRows = true): HotCall => ({
    name,
    run: async (turn) => (await run(turn)).length,
    givesRows,
  });

  return [
    list('patients, newest', () => call(patient.searchPatients, { text: '' })),
    list('patients by full name', (turn) => call(patient.searchPatients, { text: at(patients, turn).name })),
    list('patients by one common word', (turn) => call(patient.searchPatients, { text: word(turn) })),
    list(
      'patients by beginnings of words',
      (turn) =>
        call(patient.searchPatients, {
          text: words(turn)
            .map((part) => part.slice(0, 4))
            .join(' '),
        }),
      false,
    ),
    list(
      'patients by sound',
      (turn) =>
        call(patient.searchPatients, {
          text: `${word(turn).replaceAll('sh', 's').replace(/a$/, '')} ${words(turn).at(-1) ?? ''}`,
        }),
      false,
    ),
    list('patients by a name nobody has', () => call(patient.searchPatients, { text: 'Zzyzx Qwrt' }), false),
    list(
      'patients by mobile',
      (turn) => call(patient.searchPatients, { text: at(patients, turn).mobile ?? '9' }),
      false,
    ),
    list(
      'patients by last digits of mobile',
      (turn) => call(patient.searchPatients, { text: (at(patients, turn).mobile ?? '999999').slice(-6) }),
      false,
    ),
    list('patients by MRN', (turn) => call(patient.searchPatients, { text: at(patients, turn).mrn })),
    batch(
      'patients who may be the same',
      (turn) =>
        call(patient.findLikely, { name: at(patients, turn).name, sex: 'female', mobile: at(patients, turn).mobile }),
      false,
    ),

    list('orders, newest', () => call(order.listOrders, {})),
    list('orders of a patient', (turn) => call(order.listOrders, { patientId: at(orders, turn).patientId })),
    list('orders by number', (turn) => call(order.listOrders, { text: at(orders, turn).number })),
    list('orders of a day', (turn) => call(order.listOrders, { text: at(orders, turn).number.slice(0, 6) })),
    batch('orders by id, 50', (turn) =>
      call(order.getOrders, { ids: orders.slice(turn % 20, (turn % 20) + 50).map(({ id }) => id) }),
    ),
    list('pending of before today', () => call(order.listPending, { kind: 'before_today' })),
    list('pending and overdue', () => call(order.listPending, { kind: 'overdue' })),
    list(
      'pending of a section',
      (turn) => call(order.listPending, { kind: 'all', section: at(SECTIONS, turn) }),
      false,
    ),
    list('at risk', () => call(order.listAtRisk, {}), false),
    batch('why pending', (turn) => call(order.whyPending, { orderIds: [at(orders, turn).id] }), false),
    list('breaches of a month', () => call(order.listBreaches, { fromDay: day(30), toDay: day(0) })),

    list('tubes to draw', () => call(sample.listTubes, { status: 'planned' })),
    list('tubes to receive', () => call(sample.listTubes, { status: 'collected' })),
    list('tubes received', () => call(sample.listTubes, { status: 'received' })),
    batch('tubes of 50 orders', (turn) =>
      call(sample.tubesOfOrders, { ids: orders.slice(turn % 20, (turn % 20) + 50).map(({ id }) => id) }),
    ),
    {
      name: 'a tube by its barcode',
      run: async (turn) => ((await call(sample.findTube, { barcode: at(barcodes, turn) })).id ? 1 : 0),
    },
    batch('custody of a tube', (turn) => call(sample.custody, { barcode: at(barcodes, turn) })),
    list('rejection register of a year', () => call(sample.listRejections, { fromDay: day(365), toDay: day(0) })),
    list('rejections undecided', () => call(sample.listUndecided, {}), false),
    {
      name: 'rejections counted, a month',
      run: async () => (await call(sample.rejectionCounts, { fromDay: day(30), toDay: day(0) })).collected,
    },
    list('tubes to throw away', () => call(sample.listDisposable, {}), false),
    list('tubes not drawn', () => call(sample.listNotDrawn, {}), false),
    list('bags on their way', () => call(sample.listBags, { status: 'sent' }), false),

    list('worklist', () => call(result.listWorklist, {})),
    list('worklist of a section', (turn) => call(result.listWorklist, { section: at(SECTIONS, turn) }), false),
    list('worklist, entered', () => call(result.listWorklist, { status: 'entered' })),
    list(
      'worklist, verified',
      (turn) => call(result.listWorklist, { status: 'verified', section: at(SECTIONS, turn) }),
      false,
    ),
    list('worklist, signed', () => call(result.listWorklist, { status: 'authorised' })),
    list('worklist by promise', () => call(result.listWorklist, { sort: 'promise' })),
    list('worklist of a test', () => call(result.listWorklist, { testCode: 'CBC' }), false),
    list(
      'worklist of an instrument',
      () => call(result.listWorklist, { status: 'entered', instrument: 'XN-1000' }),
      false,
    ),
    list('worklist, urgent', () => call(result.listWorklist, { priority: 'stat' }), false),
    list('worklist, held', () => call(result.listWorklist, { status: 'entered', isHeldOnly: true }), false),
    list('worklist, flagged', () => call(result.listWorklist, { status: 'entered', isFlaggedOnly: true }), false),
    list('worklist, cultures to go on with', () => call(result.listWorklist, { isInterimOnly: true }), false),
    list('left over from before', () => call(result.listLeftOver, {})),
    batch('bench board', () => call(result.benchCounts, {})),
    {
      name: 'rack of a section',
      run: async () => (await call(result.rackView, { section: 'HAEMATOLOGY' })).places.length,
      givesRows: false,
    },
    {
      name: 'grid to type into',
      run: async () => (await call(result.entryGrid, { section: 'BIOCHEMISTRY' })).grids.length,
      givesRows: false,
    },
    list('signing queue', () => call(result.signingQueue, {})),
    list('signing queue of a section', (turn) => call(result.signingQueue, { section: at(SECTIONS, turn) }), false),
    batch(
      'last results of an analyte',
      (turn) => call(result.lastResults, { patientId: at(orders, turn).patientId, analyteCode: 'HGB' }),
      false,
    ),
    {
      name: 'history of a patient',
      run: async (turn) => (await call(result.resultHistory, { patientId: at(orders, turn).patientId })).rows.length,
      givesRows: false,
    },
    list(
      'trend of an analyte',
      (turn) => call(result.resultTrend, { patientId: at(orders, turn).patientId, analyteCode: 'HGB' }),
      false,
    ),
    batch('results of 50 orders', (turn) =>
      call(result.resultsOfOrders, { ids: orders.slice(turn % 20, (turn % 20) + 50).map(({ id }) => id) }),
    ),
    list('criticals to call', () => call(result.listCriticals, {}), false),
    list('criticals told', () => call(result.listCriticals, { status: 'told' })),
    batch(
      'criticals of 50 orders',
      (turn) => call(result.criticalsOfOrders, { ids: orders.slice(turn % 20, (turn % 20) + 50).map(({ id }) => id) }),
      false,
    ),
    list('reversals', () => call(result.listReversals, {}), false),
    list('what an instrument gave in a week', () =>
      call(result.resultsOfInstrument, { ...PAIR, from: instant(7), to: instant(0) }),
    ),

    list('control board', () => call(qc.listQcStates, {})),
    list('control lots', () => call(qc.listControlLots, {})),
    list('holds of controls', () => call(qc.listHolds, {}), false),
    {
      name: 'Levey-Jennings, a month',
      run: async () =>
        (await call(qc.leveyJennings, { ...PAIR, level: 1, from: instant(30), to: instant(0) })).points.length,
    },
    list('controls of a month summed up', () => call(qc.monthlySummary, { month })),

    list('messages, newest', () => call(integration.listMessages, {})),
    list('messages held', () => call(integration.listMessages, { status: 'held' }), false),
    list('inbox', () => call(integration.listInbox, {}), false),
  ];
}
