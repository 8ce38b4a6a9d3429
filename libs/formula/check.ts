// What can be said about formulas without any value: whether they go round in a circle, and whether units mix.
import type { Formula } from './parser.ts';
import type { Node } from './syntax.ts';

/**
 * Finds formulas that need each other's results.
 * @returns the codes of one circle, its first again at the end (['A', 'B', 'A']); undefined when there is none
 */
export function checkCycles(formulas: ReadonlyMap<string, Formula>): readonly string[] | undefined {
  const done = new Set<string>();
  for (const start of formulas.keys()) {
    // An explicit stack: a chain of thousands of formulas must not run out of the program's own.
    const path: string[] = [];
    const onPath = new Set<string>();
    const open: { readonly code: string; readonly inputs: readonly string[]; at: number }[] = [];
    const enter = (code: string): void => {
      path.push(code);
      onPath.add(code);
      open.push({ code, inputs: formulas.get(code)?.inputs ?? [], at: 0 });
    };
    if (!done.has(start)) enter(start);
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      const input = top.inputs[top.at];
      top.at += 1;
      if (input === undefined) {
        open.pop();
        path.pop();
        onPath.delete(top.code);
        done.add(top.code);
      } else if (onPath.has(input)) {
        return [...path.slice(path.indexOf(input)), input];
      } else if (formulas.has(input) && !done.has(input)) {
        enter(input);
      }
    }
  }
  return undefined;
}

/**
 * Puts calculated codes so that each comes behind those it reads.
 * @returns all codes of the map once; those of a circle in the order of the map
 */
export function calculationOrder(formulas: ReadonlyMap<string, Formula>): readonly string[] {
  const order = new Set<string>();
  let waiting = [...formulas.keys()];
  while (waiting.length > 0) {
    const isReady = (code: string): boolean =>
      (formulas.get(code)?.inputs ?? []).every((input) => !formulas.has(input) || order.has(input));
    const ready = waiting.filter(isReady);
    for (const code of ready.length > 0 ? ready : waiting) order.add(code);
    waiting = waiting.filter((code) => !order.has(code));
  }
  return [...order];
}

export type UnitClash = { readonly message: string; /** Offset in the formula's text. */ readonly at: number };

/**
 * Warns where values of different units are added, subtracted or compared as if they were one quantity.
 * A number written in a formula may carry any unit (Ca + 0.8 * (4 - ALB) is sound), so only two named values, each
 * scaled by plain numbers or not at all, are set against each other.
 * @param unitOf the unit of a code as text; undefined when it has none or is unknown
 */
export function checkUnits(formula: Formula, unitOf: (code: string) => string | undefined): readonly UnitClash[] {
  const clashes: UnitClash[] = [];
  const agree = (units: readonly (Unit | undefined)[], at: number): Unit | undefined => {
    const known = units.filter((unit) => unit !== undefined);
    const [first] = known;
    const other = known.find((unit) => unit.unit !== first?.unit);
    if (first === undefined || other === undefined) return first;
    const message = `${first.code} is in ${first.unit || 'no unit'}, ${other.code} in ${other.unit || 'no unit'}, and they are added, subtracted or compared`;
    clashes.push({ message, at });
    return undefined;
  };
  const unit = (node: Node): Unit | undefined => {
    switch (node.kind) {
      case 'name': {
        const found = unitOf(node.name);
        return found === undefined ? undefined : { code: node.name, unit: found };
      }
      case 'minus':
        return unit(node.of);
      case 'sum':
        return agree([unit(node.first), ...node.rest.map((term) => unit(term.node))], node.rest[0]?.at ?? 0);
      case 'product': {
        const [first, ...rest] = [unit(node.first), ...node.rest.map((term) => unit(term.node))];
        // A factor is a conversion only a person can judge: what is multiplied or divided counts as anything.
        return rest.length === 0 ? first : undefined;
      }
      case 'comparison':
        agree([unit(node.left), unit(node.right)], node.at);
        return undefined;
      case 'and':
      case 'or':
        for (const part of node.parts) unit(part);
        return undefined;
      case 'not':
        unit(node.of);
        return undefined;
      case 'power':
        unit(node.base);
        unit(node.exponent);
        return undefined;
      case 'call':
        return ofCall(node);
      case 'number':
      case 'text':
      case 'truth':
        return undefined;
    }
    return node satisfies never;
  };
  const ofCall = ({ name, given, at }: Extract<Node, { readonly kind: 'call' }>): Unit | undefined => {
    const units = given.map(unit);
    if (name === 'min' || name === 'max' || name === 'coalesce') return agree(units, at);
    if (name === 'if') return agree(units.slice(1), at);
    return name === 'abs' || name === 'round' || name === 'floor' ? units[0] : undefined;
  };
  unit(formula.root);
  return clashes;
}

type Unit = { readonly code: string; readonly unit: string };

/**
 * Finds every place where a named value is set against a text: `HBSAG = 'Reactive'`.
 * A text that a coded analyte never takes makes a condition that is never true; only the caller knows the choices.
 */
export function comparedTexts(formula: Formula): readonly { readonly name: string; readonly text: string }[] {
  const found: { readonly name: string; readonly text: string }[] = [];
  const look = (node: Node): void => {
    if (node.kind === 'comparison') {
      for (const [one, other] of [
        [node.left, node.right],
        [node.right, node.left],
      ] as const) {
        if (one.kind === 'name' && other.kind === 'text') found.push({ name: one.name, text: other.text });
      }
    }
    for (const part of partsOf(node)) look(part);
  };
  look(formula.root);
  return found;
}

function partsOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'minus':
    case 'not':
      return [node.of];
    case 'sum':
    case 'product':
      return [node.first, ...node.rest.map((term) => term.node)];
    case 'power':
      return [node.base, node.exponent];
    case 'comparison':
      return [node.left, node.right];
    case 'and':
    case 'or':
      return node.parts;
    case 'call':
      return node.given;
    case 'number':
    case 'text':
    case 'truth':
    case 'name':
      return [];
  }
  return node satisfies never;
}
