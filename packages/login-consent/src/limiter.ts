/**
 * Guessing: how often passwords and device codes may be tried.
 */
import { parseCount, refuseUnknown } from './known-options.ts'
import { networkOf } from './network.ts'

/** One try, or what became of it. */
export interface Attempt {
  readonly kind: 'login' | 'signUp' | 'device'
  /** `try` comes before the check and may be refused; `succeeded` after it. A try that failed is told by silence. */
  readonly phase: 'try' | 'succeeded'
  /** What was typed as e-mail address or user name, in lower case; empty if nothing was; `undefined` for device codes. */
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
  readonly windowSeconds?: number | undefined
  /** Tries for one account from one address in a window. Default: 10. */
  readonly perAccountAndIp?: number | undefined
  /**
   * Tries for one account from everywhere. Default: 100: above what its owner needs, so that a stranger who guesses
   * does not lock the owner out, and below what guessing needs.
   */
  readonly perAccount?: number | undefined
  /** Tries from one address, for logins. An IPv6 address counts as its /64 network, which is one customer's. Default: 100. */
  readonly perIp?: number | undefined
  /** Sign-ups from one address, those that succeeded too: a made-up account costs as much as a guess. Default: 100. */
  readonly signUpPerIp?: number | undefined
  /** Tries of device codes from one address. Default: 10. */
  readonly devicePerIp?: number | undefined
  /** Counters kept; the oldest go first. Default: 50 000. */
  readonly maxEntries?: number | undefined
  /** Clock. Unit: ms. Default: `Date.now`. */
  readonly now?: (() => number) | undefined
}

const defaults = {
  windowSeconds: 900,
  perAccountAndIp: 10,
  perAccount: 100,
  perIp: 100,
  signUpPerIp: 100,
  devicePerIp: 10,
  maxEntries: 50_000,
} as const

/**
 * The default `limit`: counts tries in this process's memory. Tries are counted when they begin, so a thousand at once
 * count as a thousand. Several instances count separately: give a `limit` of your own over a shared store.
 *
 * @throws TypeError `ERR_OPTIONS`
 */
export function createMemoryLimiter(options: MemoryLimiterOptions = {}): LimitCallback {
  refuseUnknown('', options, Object.keys(defaults).concat('now'))
  const limitOf = (name: keyof typeof defaults): number => parseCount(name, options[name], defaults[name])
  const [windowSeconds, maxEntries] = [limitOf('windowSeconds'), limitOf('maxEntries')]
  const [perAccountAndIp, perAccount, perIp] = [limitOf('perAccountAndIp'), limitOf('perAccount'), limitOf('perIp')]
  const [signUpPerIp, devicePerIp] = [limitOf('signUpPerIp'), limitOf('devicePerIp')]
  const { now = Date.now } = options
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
    // Without an address, the browser id is all there is to count device codes and sign-ups by.
    if (kind === 'device') return [[`device ${address ?? browser}`, devicePerIp]]
    if (kind === 'signUp') return [[`signUp ${address ?? browser}`, signUpPerIp]]
    const pair: [string, number] = [`pair ${address ?? (account === '' ? browser : '')} ${account}`, perAccountAndIp]
    // A form that names nobody: one counter for all of them would let one guesser lock everybody out.
    const everywhere: [string, number][] = account === '' ? [] : [[`account ${account}`, perAccount]]
    return [pair, ...everywhere, ...(address === undefined ? [] : [[`ip ${address}`, perIp] as [string, number]])]
  }

  return (attempt) => {
    const limits = limitsOf(attempt)
    if (attempt.phase === 'succeeded') {
      // An account that was made stays counted: to have many of them is the point of a flood of sign-ups.
      if (attempt.kind === 'signUp') return undefined
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
