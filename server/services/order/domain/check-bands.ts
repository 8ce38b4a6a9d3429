// The self-test of reference bands: ages, methods, weeks and days nobody or two cover, limits that contradict each other or
// the analyte they judge.
import { sameKind } from '@nidaan/units';

import type { AnalyteRow, BandRow } from './catalogue.ts';
import type { CheckContext } from './check-context.ts';
import { criticalTextFaults } from './critical-texts.ts';
import { findRangeFaults } from './range-coverage.ts';
import type { RangeBand, RangeFault, RangeFaultKind } from './range-coverage.ts';

const sexOf = { any: 'any', male: 'M', female: 'F' } as const;
const sexWord = { any: 'any sex', M: 'male', F: 'female', other: 'other' } as const;

const wording: Readonly<Record<RangeFaultKind, readonly [field: string, message: string]>> = {
  gap: ['ageFromDays', 'no range'],
  overlap: ['ageFromDays', 'two ranges at once'],
  bad_age: ['ageFromDays', 'the ages cannot be'],
  bad_number: ['low', 'a limit is no decimal number'],
  bad_weeks: ['gestationFromWeeks', 'the weeks of pregnancy cannot be'],
  bad_days: ['validFrom', 'the range ends before it begins'],
  pregnant_male: ['sex', 'a range of pregnancy is for males'],
  low_above_high: ['low', 'the low limit is above the high one'],
  critical_low_above_high: ['criticalLow', 'the low critical limit is above the high one'],
  critical_inside_reference: ['criticalLow', 'a critical limit is inside the range'],
  absurd_low_above_high: ['absurdLow', 'the low absurd limit is above the high one'],
  absurd_inside_critical: ['absurdLow', 'an absurd limit is inside the critical limits'],
  absurd_inside_reference: ['absurdLow', 'an absurd limit is inside the range'],
};

/** Not even a draft's. */
const neverStored: ReadonlySet<RangeFaultKind> = new Set([
  'bad_age',
  'bad_number',
  'bad_weeks',
  'bad_days',
  'low_above_high',
  'critical_low_above_high',
  'absurd_low_above_high',
]);

export function checkBands(context: CheckContext): void {
  const { rows, analytes, testsOf, fault, warn, broken, today } = context;
  const current = rows.bands.filter(({ validTo }) => validTo === null || validTo > today);
  const bandsOf = Map.groupBy(current, ({ analyteCode }) => analyteCode);
  for (const { code, isRetired } of rows.analytes) {
    if (!isRetired && !bandsOf.has(code))
      fault('bands', code, 'ageFromDays', 'no range: say so with a band of kind none');
  }
  for (const [code, bands] of bandsOf) {
    const analyte = analytes.get(code);
    if (analyte === undefined) broken('bands', code, 'analyteCode', 'is no analyte');
    if (analyte === undefined || analyte.isRetired) continue;
    for (const one of findRangeFaults(bands.map(checkedBand))) {
      const [field, message] = wording[one.kind];
      const tell = neverStored.has(one.kind) ? broken : fault;
      tell('bands', code, field, `${message}: ${placeOf(one)}`);
    }
    const places = bands.map((band) =>
      JSON.stringify([band.sex, band.ageFromDays, band.method, band.gestationFromWeeks, band.validFrom]),
    );
    if (new Set(places).size < places.length)
      broken('bands', code, 'ageFromDays', 'two ranges begin at the same place');
    for (const band of bands) checkBand(context, analyte, band);
    const isLimitless = bands.some(({ absurdLow, absurdHigh }) => absurdLow === null && absurdHigh === null);
    // Where nothing is impossible a slip of the keyboard is reported as a very ill patient (lab-day 38).
    if (analyte.kind === 'numeric' && isLimitless) warn('bands', code, 'absurdHigh', 'a range has no absurd limits');
    const methods = new Set((testsOf.get(code) ?? []).map(({ method }) => method));
    for (const method of new Set(bands.flatMap((band) => band.method ?? []))) {
      if (!methods.has(method)) warn('bands', code, 'method', `no test reports it by the method ${method}`);
    }
  }
}

function checkedBand(band: BandRow): RangeBand {
  const some = <Value>(value: Value | null): Value | undefined => value ?? undefined;
  return {
    analyte: band.analyteCode,
    sex: sexOf[band.sex],
    ageFromDays: band.ageFromDays,
    ageToDays: some(band.ageToDays),
    low: some(band.low),
    high: some(band.high),
    criticalLow: some(band.criticalLow),
    criticalHigh: some(band.criticalHigh),
    absurdLow: some(band.absurdLow),
    absurdHigh: some(band.absurdHigh),
    method: some(band.method),
    gestationFromWeeks: some(band.gestationFromWeeks),
    gestationToWeeks: some(band.gestationToWeeks),
    validFrom: some(band.validFrom),
    validTo: some(band.validTo),
  };
}

function placeOf({ sex, fromDays, toDays, method, fromWeeks, fromDay, toDay }: RangeFault): string {
  return [
    sexWord[sex],
    toDays === undefined ? `from day ${fromDays} of life` : `day ${fromDays} to ${toDays} of life`,
    ...(method === undefined ? [] : [`method ${method}`]),
    ...(fromWeeks === undefined ? [] : [`week ${fromWeeks} of pregnancy`]),
    ...(fromDay === undefined ? [] : [`collected from ${fromDay}`]),
    ...(toDay === undefined ? [] : [`collected before ${toDay}`]),
  ].join(', ');
}

function checkBand({ fault, warn }: CheckContext, analyte: AnalyteRow, band: BandRow): void {
  const where = `${band.sex}, from day ${band.ageFromDays} of life`;
  const say = (field: string, message: string): void => fault('bands', analyte.code, field, `${message}: ${where}`);
  if (band.unit !== analyte.ucum) {
    const isConvertible = band.unit !== null && analyte.ucum !== null && sameKind(band.unit, analyte.ucum);
    const own = analyte.ucum ?? 'none';
    say(
      'unit',
      isConvertible ? `write the limits in the analyte's unit ${own}` : `is not of the analyte's unit ${own}`,
    );
  }
  const saysSomething = band.low !== null || band.high !== null || band.text !== null;
  if (band.kind === 'none' && saysSomething) say('kind', 'is none, yet a range is given');
  if (band.kind !== 'none' && !saysSomething) say('kind', `is ${band.kind}, yet no range is given`);
  const numbers = [band.low, band.high, band.criticalLow, band.criticalHigh, band.absurdLow, band.absurdHigh].filter(
    (limit) => limit !== null,
  );
  if (analyte.kind !== 'numeric' && numbers.length > 0) say('low', `a number for a ${analyte.kind} analyte`);
  if (analyte.kind === 'coded' && band.text !== null && !analyte.choices.includes(band.text)) {
    say('text', `${band.text} is no choice of the analyte`);
  }
  for (const message of criticalTextFaults(analyte, band)) say('criticalTexts', message);
  // A limit finer than the report flags a value that prints as equal to it.
  if (analyte.kind === 'numeric' && numbers.some((limit) => decimalsOf(limit) > (analyte.decimals ?? 0))) {
    warn(
      'bands',
      analyte.code,
      'low',
      `a limit has more decimals than the ${analyte.decimals ?? 0} reported: ${where}`,
    );
  }
}

// "10.0" for an analyte reported without decimals is only the source's way of writing 10.
function decimalsOf(limit: string): number {
  return limit.includes('.') ? (limit.replace(/\.?0+$/, '').split('.')[1]?.length ?? 0) : 0;
}
