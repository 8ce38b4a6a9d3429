// Calculates a formula. A blank goes through every calculation with its reason; truth has three values (Kleene):
// false and blank is false, true or blank is true. Only what is needed is calculated, so if(TRIG >= 400, blank(…), …)
// names the reason meant.
import { lookUp, NUMBER_FUNCTIONS, power } from './functions.ts';
import type { Formula } from './parser.ts';
import type { Comparison, Node, Term } from './syntax.ts';
import {
  blank,
  type Bound,
  type Exact,
  Exact as Number30,
  handOut,
  numberOf,
  settled,
  type Value,
  type Working,
  workingOf,
} from './value.ts';

/** The value behind a name; undefined when there is none. */
export type Scope = (name: string) => Value | undefined;

/**
 * Calculates a formula or a condition; never throws for what the values are.
 * A missing input, a division by zero, a logarithm of nothing and the like give blank with the reason. A text such as
 * <0.5 is a bound: nothing is calculated from it, but it is compared where the answer is certain (<0.5 is below 4).
 * Texts are compared without regard to case and outer blanks.
 * @returns decimal text with up to 30 significant digits; rounding to the decimals of a report is the caller's
 */
export function evaluate(formula: Formula, scope: Scope): Value {
  const known = new Map<string, Working>();
  const read = (name: string): Working => {
    const before = known.get(name);
    if (before !== undefined) return before;
    const value = workingOf(name, scope(name));
    known.set(name, value);
    return value;
  };
  return handOut(work(formula.root, { read, formula }));
}

type Run = { readonly read: (name: string) => Working; readonly formula: Formula };

function work(node: Node, run: Run): Working {
  switch (node.kind) {
    case 'number':
      return { kind: 'number', number: new Number30(node.text) };
    case 'text':
    case 'truth':
      return node;
    case 'name':
      return run.read(node.name);
    case 'minus':
      return withNumber(work(node.of, run), (number) => numberOf(number.neg()));
    case 'not': {
      const truth = truthOf(work(node.of, run));
      return truth.kind === 'truth' ? { kind: 'truth', truth: !truth.truth } : truth;
    }
    case 'sum':
    case 'product':
      return chain(node.first, node.rest, run);
    case 'power':
      return withNumber(work(node.base, run), (base) =>
        withNumber(work(node.exponent, run), (exponent) => power(base, exponent)),
      );
    case 'comparison':
      return compare(node.sign, work(node.left, run), work(node.right, run));
    case 'and':
    case 'or':
      return join(node.kind, node.parts, run);
    case 'call':
      return call(node, run);
  }
  return node satisfies never;
}

function chain(first: Node, rest: readonly Term[], run: Run): Working {
  let total = work(first, run);
  for (const { sign, node } of rest) {
    total = withNumber(total, (left) => withNumber(work(node, run), (right) => calculate(sign, left, right)));
    if (total.kind === 'blank') return total;
  }
  return total;
}

function calculate(sign: Term['sign'], left: Exact, right: Exact): Working {
  switch (sign) {
    case '+':
      return numberOf(left.plus(right));
    case '-':
      return numberOf(left.minus(right));
    case '*':
      return numberOf(left.times(right));
    case '/':
      return right.isZero() ? blank('division by zero') : numberOf(left.div(right));
  }
  return sign satisfies never;
}

function withNumber(value: Working, then: (number: Exact) => Working): Working {
  if (value.kind === 'number') return then(value.number);
  if (value.kind === 'blank') return value;
  if (value.kind === 'bound') return blank(value.why);
  return blank(
    value.kind === 'text' ? 'a text stands where a number is needed' : 'a condition stands where a number is needed',
  );
}

function truthOf(value: Working): Exclude<Working, { readonly kind: 'number' | 'text' | 'bound' }> {
  if (value.kind === 'truth' || value.kind === 'blank') return value;
  return { kind: 'blank', why: 'a value stands where a condition is needed' };
}

function join(kind: 'and' | 'or', parts: readonly Node[], run: Run): Working {
  const decides = kind === 'or';
  let unknown: Working | undefined;
  for (const part of parts) {
    const truth = truthOf(work(part, run));
    if (truth.kind === 'blank') unknown ??= truth;
    else if (truth.truth === decides) return truth;
  }
  return unknown ?? { kind: 'truth', truth: !decides };
}

