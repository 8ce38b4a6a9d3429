// Words to tree. Rank, loosest first: or, and, not, comparison, + -, * /, unary -, ^ (2^3^2 is 2^9, -2^2 is -4).
import { FormulaError } from './formula-error.ts';
import { martinHopkins180 } from './martin-hopkins-180.ts';
import { BUILT_IN, type Comparison, FUNCTIONS, isFunctionName, type Node, type Term } from './syntax.ts';
import { type Tables, tablesOf } from './tables.ts';
import { type Token, tokenize } from './tokens.ts';

/** Tables every formula may use. */
export const SHIPPED_TABLES: Tables = tablesOf([martinHopkins180]);

/** Brackets within brackets; deeper formulas are refused, so that neither reading nor calculating runs out of stack. */
const MAX_DEPTH = 50;

export type Formula = {
  /** As written. */
  readonly text: string;
  /** Analyte codes it reads, each once, in order of appearance; without the built-in names. */
  readonly inputs: readonly string[];
  /** Built-in names it reads, such as SEX. */
  readonly builtIns: readonly string[];
  readonly root: Node;
  readonly tables: Tables;
};

/**
 * Reads a formula or a condition. Nothing is calculated.
 * @param tables those it may name in table(); the shipped ones unless given
 * @throws FormulaError with the place and what could have stood there
 */
export function parseFormula(text: string, tables: Tables = SHIPPED_TABLES): Formula {
  const names = new Set<string>();
  const root = parseTree(tokenize(text), names, tables);
  const read = [...names];
  return {
    text,
    inputs: read.filter((name) => !BUILT_IN.includes(name)),
    builtIns: read.filter((name) => BUILT_IN.includes(name)),
    root,
    tables,
  };
}

const COMPARISONS: readonly string[] = ['=', '<>', '<', '<=', '>', '>='] satisfies readonly Comparison[];

function isComparison(text: string): text is Comparison {
  return COMPARISONS.includes(text);
}

