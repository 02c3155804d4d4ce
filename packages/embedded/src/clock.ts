import { parseDuration } from './durations.ts'
import { optionsError } from './options-error.ts'

/** The time of one server. Every lifetime is judged by it, so moving it ages everything at once. */
export interface Clock {
  /** Milliseconds since 1970, as this server sees them. */
  readonly now: () => number
  /**
   * Moves the time forward.
   *
   * @param by milliseconds, or a duration as Hydra writes it (`'90s'`, `'1h30m'`)
   * @throws TypeError `ERR_OPTIONS` when it is negative or not a duration
   */
  advance(by: number | string): void
  /** Undoes every {@link Clock.advance}. */
  reset(): void
}

/** A clock on top of another, by default the machine's. */
export function createClock(base: () => number = Date.now): Clock {
  let offset = 0
  return {
    now: () => base() + offset,
    advance(by) {
      const ms = typeof by === 'string' ? parseDuration(by) : by
      if (ms === undefined || !Number.isFinite(ms) || ms < 0) {
        throw optionsError('clock.advance: give milliseconds (a number ≥ 0) or a duration such as "90s" or "1h30m".')
      }
      offset += ms
    },
    reset() {
      offset = 0
    },
  }
}
