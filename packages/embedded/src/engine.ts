import type { Clock } from './clock.ts'
import type { Config } from './config.ts'
import type { State } from './state.ts'

/** What every part of the server works with. One per server, nothing is shared between two. */
export interface Engine {
  readonly config: Config
  readonly clock: Clock
  /** Replaced as a whole by a reset, so read it anew in each request. */
  readonly state: State
  /** Work that goes on after an answer was sent, such as back-channel logout. `stop` waits for it, but not for long. */
  readonly background: Set<Promise<void>>
  /** Aborted when this life of the server ends: calls to others are given up. Replaced by a reset. */
  readonly ending: AbortSignal
}
