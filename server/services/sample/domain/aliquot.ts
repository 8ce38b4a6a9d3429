// Pouring off (lab-day 30): which tests go to which aliquot, and whether the parent holds enough.

export interface Parent {
  readonly accession: string;
  readonly lineIds: readonly string[];
  readonly testCodes: readonly string[];
  /** mL; null: unknown. */
  readonly remainingMl: number | null;
}

export interface Wish {
  readonly volumeMl: number;
  readonly lineIds: readonly string[];
}

export interface Share {
  readonly lineIds: readonly string[];
  readonly testCodes: readonly string[];
}

export const MAX_ALIQUOTS = 9;

export type Pouring =
  | { readonly kind: 'not_enough'; readonly remainingMl: number; readonly askedMl: number }
  | { readonly kind: 'not_on_tube'; readonly lineIds: readonly string[] }
  | { readonly kind: 'too_many' }
  | { readonly kind: 'poured'; readonly askedMl: number; readonly kept: Share; readonly aliquots: readonly Share[] };

const hundredths = (ml: number): number => Math.round(ml * 100);

/** @param poured how many aliquots the parent has already */
export function pour(parent: Parent, wishes: readonly Wish[], poured: number): Pouring {
  if (poured + wishes.length > MAX_ALIQUOTS) return { kind: 'too_many' };
  const asked = wishes.flatMap((wish) => wish.lineIds);
  const strange = asked.filter((id, at) => !parent.lineIds.includes(id) || asked.indexOf(id) !== at);
  if (strange.length > 0) return { kind: 'not_on_tube', lineIds: strange };
  // In hundredths of a millilitre: 0.1 + 0.2 is more than 0.3 in binary.
  const askedMl = wishes.reduce((sum, wish) => sum + hundredths(wish.volumeMl), 0) / 100;
  if (parent.remainingMl !== null && hundredths(askedMl) > hundredths(parent.remainingMl)) {
    return { kind: 'not_enough', remainingMl: parent.remainingMl, askedMl };
  }
  const share = (belongs: (id: string) => boolean): Share => {
    const at = parent.lineIds.map((id, index) => ({ id, code: parent.testCodes[index] ?? '' }));
    const own = at.filter((each) => belongs(each.id));
    return { lineIds: own.map((each) => each.id), testCodes: own.map((each) => each.code) };
  };
  return {
    kind: 'poured',
    askedMl,
    kept: share((id) => !asked.includes(id)),
    aliquots: wishes.map((wish) => share((id) => wish.lineIds.includes(id))),
  };
}

/** The barcode of the aliquot poured as the nth, from 1. */
export function aliquotBarcode(accession: string, n: number): string {
  return `${accession}-A${n}`;
}
