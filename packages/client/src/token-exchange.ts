/** Requests to the token endpoint, for the grants that Hydra has (RFC 6749 section 4, RFC 7523, RFC 8628). */
import type { Answer } from './answer.ts'
import type { CallOptions } from './call.ts'
import type { OperationCall, RequestParts } from './caller.ts'
import { clientCredentials } from './client-credentials.ts'
import type { ClientCredentials } from './client-credentials.ts'
import { refuseUnknown, requireText } from './arguments.ts'
import type { FieldValue } from './encoding.ts'
import { UnsupportedOperationError } from './errors.ts'
import { optionsError } from './options-error.ts'
import { readObject, readStringMember } from './reading.ts'
import type { ServerFeatures } from './server-versions/features.ts'
import type { TokenResponse } from './wire/token-response.ts'

/** A grant to exchange for tokens, with the client's credentials. */
export type ExchangeRequest =
  | AuthorizationCodeGrant
  | RefreshTokenGrant
  | ClientCredentialsGrant
  | JwtBearerGrant
  | DeviceCodeGrant

/** A code from an authorization response (RFC 6749 section 4.1.3). */
export interface AuthorizationCodeGrant extends ClientCredentials {
  /** Names the grant. */
  grantType: 'authorization_code'
  /** The code; it is spent by its first use. */
  code: string
  /** The one of the authorization request, if it had one. */
  redirectUri?: string | undefined
  /** PKCE (RFC 7636). */
  codeVerifier?: string | undefined
}

/** A refresh (RFC 6749 section 6). It rotates the token: never run two at once with one token, both would end. */
export interface RefreshTokenGrant extends ClientCredentials {
  /** Names the grant. */
  grantType: 'refresh_token'
  /** The newest refresh token of the grant. */
  refreshToken: string
}

/** A token for the client itself (RFC 6749 section 4.4). */
export interface ClientCredentialsGrant extends ClientCredentials {
  /** Names the grant. */
  grantType: 'client_credentials'
  /** What is asked for. */
  scope?: string | readonly string[] | undefined
  /** The audiences that are asked for; they must be on the client's list. */
  audience?: string | readonly string[] | undefined
}

/** A token for an assertion of a trusted issuer (RFC 7523); since 1.11. The token's audience is the assertion's whole `aud`. */
export interface JwtBearerGrant extends ClientCredentials {
  /** Names the grant. */
  grantType: 'urn:ietf:params:oauth:grant-type:jwt-bearer'
  /** Its `aud` must contain the exact address of the token endpoint, and its `jti` be new. */
  assertion: string
  /** What is asked for. */
  scope?: string | readonly string[] | undefined
  /** More audiences; 1.11 ignores them. */
  audience?: string | readonly string[] | undefined
}

/**
 * A poll of a device (RFC 8628 section 3.4); since 25.4. Until the user has decided, the error is
 * `authorization_pending`: wait `interval` seconds, and stop at `expires_in`.
 */
export interface DeviceCodeGrant extends ClientCredentials {
  /** Names the grant. */
  grantType: 'urn:ietf:params:oauth:grant-type:device_code'
  /** From `device.authorize`. */
  deviceCode: string
}

const OPERATION = 'tokens.exchange'

/** Describes the request for a grant. */
export function describeExchange(
  request: ExchangeRequest,
  options: CallOptions | undefined,
): OperationCall<TokenResponse> {
  if (typeof request !== 'object' || request === null) throw optionsError('`tokens.exchange` needs an object')
  const { clientId, clientSecret, clientAssertion, authMethod, ...grant } = request
  const client = clientCredentials({ clientId, clientSecret, clientAssertion, authMethod })
  const form = { ...grantFields(grant as ExchangeRequest), ...client.form }
  return {
    operation: OPERATION,
    form,
    authorization: client.authorization,
    ...(isNewerGrant(request.grantType)
      ? { prepare: (features) => refuseMissingGrant(request.grantType, features) }
      : {}),
    read: readTokens,
    options,
  }
}

function grantFields(request: ExchangeRequest): Record<string, FieldValue> {
  const { grantType: grant_type } = request
  const only = (...known: string[]): void => refuseUnknown(request, ['grantType', ...known])
  switch (request.grantType) {
    case 'authorization_code': {
      only('code', 'redirectUri', 'codeVerifier')
      const { code, redirectUri: redirect_uri, codeVerifier: code_verifier } = request
      return { grant_type, code: requireText(code, 'code'), redirect_uri, code_verifier }
    }
    case 'refresh_token':
      only('refreshToken')
      return { grant_type, refresh_token: requireText(request.refreshToken, 'refreshToken') }
    case 'client_credentials':
      only('scope', 'audience')
      return { grant_type, scope: request.scope, audience: request.audience }
    case 'urn:ietf:params:oauth:grant-type:jwt-bearer': {
      only('assertion', 'scope', 'audience')
      const { assertion, scope, audience } = request
      return { grant_type, assertion: requireText(assertion, 'assertion'), scope, audience }
    }
    case 'urn:ietf:params:oauth:grant-type:device_code':
      only('deviceCode')
      return { grant_type, device_code: requireText(request.deviceCode, 'deviceCode') }
    default:
      throw optionsError(
        '`grantType` must be authorization_code, refresh_token, client_credentials, urn:ietf:params:oauth:grant-type:jwt-bearer or urn:ietf:params:oauth:grant-type:device_code',
      )
  }
}

/** Grants that not every server has; only for these the server's version is asked. */
function isNewerGrant(grantType: ExchangeRequest['grantType']): boolean {
  return grantType.startsWith('urn:')
}

/** Hydra answers an unknown grant like a malformed request, which helps nobody. */
function refuseMissingGrant(
  grantType: ExchangeRequest['grantType'],
  features: ServerFeatures | undefined,
): RequestParts {
  if (features === undefined) return {}
  const facts = { serverVersion: features.version.release, argument: grantType }
  if (grantType === 'urn:ietf:params:oauth:grant-type:jwt-bearer' && !features.jwtBearerGrant) {
    throw new UnsupportedOperationError(OPERATION, { ...facts, since: '1.11.0' })
  }
  if (grantType === 'urn:ietf:params:oauth:grant-type:device_code' && !features.deviceGrant) {
    throw new UnsupportedOperationError(OPERATION, { ...facts, since: '25.4.0' })
  }
  return {}
}

function readTokens(answer: Answer): TokenResponse {
  const found = readObject(answer, OPERATION)
  readStringMember(found, 'access_token', answer, OPERATION)
  readStringMember(found, 'token_type', answer, OPERATION)
  return found as unknown as TokenResponse
}
