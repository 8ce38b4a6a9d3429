// The types of plain data, derived from the tables of segments and data types: what a table row says is what a reader gives
// and a builder takes.
import type { dataTypes } from '../tables/data-types.ts';
import type { controlSegments } from '../tables/segments-control.ts';
import type { orderSegments } from '../tables/segments-order.ts';
import type { patientSegments } from '../tables/segments-patient.ts';
import type { specimenSegments } from '../tables/segments-specimen.ts';

type DataTypes = typeof dataTypes;
export type Segments = typeof controlSegments & typeof patientSegments & typeof orderSegments & typeof specimenSegments;
export type SegmentName = keyof Segments;

/** What a sender put beyond the definition, by number, as sent: delimiters and escapes in place. Written back as it is. */
interface Beyond {
  readonly beyond?: Readonly<Record<number, string>>;
}

/** Components by name. Left out: empty. null: the explicit null `""`. Text is unescaped. */
export type Composite<T extends keyof DataTypes> = Beyond & {
  readonly [K in keyof DataTypes[T]]?: OneOf<DataTypes[T][K]>;
};

/** A value of OBX-5, shaped by OBX-2: text for ST, NM, TX, FT, DT…, components by name for CE, CWE, SN, ED, RP… */
export interface AnyComposite {
  readonly [component: string]: string | null | AnyComposite | Readonly<Record<number, string>> | undefined;
}
export type ObservationValue = string | null | AnyComposite;

type OneOf<T> = T extends keyof DataTypes ? Composite<T> | null : T extends 'VALUE' ? ObservationValue : string | null;

type FieldOf<T> = T extends `${infer B}!*` | `${infer B}*`
  ? readonly OneOf<B extends `${infer C}!` ? C : B>[] | null
  : T extends `${infer B}!`
    ? OneOf<B>
    : OneOf<T>;

/** Fields by name. Left out: empty. null: the explicit null `""`. */
export type SegmentData<N extends SegmentName> = Beyond & {
  readonly [K in keyof Segments[N]]?: FieldOf<Segments[N][K]>;
};

/** A segment without a table here: its fields as sent, field 1 first. */
export interface OtherSegment {
  readonly name: string;
  readonly fields: readonly string[];
}

type Cardinality = '' | '?' | '*' | '+';

/** Segments and groups by name, in the order of the message. `PID` once, `PID?` at most once, `NTE*` any number, `OBX+` at least one. */
export interface Members {
  readonly [name: string]: string | Group;
}
export interface Group<C extends Cardinality = Cardinality, M extends Members = Members> {
  readonly cardinality: C;
  readonly members: M;
}

type NamedSegment<N> = N extends SegmentName ? SegmentData<N> : OtherSegment;

/** What a message gives: everything may be missing, because senders leave things out. */
export type Reading<M extends Members> = { readonly [K in keyof M]?: ReadMember<M[K]> };
type ReadMember<X> =
  X extends Group<infer C, infer G>
    ? C extends '*' | '+'
      ? readonly Reading<G>[]
      : Reading<G>
    : X extends `${infer N}*` | `${infer N}+`
      ? readonly NamedSegment<N>[]
      : X extends `${infer N}?`
        ? NamedSegment<N>
        : NamedSegment<X>;

/** What a builder takes: what the standard requires is required. */
export type Draft<M extends Members> = {
  readonly [K in keyof M as IsRequired<M[K]> extends true ? K : never]: DraftMember<M[K]>;
} & { readonly [K in keyof M as IsRequired<M[K]> extends true ? never : K]?: DraftMember<M[K]> };
type IsRequired<X> =
  X extends Group<infer C> ? (C extends '' | '+' ? true : false) : X extends `${string}?` | `${string}*` ? false : true;
type DraftMember<X> =
  X extends Group<infer C, infer G>
    ? C extends '*' | '+'
      ? readonly Draft<G>[]
      : Draft<G>
    : X extends `${infer N}*` | `${infer N}+`
      ? readonly NamedSegment<N>[]
      : X extends `${infer N}?`
        ? NamedSegment<N>
        : NamedSegment<X>;
