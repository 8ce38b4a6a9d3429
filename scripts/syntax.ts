// Reads TypeScript as a tree for the house rules: comments are not in it, so a rule judges what runs and not what is said.
import { parseSync } from '@swc/core';

/** A node of the tree: its type, the text of its own that a rule may want, and where it stands. */
export interface SyntaxNode {
  /** Name of the node in swc's tree: `TsKeywordType`, `CallExpression`, `Identifier` … */
  readonly type: string;
  /** The source text of the node. */
  readonly text: string;
  /** Line in the file, from 1. */
  readonly line: number;
}

interface Spanned {
  readonly type: string;
  readonly span: { readonly start: number; readonly end: number };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isSpanned(value: Readonly<Record<string, unknown>>): value is Readonly<Record<string, unknown>> & Spanned {
  const span = value['span'];
  return (
    typeof value['type'] === 'string' &&
    isObject(span) &&
    typeof span['start'] === 'number' &&
    typeof span['end'] === 'number'
  );
}

/**
 * Every node of a TypeScript source, outermost first.
 * @throws Error of swc if the text does not parse
 */
export function syntaxNodes(text: string): readonly SyntaxNode[] {
  // Trap: swc counts bytes, and from where the last file it parsed ended. The semicolon put in front says where this one begins.
  const source = Buffer.from(`;${text}`);
  const { body } = parseSync(source.toString(), { syntax: 'typescript', target: 'es2024' });
  const base = body[0]?.span.start ?? 0;
  const lineStarts = [0];
  for (let at = source.indexOf(10); at !== -1; at = source.indexOf(10, at + 1)) lineStarts.push(at + 1);
  const lineOf = (at: number): number => {
    let low = 0;
    let high = lineStarts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((lineStarts[middle] ?? 0) <= at) low = middle;
      else high = middle;
    }
    return low + 1;
  };

  const nodes: SyntaxNode[] = [];
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) {
      for (const item of value) walk(item);
      return;
    }
    if (!isObject(value)) return;
    if (isSpanned(value)) {
      const { start, end } = value.span;
      nodes.push({
        type: value.type,
        text: source.toString('utf8', start - base, end - base),
        line: lineOf(start - base),
      });
    }
    for (const child of Object.values(value)) walk(child);
  };
  walk(body);
  return nodes;
}
