// What placing and adding share: the items asked for, the place an order comes from, the hours of the lab, and how a line is
// told to the bench.
import { calendarDay } from '@nidaan/values';

import { getCalendar, getDoctors, getPartners } from '#contract/organization.ts';
import type { LabCalendar } from '#contract/organization.ts';
import type { Sex } from '#contract/patient.ts';
import type { Ctx } from '#platform/service.ts';

import type { CatalogueItem, OrderSource, PlacedLine } from '../contract.ts';
import { badSource, notPregnant, unknownItem } from '../contract.ts';
import type { Catalogue } from '../domain/catalogue.ts';
import { minutesOfTest } from '../domain/order-lines.ts';
import type { NewLine } from '../domain/order-lines.ts';
import { isCampDay, sourceRules } from '../domain/order-sources.ts';
import type { LineToAdd } from '../store.ts';

/** @throws order.unknown_item naming all codes the catalogue does not hold */
export function itemsOf(codes: readonly string[], catalogue: Catalogue): readonly CatalogueItem[] {
  const unknown = codes.filter((code) => !catalogue.items.has(code));
  if (unknown.length > 0) throw unknownItem({ codes: unknown });
  return codes.map((code) => catalogue.items.get(code)).filter((item) => item !== undefined);
}

/** @throws order.not_pregnant when weeks of a pregnancy are given for a man */
export function mayBePregnant(sex: Sex, gestationWeeks: number | null | undefined): void {
  if (sex === 'male' && gestationWeeks) throw notPregnant({});
}

/** As the system: whoever places an order need not be allowed to read the organization. */
export function calendarOf(ctx: Ctx): Promise<LabCalendar> {
  return ctx.callAsSystem(getCalendar, {});
}

/** @throws order.bad_source when the place is not one of that kind in this lab */
export async function checkSource(ctx: Ctx, source: OrderSource, sourceId: string | null): Promise<void> {
  const { names, isNeeded, expected } = sourceRules[source];
  const refuse = () => badSource({ source, expected });
  if (sourceId === null) {
    if (isNeeded) throw refuse();
    return;
  }
  if (names === 'none') throw refuse();
  if (names === 'doctor') {
    if ((await ctx.callAsSystem(getDoctors, { ids: [sourceId] })).length === 0) throw refuse();
    return;
  }
  const [partner] = await ctx.callAsSystem(getPartners, { ids: [sourceId] });
  if (partner?.kind !== names || !partner.isActive) throw refuse();
  if (names === 'camp' && !isCampDay(partner, calendarDay(ctx.now()))) throw refuse();
}

export type IdentifiedLine = NewLine & { readonly id: string };

export function toStore({ test, ...line }: IdentifiedLine): LineToAdd {
  return { ...line, ...minutesOfTest(test) };
}

export function toBench({ test: { method, analytes }, needsConsent: _, ...line }: IdentifiedLine): PlacedLine {
  return {
    ...line,
    method,
    analytes: analytes.map(
      ({ code, name, loinc, ucum, unitDisplay, kind, decimals, choices, formula, measuredAs }) => ({
        code,
        name,
        loinc,
        ucum,
        unitDisplay,
        kind,
        decimals,
        choices,
        formula,
        measuredAs,
      }),
    ),
  };
}
