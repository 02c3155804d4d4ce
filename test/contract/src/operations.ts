/** Hydra's operations by method and path, under the names of the 26.2 API document (1.x names for what only 1.x has). */

/** One route; `{x}` stands for one path segment. */
interface Route {
  readonly port: Port
  readonly method: string
  readonly path: string
}

export type Port = 'public' | 'admin'

const routes = {
  getOAuth2LoginRequest: admin('GET', '/oauth2/auth/requests/login'),
  acceptOAuth2LoginRequest: admin('PUT', '/oauth2/auth/requests/login/accept'),
  rejectOAuth2LoginRequest: admin('PUT', '/oauth2/auth/requests/login/reject'),
  getOAuth2ConsentRequest: admin('GET', '/oauth2/auth/requests/consent'),
  acceptOAuth2ConsentRequest: admin('PUT', '/oauth2/auth/requests/consent/accept'),
  rejectOAuth2ConsentRequest: admin('PUT', '/oauth2/auth/requests/consent/reject'),
  getOAuth2LogoutRequest: admin('GET', '/oauth2/auth/requests/logout'),
  acceptOAuth2LogoutRequest: admin('PUT', '/oauth2/auth/requests/logout/accept'),
  rejectOAuth2LogoutRequest: admin('PUT', '/oauth2/auth/requests/logout/reject'),
  acceptUserCodeRequest: admin('PUT', '/oauth2/auth/requests/device/accept'),
  listOAuth2ConsentSessions: admin('GET', '/oauth2/auth/sessions/consent'),
  revokeOAuth2ConsentSessions: admin('DELETE', '/oauth2/auth/sessions/consent'),
  revokeOAuth2LoginSessions: admin('DELETE', '/oauth2/auth/sessions/login'),
  introspectOAuth2Token: admin('POST', '/oauth2/introspect'),
  deleteOAuth2Token: admin('DELETE', '/oauth2/tokens'),
  flushInactiveOAuth2Tokens: admin('POST', '/oauth2/flush'),
  createOAuth2Client: admin('POST', '/clients'),
  listOAuth2Clients: admin('GET', '/clients'),
  getOAuth2Client: admin('GET', '/clients/{id}'),
  setOAuth2Client: admin('PUT', '/clients/{id}'),
  patchOAuth2Client: admin('PATCH', '/clients/{id}'),
  deleteOAuth2Client: admin('DELETE', '/clients/{id}'),
  setOAuth2ClientLifespans: admin('PUT', '/clients/{id}/lifespans'),
  createJsonWebKeySet: admin('POST', '/keys/{set}'),
  getJsonWebKeySet: admin('GET', '/keys/{set}'),
  setJsonWebKeySet: admin('PUT', '/keys/{set}'),
  deleteJsonWebKeySet: admin('DELETE', '/keys/{set}'),
  getJsonWebKey: admin('GET', '/keys/{set}/{kid}'),
  setJsonWebKey: admin('PUT', '/keys/{set}/{kid}'),
  deleteJsonWebKey: admin('DELETE', '/keys/{set}/{kid}'),
  trustOAuth2JwtGrantIssuer: admin('POST', '/trust/grants/jwt-bearer/issuers'),
  listTrustedOAuth2JwtGrantIssuers: admin('GET', '/trust/grants/jwt-bearer/issuers'),
  getTrustedOAuth2JwtGrantIssuer: admin('GET', '/trust/grants/jwt-bearer/issuers/{id}'),
  deleteTrustedOAuth2JwtGrantIssuer: admin('DELETE', '/trust/grants/jwt-bearer/issuers/{id}'),
  getVersion: admin('GET', '/version'),
  isAlive: either('GET', '/health/alive'),
  isReady: either('GET', '/health/ready'),
  prometheus: admin('GET', '/metrics/prometheus'),
  oAuth2Authorize: open('GET', '/oauth2/auth'),
  oauth2TokenExchange: open('POST', '/oauth2/token'),
  revokeOAuth2Token: open('POST', '/oauth2/revoke'),
  getOidcUserInfo: open('GET', '/userinfo'),
  revokeOidcSession: open('GET', '/oauth2/sessions/logout'),
  discoverOidcConfiguration: open('GET', '/.well-known/openid-configuration'),
  discoverJsonWebKeys: open('GET', '/.well-known/jwks.json'),
  createOidcDynamicClient: open('POST', '/oauth2/register'),
  getOidcDynamicClient: open('GET', '/oauth2/register/{id}'),
  setOidcDynamicClient: open('PUT', '/oauth2/register/{id}'),
  deleteOidcDynamicClient: open('DELETE', '/oauth2/register/{id}'),
  oAuth2DeviceFlow: open('POST', '/oauth2/device/auth'),
  performOAuth2DeviceVerificationFlow: open('GET', '/oauth2/device/verify'),
  createVerifiableCredential: open('POST', '/credentials'),
} as const satisfies Record<string, Route>

export type Operation = keyof typeof routes

export const operationNames: readonly Operation[] = Object.keys(routes) as Operation[]

/** Second spellings of an operation. */
const aliases: readonly (Route & { readonly operation: Operation })[] = [
  { ...open('POST', '/oauth2/auth'), operation: 'oAuth2Authorize' },
  { ...open('POST', '/userinfo'), operation: 'getOidcUserInfo' },
  { ...open('POST', '/oauth2/sessions/logout'), operation: 'revokeOidcSession' },
  { ...open('GET', '/.well-known/oauth-authorization-server'), operation: 'discoverOidcConfiguration' },
]

/** The operation that a request is for; a path on the admin port counts with and without `/admin`. */
export function operationOf(port: Port, method: string, path: string): Operation | undefined {
  const plain = port === 'admin' ? path.replace(/^\/admin(?=\/)/, '') : path
  const fits = (route: Route): boolean =>
    (route.port === port || route.path.startsWith('/health/')) && route.method === method && matches(route.path, plain)
  return operationNames.find((name) => fits(routes[name])) ?? aliases.find(fits)?.operation
}

function matches(template: string, path: string): boolean {
  const parts = template.split('/')
  const actual = path.split('/')
  return parts.length === actual.length && parts.every((part, i) => part.startsWith('{') || part === actual[i])
}

function admin(method: string, path: string): Route {
  return { port: 'admin', method, path }
}

function open(method: string, path: string): Route {
  return { port: 'public', method, path }
}

function either(method: string, path: string): Route {
  return { port: 'admin', method, path }
}