function parseTree(tokens: readonly Token[], names: Set<string>, tables: Tables): Node {
  let position = 0;
  let depth = 0;
  const end: Token = tokens.at(-1) ?? { kind: 'end', text: '', at: 0 };
  const peek = (ahead = 0): Token => tokens[position + ahead] ?? end;
  const next = (): Token => {
    const token = peek();
    position += 1;
    return token;
  };
  const isSign = (sign: string): boolean => peek().kind === 'symbol' && peek().text === sign;
  const isWord = (word: string): boolean => peek().kind === 'name' && peek().text.toLowerCase() === word;
  const fail = (token: Token, expected: string): FormulaError => {
    const found = token.kind === 'end' ? 'The formula ends' : `"${shown(token)}" stands`;
    return new FormulaError(`${found} at character ${token.at + 1} where ${expected} is expected.`, token.at, expected);
  };
  const deeper = <Result>(work: () => Result): Result => {
    depth += 1;
    if (depth > MAX_DEPTH) {
      const { at } = peek();
      const message = `The formula is nested more than ${MAX_DEPTH} deep at character ${at + 1}.`;
      throw new FormulaError(message, at, 'fewer brackets within brackets');
    }
    const result = work();
    depth -= 1;
    return result;
  };

  const joined = (kind: 'and' | 'or', part: () => Node): Node => {
    const first = part();
    if (!isWord(kind)) return first;
    const parts = [first];
    while (isWord(kind)) {
      next();
      parts.push(part());
    }
    return { kind, parts };
  };
  const chain = (kind: 'sum' | 'product', signs: readonly Term['sign'][], part: () => Node): Node => {
    const first = part();
    const rest: Term[] = [];
    for (;;) {
      const sign = peek().kind === 'symbol' ? signs.find((one) => one === peek().text) : undefined;
      if (sign === undefined) break;
      const { at } = next();
      rest.push({ sign, node: part(), at });
    }
    return rest.length === 0 ? first : { kind, first, rest };
  };

  const either = (): Node => joined('or', both);
  const both = (): Node => joined('and', negation);
  const negation = (): Node => {
    if (!isWord('not')) return comparison();
    next();
    return { kind: 'not', of: deeper(negation) };
  };
  const comparison = (): Node => {
    const left = sum();
    const sign = peek();
    if (sign.kind !== 'symbol' || !isComparison(sign.text)) return left;
    next();
    const right = sum();
    const again = peek();
    if (again.kind === 'symbol' && isComparison(again.text)) {
      const expected = 'and between two comparisons, like 3 < K and K < 6';
      throw new FormulaError(
        `A second comparison follows at character ${again.at + 1}; write ${expected}.`,
        again.at,
        expected,
      );
    }
    return { kind: 'comparison', sign: sign.text, left, right, at: sign.at };
  };
  const sum = (): Node => chain('sum', ['+', '-'], product);
  const product = (): Node => chain('product', ['*', '/'], signed);
  const signed = (): Node => {
    if (!isSign('-')) return power();
    next();
    return { kind: 'minus', of: deeper(signed) };
  };
  const power = (): Node => {
    const base = single();
    if (!isSign('^')) return base;
    next();
    return { kind: 'power', base, exponent: deeper(signed) };
  };
  const single = (): Node => {
    const token = next();
    switch (token.kind) {
      case 'number':
      case 'text':
        return { kind: token.kind, text: token.text };
      case 'code':
        return named(token);
      case 'name':
        return word(token);
      case 'symbol':
        if (token.text === '(') return bracket();
        throw fail(token, 'a number, an analyte code, a function or a bracket');
      case 'end':
        throw fail(token, 'a number, an analyte code, a function or a bracket');
    }
    return token.kind satisfies never;
  };
  const bracket = (): Node => {
    const inner = deeper(either);
    if (!isSign(')')) throw fail(peek(), 'a closing bracket or a sign of calculation');
    next();
    return inner;
  };
  const named = (token: Token): Node => {
    names.add(token.text);
    return { kind: 'name', name: token.text, at: token.at };
  };
  const word = (token: Token): Node => {
    const lower = token.text.toLowerCase();
    if (lower === 'true' || lower === 'false') return { kind: 'truth', truth: lower === 'true' };
    if (isSign('(')) return call(token, lower);
    if (lower === 'and' || lower === 'or' || lower === 'not') {
      throw fail(token, 'a number, an analyte code, a function or a bracket');
    }
    return named(token);
  };
  const call = (token: Token, name: string): Node => {
    if (!isFunctionName(name)) {
      const expected = `one of the functions ${Object.keys(FUNCTIONS).join(', ')}`;
      const message = `There is no function ${token.text}, at character ${token.at + 1}; there are ${Object.keys(FUNCTIONS).join(', ')}.`;
      throw new FormulaError(message, token.at, expected);
    }
    next();
    const given = deeper(() => {
      const parts = [either()];
      while (isSign(',')) {
        next();
        parts.push(either());
      }
      return parts;
    });
    if (!isSign(')')) throw fail(peek(), 'a comma or a closing bracket');
    next();
    const [least, most] = FUNCTIONS[name];
    if (given.length < least || given.length > most) {
      const expected = `${least === most ? least : `${least} to ${most}`} part(s) between the brackets of ${name}`;
      const message = `${name} at character ${token.at + 1} has ${given.length} part(s), and takes ${least === most ? least : `${least} to ${most}`}.`;
      throw new FormulaError(message, token.at, expected);
    }
    checkWords(token, name, given, tables);
    return { kind: 'call', name, given, at: token.at };
  };

  const root = either();
  if (peek().kind !== 'end') throw fail(peek(), 'a sign of calculation, a comparison, and, or, or the end');
  return root;
}

function checkWords(token: Token, name: string, given: readonly Node[], tables: Tables): void {
  const [first] = given;
  if (name === 'blank' && first?.kind !== 'text') {
    const expected = "the reason in quotes, like blank('triglycerides 400 or more')";
    throw new FormulaError(`blank at character ${token.at + 1} needs ${expected}.`, token.at, expected);
  }
  if (name !== 'table') return;
  const table = first?.kind === 'text' ? tables.get(first.text) : undefined;
  const known = [...tables.keys()].map((one) => `'${one}'`).join(', ');
  if (table === undefined) {
    const expected = `the name of a table in quotes: ${known}`;
    throw new FormulaError(
      `table at character ${token.at + 1} names no table there is; it needs ${expected}.`,
      token.at,
      expected,
    );
  }
  if (table.axes.length !== given.length - 1) {
    const expected = `${table.axes.length} value(s): ${table.axes.map((axis) => axis.name).join(', ')}`;
    throw new FormulaError(
      `Table ${table.name} at character ${token.at + 1} is looked up by ${expected}.`,
      token.at,
      expected,
    );
  }
}

function shown({ kind, text }: Token): string {
  if (kind === 'text') return `'${text}'`;
  return kind === 'code' ? `{${text}}` : text;
}
