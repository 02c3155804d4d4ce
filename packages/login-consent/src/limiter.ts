/**
 * Guessing: how often passwords and device codes may be tried.
 */
import { isIPv6 } from 'node:net'

/** One try, or what became of it. */
export interface Attempt {
  readonly kind: 'login' | 'device'
  /** `try` comes before the check and may be refused; `succeeded` after it. A try that failed is told by silence. */
  readonly phase: 'try' | 'succeeded'
  /** What was typed as e-mail address or user name, in lower case; `undefined` for device codes. */
  readonly account: string | undefined
  /** As the adapter gave it. */
  readonly ip: string | undefined
  /** A hash that names the browser; a guesser can change it at will. */
  readonly browser: string
}

/** Refuses a try by returning when the next one is welcome. Unit: s. */
export type LimitCallback = (
  attempt: Attempt,
) => undefined | void | { retryAfterSeconds: number } | Promise<undefined | void | { retryAfterSeconds: number }>

/** Bounds of {@link createMemoryLimiter}. */
export interface MemoryLimiterOptions {
  /** Length of the counting window. Unit: s. Default: 900. */
  readonly windowSeconds?: number
  /** Tries for one account from one address in a window. Default: 10. */
  readonly perAccountAndIp?: number
  /**
   * Tries for one account from everywhere. Default: 100: above what its owner needs, so that a stranger who guesses
   * does not lock the owner out, and below what guessing needs.
   */
  readonly perAccount?: number
  /** Tries from one address, for logins. An IPv6 address counts as its /64 network, which is one customer's. Default: 100. */
  readonly perIp?: number
  /** Tries of device codes from one address. Default: 10. */
  readonly devicePerIp?: number
  /** Counters kept; the oldest go first. Default: 50 000. */
  readonly maxEntries?: number
  /** Clock. Unit: ms. Default: `Date.now`. */
  readonly now?: () => number
}

/**
 * The default `limit`: counts tries in this process's memory. Tries are counted when they begin, so a thousand at once
 * count as a thousand. Several instances count separately: give a `limit` of your own over a shared store.
 */
export function createMemoryLimiter(options: MemoryLimiterOptions = {}): LimitCallback {
  const { windowSeconds = 900, perAccountAndIp = 10, perAccount = 100, perIp = 100, devicePerIp = 10 } = options
  const { maxEntries = 50_000, now = Date.now } = options
  const counters = new Map<string, { count: number; until: number }>()

  function live(key: string): { count: number; until: number } | undefined {
    const counter = counters.get(key)
    return counter !== undefined && counter.until > now() ? counter : undefined
  }
  function add(key: string): void {
    const counter = live(key)
    if (counter !== undefined) {
      counter.count += 1
      return
    }
    counters.delete(key)
    counters.set(key, { count: 1, until: now() + windowSeconds * 1000 })
    for (const [oldest, { until }] of counters) {
      if (counters.size <= maxEntries && until > now()) break
      counters.delete(oldest)
    }
  }
  function takeBack(key: string): void {
    const counter = live(key)
    if (counter !== undefined && counter.count > 0) counter.count -= 1
  }
  function limitsOf({ kind, account = '', ip, browser }: Attempt): [key: string, limit: number][] {
    const address = ip === undefined ? undefined : networkOf(ip)
    // Without an address, the browser id is all there is to count device codes by.
    if (kind === 'device') return [[`device ${address ?? browser}`, devicePerIp]]
    const pair: [string, number] = [`pair ${address ?? (account === '' ? browser : '')} ${account}`, perAccountAndIp]
    // A form that names nobody: one counter for all of them would let one guesser lock everybody out.
    const everywhere: [string, number][] = account === '' ? [] : [[`account ${account}`, perAccount]]
    return [pair, ...everywhere, ...(address === undefined ? [] : [[`ip ${address}`, perIp] as [string, number]])]
  }

  return (attempt) => {
    const limits = limitsOf(attempt)
    if (attempt.phase === 'succeeded') {
      // This try was no guess, so it is given back: a school behind one address may sign in. More than it is not, or a
      // guesser could buy tries with an account or a device of his own.
      for (const [key] of limits) takeBack(key)
      // Who knows the password has shown that the tries before were slips.
      if (attempt.kind === 'login') counters.delete(limits[0]?.[0] ?? '')
      return undefined
    }
    const full = limits.map(([key, limit]) => ({ counter: live(key), limit }))
    const waits = full.flatMap(({ counter, limit }) =>
      counter !== undefined && counter.count >= limit ? [Math.ceil((counter.until - now()) / 1000)] : [],
    )
    if (waits.length > 0) return { retryAfterSeconds: Math.max(1, ...waits) }
    for (const [key] of limits) add(key)
    return undefined
  }
}

/**
 * What an address counts as. Whoever has one IPv6 address has 2^64 of them (RFC 6177 section 2), so they count by
 * network; an IPv4 address written as IPv6 (RFC 4291 section 2.5.5.2) counts as what it is.
 */
function networkOf(ip: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)
  if (mapped?.[1] !== undefined) return mapped[1]
  const [address = ''] = ip.split('%')
  if (!isIPv6(address)) return ip
  const [head = '', tail] = address.split('::')
  const before = head.split(':').filter((group) => group !== '')
  // A dotted end stands for two groups.
  const behind = (tail ?? '')
    .split(':')
    .flatMap((group) => (group === '' ? [] : group.includes('.') ? ['', ''] : [group]))
  const gap = tail === undefined ? 0 : 8 - before.length - behind.length
  const groups = [...before, ...Array.from({ length: gap }, () => '0'), ...behind]
  return groups
    .slice(0, 4)
    .map((group) => parseInt(group || '0', 16).toString(16))
    .join(':')
}
