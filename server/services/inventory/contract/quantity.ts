import * as z from 'zod';

/** Decimal text, at most three decimals: packs, vials, tests, mL, as the item's unit says. */
export const Quantity = z.string().regex(/^\d{1,9}(\.\d{1,3})?$/, 'a quantity with at most three decimals');
/** The same, more than nothing. */
export const SomeQuantity = Quantity.refine((text) => /[1-9]/.test(text), 'more than 0');
