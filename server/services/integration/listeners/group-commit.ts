// Lets what waits at the same moment go into one commit. A lone sender waits for nobody: when nothing is in flight its item goes
// at the end of the present turn of the event loop; what comes meanwhile goes together, next.

export interface GroupCommit<T> {
  /** Resolves when the item is on disk. Rejects with what the write threw. */
  add(item: T): Promise<void>;
  /** Resolves when nothing is in flight. */
  drained(): Promise<void>;
}

export interface GroupCommitOptions<T> {
  /** Writes all or nothing; resolves after the commit. */
  readonly write: (items: readonly T[]) => Promise<void>;
  readonly sizeOf: (item: T) => number;
  readonly maxItems: number;
  /** One larger item still goes, alone. */
  readonly maxBytes: number;
  /** True when the failure says nothing about the items, so that writing them one by one would fail alike. */
  readonly isOutage: (error: unknown) => boolean;
}

interface Waiting<T> {
  readonly item: T;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export function createGroupCommit<T>(options: GroupCommitOptions<T>): GroupCommit<T> {
  const waiting: Waiting<T>[] = [];
  let flight: Promise<void> | undefined;

  function takeGroup(): readonly Waiting<T>[] {
    let bytes = 0;
    let count = 0;
    for (const { item } of waiting) {
      bytes += options.sizeOf(item);
      if (count > 0 && (count >= options.maxItems || bytes > options.maxBytes)) break;
      count += 1;
    }
    return waiting.splice(0, count);
  }

  async function writeGroup(group: readonly Waiting<T>[]): Promise<void> {
    try {
      await options.write(group.map(({ item }) => item));
      for (const { resolve } of group) resolve();
    } catch (error) {
      if (group.length === 1 || options.isOutage(error)) {
        for (const { reject } of group) reject(error);
        return;
      }
      // One item that cannot be written must not turn away its neighbours.
      for (const each of group) await writeGroup([each]);
    }
  }

  async function fly(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    while (waiting.length > 0) await writeGroup(takeGroup());
    flight = undefined;
  }

  return {
    add: (item) =>
      new Promise((resolve, reject) => {
        waiting.push({ item, resolve, reject });
        flight ??= fly();
      }),
    drained: async () => {
      await flight;
    },
  };
}
