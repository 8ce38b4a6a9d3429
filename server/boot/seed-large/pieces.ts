// The plan piece by piece: for each run of days the rows of every service.
import { createSeeded } from '@nidaan/sandbox/analyzers/seeded.ts';

import type { MessageBatch } from '../../services/integration/bulk-rows.ts';
import type { OrderBatch } from '../../services/order/bulk-rows.ts';
import type { PatientBatch } from '../../services/patient/bulk-rows.ts';
import type { ControlBatch } from '../../services/qc/bulk-rows.ts';
import type { ResultBatch } from '../../services/result/bulk-rows.ts';
import type { TubeBatch } from '../../services/sample/bulk-rows.ts';
import { createControls } from './controls.ts';
import { createEarlier } from './earlier.ts';
import type { Menu } from './menu.ts';
import { messageOf } from './messages.ts';
import { makeOrder } from './orders.ts';
import { createRegister } from './people.ts';
import type { Plan, PlannedLab } from './plan.ts';
import { DAYS, dayStartMs, dayText, ordersBefore, patientsBefore } from './plan.ts';

export interface Piece {
  readonly patient: PatientBatch;
  readonly order: OrderBatch;
  readonly sample: TubeBatch;
  readonly result: ResultBatch;
  readonly integration: MessageBatch;
  readonly qc: ControlBatch;
}

export interface LabToFill extends PlannedLab {
  readonly id: string;
}

/** Messages of instruments are made for the last so many days. */
const MESSAGE_DAYS = 30;
/** A desk is open from half past six to eight in the evening. */
const OPENS_MS = 6.5 * 3_600_000;
const OPEN_MS = 13.5 * 3_600_000;
const COMPARED_ANALYTES = 4;

type Growing<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] };

/** @param nowMs nothing happened after it */
export function* makePieces(plan: Plan, labs: readonly LabToFill[], menu: Menu, nowMs: number): Generator<Piece> {
  const { seed } = plan;
  const compared = [...menu.rules.values()]
    .filter((rules) => rules.deltas.length > 0)
    .map((rules) => rules.analyteCode);
  const controls = createControls(plan, labs[0]?.id ?? '', menu, nowMs);
  // Numbers of orders and patients run over all labs: each lab has a stretch of its own.
  let firstOrder = 0;
  let firstPatient = 0;
  const states = labs.map((lab) => {
    const state = { lab, firstOrder, firstPatient, register: createRegister(lab.id, lab.prefix, seed) };
    firstOrder += ordersBefore(plan, lab, DAYS);
    firstPatient += patientsBefore(plan, lab, DAYS);
    return state;
  });
  const earlier = createEarlier(seed, firstPatient, compared.slice(0, COMPARED_ANALYTES));

  for (const [index, { from, to }] of plan.pieces.entries()) {
    const patient: Growing<PatientBatch> = { patients: [], counters: [] };
    const order: Growing<OrderBatch> = { orders: [], counters: [], paces: [] };
    const sample: Growing<TubeBatch> = { tubes: [], counters: [] };
    const result = { rules: menu.rules, orders: [] as ResultBatch['orders'][number][] };
    const integration: Growing<MessageBatch> = { messages: [] };
    if (index === 0)
      for (const { lab } of states) {
        patient.counters.push({ labId: lab.id, prefix: lab.prefix, last: patientsBefore(plan, lab, DAYS) });
        for (const test of menu.tests) order.paces.push({ labId: lab.id, testCode: test.code, minutes: 75 });
      }
    for (let day = from; day < to; day += 1)
      for (const [labIndex, state] of states.entries()) {
        const { lab, register } = state;
        const random = createSeeded(Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(day + 1, 1009) ^ (labIndex << 20));
        const dayMs = dayStartMs(plan, day);
        const labOrders = [ordersBefore(plan, lab, day), ordersBefore(plan, lab, day + 1)] as const;
        const count = labOrders[1] - labOrders[0];
        if (count === 0) continue;
        const isOpenDay = day === DAYS - 1;
        // The open day has come as far as now; at night a minute of it may have to do.
        const opensMs = isOpenDay ? Math.min(OPENS_MS, (nowMs - dayMs) / 2) : OPENS_MS;
        const openMs = isOpenDay ? Math.max(1, nowMs - dayMs - opensMs) : OPEN_MS;
        let known = patientsBefore(plan, lab, day);
        const newToday = patientsBefore(plan, lab, day + 1) - known;
        let tubesToday = 0;
        const dayOf = dayText(plan, day);
        for (let at = 0; at < count; at += 1) {
          const placedMs = Math.floor(dayMs + opensMs + (openMs * (at + random.next())) / count);
          let patientIndex: number;
          // The new ones first come spread over the day.
          if (Math.ceil(((at + 1) * newToday) / count) > Math.ceil((at * newToday) / count)) {
            patientIndex = known;
            known += 1;
            const n = state.firstPatient + patientIndex;
            patient.patients.push(register.add(random, { ms: placedMs - 60_000, n, serial: patientIndex + 1 }));
          } else patientIndex = Math.floor(random.next() * known);
          const made = makeOrder(
            random,
            {
              seed,
              labId: lab.id,
              prefix: lab.prefix,
              nowMs,
              n: state.firstOrder + labOrders[0] + at,
              serial: at + 1,
              day: dayOf,
              placedMs,
              patient: register.at(patientIndex),
              patientIndex: state.firstPatient + patientIndex,
              course: menu.choose(random),
              isOpenDay,
              nextTube: () => (tubesToday += 1),
            },
            earlier,
          );
          order.orders.push(made.order);
          sample.tubes.push(...made.tubes);
          result.orders.push(made.results);
          if (day >= DAYS - MESSAGE_DAYS) {
            const message = messageOf(seed, made, state.firstOrder + labOrders[0] + at, random);
            if (message) integration.messages.push(message);
          }
        }
        order.counters.push({ labId: lab.id, day: dayOf, last: count });
        if (tubesToday > 0) sample.counters.push({ labId: lab.id, day: dayOf, last: tubesToday });
      }
    yield { patient, order, sample, result, integration, qc: controls(index, from, to) };
  }
}
