/** The issuer's public keys: fetched rarely, kept over outages, and not fetched at an attacker's pace. */
import { createLocalJWKSet } from 'jose'
import type { JSONWebKeySet, LocalJWKSet } from 'jose'
import { isJsonObject } from './claims.ts'
import { askedPauseMs, toUnavailable } from './unavailable.ts'

/** A key of the set. Answers verified with it point here, so that they fall when it leaves the set. */
export interface KeyHandle {
  readonly kid: string
  /** Everything the set says under that `kid`: version 1 servers call different keys by one constant name. */
  readonly fingerprint: string
  /** False as soon as a fetched set no longer has exactly this key under this `kid`. */
  alive: boolean
}

/** A fetched set. */
export interface LoadedKeys {
  readonly resolve: LocalJWKSet
  readonly keys: PublicKeySet['keys']
  readonly handles: ReadonlyMap<string, KeyHandle>
}

/** Makes and renews {@link LoadedKeys}. */
export interface KeySet {
  /**
   * True while there is a set to work with at once: it is young enough, or the last fetch failed and it is not too
   * old to do without (RFC 5861 section 4). Starts a fetch in the background when one is due.
   */
  isUsable(): boolean
  /** The current set, fetched if needed. Rejects with a `VerificationUnavailableError` if there is none. */
  load(): Promise<LoadedKeys>
  /**
   * A newer set for a token that `known` could not verify: fetched at most once in 30 s, whatever tokens arrive, and
   * not during the pause after a failure. Undefined if nothing newer is to be had; rejects if the last try failed,
   * because then nobody knows.
   */
  refetch(known: LoadedKeys): Promise<LoadedKeys | undefined>
  /** Fetches the set now, whatever is known, and gives its public signature keys. */
  hydrate(): Promise<PublicKeySet>
  /** Names of the keys at hand. */
  readonly kids: readonly string[]
  /** Milliseconds since the set at hand was asked for; undefined if there is none. */
  readonly ageMs: number | undefined
}

/** A JSON Web Key Set (RFC 7517 section 5) of public keys, as it can be saved and given back as `savedKeys`. */
export interface PublicKeySet {
  readonly keys: readonly Readonly<Record<string, unknown>>[]
}

const maxAgeMs = 600_000
const refreshFromMs = maxAgeMs * 0.8
const staleIfErrorMs = 3_600_000
const cooldownMs = 30_000
const firstBackOffMs = 500
const lastBackOffMs = 5_000

/**
 * Creates a key set. Nothing is fetched before the first `load()`. A saved set counts as one that is due: the first
 * token is verified with it at once and starts a fetch in the background.
 */
export function createKeySet(
  fetchKeys: () => PromiseLike<unknown>,
  now: () => number,
  saved: PublicKeySet | undefined,
): KeySet {
  let current: (LoadedKeys & { readonly fetchedAt: number }) | undefined
  if (saved !== undefined) current = { ...readKeys(saved, undefined), fetchedAt: now() - refreshFromMs }
  let flight: Promise<LoadedKeys> | undefined
  let failure:
    | { readonly error: Error; readonly count: number; readonly failedAt: number; readonly pauseMs: number }
    | undefined
  let forcedAt = Number.NEGATIVE_INFINITY
  let forcedFailure: Error | undefined

  function fetchOnce(): Promise<LoadedKeys> {
    flight ??= fetchNow().finally(() => {
      flight = undefined
    })
    return flight
  }

  async function fetchNow(): Promise<LoadedKeys> {
    // The age counts from the question: a slow answer is an old answer.
    const fetchedAt = now()
    try {
      const loaded = readKeys(await fetchKeys(), current)
      retire(current, loaded)
      current = { ...loaded, fetchedAt }
      failure = undefined
      return current
    } catch (cause) {
      const count = (failure?.count ?? 0) + 1
      const error = toUnavailable("The issuer's key set", cause)
      const backOffMs = Math.min(firstBackOffMs * 2 ** (count - 1), lastBackOffMs)
      failure = { error, count, failedAt: now(), pauseMs: Math.max(backOffMs, askedPauseMs(cause)) }
      throw error
    }
  }

  /** Also true after a clock was set back: the distance counts, not the direction. */
  function isDue(): boolean {
    if (failure === undefined) return true
    return Math.abs(now() - failure.failedAt) >= failure.pauseMs
  }

  function refreshInBackground(): void {
    // What goes wrong is kept in `failure`.
    if (isDue()) fetchOnce().catch(() => {})
  }

  function isUsable(): boolean {
    if (current === undefined) return false
    const age = Math.abs(now() - current.fetchedAt)
    if (age < refreshFromMs) return true
    if (age >= maxAgeMs && failure === undefined) return false
    refreshInBackground()
    return age < maxAgeMs + staleIfErrorMs
  }

  async function load(): Promise<LoadedKeys> {
    if (current !== undefined && isUsable()) return current
    if (failure !== undefined && !isDue()) throw failure.error
    try {
      return await fetchOnce()
    } catch (error) {
      if (current !== undefined && isUsable()) return current
      throw error
    }
  }

  async function refetch(known: LoadedKeys): Promise<LoadedKeys | undefined> {
    if (current !== undefined && current !== known) return current
    if (Math.abs(now() - forcedAt) < cooldownMs) {
      if (forcedFailure !== undefined) throw forcedFailure
      if (flight === undefined) return undefined
    } else {
      if (flight === undefined && failure !== undefined && !isDue()) throw failure.error
      forcedAt = now()
      forcedFailure = undefined
    }
    try {
      return await fetchOnce()
    } catch (error) {
      forcedFailure = error as Error
      throw error
    }
  }

  return {
    isUsable,
    load,
    refetch,
    async hydrate() {
      return { keys: (await fetchOnce()).keys }
    },
    get kids() {
      return [...(current?.handles.keys() ?? [])]
    },
    get ageMs() {
      return current && Math.abs(now() - current.fetchedAt)
    },
  }
}

/** Reads a set (RFC 7517 section 5). A key that did not change keeps its handle. */
function readKeys(body: unknown, before: LoadedKeys | undefined): LoadedKeys {
  if (!isJsonObject(body) || !Array.isArray(body['keys'])) throw new TypeError('Not a JSON Web Key Set')
  const keys = body['keys'].filter(isPublicSignatureKey)
  const fingerprints = new Map<string, string>()
  for (const key of keys) fingerprints.set(key.kid, (fingerprints.get(key.kid) ?? '') + JSON.stringify(key))
  const handles = new Map<string, KeyHandle>()
  for (const [kid, fingerprint] of fingerprints) {
    const known = before?.handles.get(kid)
    handles.set(kid, known?.fingerprint === fingerprint ? known : { kid, fingerprint, alive: true })
  }
  return { resolve: createLocalJWKSet({ keys } as unknown as JSONWebKeySet), keys, handles }
}

function retire(before: LoadedKeys | undefined, after: LoadedKeys): void {
  for (const [kid, handle] of before?.handles ?? []) {
    if (after.handles.get(kid) !== handle) handle.alive = false
  }
}

/**
 * Hydra names every key, so one without a name is none of its own. Shared secrets and private keys have no place in a
 * public set: a token that verifies with one of them proves nothing.
 */
function isPublicSignatureKey(key: unknown): key is Record<string, unknown> & { kid: string } {
  return isJsonObject(key) && typeof key['kid'] === 'string' && key['kty'] !== 'oct' && !Object.hasOwn(key, 'd')
}
