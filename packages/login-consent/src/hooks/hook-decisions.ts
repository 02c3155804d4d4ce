/**
 * What a hook decides, and how that is said to Hydra.
 */
import type { Claims, HookRequest } from './hook-request.ts'

/** Claims to put into the tokens. */
export interface HookClaims {
  /** `ext` of introspection and of JWT access tokens. Left out: stays as it is. */
  readonly accessToken?: Claims | undefined
  /** Claims of the ID token and of userinfo. Left out: stays as it is. `sid` is always kept. */
  readonly idToken?: Claims | undefined
  /**
   * Drop what was there, on a side that is given, instead of adding to it. Only grants that replace can do that:
   * refresh, client credentials, JWT bearer. Default: false.
   */
  readonly replace?: boolean | undefined
}

/** Outcome of a hook. Make it with {@link hook}. */
export type HookDecision =
  | { readonly step: 'hook'; readonly type: 'keep' }
  | { readonly step: 'hook'; readonly type: 'set'; readonly claims: HookClaims }
  | { readonly step: 'hook'; readonly type: 'deny' }

/** Makes a {@link HookDecision}. */
export const hook: {
  /** Issue the tokens with the claims that they have. */
  keep(): HookDecision
  /**
   * Issue the tokens with these claims, too. **What that can do differs by grant, and it is Hydra's rule:**
   *
   * - `refresh_token`, `client_credentials`, JWT bearer: Hydra stores what it is sent in place of what it had. The
   *   current claims are sent along, yours on top, so that nothing is lost; with `replace`, only yours (and `sid`).
   *   Lasting: later refreshes start from here.
   * - `authorization_code`, device code: Hydra puts yours *under* those of the consent. A claim that the consent set
   *   keeps its value, as a whole; new ones are added; none can be removed.
   *
   * `sub`, `iss`, `aud`, `exp`, `acr` and the like cannot be changed by either.
   */
  set(claims: HookClaims): HookDecision
  /** Refuse: the client gets `access_denied`. The code or refresh token stays usable, and so does the old access token. */
  deny(): HookDecision
} = {
  keep: () => ({ step: 'hook', type: 'keep' }),
  set: (claims) => ({ step: 'hook', type: 'set', claims: { ...claims } }),
  deny: () => ({ step: 'hook', type: 'deny' }),
}

/** An answer to Hydra. */
export interface HookAnswer {
  readonly status: 200 | 204 | 403
  readonly body: string
}

/** Refuses. Hydra passes nothing of the body on. */
export const denied: HookAnswer = { status: 403, body: '' }

/**
 * Says a decision. `undefined` if it cannot be said: "keep" to a server that neither tells the claims nor knows 204.
 */
export function hookAnswer(
  request: HookRequest,
  decision: HookDecision,
  kind: 'token' | 'refresh',
): HookAnswer | undefined {
  if (decision.type === 'deny') return denied
  if (decision.type === 'keep') {
    // 204 is an error to refresh hooks of 1.x. Sending back what is there means the same to all of them.
    if (kind === 'token') return { status: 204, body: '' }
    return request.hasSession ? sessionAnswer(request.accessTokenClaims, request.idTokenClaims) : undefined
  }
  const { accessToken, idToken, replace = false } = decision.claims
  if (merges(request.grantType) && kind === 'token') return sessionAnswer(accessToken ?? {}, idToken ?? {})
  return sessionAnswer(
    replaced(request.accessTokenClaims, accessToken, replace),
    withSid(request, replaced(request.idTokenClaims, idToken, replace)),
  )
}

/** Grants for which Hydra merges instead of replacing. */
function merges(grantType: string): boolean {
  return ['authorization_code', 'urn:ietf:params:oauth:grant-type:device_code'].includes(grantType)
}

function replaced(current: Claims, given: Claims | undefined, replace: boolean): Claims {
  if (given === undefined) return current
  return replace ? given : { ...current, ...given }
}

/** Without `sid` the new ID token has none, and back-channel logout no longer finds the session. */
function withSid({ idTokenClaims }: HookRequest, claims: Claims): Claims {
  return 'sid' in idTokenClaims ? { ...claims, sid: idTokenClaims['sid'] } : claims
}

function sessionAnswer(accessToken: Claims, idToken: Claims): HookAnswer {
  return { status: 200, body: JSON.stringify({ session: { access_token: accessToken, id_token: idToken } }) }
}
