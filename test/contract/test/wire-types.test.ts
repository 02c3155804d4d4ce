/**
 * The wire types of client and embedded Hydra describe the same bodies: the compiler holds the types against each
 * other, and each member that a real server was recorded to send is one that client's types have.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import type {
  ActiveToken,
  ConsentRequest,
  DeviceAuthorization,
  GrantedConsent,
  JsonWebKey as ClientKey,
  LoginRequest,
  LogoutRequest,
  OAuth2Client,
  OidcConfiguration,
  TokenResponse,
  TrustedIssuer,
} from '@hydra-kit/client'
import type { Jwk as EmbeddedKey } from '@hydra-kit/embedded'
import { operationOf, type Operation, type Port } from '../src/operations.ts'
import type { Json, Transcript } from '../src/transcript/exchange.ts'
import { readTranscript } from '../src/transcript/store.ts'

/** Both must be assignable to each other; otherwise this is `false`, and `true` is no value for it. */
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false

/** Embedded Hydra stores what it is given, also keys without a type; client's callers always state one. */
const keysAreTheSame: Same<ClientKey, EmbeddedKey & { kty: string }> = true

/** All members of a wire type: the compiler refuses one that is missing and one that is made up. */
type Members<T> = { readonly [name in keyof Required<T>]: true }

const client: Members<OAuth2Client> = {
  client_id: true,
  client_name: true,
  client_secret: true,
  client_secret_expires_at: true,
  redirect_uris: true,
  grant_types: true,
  response_types: true,
  scope: true,
  audience: true,
  owner: true,
  policy_uri: true,
  tos_uri: true,
  client_uri: true,
  logo_uri: true,
  contacts: true,
  allowed_cors_origins: true,
  subject_type: true,
  sector_identifier_uri: true,
  jwks: true,
  jwks_uri: true,
  token_endpoint_auth_method: true,
  token_endpoint_auth_signing_alg: true,
  request_object_signing_alg: true,
  request_uris: true,
  userinfo_signed_response_alg: true,
  frontchannel_logout_uri: true,
  frontchannel_logout_session_required: true,
  backchannel_logout_uri: true,
  backchannel_logout_session_required: true,
  post_logout_redirect_uris: true,
  metadata: true,
  access_token_strategy: true,
  skip_consent: true,
  skip_logout_consent: true,
  created_at: true,
  updated_at: true,
  registration_access_token: true,
  registration_client_uri: true,
  authorization_code_grant_access_token_lifespan: true,
  authorization_code_grant_id_token_lifespan: true,
  authorization_code_grant_refresh_token_lifespan: true,
  client_credentials_grant_access_token_lifespan: true,
  implicit_grant_access_token_lifespan: true,
  implicit_grant_id_token_lifespan: true,
  jwt_bearer_grant_access_token_lifespan: true,
  refresh_token_grant_access_token_lifespan: true,
  refresh_token_grant_id_token_lifespan: true,
  refresh_token_grant_refresh_token_lifespan: true,
  device_authorization_grant_access_token_lifespan: true,
  device_authorization_grant_id_token_lifespan: true,
  device_authorization_grant_refresh_token_lifespan: true,
  password_grant_access_token_lifespan: true,
  password_grant_refresh_token_lifespan: true,
}

const login: Members<LoginRequest> = {
  challenge: true,
  requested_scope: true,
  requested_access_token_audience: true,
  skip: true,
  subject: true,
  oidc_context: true,
  client: true,
  request_url: true,
  session_id: true,
}

const consent: Members<ConsentRequest> = {
  challenge: true,
  consent_request_id: true,
  requested_scope: true,
  requested_access_token_audience: true,
  skip: true,
  subject: true,
  oidc_context: true,
  client: true,
  request_url: true,
  login_challenge: true,
  login_session_id: true,
  acr: true,
  amr: true,
  context: true,
}

const logout: Members<LogoutRequest> = {
  challenge: true,
  subject: true,
  sid: true,
  request_url: true,
  rp_initiated: true,
  client: true,
  expires_at: true,
  requested_at: true,
}

const active: Members<ActiveToken> = {
  active: true,
  token_use: true,
  token_type: true,
  client_id: true,
  sub: true,
  iss: true,
  scope: true,
  aud: true,
  exp: true,
  iat: true,
  nbf: true,
  username: true,
  obfuscated_subject: true,
  ext: true,
}

const device: Members<DeviceAuthorization> = {
  device_code: true,
  user_code: true,
  verification_uri: true,
  verification_uri_complete: true,
  expires_in: true,
  interval: true,
}

const tokens: Members<TokenResponse> = {
  access_token: true,
  token_type: true,
  expires_in: true,
  scope: true,
  refresh_token: true,
  id_token: true,
  c_nonce_draft_00: true,
  c_nonce_expires_in_draft_00: true,
}

