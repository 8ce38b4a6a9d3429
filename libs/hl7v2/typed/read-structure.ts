// A message into plain data by its structure. The structure is followed where the sender follows it; where he does not, a
// segment is tied to what stands before it, told as a problem, and nothing is lost.
import type { Problem } from '../check-message.ts';
import type { Hl7Message } from '../message.ts';
import type { Segment } from '../segment.ts';
import type { PlainObject, ReadingContext } from './read-segment.ts';
import type { GroupNode, StructureNode } from './structure-plan.ts';
import { readSegment } from './read-segment.ts';

export interface UnplacedSegment {
  /** `ZDS[1]`. */
  readonly location: string;
  /** As sent. */
  readonly raw: string;
}

export interface StructureReading {
  readonly data: PlainObject;
  /** Segments the structure has no place for: local ones (Z..), and those of another message. */
  readonly unplaced: readonly UnplacedSegment[];
  /** Segments out of order. What is missing and what is wrong inside fields is told by `validate`. */
  readonly problems: readonly Problem[];
  /** Groups found, each with the location of the segment that opened it. */
  readonly groups: readonly { readonly node: GroupNode; readonly data: PlainObject; readonly location: string }[];
}

interface Frame {
  readonly node: GroupNode;
  readonly data: PlainObject;
  /** Index of the member last filled; -1 at the start. */
  at: number;
  /** Its first segment was missing when it was opened. */
  readonly isHeadless: boolean;
}

export function readStructure(message: Hl7Message, root: GroupNode): StructureReading {
  const placer = new SegmentPlacer(root, { delimiters: message.delimiters, encoding: message.charset.encoding });
  for (const segment of message.segments) placer.take(segment);
  return placer;
}

class SegmentPlacer implements StructureReading {
  readonly data: PlainObject = {};
  readonly unplaced: UnplacedSegment[] = [];
  readonly problems: Problem[] = [];
  readonly groups: { readonly node: GroupNode; readonly data: PlainObject; readonly location: string }[] = [];
  readonly #context: ReadingContext;
  readonly #counts = new Map<string, number>();
  readonly #frames: Frame[];

  constructor(root: GroupNode, context: ReadingContext) {
    this.#context = context;
    this.#frames = [{ node: root, data: this.data, at: -1, isHeadless: false }];
    this.groups.push({ node: root, data: this.data, location: 'MSH[1]' });
  }

  take(segment: Segment): void {
    const { name } = segment;
    const count = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, count);
    const location = `${name}[${String(count)}]`;
    if (this.#fillGap(segment)) {
      this.#tell(location, 'This segment stands out of order.');
      return;
    }
    if (this.#placeForward(segment, location, 'in-order')) return;
    if (this.#placeBack(segment, location) || this.#placeForward(segment, location, 'headless')) {
      this.#tell(location, 'This segment stands out of order.');
      return;
    }
    this.unplaced.push({ location, raw: segment.raw });
    if (/^[A-Y][A-Z0-9]{2}$/.test(name)) this.#tell(location, 'This message has no place for the segment.');
  }

  /** A required segment that was jumped over, as OBR by a note after ORC: it belongs to the group already open, not to a new one. */
  #fillGap(segment: Segment): boolean {
    const frame = this.#frames.at(-1);
    if (frame === undefined || frame.isHeadless || frame.node.members[frame.at]?.kind !== 'segment') return false;
    const gap = frame.node.members.findIndex((member) => member.kind === 'segment' && member.name === segment.name);
    const member = frame.node.members[gap];
    if (member === undefined || gap >= frame.at || !member.isRequired || frame.data[member.key] !== undefined)
      return false;
    put(frame.data, member, readSegment(segment, this.#context));
    return true;
  }

  /** At or after the last place, in the innermost group that can take it. Headless: into a group whose first segment is missing. */
  #placeForward(segment: Segment, location: string, how: 'in-order' | 'headless'): boolean {
    for (let level = this.#frames.length - 1; level >= 0; level -= 1) {
      const frame = this.#frames[level];
      if (frame === undefined) return false;
      const from = Math.max(frame.at, 0);
      for (let index = from; index < frame.node.members.length; index += 1) {
        const member = frame.node.members[index];
        if (member === undefined || !takes(member, segment.name, how)) continue;
        const isUsed = index === frame.at;
        // A headless repetition would cut what follows off from the group it belongs to.
        if (isUsed && (!member.isRepeating || (how === 'headless' && member.kind === 'group'))) continue;
        this.#frames.length = level + 1;
        frame.at = index;
        if (member.kind === 'segment') put(frame.data, member, readSegment(segment, this.#context));
        else this.#open(frame, member, segment, location, how);
        return true;
      }
    }
    return false;
  }

  #open(frame: Frame, node: GroupNode, segment: Segment, location: string, how: 'in-order' | 'headless'): void {
    const data: PlainObject = {};
    put(frame.data, node, data);
    this.groups.push({ node, data, location });
    const inner: Frame = { node, data, at: -1, isHeadless: how === 'headless' };
    this.#frames.push(inner);
    const at = node.members.findIndex((member) => takes(member, segment.name, how));
    const member = node.members[at];
    inner.at = at;
    if (member?.kind === 'group') this.#open(inner, member, segment, location, how);
    else if (member !== undefined) put(data, member, readSegment(segment, this.#context));
  }

  /** Before the last place: into the open groups, and the closed ones inside them, where there is room. */
  #placeBack(segment: Segment, location: string): boolean {
    for (let level = this.#frames.length - 1; level >= 0; level -= 1) {
      const frame = this.#frames[level];
      if (frame !== undefined && this.#fill(frame.node, frame.data, frame.at, segment, location)) return true;
    }
    return false;
  }

  #fill(node: GroupNode, data: PlainObject, upTo: number, segment: Segment, location: string): boolean {
    for (const [index, member] of node.members.entries()) {
      if (index > upTo) break;
      if (member.kind === 'segment') {
        if (member.name !== segment.name || (!member.isRepeating && data[member.key] !== undefined)) continue;
        put(data, member, readSegment(segment, this.#context));
        return true;
      }
      if (index === upTo || !member.holds.has(segment.name)) continue;
      const last = lastOf(data[member.key]);
      const inner = last ?? {};
      if (!this.#fill(member, inner, member.members.length, segment, location)) continue;
      if (last === undefined) {
        put(data, member, inner);
        this.groups.push({ node: member, data: inner, location });
      }
      return true;
    }
    return false;
  }

  #tell(location: string, text: string): void {
    this.problems.push({ location, code: '100', severity: 'W', text });
  }
}

function takes(member: StructureNode, name: string, how: 'in-order' | 'headless'): boolean {
  if (member.kind === 'segment') return member.name === name;
  return (how === 'in-order' ? member.firsts : member.holds).has(name);
}

function put(data: PlainObject, member: StructureNode, value: PlainObject): void {
  if (!member.isRepeating) {
    data[member.key] = value;
    return;
  }
  const list = data[member.key];
  if (Array.isArray(list)) list.push(value);
  else data[member.key] = [value];
}

function lastOf(value: PlainObject[string]): PlainObject | undefined {
  const last: unknown = Array.isArray(value) ? value.at(-1) : value;
  return isPlainObject(last) ? last : undefined;
}

function isPlainObject(value: unknown): value is PlainObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