function call(node: Extract<Node, { readonly kind: 'call' }>, run: Run): Working {
  const [first, second, third] = node.given;
  if (first === undefined) return blank(`${node.name} has nothing to work on`);
  switch (node.name) {
    case 'if': {
      const truth = truthOf(work(first, run));
      if (truth.kind === 'blank') return truth;
      const taken = truth.truth ? second : third;
      return taken === undefined ? blank('if has no such branch') : work(taken, run);
    }
    case 'blank':
      return blank(first.kind === 'text' ? first.text : 'no value');
    case 'known':
      return { kind: 'truth', truth: work(first, run).kind !== 'blank' };
    case 'coalesce': {
      let value = work(first, run);
      for (const part of node.given.slice(1)) {
        if (value.kind !== 'blank') break;
        value = work(part, run);
      }
      return value;
    }
    case 'table': {
      const table = first.kind === 'text' ? run.formula.tables.get(first.text) : undefined;
      if (table === undefined) return blank('there is no such table');
      return withNumbers(node.given.slice(1), run, (numbers) => lookUp(table, numbers));
    }
    default:
      return withNumbers(node.given, run, NUMBER_FUNCTIONS[node.name]);
  }
}

function withNumbers(nodes: readonly Node[], run: Run, then: (numbers: readonly Exact[]) => Working): Working {
  const numbers: Exact[] = [];
  for (const node of nodes) {
    const value = withNumber(work(node, run), (number) => ({ kind: 'number', number }));
    if (value.kind !== 'number') return value;
    numbers.push(value.number);
  }
  return then(numbers);
}

function compare(sign: Comparison, left: Working, right: Working): Working {
  if (left.kind === 'blank') return left;
  if (right.kind === 'blank') return right;
  if (left.kind === 'bound' || right.kind === 'bound') return compareBounds(sign, left, right);
  if (left.kind === 'number' && right.kind === 'number') {
    return truthBy(sign, settled(left.number).comparedTo(settled(right.number)));
  }
  if (sign !== '=' && sign !== '<>') return blank('only numbers are compared by size');
  if (left.kind === 'text' && right.kind === 'text')
    return truthBy(sign, plain(left.text) === plain(right.text) ? 0 : 1);
  if (left.kind === 'truth' && right.kind === 'truth') return truthBy(sign, left.truth === right.truth ? 0 : 1);
  return blank('values of two kinds are compared');
}

function plain(text: string): string {
  return text.trim().toLowerCase();
}

function truthBy(sign: Comparison, order: number): Working {
  const truth = {
    '=': order === 0,
    '<>': order !== 0,
    '<': order < 0,
    '<=': order <= 0,
    '>': order > 0,
    '>=': order >= 0,
  }[sign];
  return { kind: 'truth', truth };
}

/** An interval a value lies in; an end is null when it is open to infinity. */
type Span = {
  readonly low: Exact | null;
  readonly high: Exact | null;
  readonly isLowIn: boolean;
  readonly isHighIn: boolean;
};

function spanOf(value: Working): Span | undefined {
  if (value.kind === 'number') return { low: value.number, high: value.number, isLowIn: true, isHighIn: true };
  if (value.kind !== 'bound') return undefined;
  return boundSpan(value);
}

function boundSpan({ sign, number }: Bound): Span {
  return sign === '<' || sign === '<='
    ? { low: null, high: number, isLowIn: false, isHighIn: sign === '<=' }
    : { low: number, high: null, isLowIn: sign === '>=', isHighIn: false };
}

function compareBounds(sign: Comparison, left: Working, right: Working): Working {
  const [a, b] = [spanOf(left), spanOf(right)];
  if (a === undefined || b === undefined) return blank('values of two kinds are compared');
  const answer = certain(sign, a, b);
  if (answer !== undefined) return { kind: 'truth', truth: answer };
  return blank(left.kind === 'bound' ? left.why : right.kind === 'bound' ? right.why : 'a bound is compared');
}

function certain(sign: Comparison, a: Span, b: Span): boolean | undefined {
  switch (sign) {
    case '<':
      return isBelow(a, b) ? true : isAtMost(b, a) ? false : undefined;
    case '<=':
      return isAtMost(a, b) ? true : isBelow(b, a) ? false : undefined;
    case '>':
      return certain('<', b, a);
    case '>=':
      return certain('<=', b, a);
    case '=':
      return isBelow(a, b) || isBelow(b, a) ? false : undefined;
    case '<>':
      return isBelow(a, b) || isBelow(b, a) ? true : undefined;
  }
  return sign satisfies never;
}

/** Every value of a is below every value of b. */
function isBelow(a: Span, b: Span): boolean {
  if (a.high === null || b.low === null) return false;
  return a.high.lt(b.low) || (a.high.eq(b.low) && !(a.isHighIn && b.isLowIn));
}

function isAtMost(a: Span, b: Span): boolean {
  return a.high !== null && b.low !== null && a.high.lte(b.low);
}
