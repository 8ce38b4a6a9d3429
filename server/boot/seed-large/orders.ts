// One made-up order: its lines, tubes and results, all telling one story. Days of before are signed; the last day is open.
import { accessionNumber } from '@nidaan/values';
import type { Seeded } from '@nidaan/sandbox/analyzers/seeded.ts';

import { pick } from '../../demo/people.ts';
import type { MadeLine, MadeOrder } from '../../services/order/bulk-rows.ts';
import type { MadeResult, MadeResultsOfOrder } from '../../services/result/bulk-rows.ts';
import type { MadeTube } from '../../services/sample/bulk-rows.ts';
import type { Earlier } from './earlier.ts';
import { makeId } from './ids.ts';
import type { Course } from './menu.ts';
import type { Known } from './people.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Tubes are kept for so long, as the usual policy has it (organization). */
const KEPT_DAYS = 7;
const INSTRUMENTS: Readonly<Record<string, string>> = {
  HAEMATOLOGY: 'XN-1000',
  BIOCHEMISTRY: 'AU680',
  IMMUNOASSAY: 'COBAS-E411',
};
const DOCTORS = ['Dr. A. Mehta', 'Dr. S. Kamat', 'Dr. Rekha Pillai', 'Dr. J. Fernandes', 'Dr. V. Rao'];
const STEPS = ['ordered', 'collected', 'received', 'entered', 'verified', 'authorised'] as const;
type Step = (typeof STEPS)[number];
const STATUS = {
  ordered: 'expected',
  collected: 'awaiting',
  received: 'awaiting',
  entered: 'entered',
  verified: 'verified',
  authorised: 'authorised',
} as const;

export interface OrderTerms {
  readonly seed: number;
  readonly labId: string;
  readonly prefix: string;
  readonly nowMs: number;
  /** Over all labs. */
  readonly n: number;
  readonly serial: number;
  readonly day: string;
  readonly placedMs: number;
  readonly patient: Known;
  readonly patientIndex: number;
  readonly course: Course;
  readonly isOpenDay: boolean;
  /** Takes the next accession number of the lab's day. */
  readonly nextTube: () => number;
}

export interface MadeWhole {
  readonly order: MadeOrder;
  readonly tubes: readonly MadeTube[];
  readonly results: MadeResultsOfOrder;
}

/** How far the order has come. */
function stepOf(random: Seeded, { isOpenDay, nowMs, placedMs }: OrderTerms): Step {
  const luck = random.next();
  if (isOpenDay) return STEPS[[0.12, 0.22, 0.5, 0.68, 0.82, 1].findIndex((end) => luck < end)] ?? 'authorised';
  // A few wait longer: something is asked, or repeated.
  if (nowMs - placedMs < 7 * DAY_MS && luck < 0.02) return luck < 0.01 ? 'received' : 'entered';
  return 'authorised';
}

interface Times {
  readonly collected: string | null;
  readonly received: string | null;
  readonly entered: string | null;
  readonly verified: string | null;
  readonly authorised: string | null;
  readonly collectedMs: number;
  readonly receivedMs: number;
}

function timesOf(random: Seeded, step: Step, { placedMs, nowMs }: OrderTerms): Times {
  const minutes = (least: number, more: number) => (least + random.next() * more) * MINUTE_MS;
  const collectedMs = placedMs + minutes(3, 20);
  const receivedMs = collectedMs + minutes(5, 25);
  const enteredMs = receivedMs + minutes(5, 35);
  const verifiedMs = enteredMs + minutes(1, 8);
  const authorisedMs = verifiedMs + minutes(1, 15);
  const reached = STEPS.indexOf(step);
  const at = (place: number, ms: number) => (reached >= place ? new Date(Math.min(ms, nowMs)).toISOString() : null);
  return {
    collected: at(1, collectedMs),
    received: at(2, receivedMs),
    entered: at(3, enteredMs),
    verified: at(4, verifiedMs),
    authorised: at(5, authorisedMs),
    collectedMs: Math.min(collectedMs, nowMs),
    receivedMs: Math.min(receivedMs, nowMs),
  };
}

