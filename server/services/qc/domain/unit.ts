// Tells whether a control came in the unit its target is in. Texts are compared, amounts never converted: a control in another
// unit would look like a failure of 50 SD, or hide one.

/** As printed: superscripts, micro signs, blanks and brackets are ways of writing, no difference. Case stays: mU is not MU. */
function plain(unit: string): string {
  return unit
    .trim()
    .replaceAll(/[⁰¹²³⁴-⁹]/g, (digit) => '^' + String('⁰¹²³⁴⁵⁶⁷⁸⁹'.indexOf(digit)))
    .replaceAll(/[µμ]/g, 'u')
    .replaceAll(/[{}[\]\s]/g, '')
    .replace(/^[x×*]/i, '')
    .replace('10**', '10^')
    .replace('10*', '10^')
    .replace(/^10E/, '10^')
    .replace(/([lL])$/, 'L');
}

/** Counts per litre and per microlitre that are the same number. */
const SAME: Readonly<Record<string, string>> = { '10^9/L': '10^3/uL', '10^12/L': '10^6/uL' };

/** An empty text is taken for the analyte's own unit: many analyzers send none with a control. */
export function isSameUnit(given: string, ucum: string | null, display: string): boolean {
  const said = plain(given);
  if (said === '') return true;
  const one = SAME[said] ?? said;
  return [ucum ?? '', display].some((known) => {
    const own = plain(known);
    return own !== '' && (own === said || own === one || SAME[own] === one);
  });
}
