/**
 * Flows that wait outside our pages (second factor, external identity provider). Kept on the server: a challenge of
 * 1 to 2 kB fits neither a cookie nor an OAuth `state`, and a handle must grant nothing to whoever sees it.
 */
import { parseCount, refuseUnknown } from './known-options.ts'

/**
 * Where waiting flows are kept. The default is this process's memory; several instances behind a balancer need a
 * shared one (Redis: `SET key value EX ttl`, `GET`, `DEL`). Keys are hashes, values are JSON texts of up to 20 kB.
 */
export interface FlowStore {
  /**
   * Keeps a value for so many seconds. `from` names the network that began the flow, if the adapter tells addresses: a
   * store with a bound should make room among the flows of whoever has most of them, because beginning a flow costs
   * nothing, and a stranger must not be able to push out those of others.
   */
  set(key: string, value: string, ttlSeconds: number, from?: string): void | Promise<void>
  /** The value; nothing if it has expired, was deleted or pushed out. */
  get(key: string): string | undefined | null | Promise<string | undefined | null>
  /** Forgets it. */
  delete(key: string): void | Promise<void>
}

/** Options of {@link createMemoryFlowStore}. */
export interface MemoryFlowStoreOptions {
  /** Flows kept; when it is full, the oldest flow of the network with most flows goes first. Default: 10 000. */
  readonly maxEntries?: number | undefined
  /** Clock. Unit: ms. Default: `Date.now`. */
  readonly now?: (() => number) | undefined
}

interface Entry {
  readonly value: string
  readonly until: number
  readonly from: string
}

/**
 * A {@link FlowStore} in memory, with a bound: one network alone can only push out flows of its own.
 *
 * @throws TypeError `ERR_OPTIONS`
 */
export function createMemoryFlowStore(options: MemoryFlowStoreOptions = {}): FlowStore {
  refuseUnknown('', options, ['maxEntries', 'now'])
  const maxEntries = parseCount('maxEntries', options.maxEntries, 10_000)
  const { now = Date.now } = options
  const entries = new Map<string, Entry>()
  const shares = new Map<string, number>()

  function remove(key: string): void {
    const entry = entries.get(key)
    if (entry === undefined) return
    entries.delete(key)
    const left = (shares.get(entry.from) ?? 1) - 1
    if (left === 0) shares.delete(entry.from)
    else shares.set(entry.from, left)
  }
  function removeExpired(): void {
    for (const [key, { until }] of entries) {
      if (until >= now()) break
      remove(key)
    }
  }
  function removeOneOfMost(): void {
    let most = 0
    for (const share of shares.values()) most = Math.max(most, share)
    for (const [key, { from }] of entries) {
      if (shares.get(from) === most) return remove(key)
    }
  }

  return {
    set(key, value, ttlSeconds, from = '') {
      remove(key)
      entries.set(key, { value, until: now() + ttlSeconds * 1000, from })
      shares.set(from, (shares.get(from) ?? 0) + 1)
      removeExpired()
      if (entries.size > maxEntries) removeOneOfMost()
    },
    get(key) {
      const entry = entries.get(key)
      return entry !== undefined && entry.until >= now() ? entry.value : undefined
    },
    delete: remove,
  }
}
