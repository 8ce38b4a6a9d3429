// Quantities are counted in whole thousandths, so that sums are exact; as text they have no zeros to spare.

/** @param text decimal with at most three decimals, with or without a sign */
export function thousandths(text: string): bigint {
  const match = /^(-?)(\d+)(?:\.(\d{1,3}))?$/.exec(text);
  if (match === null) throw new RangeError('Not a quantity with at most three decimals.');
  const [, sign, whole = '', fraction = ''] = match;
  const size = BigInt(whole + fraction.padEnd(3, '0'));
  return sign === '-' ? -size : size;
}

export function quantityText(amount: bigint): string {
  const size = amount < 0n ? -amount : amount;
  const fraction = (size % 1000n).toString().padStart(3, '0').replace(/0+$/, '');
  return `${amount < 0n ? '-' : ''}${size / 1000n}${fraction === '' ? '' : `.${fraction}`}`;
}

/** As stored, `5.000`, to as shown, `5`. */
export function shown(stored: string): string {
  return quantityText(thousandths(stored));
}
