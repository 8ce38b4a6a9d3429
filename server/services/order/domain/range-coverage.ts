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
}

export type RangeFaultKind =
  | 'gap'
  | 'overlap'
  | 'bad_age'
  | 'bad_number'
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
}

/**
 * Lists every fault of the bands, analyte by analyte; an empty list means they may be used.
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
    ...sexes.flatMap((sex) => ageFaults(analyte, sex, own)),
  ]);
}

function ageFaults(analyte: string, sex: CheckedSex, bands: readonly RangeBand[]): RangeFault[] {
  // A band with impossible ages is reported by limitFaults; here it covers nothing.
  const fitting = bands.filter((band) => (band.sex === 'any' || band.sex === sex) && hasAges(band));
  const starts = fitting.map((band) => band.ageFromDays).toSorted((a, b) => a - b);
  const ends = fitting.map(endOf).toSorted((a, b) => a - b);
  const cuts = [...new Set([0, ...starts, ...ends])].filter(Number.isFinite).toSorted((a, b) => a - b);
  const faults: RangeFault[] = [];
  let started = 0;
  let ended = 0;
  for (const [at, from] of cuts.entries()) {
    while ((starts[started] ?? Infinity) <= from) started += 1;
    while ((ends[ended] ?? Infinity) <= from) ended += 1;
    const covering = started - ended;
    if (covering === 1) continue;
    const kind = covering === 0 ? 'gap' : 'overlap';
    const toDays = cuts[at + 1];
    const last = faults.at(-1);
    // Neighbouring stretches of one kind are one fault: three bands over each other are still one overlap.
    if (last?.kind === kind && last.toDays === from) faults[faults.length - 1] = { ...last, toDays };
    else faults.push({ analyte, sex, fromDays: from, toDays, kind });
  }
  return faults;
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
