// What a formula is once it is read. Chains of one rank (a + b - c) are flat, so that depth counts brackets, not length.
export type Comparison = '=' | '<>' | '<' | '<=' | '>' | '>=';

export type Node =
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'truth'; readonly truth: boolean }
  | { readonly kind: 'name'; readonly name: string; readonly at: number }
  | { readonly kind: 'minus' | 'not'; readonly of: Node }
  | { readonly kind: 'sum' | 'product'; readonly first: Node; readonly rest: readonly Term[] }
  | { readonly kind: 'power'; readonly base: Node; readonly exponent: Node }
  | {
      readonly kind: 'comparison';
      readonly sign: Comparison;
      readonly left: Node;
      readonly right: Node;
      readonly at: number;
    }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Node[] }
  | { readonly kind: 'call'; readonly name: FunctionName; readonly given: readonly Node[]; readonly at: number };

export type Term = { readonly sign: '+' | '-' | '*' | '/'; readonly node: Node; readonly at: number };

/** How many values a function takes: at least, at most. */
export const FUNCTIONS = {
  min: [1, 50],
  max: [1, 50],
  abs: [1, 1],
  sqrt: [1, 1],
  ln: [1, 1],
  log10: [1, 1],
  exp: [1, 1],
  round: [1, 2],
  floor: [1, 1],
  if: [3, 3],
  blank: [1, 1],
  known: [1, 1],
  coalesce: [1, 50],
  table: [2, 5],
} as const satisfies Readonly<Record<string, readonly [number, number]>>;
export type FunctionName = keyof typeof FUNCTIONS;

export function isFunctionName(text: string): text is FunctionName {
  return Object.hasOwn(FUNCTIONS, text);
}

/** Facts of the order that are no analytes; a formula may read them, they are not among its inputs. */
export const BUILT_IN: readonly string[] = ['AGE_YEARS', 'AGE_DAYS', 'SEX', 'FASTING', 'GESTATION_WEEKS'];
