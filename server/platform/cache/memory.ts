// The cache of a single process: a map with expiry, bounded, oldest out first.
import type { Clock } from '../clock.ts';
import type { Cache } from './port.ts';

interface Entry {
  value: string;
  expiresAtMs: number;
}

export function createMemoryCache(clock: Clock, maxEntries = 10_000): Cache {
  const entries = new Map<string, Entry>();

  const live = (key: string): Entry | undefined => {
    const entry = entries.get(key);
    if (entry && entry.expiresAtMs > clock.nowMs()) return entry;
    entries.delete(key);
    return undefined;
  };
  const put = (key: string, entry: Entry): void => {
    entries.delete(key);
    entries.set(key, entry);
    const oldest = entries.size > maxEntries ? entries.keys().next().value : undefined;
    if (oldest !== undefined) entries.delete(oldest);
  };

  return {
    get: async (key) => live(key)?.value,
    set: async (key, value, ttlMs) => put(key, { value, expiresAtMs: clock.nowMs() + ttlMs }),
    delete: async (key) => {
      entries.delete(key);
    },
    count: async (key, windowMs) => {
      const entry = live(key) ?? { value: '0', expiresAtMs: clock.nowMs() + windowMs };
      entry.value = String(Number(entry.value) + 1);
      put(key, entry);
      return { count: Number(entry.value), resetInMs: entry.expiresAtMs - clock.nowMs() };
    },
    close: async () => entries.clear(),
  };
}