const issuer: Members<TrustedIssuer> = {
  id: true,
  issuer: true,
  subject: true,
  allow_any_subject: true,
  scope: true,
  public_key: true,
  created_at: true,
  expires_at: true,
}

const discovery: Members<OidcConfiguration> = {
  issuer: true,
  authorization_endpoint: true,
  token_endpoint: true,
  jwks_uri: true,
  userinfo_endpoint: true,
  revocation_endpoint: true,
  end_session_endpoint: true,
  registration_endpoint: true,
  device_authorization_endpoint: true,
  credentials_endpoint_draft_00: true,
  credentials_supported_draft_00: true,
  subject_types_supported: true,
  response_types_supported: true,
  response_modes_supported: true,
  grant_types_supported: true,
  scopes_supported: true,
  claims_supported: true,
  token_endpoint_auth_methods_supported: true,
  id_token_signing_alg_values_supported: true,
  userinfo_signing_alg_values_supported: true,
  request_object_signing_alg_values_supported: true,
  code_challenge_methods_supported: true,
  id_token_signed_response_alg: true,
  userinfo_signed_response_alg: true,
  request_parameter_supported: true,
  request_uri_parameter_supported: true,
  require_request_uri_registration: true,
  claims_parameter_supported: true,
  backchannel_logout_supported: true,
  backchannel_logout_session_supported: true,
  frontchannel_logout_supported: true,
  frontchannel_logout_session_supported: true,
}

const granted: Members<GrantedConsent> = {
  consent_request_id: true,
  consent_request: true,
  grant_scope: true,
  grant_access_token_audience: true,
  session: true,
  remember: true,
  remember_for: true,
  handled_at: true,
  context: true,
}

/** What each operation answers with. */
const bodies: Readonly<Partial<Record<Operation, Readonly<Record<string, true>>>>> = {
  createOAuth2Client: client,
  getOAuth2Client: client,
  setOAuth2Client: client,
  patchOAuth2Client: client,
  setOAuth2ClientLifespans: client,
  listOAuth2Clients: client,
  createOidcDynamicClient: client,
  getOidcDynamicClient: client,
  setOidcDynamicClient: client,
  getOAuth2LoginRequest: login,
  getOAuth2ConsentRequest: consent,
  getOAuth2LogoutRequest: logout,
  introspectOAuth2Token: active,
  // A stray member of Go's HTTP library, which means nothing.
  oAuth2DeviceFlow: { ...device, ...({ Header: true } as const) },
  oauth2TokenExchange: tokens,
  trustOAuth2JwtGrantIssuer: issuer,
  getTrustedOAuth2JwtGrantIssuer: issuer,
  listTrustedOAuth2JwtGrantIssuers: issuer,
  discoverOidcConfiguration: discovery,
  listOAuth2ConsentSessions: granted,
}

const recorded = join(__dirname, '..', 'recorded')

function transcripts(version: '1.11' | '26.2'): Transcript[] {
  return readdirSync(join(recorded, version)).flatMap((profile) =>
    readdirSync(join(recorded, version, profile)).map((file) => {
      const transcript = readTranscript(version, profile, file.replace(/\.json$/, ''))
      if (transcript === undefined) throw new Error(`${profile}/${file} is no transcript`)
      return transcript
    }),
  )
}

test('keys of both packages are the same type', () => {
  expect(keysAreTheSame).toBe(true)
})

test.each(['1.11', '26.2'] as const)("%s: every recorded member is one of client's types", (version) => {
  const unknown = new Set<string>()
  const seen = new Set<Operation>()
  for (const { exchanges } of transcripts(version)) {
    for (const { request, response } of exchanges) {
      const [port = '', path = ''] = (request.url.split('?')[0] ?? '').split(' ')
      const operation = operationOf(port as Port, request.method, path)
      const known = operation === undefined ? undefined : bodies[operation]
      if (operation === undefined || known === undefined || response.status < 200 || response.status >= 300) continue
      seen.add(operation)
      for (const name of membersOf(response.body)) if (!Object.hasOwn(known, name)) unknown.add(`${operation}: ${name}`)
    }
  }
  expect([...unknown]).toEqual([])
  const absent = Object.keys(bodies).filter((operation) => !seen.has(operation as Operation))
  expect(absent).toEqual(version === '1.11' ? ['oAuth2DeviceFlow'] : [])
})

/** Member names of a body, or of each row of a list. */
function membersOf(body: Json | undefined): string[] {
  if (Array.isArray(body)) return body.flatMap((row: Json) => membersOf(row))
  return typeof body === 'object' && body !== null ? Object.keys(body) : []
}
