/**
 * What a server can do and how it does it, asked as questions. The rest of the package never compares versions: all
 * that is known about releases is in this folder and in `since` and `until` of `operations.ts`.
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
  /** Its router can tell `%2F` inside a path segment from a slash; before, such an id can't be addressed at all. */
  readonly slashInPath: boolean
  /** It takes a `client_id` of the caller's choice on creation; 2.0 and 2.1 refuse any. */
  readonly chosenClientId: boolean
  /** It says 401 for a client that doesn't exist, where later ones say 404. */
  readonly unknownClientIs401: boolean
  /** It filters clients by name and owner; before, such a filter is ignored and everything is listed. */
  readonly clientFilters: boolean
  /** It filters consent sessions by login session; before, that filter is ignored and everything is listed. */
  readonly consentsByLoginSession: boolean
  /**
   * How it takes the revocation of all consents of a subject: `subject` alone means all (1.4 – 1.6), or `all=true`
   * must say so.
   */
  readonly revokesAllBySubjectAlone: boolean
  /** It says 404 when a revocation of consents matched nothing; later ones 204. */
  readonly nothingToRevokeIs404: boolean
  /** It revokes a single consent by its id. */
  readonly revokesConsentById: boolean
  /** It ends a single login session by its `sid`. */
  readonly revokesLoginBySid: boolean
  /** It runs `test`, `move` and `copy` of a JSON Patch; later ones only `add`, `remove` and `replace`. */
  readonly allPatchOperations: boolean
  /** It keeps a generated key as a pair, under `private:<kid>` and `public:<kid>`. */
  readonly keyPairs: boolean
  /** It has the JWT bearer grant (RFC 7523). */
  readonly jwtBearerGrant: boolean
  /** It has the device grant (RFC 8628). */
  readonly deviceGrant: boolean
}

/** The features of a server. */
export function featuresOf(version: ServerVersion): ServerFeatures {
  const since = (release: string): boolean => isAtLeast(version.release, release)
  return {
    version,
    paging: since('25.4.0') ? 'page-token' : since('2.0.0') ? 'offset-token' : 'offset',
    slashInPath: since('25.4.0'),
    chosenClientId: !since('2.0.0') || since('2.2.0'),
    unknownClientIs401: !since('1.11.0'),
    clientFilters: since('1.10.5'),
    consentsByLoginSession: since('2.0.3'),
    revokesAllBySubjectAlone: !since('1.7.0'),
    nothingToRevokeIs404: !since('1.10.0'),
    revokesConsentById: since('25.4.0'),
    revokesLoginBySid: since('2.1.0'),
    allPatchOperations: !since('2.0.0'),
    keyPairs: !since('2.0.0'),
    jwtBearerGrant: since('1.11.0'),
    deviceGrant: since('25.4.0'),
  }
}
