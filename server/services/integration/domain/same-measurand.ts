// What an analyzer cannot know: when the blood was drawn. It measures glucose and says glucose; that this tube is the fasting one
// or the one after food is known to the order alone. Timed draws never share a tube (sample's tube plan), so a tube that carries
// exactly one of them leaves no doubt which is meant. With none or several the value waits for a person.

/** By the analyte an instrument names: analytes of the same measurand that differ only in the time of the draw. */
const TIMED: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  // Glucose in serum or plasma, LOINC 2345-7: fasting 1558-6, after a meal 1521-4, after a load 1507-3, 1518-0 and 20438-8.
  ['GLU', new Set(['GLU_F', 'GLU_PP', 'GLU_1H', 'GLU_2H', 'GCT'])],
]);

export function hasTimedDraws(analyteCode: string): boolean {
  return TIMED.has(analyteCode);
}

/**
 * The analyte of the tube that is meant by what the instrument named; undefined when the tube carries the named one itself, none
 * of its timed draws, or several.
 * @param carried analyte codes the tube carries
 */
export function timedDrawOn(analyteCode: string, carried: Iterable<string>): string | undefined {
  const codes = new Set(carried);
  if (codes.has(analyteCode)) return undefined;
  const [only, another] = [...(TIMED.get(analyteCode) ?? [])].filter((code) => codes.has(code));
  return another === undefined ? only : undefined;
}
