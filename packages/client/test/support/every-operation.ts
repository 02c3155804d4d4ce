/** Every operation once: how to call it, and an answer that a server gives to it. */
import type { HydraCall, HydraClient, OperationName, CallOptions } from '@hydra-kit/client'

export interface OperationSample {
  call: (hydra: HydraClient, options?: CallOptions) => HydraCall<unknown>
  /** Method and path below the public or admin address. */
  request: { v1: string; v2: string }
  answer: { status: number; body?: unknown; text?: string }
}

const client = { client_id: 'c1', client_name: 'photos', redirect_uris: null }
const loginRequest = {
  challenge: 'ch',
  requested_scope: null,
  requested_access_token_audience: [],
  skip: false,
  subject: '',
  oidc_context: {},
  client,
  request_url: 'https://auth.example.com/oauth2/auth?client_id=c1',
}
const redirect = { redirect_to: 'https://auth.example.com/oauth2/auth?login_verifier=v' }
const key = { kid: 'k1', kty: 'RSA', use: 'sig', alg: 'RS256', n: 'n', e: 'AQAB' }
const issuer = {
  id: '7f1c3a52-0f64-4d3a-9a2e-3a6bb4c9e0d1',
  issuer: 'https://issuer.example',
  subject: 'bob',
  scope: null,
  public_key: { set: 'https://issuer.example', kid: 'k1' },
  expires_at: '2030-01-01T00:00:00Z',
}
const consent = { consent_request: { challenge: '' }, grant_scope: null, grant_access_token_audience: [] }
const admin = (v1: string): { v1: string; v2: string } => ({ v1, v2: v1.replace(' /', ' /admin/') })
const same = (path: string): { v1: string; v2: string } => ({ v1: path, v2: path })
const auth = { clientId: 'c1', clientSecret: 'client-secret-1' }

