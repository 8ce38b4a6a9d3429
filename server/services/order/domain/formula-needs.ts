// What has to be measured so that a formula gives a value. `coalesce(HCO3, CO2)` needs one of the two, not both, so the
// answer is a list of ways, each of them enough by itself.
import { FormulaError, parseFormula } from '@nidaan/formula';
import type { Formula } from '@nidaan/formula';

type Node = Formula['root'];
/** Analyte codes that are enough together. */
export type Way = readonly string[];

/** Ways kept of one formula; each is enough, so leaving out later ones costs a choice and never a value. */
const MOST_WAYS = 32;

/** Undefined for a text that cannot be read: nothing is calculated by it, and the self-test tells of it. */
export function readFormula(text: string): Formula | undefined {
  try {
    return parseFormula(text);
  } catch (error) {
    if (error instanceof FormulaError) return undefined;
    throw error;
  }
}

/** In the order written. A formula that needs nothing measured has one empty way, one that is always blank has none. */
export function waysOf(formula: Formula): readonly Way[] {
  const inputs = new Set(formula.inputs);
  const ways = (node: Node): readonly Way[] => {
    switch (node.kind) {
      case 'number':
      case 'text':
      case 'truth':
        return [[]];
      case 'name':
        return inputs.has(node.name) ? [[node.name]] : [[]];
      case 'minus':
      case 'not':
        return ways(node.of);
      case 'sum':
      case 'product':
        return together([node.first, ...node.rest.map((term) => term.node)].map(ways));
      case 'power':
        return together([ways(node.base), ways(node.exponent)]);
      case 'comparison':
        return together([ways(node.left), ways(node.right)]);
      case 'and':
      case 'or':
        return together(node.parts.map(ways));
      case 'call':
        return waysOfCall(node);
    }
    return node satisfies never;
  };
  const waysOfCall = ({ name, given }: Extract<Node, { readonly kind: 'call' }>): readonly Way[] => {
    // `blank('why')` is no value whatever is measured.
    if (name === 'blank') return [];
    // It asks whether there is a value, so it has an answer without one.
    if (name === 'known') return [[]];
    const each = given.map(ways);
    if (name === 'coalesce') return distinct(each.flat());
    const [condition = [], ...branches] = each;
    const open = branches.filter((branch) => branch.length > 0);
    // A branch that is blank is a reason, not a need; both of them blank is no value.
    if (name === 'if') return open.length === 0 ? [] : together([condition, ...open]);
    return together(each);
  };
  return ways(formula.root);
}

function together(parts: readonly (readonly Way[])[]): readonly Way[] {
  return parts.reduce<readonly Way[]>(
    (all, part) => distinct(all.flatMap((one) => part.map((other) => [...new Set([...one, ...other])]))),
    [[]],
  );
}

function distinct(ways: readonly Way[]): readonly Way[] {
  const seen = new Map(ways.map((way) => [way.toSorted().join(' '), way]));
  return [...seen.values()].slice(0, MOST_WAYS);
}
