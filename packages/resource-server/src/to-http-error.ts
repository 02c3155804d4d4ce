import { formatChallenge } from './challenge.ts'
import type { ChallengeError } from './challenge.ts'
import { isBearerTokenError, isVerificationUnavailableError } from './errors.ts'
import type { BearerTokenError, VerificationUnavailableError } from './errors.ts'

/** An answer to the caller of the API: what a framework adapter writes out. */
export interface HttpAnswer {
  readonly status: number
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  /** To be sent as JSON. */
  readonly body: { readonly error: string; readonly error_description: string }
}

/** What the challenge says about the API and the route. */
export interface ChallengeContext {
  readonly realm?: string | undefined
  readonly resourceMetadataUrl?: string | undefined
  /** Scopes that the route needs, named in the challenge of a request without a token. */
  readonly scope?: string | readonly string[] | undefined
}

/** One description per error code: a caller must not learn which check failed (a probe for valid tokens would). */
const descriptions: Readonly<Record<ChallengeError, string>> = {
  invalid_request: 'The request must carry one well-formed access token.',
  invalid_token: 'The access token is not valid here: it may be unknown, expired, revoked or meant for another API.',
  insufficient_scope: 'The access token does not allow this.',
}

/**
 * Words the answer to an error of this package: the only place that does. Returns undefined for any other error, which
 * is not about tokens and belongs to the framework.
 */
export function toHttpError(
  error: BearerTokenError | VerificationUnavailableError,
  context?: ChallengeContext,
): HttpAnswer
export function toHttpError(error: unknown, context?: ChallengeContext): HttpAnswer | undefined
export function toHttpError(error: unknown, context: ChallengeContext = {}): HttpAnswer | undefined {
  if (isBearerTokenError(error)) return refusal(error, context)
  if (isVerificationUnavailableError(error)) return outage(error)
  return undefined
}

function refusal(error: BearerTokenError, context: ChallengeContext): HttpAnswer {
  const { realm, resourceMetadataUrl: resourceMetadata } = context
  if (error.reason === 'missing') {
    // RFC 6750 section 3.1: a request without authentication information gets no error code.
    const challenge = formatChallenge({ realm, scope: scopeList(context.scope), resourceMetadata })
    return answer(401, challenge, 'unauthorized', 'This resource needs an access token.')
  }
  const code = errorCode(error)
  const errorDescription = descriptions[code]
  const scope = code === 'insufficient_scope' ? error.requiredScopes : undefined
  const challenge = formatChallenge({ realm, error: code, errorDescription, scope, resourceMetadata })
  return answer(error.status, challenge, code, errorDescription)
}

function answer(status: number, challenge: string, error: string, description: string): HttpAnswer {
  const headers = { 'www-authenticate': challenge, 'cache-control': 'no-store' }
  return { status, headers, body: { error, error_description: description } }
}

/** No challenge: the token may be good, and a client that is challenged throws its session away. */
function outage(error: VerificationUnavailableError): HttpAnswer {
  return {
    status: 503,
    headers: { 'retry-after': String(error.retryAfterSeconds), 'cache-control': 'no-store' },
    body: { error: 'temporarily_unavailable', error_description: 'Access tokens cannot be checked at the moment.' },
  }
}

function errorCode(error: BearerTokenError): ChallengeError {
  if (error.status === 400) return 'invalid_request'
  return error.status === 403 ? 'insufficient_scope' : 'invalid_token'
}

function scopeList(scope: string | readonly string[] | undefined): readonly string[] | undefined {
  return typeof scope === 'string' ? [scope] : scope
}
