// Messages handed to the owner and not yet answered. A batch is what one frame completed: it is acknowledged as a whole.
import type { AstmCommand } from './session-types.ts';

type Item = {
  readonly id: number;
  state: 'open' | 'asked' | 'stored' | 'failed';
  /** Dropped once stored. */
  content: { readonly raw: Uint8Array; readonly records: Uint8Array } | undefined;
};

export type Batch = { readonly items: readonly Item[]; readonly isFramed: boolean; readonly onSettled: () => void };

export class Stores {
  readonly #emit: (command: AstmCommand) => void;
  readonly #limit: number;
  readonly #asked = new Map<number, { readonly item: Item; readonly batch: Batch }>();
  #nextId = 1;
  #bytes = 0;

  constructor(emit: (command: AstmCommand) => void, limit: number) {
    this.#emit = emit;
    this.#limit = limit;
  }

  get size(): number {
    return this.#asked.size;
  }

  /** Record bytes of the messages the owner has not answered. */
  get bytes(): number {
    return this.#bytes;
  }

  isFull(): boolean {
    return this.#asked.size >= this.#limit;
  }

  open(
    messages: readonly { readonly raw: Uint8Array; readonly records: Uint8Array }[],
    isFramed: boolean,
    onSettled: () => void,
  ): Batch {
    const items: Item[] = [];
    for (const content of messages) {
      items.push({ id: this.#nextId, state: 'open', content });
      this.#nextId += 1;
    }
    return { items, isFramed, onSettled };
  }

  /** Asks the owner for every item that is not stored and not already asked. The owner may answer inside the call. */
  ask(batch: Batch): void {
    const due = batch.items.filter((item) => item.state === 'open' || item.state === 'failed');
    if (due.length === 0) {
      this.#settle(batch);
      return;
    }
    for (const item of due) {
      item.state = 'asked';
      this.#asked.set(item.id, { item, batch });
      this.#bytes += item.content?.records.length ?? 0;
    }
    for (const item of due) {
      if (item.content === undefined) continue;
      this.#emit({ do: 'store', id: item.id, ...item.content, isFramed: batch.isFramed });
    }
  }

  answer(id: number, isStored: boolean): void {
    const asked = this.#asked.get(id);
    if (asked === undefined) return;
    this.#asked.delete(id);
    this.#bytes -= asked.item.content?.records.length ?? 0;
    asked.item.state = isStored ? 'stored' : 'failed';
    if (isStored) asked.item.content = undefined;
    this.#settle(asked.batch);
  }

  isStored(batch: Batch): boolean {
    return batch.items.every((item) => item.state === 'stored');
  }

  #settle(batch: Batch): void {
    if (batch.items.every((item) => item.state === 'stored' || item.state === 'failed')) batch.onSettled();
  }
}
