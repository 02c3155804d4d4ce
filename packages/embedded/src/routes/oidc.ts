import { randomUUID } from 'node:crypto'
import type { Engine } from '../engine.ts'
import { isHydraError, untypedError } from '../errors.ts'
import { supportedSubjectTypes } from '../flow/subject-identifier.ts'
import { type Answer, adminError, json } from '../http/answer.ts'
import { type HydraRequest, bearerToken } from '../http/request.ts'
import type { Route } from '../http/router.ts'
import { below } from '../http/urls.ts'
import { writtenClaims } from '../tokens/id-token.ts'
import { findActiveToken } from '../tokens/introspection.ts'
import { signWithSet } from '../tokens/jws.ts'
import { type Jwk, accessTokenSet, currentKey, idTokenSet, publicJwk } from '../tokens/key-sets.ts'

/** OpenID Connect on the public port: discovery, keys, userinfo. */
export function oidcRoutes(engine: Engine): Route[] {
  const discovery = (): Promise<Answer> => discover(engine)
  const userinfo = (request: HydraRequest): Promise<Answer> => getUserinfo(engine, request)
  return [
    { method: 'GET', path: '/.well-known/openid-configuration', handle: discovery },
    { method: 'GET', path: '/.well-known/oauth-authorization-server', handle: discovery },
    { method: 'GET', path: '/.well-known/jwks.json', handle: () => publicKeys(engine) },
    { method: 'GET', path: '/userinfo', handle: userinfo },
    { method: 'POST', path: '/userinfo', handle: userinfo },
  ]
}

/** Algorithms by which a holder may prove a key for a verifiable credential. */
export const proofAlgorithms: readonly string[] = 'PS256 RS256 ES256 PS384 RS384 ES384 PS512 RS512 ES512 EdDSA'.split(
  ' ',
)

async function discover(engine: Engine): Promise<Answer> {
  const { config, state } = engine
  const alg = (await currentKey(state.keySets, idTokenSet)).alg ?? 'RS256'
  const at = (path: string): string => below(config.publicUrl, path)
  const { discovery } = config
  const registration = discovery.clientRegistrationUrl
  return json({
    issuer: config.issuer,
    authorization_endpoint: discovery.authUrl ?? at('/oauth2/auth'),
    device_authorization_endpoint: discovery.deviceAuthorizationUrl ?? at('/oauth2/device/auth'),
    // Absent unless it is configured by hand, also while dynamic registration is on.
    ...(registration === undefined ? {} : { registration_endpoint: registration }),
    token_endpoint: discovery.tokenUrl ?? at('/oauth2/token'),
    jwks_uri: discovery.jwksUrl ?? at('/.well-known/jwks.json'),
    subject_types_supported: supportedSubjectTypes(engine, config.accessTokenStrategy),
    response_types_supported: ['code', 'code id_token', 'id_token', 'token id_token', 'token', 'token id_token code'],
    claims_supported: ['sub', ...(discovery.supportedClaims ?? [])],
    grant_types_supported: [
      'authorization_code',
      'implicit',
      'client_credentials',
      'refresh_token',
      'urn:ietf:params:oauth:grant-type:device_code',
    ],
    response_modes_supported: ['query', 'fragment', 'form_post'],
    userinfo_endpoint: discovery.userinfoUrl ?? at('/userinfo'),
    scopes_supported: ['offline_access', 'offline', 'openid', ...(discovery.supportedScope ?? [])],
    token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic', 'private_key_jwt', 'none'],
    userinfo_signing_alg_values_supported: ['none', alg],
    id_token_signing_alg_values_supported: [alg],
    id_token_signed_response_alg: [alg],
    userinfo_signed_response_alg: [alg],
    request_parameter_supported: true,
    request_uri_parameter_supported: true,
    require_request_uri_registration: true,
    claims_parameter_supported: false,
    revocation_endpoint: at('/oauth2/revoke'),
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
    frontchannel_logout_supported: true,
    frontchannel_logout_session_supported: true,
    end_session_endpoint: at('/oauth2/sessions/logout'),
    request_object_signing_alg_values_supported: ['none', 'RS256', 'ES256'],
    // `plain` is named, but refused.
    code_challenge_methods_supported: ['plain', 'S256'],
    credentials_endpoint_draft_00: at('/credentials'),
    credentials_supported_draft_00: [
      {
        format: 'jwt_vc_json',
        types: ['VerifiableCredential', 'UserInfoCredential'],
        cryptographic_binding_methods_supported: ['jwk'],
        cryptographic_suites_supported: proofAlgorithms,
      },
    ],
  })
}

/** Every key of both signing sets, public halves only; the ID token's first, the newest of each first. */
async function publicKeys({ state }: Engine): Promise<Answer> {
  const keys: Jwk[] = []
  for (const set of [idTokenSet, accessTokenSet]) {
    await currentKey(state.keySets, set)
    for (const key of state.keySets.get(set) ?? []) {
      const shown = publicJwk(key)
      // A symmetric key has no public half; one in a signing set breaks the whole answer, in Hydra too.
      if (shown === undefined) throw untypedError()
      keys.push(shown)
    }
  }
  return json({ keys })
}

async function getUserinfo(engine: Engine, request: HydraRequest): Promise<Answer> {
  try {
    const found = await findActiveToken(engine, { token: await bearerToken(request), hint: 'access_token' })
    if (found.use !== 'access_token') {
      return adminError(untypedError(401), [challenge('invalid_token', 'An access token is needed here.')])
    }
    const client = engine.state.clients.get(found.stored.request.clientId)
    const claims = userinfoClaims(found.stored.request.clientId, found.stored.request.session.idTokenClaims)
    if (client?.userinfo_signed_response_alg !== 'RS256') return json(claims)
    const iat = Math.floor(engine.clock.now() / 1000)
    const body = await signWithSet(engine, idTokenSet, { ...claims, jti: randomUUID(), iat })
    return { status: 200, headers: [['Content-Type', 'application/jwt']], body }
  } catch (error) {
    if (!isHydraError(error) || error.status !== 401) throw error
    return adminError(error, [challenge(error.error, error.description)])
  }
}

function challenge(error: string, description: string): [string, string] {
  return ['WWW-Authenticate', `Bearer error="${error}",error_description="${description}"`]
}

/** The ID token's claims without those that belong to one token. The scope `openid` is not needed, as in Hydra. */
function userinfoClaims(clientId: string, idTokenClaims: Parameters<typeof writtenClaims>[0]): Record<string, unknown> {
  const claims = writtenClaims(idTokenClaims)
  for (const name of ['nonce', 'at_hash', 'c_hash', 'exp', 'sid', 'jti']) delete claims[name]
  const aud = idTokenClaims.aud
  claims['aud'] = aud.includes(clientId) ? aud : [...aud, clientId]
  return claims
}
