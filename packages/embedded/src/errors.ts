/**
 * Every error that Hydra answers with. `error` and the status are Hydra's own values, programs depend on them;
 * the descriptions say the same in other words.
 */

const brand = Symbol.for('@hydra-kit/embedded/HydraError')

/** An error on its way to the caller: which status, which `error`, which description. */
export interface HydraError extends Error {
  /** HTTP status, where the error is a body and not a redirect. */
  readonly status: number
  /** The member `error` of the answer. Not always a registered code: Hydra's storage errors put a sentence there. */
  readonly error: string
  /** The member `error_description` of the answer. */
  readonly description: string
}

/** Whether a thrown value is an answer of {@link HydraError}'s kind, across copies and realms. */
export function isHydraError(value: unknown): value is HydraError {
  return typeof value === 'object' && value !== null && brand in value
}

/** Makes an error answer. */
export function hydraError(status: number, error: string, description: string): HydraError {
  const thrown = new Error(error) as Error & { status: number; error: string; description: string }
  thrown.name = 'HydraError'
  // A double quote would end the quoted string of a challenge header early; Hydra writes single ones too.
  Object.assign(thrown, { status, error, description: description.replaceAll('"', "'") })
  Object.defineProperty(thrown, brand, { value: true })
  return thrown as HydraError
}

function oauthError(status: number, error: string, description: string): (hint?: string) => HydraError {
  return (hint) => hydraError(status, error, hint === undefined ? description : `${description} ${hint}`)
}

/** A factory for one error code; the hint is added to its description. */
export type ErrorFactory = (hint?: string) => HydraError

export const invalidRequest: ErrorFactory = oauthError(
  400,
  'invalid_request',
  'A required parameter is missing, repeated or has a value that is not allowed.',
)
export const invalidClient: ErrorFactory = oauthError(401, 'invalid_client', 'The client could not be authenticated.')
export const invalidGrant: ErrorFactory = oauthError(
  400,
  'invalid_grant',
  'The code, assertion or refresh token is wrong, expired, revoked, already used or belongs to another client.',
)
export const unauthorizedClient: ErrorFactory = oauthError(
  400,
  'unauthorized_client',
  'The client is not registered for this way of asking for a token.',
)
export const invalidScope: ErrorFactory = oauthError(
  400,
  'invalid_scope',
  'The scope is unknown, malformed or not open to this client.',
)
export const accessDenied: ErrorFactory = oauthError(
  403,
  'access_denied',
  'The user or the server refused the request.',
)
export const unsupportedResponseType: ErrorFactory = oauthError(
  400,
  'unsupported_response_type',
  'This response type is not available.',
)
export const unsupportedResponseMode: ErrorFactory = oauthError(
  400,
  'unsupported_response_mode',
  'This response mode is not available.',
)
export const invalidState: ErrorFactory = oauthError(
  400,
  'invalid_state',
  'The state is missing or too short to be unguessable.',
)
export const insufficientEntropy: ErrorFactory = oauthError(
  400,
  'insufficient_entropy',
  'A security parameter is too short to be unguessable.',
)
export const serverError: ErrorFactory = oauthError(500, 'server_error', 'The server could not complete the request.')
export const requestForbidden: ErrorFactory = oauthError(403, 'request_forbidden', 'The request is not allowed.')
export const requestUnauthorized: ErrorFactory = oauthError(
  401,
  'request_unauthorized',
  'The request is not authorized.',
)
export const loginRequired: ErrorFactory = oauthError(400, 'login_required', 'The user has to sign in first.')
export const consentRequired: ErrorFactory = oauthError(400, 'consent_required', 'The user has to give consent first.')
export const scopeNotGranted: ErrorFactory = oauthError(403, 'scope_not_granted', 'The needed scope was not granted.')
export const tokenExpired: ErrorFactory = oauthError(401, 'invalid_token', 'The token has expired.')
export const invalidTokenFormat: ErrorFactory = oauthError(400, 'invalid_token', 'The token is malformed.')
export const tokenSignatureMismatch: ErrorFactory = oauthError(
  400,
  'token_signature_mismatch',
  'The signature of the token does not verify with the current key.',
)
export const tokenClaim: ErrorFactory = oauthError(401, 'token_claim', 'A claim of the token does not hold.')
export const registrationNotSupported: ErrorFactory = oauthError(
  400,
  'registration_not_supported',
  'The registration parameter is not available.',
)
export const invalidRequestObject: ErrorFactory = oauthError(
  400,
  'invalid_request_object',
  'The request object is not valid.',
)
export const invalidRequestUri: ErrorFactory = oauthError(
  400,
  'invalid_request_uri',
  'The request_uri could not be used.',
)
export const jtiKnown: ErrorFactory = oauthError(400, 'jti_known', 'This jti has been used before.')
export const authorizationPending: ErrorFactory = oauthError(
  400,
  'authorization_pending',
  'The user has not finished signing in yet.',
)
export const deviceExpiredToken: ErrorFactory = oauthError(400, 'expired_token', 'The device code has expired.')
export const invalidClientMetadata: ErrorFactory = oauthError(
  400,
  'invalid_client_metadata',
  'A field of the client has a value that is not allowed.',
)
export const invalidRedirectUri: ErrorFactory = oauthError(
  400,
  'invalid_redirect_uri',
  'A redirect URI of the client is not allowed.',
)

/** 404 of login, consent and key-set lookups. */
export function challengeNotFound(): HydraError {
  return hydraError(404, 'Not Found', 'There is no such resource.')
}

/** 404 of clients, keys, logout requests and trusted issuers. Hydra sends an empty description. */
export function resourceNotFound(): HydraError {
  return hydraError(404, 'Unable to locate the resource', '')
}

/** 409: something with that id exists. */
export function alreadyExists(): HydraError {
  return hydraError(409, 'Unable to insert or update resource because a resource with that value exists already', '')
}

/** 400 of bodies and query strings of the admin API that can't be read. */
export function badRequest(reason: string): HydraError {
  return hydraError(400, 'The request was malformed or contained invalid parameters', reason)
}

/** 401 of the registration API. */
export function unauthorized(reason: string): HydraError {
  return hydraError(401, 'The request could not be authorized', reason)
}

/** 403 of the registration API. */
export function forbidden(reason: string): HydraError {
  return hydraError(403, 'The requested action was forbidden', reason)
}

/** What Hydra sends for an error that has no type of its own: 500 unless the endpoint forces another status. */
export function untypedError(status = 500): HydraError {
  return hydraError(status, 'error', 'The error has no further description.')
}
