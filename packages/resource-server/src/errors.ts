/** What this package throws at use. Configuration mistakes are `TypeError`s, see options-error.ts. */

/**
 * Why a request was refused, precise enough for a log line. Callers of the API never see it: every 401 for a token
 * says the same (RFC 6750 section 3.1).
 */
export type RefusalReason =
  /** No `Authorization` header, another scheme, or no token in any of the configured places. */
  | 'missing'
  /** `Bearer` without a token, or characters outside of RFC 6750 section 2.1. */
  | 'malformed'
  /** The request carries a token in two places (RFC 6750 section 2). */
  | 'two_tokens'
  /** Longer than 8 192 bytes. */
  | 'too_long'
  /** Hydra says `active: false`: unknown, expired or revoked. */
  | 'inactive'
  | 'expired'
  | 'not_yet_valid'
  | 'wrong_issuer'
  /** `aud` is empty: the usual first evening with Hydra. */
  | 'audience_missing'
  | 'wrong_audience'
  | 'refresh_token'
  | 'id_token'
  | 'logout_token'
  /** Neither refresh, ID nor logout token, but not an access token that this API accepts either. */
  | 'not_access_token'
  /** The JWT names a key that is not in Hydra's key set. */
  | 'unknown_key'
  | 'bad_signature'
  /** An algorithm that is not on the list, or a critical header extension. */
  | 'bad_algorithm'
  /** `cnf`: bound to a key by DPoP or mutual TLS, which Hydra does not issue. */
  | 'unsupported_confirmation'
  /** The route wants a fresher proof than a JWT without introspection can give. */
  | 'stale'
  | 'insufficient_scope'
  | 'claim_mismatch'

/** The `code` of every error that this package throws at use. */
export type ResourceServerErrorCode = 'ERR_BEARER_TOKEN' | 'ERR_VERIFICATION_UNAVAILABLE'

const bearerTokenBrand: unique symbol = Symbol.for('@hydra-kit/resource-server/BearerTokenError')
const unavailableBrand: unique symbol = Symbol.for('@hydra-kit/resource-server/VerificationUnavailableError')

const reasons: Readonly<Record<RefusalReason, readonly [status: 400 | 401 | 403, message: string]>> = {
  missing: [401, 'The request carries no access token.'],
  malformed: [400, 'The access token is empty or contains characters that RFC 6750 section 2.1 does not allow.'],
  two_tokens: [400, 'The request carries an access token in more than one place.'],
  too_long: [400, 'The access token is longer than 8192 bytes.'],
  inactive: [401, 'Hydra says that the token is not active: unknown, expired or revoked.'],
  expired: [401, 'The token has expired.'],
  not_yet_valid: [401, 'The token is not valid yet (nbf). Check the clocks of both servers.'],
  wrong_issuer: [401, 'The token was issued by a server that is not configured for this request.'],
  audience_missing: [
    401,
    'The token has no audience. Hydra leaves aud empty unless the client lists the audience (audience), the request ' +
      'asks for it (audience parameter) and consent grants it (grant_access_token_audience).',
  ],
  wrong_audience: [401, 'The token was issued for another audience.'],
  refresh_token: [401, 'A refresh token was presented as an access token.'],
  id_token: [401, 'An ID token was presented as an access token.'],
  logout_token: [401, 'A logout token was presented as an access token.'],
  not_access_token: [401, 'The token is not an access token of a format that is accepted here.'],
  unknown_key: [401, "The token names a signing key that is not in the issuer's key set."],
  bad_signature: [401, 'The signature of the token does not verify.'],
  bad_algorithm: [401, 'The token is signed with an algorithm, or has a critical header, that is not accepted.'],
  unsupported_confirmation: [401, 'The token is bound to a key (cnf), which is not supported.'],
  stale: [401, 'The route needs a fresher token: this one is older, and no introspection is configured.'],
  insufficient_scope: [403, 'The token lacks a scope that the route needs.'],
  claim_mismatch: [403, 'The token lacks a claim that the route needs.'],
}

/** The status that a reason is answered with (RFC 6750 section 3.1). */
export function statusOf(reason: RefusalReason): 400 | 401 | 403 {
  return reasons[reason][0]
}

/** The request is refused; the caller is wrong. Message and fields never contain the token or its claims. */
export class BearerTokenError extends Error {
  readonly code = 'ERR_BEARER_TOKEN'
  /** The precise reason, for logs and metrics; not for the response. */
  readonly reason: RefusalReason
  /** 400, 401 or 403 (RFC 6750 section 3.1). */
  readonly status: 400 | 401 | 403
  /** With `insufficient_scope`: the scopes that would have been enough. */
  declare readonly requiredScopes?: readonly string[]

  constructor(reason: RefusalReason, options?: { cause?: unknown; requiredScopes?: readonly string[] | undefined }) {
    super(reasons[reason][1], options?.cause === undefined ? undefined : { cause: options.cause })
    this.reason = reason
    this.status = reasons[reason][0]
    if (options?.requiredScopes !== undefined) this.requiredScopes = options.requiredScopes
  }
}
brand(BearerTokenError, 'BearerTokenError', bearerTokenBrand)

/** Hydra could not answer, so nobody knows whether the token is good. Always a 503, never a 401. */
export class VerificationUnavailableError extends Error {
  readonly code = 'ERR_VERIFICATION_UNAVAILABLE'
  /** Whole seconds after which another try makes sense; at least 1. */
  readonly retryAfterSeconds: number

  constructor(message: string, options: { retryAfterSeconds: number; cause?: unknown }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.retryAfterSeconds = Math.max(1, Math.ceil(options.retryAfterSeconds))
  }
}
brand(VerificationUnavailableError, 'VerificationUnavailableError', unavailableBrand)

/** True for a {@link BearerTokenError} of any copy of this package, module kind or realm. */
export function isBearerTokenError(error: unknown): error is BearerTokenError {
  return hasBrand(error, bearerTokenBrand)
}

/** True for a {@link VerificationUnavailableError} of any copy of this package, module kind or realm. */
export function isVerificationUnavailableError(error: unknown): error is VerificationUnavailableError {
  return hasBrand(error, unavailableBrand)
}

/** Name and brand live on the prototype, so that they are not enumerable on each error. */
function brand(errorClass: { prototype: object }, name: string, symbol: symbol): void {
  Object.defineProperty(errorClass.prototype, 'name', { value: name, configurable: true, writable: true })
  Object.defineProperty(errorClass.prototype, symbol, { value: true })
}

function hasBrand(error: unknown, symbol: symbol): boolean {
  return typeof error === 'object' && error !== null && (error as Record<symbol, unknown>)[symbol] === true
}
