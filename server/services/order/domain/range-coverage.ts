// Tells what is wrong with a set of reference bands before anyone uses them: ages nobody covers, ages two bands
// claim, and limits that contradict each other. A lab's own bands go through this as well as the starter set.
// An age no band covers is a fault even where nothing is known: say so with an explicit band of kind `none`.

/** Whom a check is made for. `other` is a person recorded as neither M nor F: only `any` bands fit. */
export type CheckedSex = 'M' | 'F' | 'other';

/** One band of one analyte. Ages are days at collection, half-open [from, to). Limits are decimal text in one unit. */
export interface RangeBand {
  readonly analyte: string;
  readonly sex: 'any' | 'M' | 'F';
  readonly ageFromDays: number;
  /** Absent: no upper end. */
  readonly ageToDays?: number | undefined;
  readonly low?: string | undefined;
  readonly high?: string | undefined;
  readonly criticalLow?: string | undefined;
  readonly criticalHigh?: string | undefined;
  readonly absurdLow?: string | undefined;
  readonly absurdHigh?: string | undefined;
  /** Absent: for any method. */
  readonly method?: string | undefined;
  /** Completed weeks of pregnancy, half-open; both absent: not a pregnancy band. */
  readonly gestationFromWeeks?: number | undefined;
  readonly gestationToWeeks?: number | undefined;
  /** Days it holds, `YYYY-MM-DD` by collection, half-open; absent: open end. */
  readonly validFrom?: string | undefined;
  readonly validTo?: string | undefined;
}

export type RangeFaultKind =
  | 'gap'
  | 'overlap'
  | 'bad_age'
  | 'bad_number'
  | 'bad_weeks'
  | 'bad_days'
  | 'pregnant_male'
  | 'low_above_high'
  | 'critical_low_above_high'
  | 'critical_inside_reference'
  | 'absurd_low_above_high'
  | 'absurd_inside_critical'
  | 'absurd_inside_reference';

export interface RangeFault {
  readonly analyte: string;
  /** For gap and overlap the sex that is hit; for a fault of one band, that band's own sex. */
  readonly sex: CheckedSex | 'any';
  readonly fromDays: number;
  /** Absent: to the open end. */
  readonly toDays?: number | undefined;
  readonly kind: RangeFaultKind;
  /** The method it is about; absent when it is about bands for any method. */
  readonly method?: string;
  /** First week of pregnancy at which two pregnancy bands meet. */
  readonly fromWeeks?: number;
  /** Days of collection it is about, half-open; absent: open end. */
  readonly fromDay?: string;
  readonly toDay?: string;
}

/**
 * Lists every fault of the bands, analyte by analyte; an empty list means they may be used.
 * A band that names the method stands over one that does not, and a pregnancy band over one that is none, so two bands
 * collide only when both name the same; what no special band covers, the ordinary ones must. Each day from the first
 * `validFrom` on is looked at (from ever when a band has none).
 * @param sexes who must be covered from day 0 to the open end. `other` is not in the default: an analyte split by sex
 *   has no band for such a person, and the report then prints "no range" instead of guessing.
 * Source: choice of range, one match only, bands half-open: lab-medicine notes, section 12.
 */
export function findRangeFaults(
  bands: readonly RangeBand[],
  sexes: readonly CheckedSex[] = ['M', 'F'],
): readonly RangeFault[] {
  return [...Map.groupBy(bands, (band) => band.analyte)].flatMap(([analyte, own]) => [
    ...own.flatMap(limitFaults),
    ...sexes.flatMap((sex) => coverageFaults(analyte, sex, own)),
  ]);
}

type Where = Pick<RangeFault, 'method' | 'fromWeeks' | 'fromDay' | 'toDay'>;

