/** What a token remembers about the sign-in it came from. Times are milliseconds since 1970. */

/** The claims of the ID token, before they are written. */
export interface IdTokenClaims {
  jti: string
  iss: string
  sub: string
  aud: string[]
  nonce: string
  exp: number | undefined
  iat: number | undefined
  /** When the authorization was requested. */
  rat: number | undefined
  authTime: number | undefined
  atHash: string
  cHash: string
  acr: string
  amr: string[]
  /** `session.id_token` of the consent, and `sid`. */
  ext: Record<string, unknown>
}

/** The session of one grant. */
export interface TokenSession {
  idTokenClaims: IdTokenClaims
  /** The real subject; `idTokenClaims.sub` is the pairwise one. */
  subject: string
  username: string
  /** `session.access_token` of the consent. */
  extra: Record<string, unknown>
  /** A hook left that side out of its answer: hooks then see `null`. */
  extraRemoved?: boolean
  /** Key of JWT access tokens, "" for opaque ones. */
  kid: string
  clientId: string
  /** Id of the consent request, "" for machine clients. */
  consentChallenge: string
  expiresAt: { access?: number; refresh?: number; code?: number; device?: number }
}

/** A session that nothing is known about yet. */
export function emptySession(): TokenSession {
  return {
    idTokenClaims: {
      jti: '',
      iss: '',
      sub: '',
      aud: [],
      nonce: '',
      exp: undefined,
      iat: undefined,
      rat: undefined,
      authTime: undefined,
      atHash: '',
      cHash: '',
      acr: '',
      amr: [],
      ext: {},
    },
    subject: '',
    username: '',
    extra: {},
    kid: '',
    clientId: '',
    consentChallenge: '',
    expiresAt: {},
  }
}

/** One grant on its way to tokens: who asks, for what, with which session. */
export interface TokenRequest {
  /** Tokens of one grant share it: that is how they are revoked together. */
  id: string
  requestedAt: number
  clientId: string
  requestedScopes: string[]
  grantedScopes: string[]
  requestedAudience: string[]
  grantedAudience: string[]
  session: TokenSession
}

/** A request with nothing granted. */
export function newTokenRequest(id: string, clientId: string, now: number): TokenRequest {
  return {
    id,
    requestedAt: now,
    clientId,
    requestedScopes: [],
    grantedScopes: [],
    requestedAudience: [],
    grantedAudience: [],
    session: emptySession(),
  }
}

/** A deep copy: what is stored must not change with the next step of the request. */
export function copyTokenRequest(request: TokenRequest): TokenRequest {
  return structuredClone(request)
}