export function makeOrder(random: Seeded, terms: OrderTerms, earlier: Earlier): MadeWhole {
  const { seed, labId, n, placedMs, patient, course } = terms;
  const id = (kind: Parameters<typeof makeId>[2], part = 0) => makeId(seed, placedMs, kind, n, part);
  const step = stepOf(random, terms);
  const times = timesOf(random, step, terms);
  const placedAt = new Date(placedMs).toISOString();
  const urgency = random.next();
  const priority = urgency < 0.03 ? 'stat' : urgency < 0.1 ? 'urgent' : 'routine';
  const isCancelled = step === 'authorised' && course.lines.length === 1 && random.next() < 0.004;
  const isDoubted = !isCancelled && step !== 'ordered' && step !== 'collected' && random.next() < 0.005;
  // Today's rejected tubes wait for a decision; those of before were run with a comment.
  const isStopped = isDoubted && step === 'received' && terms.isOpenDay;

  const tubeOf = new Map<string, MadeTubeSoFar>();
  const lines = course.lines.map(({ test, panelCode }, at): MadeLine => {
    const lineId = id('line', at);
    const key = `${test.specimen}|${test.container.code}|${test.section}`;
    const tube = tubeOf.get(key) ?? { test, lineIds: [], testCodes: [], needsMl: 0 };
    tubeOf.set(key, {
      test,
      lineIds: [...tube.lineIds, lineId],
      testCodes: [...tube.testCodes, test.code],
      needsMl: tube.needsMl + (test.minVolumeMl ?? 0),
    });
    const minutes = priority === 'routine' ? test.turnaroundMinutes : test.urgentTurnaroundMinutes;
    return {
      id: lineId,
      test,
      panelCode,
      stage: isCancelled ? 'cancelled' : isStopped ? 'rejected' : step,
      promisedAt: new Date(placedMs + minutes * MINUTE_MS).toISOString(),
      collectedAt: isCancelled ? null : times.collected,
      receivedAt: isCancelled ? null : times.received,
      enteredAt: isCancelled ? null : times.entered,
      verifiedAt: isCancelled ? null : times.verified,
      finishedAt: isCancelled ? null : times.authorised,
    };
  });
  const comment = isDoubted && !isStopped ? 'Run with the consent of the doctor' : null;
  const isDisposed = !isCancelled && step === 'authorised' && terms.nowMs - times.receivedMs > KEPT_DAYS * DAY_MS;
  const tubes = isCancelled
    ? []
    : [...tubeOf.values()]
        .toSorted((a, b) => a.test.container.orderOfDraw - b.test.container.orderOfDraw)
        .map(({ test, lineIds, testCodes, needsMl }, at): MadeTube => ({
          id: id('tube', at),
          labId,
          orderId: id('order'),
          patientId: patient.id,
          priority,
          accession: accessionNumber({ branchPrefix: terms.prefix, day: terms.day, serial: terms.nextTube() }),
          container: test.container,
          specimen: test.specimen,
          section: test.section,
          lineIds,
          testCodes,
          needsMl: Math.round(needsMl * 100) / 100,
          plannedAt: placedAt,
          collectedAt: times.collected,
          receivedAt: times.received,
          rejection:
            isDoubted && times.received !== null
              ? { id: id('rejection', at), reason: 'haemolysed', at: times.received, comment }
              : null,
          disposedAt: isDisposed ? new Date(times.receivedMs + (KEPT_DAYS + 1) * DAY_MS).toISOString() : null,
        }));
  const barcodeOf = new Map(tubes.flatMap((tube) => tube.lineIds.map((lineId) => [lineId, tube.accession] as const)));

  const results: MadeResult[] = [];
  const isValued = !isCancelled && times.entered !== null;
  for (const line of lines) {
    const barcode = isStopped ? null : (times.collected && barcodeOf.get(line.id)) || null;
    for (const analyte of line.test.analytes) {
      const resultId = id('result', results.length);
      const luck = isValued ? random.around(0, 1) : null;
      results.push({
        id: resultId,
        lineId: line.id,
        test: line.test,
        analyte,
        status: isCancelled ? 'cancelled' : isStopped ? 'expected' : STATUS[step],
        promisedAt: line.promisedAt,
        barcode,
        collectedAt: barcode && times.collected,
        receivedAt: barcode && times.received,
        luck,
        earlier:
          luck === null
            ? null
            : earlier.swap(analyte.code, terms.patientIndex, {
                n,
                part: results.length,
                placedMs,
                collectedMs: times.collectedMs,
                luck,
              }),
        enteredAt: luck === null ? null : times.entered,
        verifiedAt: luck === null ? null : times.verified,
        authorisedAt: luck === null ? null : times.authorised,
        source: INSTRUMENTS[line.test.section] ?? 'manual',
        rejectedTube: isStopped
          ? JSON.stringify({
              barcode: barcodeOf.get(line.id) ?? '',
              collectedAt: times.collected,
              receivedAt: times.received,
              reason: 'Haemolysed',
            })
          : null,
        tubeComment: comment,
      });
    }
  }

  const isReferred = random.next() < 0.7;
  return {
    order: {
      labId,
      id: id('order'),
      day: terms.day,
      serial: terms.serial,
      patientId: patient.id,
      priority,
      referredBy: isReferred ? pick(random, DOCTORS) : null,
      source: isReferred ? 'doctor' : 'walk_in',
      placedAt,
      items: course.items,
      lines,
    },
    tubes,
    results: {
      labId,
      orderId: id('order'),
      patientId: patient.id,
      priority,
      placedAt,
      person: {
        sex: patient.sex,
        // From one midnight to the other; asking for the calendar day of an instant took a quarter of the whole run.
        ageDays: Math.round((Date.parse(terms.day) - patient.bornMs) / DAY_MS),
      },
      collectedOn: terms.day,
      results,
    },
  };
}

interface MadeTubeSoFar {
  readonly test: Course['lines'][number]['test'];
  readonly lineIds: readonly string[];
  readonly testCodes: readonly string[];
  readonly needsMl: number;
}
