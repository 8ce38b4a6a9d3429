// Tests whose specimen is taken at a set time after something else: they cannot share a tube with what is drawn at another
// time, though container, specimen and bench are the same. Known by LOINC, whose "challenge" part states the timing.

export interface TimedDraw {
  /** As printed on the label. */
  readonly name: string;
  /** Minutes from the beginning; orders the tubes of one patient. Fasting is the beginning. */
  readonly afterMinutes: number;
}

// Src: loinc.org, component and challenge of each code.
const timedDraws: Readonly<Record<string, TimedDraw>> = {
  '1558-6': { name: 'fasting', afterMinutes: 0 }, // Fasting glucose
  '1521-4': { name: '2 h after food', afterMinutes: 120 }, // Glucose 2 h post meal
  '20438-8': { name: '1 h after 50 g', afterMinutes: 60 }, // Glucose 1 h post 50 g glucose by mouth
  '1507-3': { name: '1 h after 75 g', afterMinutes: 60 }, // Glucose 1 h post 75 g glucose by mouth
  '1518-0': { name: '2 h after 75 g', afterMinutes: 120 }, // Glucose 2 h post 75 g glucose by mouth
};

/** Undefined for a test that may be drawn with any other. */
export function timedDrawOf(loinc: string | null): TimedDraw | undefined {
  return loinc === null ? undefined : timedDraws[loinc];
}