function coverageFaults(analyte: string, sex: CheckedSex, own: readonly RangeBand[]): readonly RangeFault[] {
  // A band with impossible ages, weeks or days is reported by limitFaults; here it covers nothing.
  const fitting = own.filter(
    (band) => (band.sex === 'any' || band.sex === sex) && hasAges(band) && hasWeeks(band) && hasDays(band),
  );
  const isPlain = fitting.some((band) => band.method === undefined && !isPregnancy(band));
  const named = [...new Set(own.flatMap((band) => band.method ?? []))];
  // Whoever has only bands by method is asked for each method; else the bands for any method must cover by themselves.
  const methods = isPlain || named.length === 0 ? [undefined] : named;
  const faults = slicesOf(own).flatMap(({ fromDay, toDay }) => {
    const valid = fitting.filter((band) => holdsOn(band, fromDay));
    const when: Where = { ...(fromDay === '' ? {} : { fromDay }), ...(toDay === undefined ? {} : { toDay }) };
    const usual = valid.filter((band) => !isPregnancy(band));
    const gaps = methods.flatMap((method) =>
      stretches(usual.filter((band) => band.method === undefined || band.method === method))
        .filter(({ covering }) => covering === 0)
        .map((stretch) =>
          fault(analyte, sex, stretch, 'gap', { ...(method === undefined ? {} : { method }), ...when }),
        ),
    );
    const groups = Map.groupBy(valid, (band) => JSON.stringify([band.method ?? null, isPregnancy(band)]));
    const overlaps = [...groups.values()].flatMap((group) => overlapsOf(analyte, sex, group, when));
    return [...gaps, ...overlaps].toSorted((a, b) => a.fromDays - b.fromDays);
  });
  return joinDays(faults);
}

function overlapsOf(analyte: string, sex: CheckedSex, group: readonly RangeBand[], when: Where): readonly RangeFault[] {
  const method = group[0]?.method;
  const where = { ...(method === undefined ? {} : { method }), ...when };
  const weeks = group.some(isPregnancy) ? [...new Set(group.map((band) => band.gestationFromWeeks ?? 0))] : [undefined];
  return weeks.flatMap((fromWeeks) => {
    const inWeek = fromWeeks === undefined ? group : group.filter((band) => coversWeek(band, fromWeeks));
    return stretches(inWeek)
      .filter(({ covering }) => covering > 1)
      .map((stretch) =>
        fault(analyte, sex, stretch, 'overlap', { ...(fromWeeks === undefined ? {} : { fromWeeks }), ...where }),
      );
  });
}

function fault(
  analyte: string,
  sex: CheckedSex,
  { fromDays, toDays }: Stretch,
  kind: RangeFaultKind,
  where: Where,
): RangeFault {
  return { analyte, sex, fromDays, toDays, kind, ...where };
}

interface Stretch {
  readonly fromDays: number;
  readonly toDays: number | undefined;
  readonly covering: number;
}

/** Ages from 0 to the open end, cut where the number of bands changes between none, one and several. */
function stretches(bands: readonly RangeBand[]): readonly Stretch[] {
  const starts = bands.map((band) => band.ageFromDays).toSorted((a, b) => a - b);
  const ends = bands.map(endOf).toSorted((a, b) => a - b);
  const cuts = [...new Set([0, ...starts, ...ends])].filter(Number.isFinite).toSorted((a, b) => a - b);
  const found: Stretch[] = [];
  let started = 0;
  let ended = 0;
  for (const [at, fromDays] of cuts.entries()) {
    while ((starts[started] ?? Infinity) <= fromDays) started += 1;
    while ((ends[ended] ?? Infinity) <= fromDays) ended += 1;
    const covering = Math.min(started - ended, 2);
    const toDays = cuts[at + 1];
    const last = found.at(-1);
    // Neighbouring stretches of one kind are one: three bands over each other are still one overlap.
    if (last?.covering === covering) found[found.length - 1] = { ...last, toDays };
    else found.push({ fromDays, toDays, covering });
  }
  return found;
}

/** The days cut where any band begins or ends; the first slice begins at '' when a band has no first day. */
function slicesOf(bands: readonly RangeBand[]): readonly { readonly fromDay: string; readonly toDay?: string }[] {
  const sound = bands.filter(hasDays);
  const starts = sound.map((band) => band.validFrom ?? '');
  const ends = sound.flatMap((band) => band.validTo ?? []);
  const cuts = [...new Set([...starts, ...ends])].toSorted();
  return cuts.map((fromDay, at) => {
    const toDay = cuts[at + 1];
    return toDay === undefined ? { fromDay } : { fromDay, toDay };
  });
}

