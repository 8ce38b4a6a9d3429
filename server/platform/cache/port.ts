// A cache and a counter that may live in this process or be shared by replicas. Whatever is in it may vanish at any time.
export interface Cache {
  get(key: string): Promise<string | undefined>;
  /** @param ttlMs how long the value may be believed, milliseconds */
  set(key: string, value: string, ttlMs: number): Promise<void>;
  delete(key: string): Promise<void>;
  /**
   * Counts one more for the key in the current window and returns the count.
   * @param windowMs length of the fixed window that starts with the first count, milliseconds
   */
  count(key: string, windowMs: number): Promise<{ readonly count: number; readonly resetInMs: number }>;
  close(): Promise<void>;
}
