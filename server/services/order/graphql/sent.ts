/** What an input carries, without the fields that were left out or sent as null, at every depth. */
export type Sent<T> = T extends string | number | boolean
  ? T
  : T extends readonly (infer E)[]
    ? Sent<E>[]
    : T extends object
      ? { [K in keyof T as Optional<T, K> extends true ? never : K]: Sent<T[K]> } & {
          [K in keyof T as Optional<T, K> extends true ? K : never]?: Sent<NonNullable<T[K]>>;
        }
      : T;

type Optional<T, K extends keyof T> = null extends T[K] ? true : undefined extends T[K] ? true : false;

/** GraphQL makes no difference between a field left out and one set to null; the contract fills in what is left out. */
export function sent<T>(input: T): Sent<T> {
  // JSON has no undefined, and what is null is dropped here: exactly the type above.
  return JSON.parse(JSON.stringify(input), (_, value: unknown) => (value === null ? undefined : value)) as Sent<T>;
}
