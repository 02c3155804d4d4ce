/** What a resource server can tell about itself: numbers and names of keys, nothing about tokens. */
import type { BreakerState } from './introspection-gate.ts'
import type { PublicKeySet } from './key-set.ts'

/** The state of one issuer. */
export interface IssuerStats {
  readonly issuer: string
  readonly keys: {
    /** Names of the keys at hand. */
    readonly kids: readonly string[]
    /** Since they were asked for; undefined if there are none. Saved keys count from 480 s. */
    readonly ageSeconds: number | undefined
  }
  /** JWTs whose signature was verified. `bytes` is an estimate. */
  readonly verifiedJwts: { readonly entries: number; readonly bytes: number }
  readonly introspection: {
    readonly breaker: BreakerState
    /** Questions on their way. */
    readonly inFlight: number
    /** Questions that wait for their turn. */
    readonly queued: number
    readonly activeEntries: number
    /** An estimate. */
    readonly activeBytes: number
    readonly inactiveEntries: number
  }
}

/** What `stats()` gives. */
export interface ResourceServerStats {
  readonly issuers: readonly IssuerStats[]
}

/** What `ready()` gives. */
export interface Readiness {
  readonly ready: boolean
  /** What is missing, for a log. */
  readonly problems: readonly string[]
}

/** The keys of one issuer, to be saved and given back as its `savedKeys`. */
export interface HydratedKeys {
  readonly issuer: string
  readonly keys: PublicKeySet
}
