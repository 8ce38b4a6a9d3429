// The contract kit: what one service promises to others, as data. A contract file holds schemas, calls, events and
// errors and nothing that runs, so that the web app and other services may import it.
import { looksLikeAadhaar } from '@nidaan/values';
import * as z from 'zod';

export type Schema = z.ZodType;

/** A call of a service: name `<service>.<verb>`, one input object, one output. Carried in-process or over HTTP alike. */
export interface Call<I extends Schema = Schema, O extends Schema = Schema> {
  readonly kind: 'call';
  readonly name: string;
  readonly service: string;
  readonly verb: string;
  readonly input: I;
  readonly output: O;
}

/** What the caller gives (defaults may be left out). */
export type CallInput<C extends Call> = z.input<C['input']>;
/** What the handler receives (defaults filled in). */
export type ParsedInput<C extends Call> = z.output<C['input']>;
export type CallOutput<C extends Call> = z.output<C['output']>;

function splitName(name: string): readonly [service: string, rest: string] {
  const dot = name.indexOf('.');
  if (dot < 1) throw new Error(`A published name reads <service>.<name>, got "${name}"`);
  return [name.slice(0, dot), name.slice(dot + 1)];
}

export function defineCall<I extends Schema, O extends Schema>(name: string, input: I, output: O): Call<I, O> {
  const [service, verb] = splitName(name);
  return { kind: 'call', name, service, verb, input, output };
}

/** A fact a service tells: name `<service>.<past-tense>`; old versions stay readable. */
export interface EventType<S extends Schema = Schema> {
  readonly kind: 'event';
  readonly name: string;
  readonly service: string;
  readonly version: number;
  readonly schema: S;
}

export type EventPayload<E extends EventType> = z.output<E['schema']>;

export function defineEvent<S extends Schema>(name: string, version: number, schema: S): EventType<S> {
  const [service] = splitName(name);
  return { kind: 'event', name, service, version, schema };
}

/** A UUID made by a client or the server; the server makes version 7, so ids sort by time of making. */
export const Id = z.uuid().toLowerCase();
/** An instant in UTC, ISO 8601 with `Z`. */
export const Instant = z.iso.datetime();
/** A calendar day in the lab's own time zone, `YYYY-MM-DD`. */
export const Day = z.iso.date();
/** A note in free words. Aadhaar numbers are never stored (P7), and notes are where they would slip in. */
export function noteText(maxLength: number) {
  return shortText(maxLength).refine((text) => !looksLikeAadhaar(text), 'a text without an Aadhaar number');
}

/** What a person types or scans into a search box; may be empty. Control characters, such as a scanner's tab, count as blanks. */
export function searchText(maxLength: number) {
  return z
    .string()
    .overwrite((text) => text.replaceAll(/\p{Cc}+/gu, ' '))
    .trim()
    .max(maxLength)
    .default('');
}

/** The version a client saw; a write with an older one is refused, so a stale screen cannot overwrite a newer state. */
export const Version = z.int().min(1);
/**
 * A short text typed by a person: trimmed, no control characters, and none that turn the direction of what stands beside it
 * (U+202A to U+202E, U+2066 to U+2069): a name must not make a report read otherwise than it is.
 */
export function shortText(maxLength: number): z.ZodString {
  return (
    z
      .string()
      .trim()
      .min(1)
      .max(maxLength)
      // eslint-disable-next-line no-control-regex
      .regex(/^[^\u0000-\u001f\u007f\u202a-\u202e\u2066-\u2069]*$/u, 'no control characters')
  );
}

/** Asks for one page of a list. No list is given without a limit (P11). */
export const PageInput = z.object({
  /** How many rows, 1–100. */
  first: z.int().min(1).max(100).default(20),
  /** The `endCursor` of the page before. */
  after: z.string().max(500).nullish(),
});
export type PageInput = z.output<typeof PageInput>;

export interface Page<T> {
  readonly edges: readonly { readonly cursor: string; readonly node: T }[];
  readonly endCursor: string | null;
  readonly hasNextPage: boolean;
}

export function pageOf<S extends Schema>(node: S) {
  return z.object({
    edges: z.array(z.object({ cursor: z.string(), node })),
    endCursor: z.string().nullable(),
    hasNextPage: z.boolean(),
  });
}

/** One act of the audit trail: who did what to which record, when, and the facts that changed. */
export const TrailEntry = z.object({
  id: Id,
  service: z.string(),
  at: Instant,
  /** Null for the system itself. */
  actorId: Id.nullable(),
  actorName: z.string(),
  /** Named like a call: `result.verify`. */
  act: z.string(),
  entityId: Id,
  /** The case (for example the order) the act belongs to; null when it stands alone. */
  caseId: Id.nullable(),
  facts: z.record(z.string(), z.unknown()),
  requestId: z.string(),
  /** SHA-256 over this entry and the one before it; null for about a second until the sealer has passed. */
  seal: z.string().nullable(),
});
export type TrailEntry = z.output<typeof TrailEntry>;

export const TrailInput = z.object({ caseIds: z.array(Id).min(1).max(20) });
/** Every service answers this call: its part of the audit trail of some cases, oldest first. */
export function trailCall(service: string) {
  return defineCall(`${service}.trail`, TrailInput, z.array(TrailEntry));
}

/** An event that could not be handled after all its tries, kept for a person to replay or put aside. */
export const DeadLetter = z.object({
  id: Id,
  service: z.string(),
  consumer: z.string(),
  event: z.string(),
  entityId: Id,
  attempts: z.int(),
  /** Code of the last error; never its data. */
  lastError: z.string(),
  parkedAt: Instant,
});
export type DeadLetter = z.output<typeof DeadLetter>;

export function deadLetterCalls(service: string) {
  return {
    list: defineCall(`${service}.deadLetters`, z.object({}), z.array(DeadLetter)),
    replay: defineCall(
      `${service}.replayDeadLetter`,
      z.object({ id: Id, consumer: z.string() }),
      z.object({ replayed: z.boolean() }),
    ),
  };
}
