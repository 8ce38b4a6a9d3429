// Fills an installation with the orders and results of years, to measure it at the size of a large lab. Rows go straight into
// each service's tables by its own bulk-rows.ts: no events, no audit, no reports, no files. A run that broke off is gone on with
// by the next of the same numbers; a finished one changes nothing.
import { systemActor } from '#platform/actor.ts';
import { newId } from '#platform/ids.ts';
import type { Dispatcher } from '#platform/runtime/dispatch.ts';
import { newScope } from '#platform/scope.ts';
import { seedCatalogue } from '#contract/order.ts';
import { createLab } from '#contract/organization.ts';
import { seedRoles } from '#contract/user.ts';

import { createProgress } from '../../demo/progress.ts';
import type { Out } from '../../demo/progress.ts';
import { findLabId } from '../labs.ts';
import { createFillers, services } from './fillers.ts';
import type { Table } from './fillers.ts';
import { readMenu } from './menu.ts';
import { makePieces } from './pieces.ts';
import type { LabToFill } from './pieces.ts';
import type { Plan, PlannedLab } from './plan.ts';
import { LARGE_LAB, makePlan } from './plan.ts';

export interface SeedLargeOptions {
  readonly calls: Pick<Dispatcher, 'call'>;
  /** Connects as the owner of the service's tables. */
  readonly ownerUrlOf: (service: string) => string;
  readonly orders: number;
  readonly seed: number;
  readonly smallLabs: number;
  /** rebuild: indexes and keys are taken off and made again after; keep: they stay on. */
  readonly indexes: 'rebuild' | 'keep';
  readonly now: Date;
  readonly out: Out;
}

export interface SeededLarge {
  readonly labs: readonly LabToFill[];
  readonly largeLabId: string;
  /** False: everything was there already. */
  readonly isNew: boolean;
  readonly tables: readonly Table[];
  readonly seconds: { readonly copying: number; readonly indexes: number; readonly analyzing: number };
}

const IST_MS = 19_800_000;

async function openLab(calls: Pick<Dispatcher, 'call'>, lab: PlannedLab): Promise<LabToFill> {
  const found = await findLabId(calls, lab.code);
  const id = found ?? newId();
  const scope = newScope(systemActor(id, 'seed-large'), newId());
  if (found === undefined)
    await calls.call(
      createLab,
      {
        id,
        code: lab.code,
        name: lab.name,
        addressLines: ['1 Long Road', 'Pune 411001, Maharashtra'],
        phone: '+91 20 2000 0000',
        email: `${lab.code.toLowerCase()}@nidaan.example`,
        registrationNumber: `MADE-UP/${lab.code}`,
        accessionPrefix: lab.prefix,
      },
      scope,
    );
  await calls.call(seedRoles, {}, scope);
  await calls.call(seedCatalogue, {}, scope);
  return { ...lab, id };
}

/** @throws Error when there is a large lab of other numbers already */
export async function seedLarge(options: SeedLargeOptions): Promise<SeededLarge> {
  const { calls, out, now } = options;
  const fillers = await createFillers(options.ownerUrlOf);
  try {
    const today = new Date(now.getTime() + IST_MS).toISOString().slice(0, 10);
    const begun = await fillers.begun();
    if (begun && (begun.orders !== options.orders || begun.seed !== options.seed || begun.labs !== options.smallLabs))
      throw new Error(
        `There is a large lab already, made with --orders ${begun.orders} --seed ${begun.seed} --labs ${begun.labs}.`,
      );
    const until = begun ? new Date(begun.until) : now;
    const plan = makePlan(options.orders, options.seed, begun?.lastDay ?? today, options.smallLabs);
    const labs: LabToFill[] = [];
    for (const lab of plan.labs) labs.push(await openLab(calls, lab));
    const largeLabId = labs.find((lab) => lab.code === LARGE_LAB)?.id ?? '';
    if (!begun)
      await fillers.begin({
        orders: plan.orders,
        seed: plan.seed,
        labs: options.smallLabs,
        lastDay: plan.lastDay,
        until: until.toISOString(),
      });

    const menu = await readMenu(calls, newScope(systemActor(largeLabId, 'seed-large'), newId()));
    const isNew = !(await fillers.isFinished());
    const seconds = { copying: 0, indexes: 0, analyzing: 0 };
    const timed = async (part: keyof typeof seconds, work: () => Promise<void>) => {
      const startedAt = performance.now();
      await work();
      seconds[part] += (performance.now() - startedAt) / 1000;
    };
    if (isNew) {
      await timed('indexes', () => fillers.setAside(options.indexes));
      await timed('copying', () => copyAll(plan, fillers, makePieces(plan, labs, menu, until.getTime()), out));
      await timed('indexes', () => fillers.putBack((table) => out.write(`index of ${table}\n`)));
      await timed('analyzing', () => fillers.analyze());
      await fillers.finish();
    }
    return { labs, largeLabId, isNew, tables: await fillers.tables(), seconds };
  } finally {
    await fillers.close();
  }
}

async function copyAll(
  plan: Plan,
  fillers: Awaited<ReturnType<typeof createFillers>>,
  pieces: ReturnType<typeof makePieces>,
  out: Out,
): Promise<void> {
  const progress = createProgress(out, plan.pieces.length);
  let index = 0;
  for (const piece of pieces) {
    for (const service of services) await fillers.add(service, index, piece[service]);
    index += 1;
    progress.step(`${Math.round((plan.orders * index) / plan.pieces.length)} orders`);
  }
  await fillers.settle();
  progress.end();
}
