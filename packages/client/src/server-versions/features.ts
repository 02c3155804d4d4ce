/**
 * What a server can do and how it does it, asked as questions. The rest of the package never compares versions: all
 * that is known about releases is this file, `routes.ts` and `body-members.ts`.
 *
 * 1.11.10 and 26.2.0 were observed running; everything about other releases is from their source.
 */
import { isAtLeast } from './release.ts'
import type { ServerVersion } from './release.ts'

/** The answers for one server. */
export interface ServerFeatures {
  readonly version: ServerVersion
  /** How its lists are paged. */
  readonly paging: 'offset' | 'offset-token' | 'page-token'
  /** It refuses unknown members in accept and reject bodies (400). */
  readonly strictBodies: boolean
  /** Its router can tell `%2F` inside a path segment from a slash; before, such an id can't be addressed at all. */
  readonly slashInPath: boolean
  /** It takes a `client_id` of the caller's choice on creation. */
  readonly chosenClientId: boolean
  /** An unknown client is 401 instead of 404. */
  readonly unknownClientIs401: boolean
  /** It has a challenge that can expire: 401 on challenge routes. */
  readonly expiredChallengeIs401: boolean
}

/** The features of a server. */
export function featuresOf(version: ServerVersion): ServerFeatures {
  const since = (release: string): boolean => isAtLeast(version.release, release)
  return {
    version,
    paging: since('25.4.0') ? 'page-token' : since('2.0.0') ? 'offset-token' : 'offset',
    strictBodies: !since('25.4.0'),
    slashInPath: since('25.4.0'),
    chosenClientId: !since('2.0.0') || since('2.2.0'),
    unknownClientIs401: !since('1.11.0'),
    expiredChallengeIs401: since('2.2.0'),
  }
}