export const everyOperation: Record<OperationName, OperationSample> = {
  'metadata.version': {
    call: (hydra, options) => hydra.metadata.version(options),
    request: same('GET /version'),
    answer: { status: 200, body: { version: 'v26.2.0' } },
  },
  'metadata.alive': {
    call: (hydra, options) => hydra.metadata.alive(options),
    request: same('GET /health/alive'),
    answer: { status: 200, body: { status: 'ok' } },
  },
  'metadata.ready': {
    call: (hydra, options) => hydra.metadata.ready(options),
    request: same('GET /health/ready'),
    answer: { status: 200, body: { status: 'ok' } },
  },
  'metadata.metrics': {
    call: (hydra, options) => hydra.metadata.metrics(options),
    request: admin('GET /metrics/prometheus'),
    answer: { status: 200, text: '# HELP go_goroutines\ngo_goroutines 7\n' },
  },
  'oidc.discovery': {
    call: (hydra, options) => hydra.oidc.discovery(options),
    request: same('GET /.well-known/openid-configuration'),
    answer: {
      status: 200,
      body: {
        issuer: 'https://a',
        authorization_endpoint: 'https://a/a',
        token_endpoint: 'https://a/t',
        jwks_uri: 'https://a/j',
      },
    },
  },
  'oidc.jwks': {
    call: (hydra, options) => hydra.oidc.jwks(options),
    request: same('GET /.well-known/jwks.json'),
    answer: { status: 200, body: { keys: [key] } },
  },
  'oidc.userinfo': {
    call: (hydra, options) => hydra.oidc.userinfo('access-token-1', options),
    request: same('GET /userinfo'),
    answer: { status: 200, body: { sub: 'alice' } },
  },
  'tokens.introspect': {
    call: (hydra, options) => hydra.tokens.introspect({ token: 'access-token-1' }, options),
    request: admin('POST /oauth2/introspect'),
    answer: { status: 200, body: { active: true, token_use: 'access_token', client_id: 'c1' } },
  },
  'tokens.revoke': {
    call: (hydra, options) => hydra.tokens.revoke({ token: 'access-token-1', ...auth }, options),
    request: same('POST /oauth2/revoke'),
    answer: { status: 200, text: '' },
  },
  'tokens.exchange': {
    call: (hydra, options) => hydra.tokens.exchange({ grantType: 'client_credentials', scope: 'a', ...auth }, options),
    request: same('POST /oauth2/token'),
    answer: { status: 200, body: { access_token: 't', token_type: 'bearer', expires_in: 3599 } },
  },
  'tokens.deleteByClient': {
    call: (hydra, options) => hydra.tokens.deleteByClient('c1', options),
    request: admin('DELETE /oauth2/tokens?client_id=c1'),
    answer: { status: 204 },
  },
  'tokens.flushInactive': {
    call: (hydra, options) => hydra.tokens.flushInactive({ notAfter: new Date(0) }, options),
    request: admin('POST /oauth2/flush'),
    answer: { status: 204 },
  },
  'clients.create': {
    call: (hydra, options) =>
      hydra.clients.create({ client_name: 'photos', client_secret: 'client-secret-1' }, options),
    request: admin('POST /clients'),
    answer: { status: 201, body: client },
  },
  'clients.get': {
    call: (hydra, options) => hydra.clients.get('c1', options),
    request: admin('GET /clients/c1'),
    answer: { status: 200, body: client },
  },
  'clients.list': {
    call: (hydra, options) => hydra.clients.list({}, options).page(),
    request: { v1: 'GET /clients?limit=100&offset=0', v2: 'GET /admin/clients?page_size=100' },
    answer: { status: 200, body: [client] },
  },
  'clients.set': {
    call: (hydra, options) => hydra.clients.set('c1', { client_name: 'x', client_secret: 'client-secret-1' }, options),
    request: admin('PUT /clients/c1'),
    answer: { status: 200, body: client },
  },
  'clients.patch': {
    call: (hydra, options) =>
      hydra.clients.patch('c1', [{ op: 'replace', path: '/client_secret', value: 'client-secret-1' }], options),
    request: admin('PATCH /clients/c1'),
    answer: { status: 200, body: client },
  },
  'clients.delete': {
    call: (hydra, options) => hydra.clients.delete('c1', options),
    request: admin('DELETE /clients/c1'),
    answer: { status: 204 },
  },
  'clients.setLifespans': {
    call: (hydra, options) =>
      hydra.clients.setLifespans('c1', { client_credentials_grant_access_token_lifespan: '30m' }, options),
    request: admin('PUT /clients/c1/lifespans'),
    answer: { status: 200, body: client },
  },
  'loginRequests.get': {
    call: (hydra, options) => hydra.loginRequests.get('challenge-1', options),
    request: admin('GET /oauth2/auth/requests/login?login_challenge=challenge-1'),
    answer: { status: 200, body: loginRequest },
  },
  'loginRequests.accept': {
    call: (hydra, options) => hydra.loginRequests.accept('challenge-1', { subject: 'alice' }, options),
    request: admin('PUT /oauth2/auth/requests/login/accept?login_challenge=challenge-1'),
    answer: { status: 200, body: redirect },
  },
  'loginRequests.reject': {
    call: (hydra, options) => hydra.loginRequests.reject('challenge-1', { error: 'access_denied' }, options),
    request: admin('PUT /oauth2/auth/requests/login/reject?login_challenge=challenge-1'),
    answer: { status: 200, body: redirect },
  },
  'consentRequests.get': {
    call: (hydra, options) => hydra.consentRequests.get('challenge-1', options),
    request: admin('GET /oauth2/auth/requests/consent?consent_challenge=challenge-1'),
    answer: { status: 200, body: { ...loginRequest, amr: null } },
  },
  'consentRequests.accept': {
    call: (hydra, options) => hydra.consentRequests.accept('challenge-1', { grant_scope: ['openid'] }, options),
    request: admin('PUT /oauth2/auth/requests/consent/accept?consent_challenge=challenge-1'),
    answer: { status: 200, body: redirect },
  },
  'consentRequests.reject': {
    call: (hydra, options) => hydra.consentRequests.reject('challenge-1', { error: 'access_denied' }, options),
    request: admin('PUT /oauth2/auth/requests/consent/reject?consent_challenge=challenge-1'),
    answer: { status: 200, body: redirect },
  },
  'logoutRequests.get': {
    call: (hydra, options) => hydra.logoutRequests.get('challenge-1', options),
    request: admin('GET /oauth2/auth/requests/logout?logout_challenge=challenge-1'),
    answer: {
      status: 200,
      body: { subject: 'alice', sid: 's', request_url: '/oauth2/sessions/logout', rp_initiated: false },
    },
  },
  'logoutRequests.accept': {
    call: (hydra, options) => hydra.logoutRequests.accept('challenge-1', options),
    request: admin('PUT /oauth2/auth/requests/logout/accept?logout_challenge=challenge-1'),
    answer: { status: 200, body: redirect },
  },
  'logoutRequests.reject': {
    call: (hydra, options) => hydra.logoutRequests.reject('challenge-1', options),
    request: admin('PUT /oauth2/auth/requests/logout/reject?logout_challenge=challenge-1'),
    answer: { status: 204 },
  },
  'deviceRequests.accept': {
    call: (hydra, options) => hydra.deviceRequests.accept('challenge-1', { user_code: 'aBcDeFgH' }, options),
    request: admin('PUT /oauth2/auth/requests/device/accept?device_challenge=challenge-1'),
    answer: { status: 200, body: redirect },
  },
  'consentSessions.list': {
    call: (hydra, options) => hydra.consentSessions.list({ subject: 'alice' }, options).page(),
    request: {
      v1: 'GET /oauth2/auth/sessions/consent?subject=alice&limit=100&offset=0',
      v2: 'GET /admin/oauth2/auth/sessions/consent?subject=alice&page_size=100',
    },
    answer: { status: 200, body: [consent] },
  },
  'consentSessions.revoke': {
    call: (hydra, options) => hydra.consentSessions.revoke({ subject: 'alice', client: 'c1' }, options),
    request: admin('DELETE /oauth2/auth/sessions/consent?subject=alice&client=c1'),
    answer: { status: 204 },
  },
  'loginSessions.revoke': {
    call: (hydra, options) => hydra.loginSessions.revoke({ subject: 'alice' }, options),
    request: admin('DELETE /oauth2/auth/sessions/login?subject=alice'),
    answer: { status: 204 },
  },
  'keySets.create': {
    call: (hydra, options) => hydra.keySets.create('my-set', { alg: 'RS256', kid: 'k1' }, options),
    request: admin('POST /keys/my-set'),
    answer: { status: 201, body: { keys: [key] } },
  },
  'keySets.get': {
    call: (hydra, options) => hydra.keySets.get('my-set', options),
    request: admin('GET /keys/my-set'),
    answer: { status: 200, body: { keys: [key] } },
  },
  'keySets.set': {
    call: (hydra, options) => hydra.keySets.set('my-set', { keys: [{ ...key, d: 'private-part-1' }] }, options),
    request: admin('PUT /keys/my-set'),
    answer: { status: 200, body: { keys: null } },
  },
  'keySets.delete': {
    call: (hydra, options) => hydra.keySets.delete('my-set', options),
    request: admin('DELETE /keys/my-set'),
    answer: { status: 204 },
  },
  'keySets.getKey': {
    call: (hydra, options) => hydra.keySets.getKey('my-set', 'public:k1', options),
    request: admin('GET /keys/my-set/public%3Ak1'),
    answer: { status: 200, body: { keys: [key] } },
  },
  'keySets.setKey': {
    call: (hydra, options) => hydra.keySets.setKey('my-set', 'k1', { ...key, d: 'private-part-1' }, options),
    request: admin('PUT /keys/my-set/k1'),
    answer: { status: 200, body: key },
  },
  'keySets.deleteKey': {
    call: (hydra, options) => hydra.keySets.deleteKey('my-set', 'public:k1', options),
    request: admin('DELETE /keys/my-set/public%3Ak1'),
    answer: { status: 204 },
  },
  'trustedIssuers.create': {
    call: (hydra, options) =>
      hydra.trustedIssuers.create(
        {
          issuer: 'https://issuer.example',
          subject: 'bob',
          jwk: key,
          scope: ['a'],
          expires_at: '2030-01-01T00:00:00Z',
        },
        options,
      ),
    request: admin('POST /trust/grants/jwt-bearer/issuers'),
    answer: { status: 201, body: issuer },
  },
  'trustedIssuers.get': {
    call: (hydra, options) => hydra.trustedIssuers.get(issuer.id, options),
    request: admin(`GET /trust/grants/jwt-bearer/issuers/${issuer.id}`),
    answer: { status: 200, body: issuer },
  },
  'trustedIssuers.list': {
    call: (hydra, options) => hydra.trustedIssuers.list({ issuer: issuer.issuer }, options).page(),
    request: {
      v1: 'GET /trust/grants/jwt-bearer/issuers?issuer=https%3A%2F%2Fissuer.example&limit=100&offset=0',
      v2: 'GET /admin/trust/grants/jwt-bearer/issuers?issuer=https%3A%2F%2Fissuer.example&page_size=100',
    },
    answer: { status: 200, body: [issuer] },
  },
  'trustedIssuers.delete': {
    call: (hydra, options) => hydra.trustedIssuers.delete(issuer.id, options),
    request: admin(`DELETE /trust/grants/jwt-bearer/issuers/${issuer.id}`),
    answer: { status: 204 },
  },
  'registration.create': {
    call: (hydra, options) => hydra.registration.create({ client_name: 'dyn' }, options),
    request: same('POST /oauth2/register'),
    answer: { status: 201, body: { ...client, registration_access_token: 'r' } },
  },
  'registration.get': {
    call: (hydra, options) => hydra.registration.get('c1', 'registration-token-1', options),
    request: same('GET /oauth2/register/c1'),
    answer: { status: 200, body: client },
  },
  'registration.set': {
    call: (hydra, options) => hydra.registration.set('c1', 'registration-token-1', { client_name: 'dyn' }, options),
    request: same('PUT /oauth2/register/c1'),
    answer: { status: 200, body: { ...client, registration_access_token: 'r2' } },
  },
  'registration.delete': {
    call: (hydra, options) => hydra.registration.delete('c1', 'registration-token-1', options),
    request: same('DELETE /oauth2/register/c1'),
    answer: { status: 204 },
  },
  'device.authorize': {
    call: (hydra, options) => hydra.device.authorize({ ...auth, scope: ['openid'] }, options),
    request: same('POST /oauth2/device/auth'),
    answer: {
      status: 200,
      body: { device_code: 'd', user_code: 'u', verification_uri: 'https://a/d', expires_in: 599, Header: null },
    },
  },
  'credentials.create': {
    call: (hydra, options) =>
      hydra.credentials.create('access-token-1', { format: 'jwt_vc_json', types: ['VerifiableCredential'] }, options),
    request: same('POST /credentials'),
    answer: { status: 200, body: { format: 'jwt_vc_json', credential_draft_00: 'a.b.c' } },
  },
}

/** What the samples send that must never be repeated in an error. */
export const secrets: readonly string[] = [
  'access-token-1',
  'client-secret-1',
  'registration-token-1',
  'private-part-1',
  'challenge-1',
  'aBcDeFgH',
]

export const operationNames: OperationName[] = Object.keys(everyOperation) as OperationName[]
