/**
 * What a challenge can be, on every generation of servers, as a result rather than an exception: login apps meet
 * handled and expired challenges daily (back button, double click, bookmarks).
 */
import type { ErrorBody } from './error-body.ts'
import type { HydraAddress } from './options.ts'

/** The challenge is of no more use. */
export type ClosedChallenge =
  /**
   * Already accepted or rejected and followed (409 up to 1.10.1, 410 later). Send the browser to `redirectTo`, which
   * restarts the flow; absent where the server gives none. 2.2 and later never report it for login and consent.
   */
  | {
      /** Used. */
      state: 'handled'
      /** Where the flow starts over. */
      redirectTo?: string
    }
  /** Older than `ttl.login_consent_request`. Servers before 2.2 don't tell: there only the redirect fails. */
  | {
      /** Too old. */
      state: 'expired'
    }
  /** No such challenge, or one of another kind. */
  | {
      /** Not there. */
      state: 'unknown'
    }

/** What looking up a challenge gives. */
export type ChallengeLookup<R> =
  | {
      /** It waits for an answer, as far as the server tells. */
      state: 'open'
      /** What is asked. */
      request: R
    }
  | ClosedChallenge

/** What accepting or rejecting gives: send the browser to `redirectTo`. */
export type ChallengeCompletion =
  | {
      /** The server took it. */
      state: 'done'
      /** Where the browser goes on. */
      redirectTo: string
    }
  | ClosedChallenge

/**
 * Reads the refusals of challenge routes. Only bodies of Hydra's own handlers count: 401 and 404 of a proxy stay what
 * they are, errors of credentials and addresses.
 */
export function readClosedChallenge(
  status: number,
  body: ErrorBody,
  publicUrl: HydraAddress | undefined,
): { result: ClosedChallenge } | undefined {
  if (!body.isHydras) return undefined
  if (status === 409 || status === 410) {
    if (body.redirectTo === undefined) return { result: { state: 'handled' } }
    return { result: { state: 'handled', redirectTo: toAbsolute(body.redirectTo, publicUrl) } }
  }
  if (status === 401 && body.error === 'request_unauthorized') return { result: { state: 'expired' } }
  return status === 404 ? { result: { state: 'unknown' } } : undefined
}

/** Logout requests carry URLs without scheme and host; they are meant below the public address. */
function toAbsolute(url: string, publicUrl: HydraAddress | undefined): string {
  return url.startsWith('/') && publicUrl !== undefined ? publicUrl.origin + publicUrl.path + url : url
}
