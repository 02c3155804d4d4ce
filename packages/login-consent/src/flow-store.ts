/**
 * Flows that wait outside our pages (second factor, external identity provider). Kept on the server: a challenge of
 * 1 to 2 kB fits neither a cookie nor an OAuth `state`, and a handle must grant nothing to whoever sees it.
 */

/**
 * Where waiting flows are kept. The default is this process's memory; several instances behind a balancer need a
 * shared one (Redis: `SET key value EX ttl`, `GET`, `DEL`). Keys are hashes, values are JSON texts of up to 20 kB.
 */
export interface FlowStore {
  set(key: string, value: string, ttlSeconds: number): void | Promise<void>
  get(key: string): string | undefined | null | Promise<string | undefined | null>
  delete(key: string): void | Promise<void>
}

/** A {@link FlowStore} in memory: bounded, the oldest flow goes first. */
export function createMemoryFlowStore(options: { maxEntries?: number; now?: () => number } = {}): FlowStore {
  const { maxEntries = 10_000, now = Date.now } = options
  const entries = new Map<string, { value: string; until: number }>()
  return {
    set(key, value, ttlSeconds) {
      entries.delete(key)
      entries.set(key, { value, until: now() + ttlSeconds * 1000 })
      for (const [oldest, { until }] of entries) {
        if (entries.size <= maxEntries && until >= now()) break
        entries.delete(oldest)
      }
    },
    get(key) {
      const entry = entries.get(key)
      return entry !== undefined && entry.until >= now() ? entry.value : undefined
    },
    delete(key) {
      entries.delete(key)
    },
  }
}