/** The same fault on neighbouring days is told once. */
function joinDays(faults: readonly RangeFault[]): readonly RangeFault[] {
  const joined: RangeFault[] = [];
  for (const one of faults) {
    const { fromDay, toDay, ...what } = one;
    const at = joined.findIndex(({ fromDay: _, toDay: until, ...other }) => {
      return until !== undefined && until === fromDay && JSON.stringify(other) === JSON.stringify(what);
    });
    const earlier = joined[at];
    if (earlier === undefined) joined.push(one);
    else {
      const { toDay: _, ...begun } = earlier;
      joined[at] = toDay === undefined ? begun : { ...begun, toDay };
    }
  }
  return joined;
}

function limitFaults(band: RangeBand): RangeFault[] {
  const kinds: RangeFaultKind[] = [];
  const value = (text: string | undefined): number | undefined => {
    if (text === undefined) return undefined;
    if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text);
    if (!kinds.includes('bad_number')) kinds.push('bad_number');
    return undefined;
  };
  if (!hasAges(band)) kinds.push('bad_age');
  if (!hasWeeks(band)) kinds.push('bad_weeks');
  if (!hasDays(band)) kinds.push('bad_days');
  if (isPregnancy(band) && band.sex === 'M') kinds.push('pregnant_male');
  const low = value(band.low);
  const high = value(band.high);
  const criticalLow = value(band.criticalLow);
  const criticalHigh = value(band.criticalHigh);
  const absurdLow = value(band.absurdLow);
  const absurdHigh = value(band.absurdHigh);
  if (above(low, high)) kinds.push('low_above_high');
  if (above(criticalLow, criticalHigh)) kinds.push('critical_low_above_high');
  if (above(absurdLow, absurdHigh)) kinds.push('absurd_low_above_high');
  if (above(criticalLow, low ?? high) || above(high ?? low, criticalHigh)) kinds.push('critical_inside_reference');
  if (above(absurdLow, criticalLow ?? criticalHigh) || above(criticalHigh ?? criticalLow, absurdHigh)) {
    kinds.push('absurd_inside_critical');
  }
  if (above(absurdLow, low ?? high) || above(high ?? low, absurdHigh)) kinds.push('absurd_inside_reference');
  return kinds.map((kind) => ({
    analyte: band.analyte,
    sex: band.sex,
    fromDays: band.ageFromDays,
    toDays: band.ageToDays,
    kind,
  }));
}

function above(one: number | undefined, other: number | undefined): boolean {
  return one !== undefined && other !== undefined && one > other;
}

function hasAges(band: RangeBand): boolean {
  return (
    Number.isSafeInteger(band.ageFromDays) &&
    band.ageFromDays >= 0 &&
    (band.ageToDays === undefined || (Number.isSafeInteger(band.ageToDays) && band.ageToDays > band.ageFromDays))
  );
}

function endOf(band: RangeBand): number {
  return band.ageToDays ?? Infinity;
}

function isPregnancy(band: RangeBand): boolean {
  return band.gestationFromWeeks !== undefined || band.gestationToWeeks !== undefined;
}

function coversWeek({ gestationFromWeeks = 0, gestationToWeeks = Infinity }: RangeBand, week: number): boolean {
  return gestationFromWeeks <= week && week < gestationToWeeks;
}

function hasWeeks({ gestationFromWeeks = 0, gestationToWeeks = Infinity }: RangeBand): boolean {
  return gestationFromWeeks >= 0 && gestationToWeeks > gestationFromWeeks;
}

function hasDays({ validFrom, validTo }: RangeBand): boolean {
  return validFrom === undefined || validTo === undefined || validTo > validFrom;
}

/** @param day '' is before all days */
function holdsOn({ validFrom = '', validTo }: RangeBand, day: string): boolean {
  return validFrom <= day && (validTo === undefined || day < validTo);
}
