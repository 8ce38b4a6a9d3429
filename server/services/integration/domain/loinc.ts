// Recognises a LOINC by its form and check digit.

/**
 * True for 1 to 7 digits, a dash and the right check digit, such as `718-7`. A local code that looks so by chance passes one time
 * in ten, which is why a message's own word for the coding system, and the lab's own mapping, go before this.
 * Source: LOINC Users' Guide, appendix on check digits (mod 10, weights 2 and 1 from the right).
 */
export function isLoinc(text: string): boolean {
  const match = /^(\d{1,7})-(\d)$/.exec(text);
  if (match === null) return false;
  let sum = 0;
  for (const [fromRight, digit] of [...(match[1] ?? '')].toReversed().entries()) {
    const weighted = Number(digit) * (fromRight % 2 === 0 ? 2 : 1);
    sum += weighted > 9 ? weighted - 9 : weighted;
  }
  return (10 - (sum % 10)) % 10 === Number(match[2]);
}
