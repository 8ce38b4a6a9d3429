// A structure made ready for placing segments: what each group holds, and with what it may begin.
import type { Members } from './plain-types.ts';

export interface SegmentNode {
  readonly kind: 'segment';
  readonly key: string;
  readonly name: string;
  readonly isRepeating: boolean;
  readonly isRequired: boolean;
}

export interface GroupNode {
  readonly kind: 'group';
  readonly key: string;
  readonly isRepeating: boolean;
  readonly isRequired: boolean;
  readonly members: readonly StructureNode[];
  /** Names of all segments inside, at any depth. */
  readonly holds: ReadonlySet<string>;
  /** Names of those it may begin with. */
  readonly firsts: ReadonlySet<string>;
}

export type StructureNode = SegmentNode | GroupNode;

export function planOfMembers(members: Members, key = '', cardinality = ''): GroupNode {
  const nodes = Object.entries(members).map(([name, member]): StructureNode => {
    if (typeof member !== 'string') return planOfMembers(member.members, name, member.cardinality);
    const sign = member.slice(3);
    return {
      kind: 'segment',
      key: name,
      name: member.slice(0, 3),
      isRepeating: isMany(sign),
      isRequired: isNeeded(sign),
    };
  });
  const holds = new Set(nodes.flatMap((node) => (node.kind === 'segment' ? [node.name] : [...node.holds])));
  const firsts = new Set<string>();
  for (const node of nodes) {
    for (const name of node.kind === 'segment' ? [node.name] : node.firsts) firsts.add(name);
    if (node.isRequired) break;
  }
  return {
    kind: 'group',
    key,
    isRepeating: isMany(cardinality),
    isRequired: isNeeded(cardinality),
    members: nodes,
    holds,
    firsts,
  };
}

function isMany(sign: string): boolean {
  return sign === '*' || sign === '+';
}

function isNeeded(sign: string): boolean {
  return sign === '' || sign === '+';
}
