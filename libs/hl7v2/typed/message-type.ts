// One message type: reader, builder and checks from one structure.
import type { Problem } from '../check-message.ts';
import type { Delimiters } from '../delimiters.ts';
import type { Hl7Message } from '../message.ts';
import type { Draft, Members, Reading, SegmentData } from './plain-types.ts';
import type { UnplacedSegment } from './read-structure.ts';
import type { GroupNode } from './structure-plan.ts';
import { encodeMessage } from '../build-message.ts';
import { encodingCharacters, standardDelimiters } from '../delimiters.ts';
import { readStructure } from './read-structure.ts';
import { planOfMembers } from './structure-plan.ts';
import { validateMessage } from './validate.ts';
import { writeGroup, writeItems } from './write-structure.ts';

export interface TypedReading<M extends Members> {
  readonly data: Reading<M>;
  readonly unplaced: readonly UnplacedSegment[];
  readonly problems: readonly Problem[];
}

/** Reading and checking, whatever the type. */
export interface AnyMessageType {
  /** MSH-9.1, and MSH-9.2 of the messages it reads; [] for any event. */
  readonly code: string;
  readonly events: readonly string[];
  /** MSH-9.3. */
  readonly structure: string;
  matches(message: Hl7Message): boolean;
  read(message: Hl7Message): {
    readonly data: object;
    readonly unplaced: readonly UnplacedSegment[];
    readonly problems: readonly Problem[];
  };
  /**
   * Every problem with its place as a path (`PID[1]-3[2].4`), ready for `buildAck`: missing and misplaced segments, missing
   * fields, values that are not of their type, codes that are not of their table.
   */
  validate(message: Hl7Message): readonly Problem[];
}

export interface MessageType<M extends Members> extends AnyMessageType {
  /** Plain data by segment and group. Takes any message: what does not fit the structure is placed by position and told. Never throws. */
  read(message: Hl7Message): TypedReading<M>;
  /**
   * A message of plain data. MSH-9, MSH-11 (`P`) and MSH-12 (`2.5.1`) are filled in where the header leaves them out; MSH-1 and
   * MSH-2 come from the delimiters.
   * @throws Hl7Error hl7.cannot_build, hl7.cannot_escape, hl7.cannot_encode
   */
  build(draft: Draft<M>, delimiters?: Delimiters): Uint8Array;
}

export function defineMessage<const M extends Members>(
  code: string,
  events: readonly string[],
  structure: string,
  members: M,
): MessageType<M> {
  const root = planOfMembers(members);
  return {
    code,
    events,
    structure,
    matches: (message) =>
      message.header.leaf(9, 1, 1).trim() === code &&
      (events.length === 0 || events.includes(message.header.leaf(9, 1, 2).trim())),
    read: (message) => {
      const { data, unplaced, problems } = readStructure(message, root);
      // The plan was made from `members`, from which the type is derived too.
      return { data: data as Reading<M>, unplaced, problems };
    },
    build: (draft, delimiters = standardDelimiters) =>
      build(root, draft, { code, event: events[0], structure }, delimiters),
    validate: (message) => validateMessage(message, root, { code, events }),
  };
}

interface TypeNames {
  readonly code: string;
  readonly event: string | undefined;
  readonly structure: string;
}

function build(root: GroupNode, draft: unknown, names: TypeNames, delimiters: Delimiters): Uint8Array {
  const rest = writeGroup(root, draft, delimiters);
  const given = headerOf(draft);
  const usual = {
    code: names.code,
    structure: names.structure,
    ...(names.event === undefined ? {} : { event: names.event }),
  };
  const header: SegmentData<'MSH'> = {
    ...given,
    // `{ event: 'A04' }` is enough; a type that names its code is written as it is.
    type:
      given.type === undefined || given.type === null || given.type.code === undefined
        ? { ...usual, ...given.type }
        : given.type,
    processingId: given.processingId ?? { id: 'P' },
    version: given.version ?? { version: '2.5.1' },
  };
  const first = (data: SegmentData<'MSH'>): string => {
    const items = writeItems('MSH', data, delimiters, 'header');
    return `${['MSH', encodingCharacters(delimiters), ...items.slice(3)].join(delimiters.field)}\r`;
  };
  const label = header.charsets?.[0] ?? '';
  return encodeMessage(label, first(header) + rest, (charset) => first({ ...header, charsets: [charset] }) + rest);
}

function headerOf(draft: unknown): SegmentData<'MSH'> {
  if (typeof draft !== 'object' || draft === null || !('header' in draft)) return {};
  // `writeItems` refuses what is no MSH.
  return draft.header as SegmentData<'MSH'>;
}
