import type { Engine } from './engine.ts'
import type { Port } from './http/request.ts'
import type { Route } from './http/router.ts'
import { authorizeRoutes } from './routes/authorize.ts'
import { clientRoutes } from './routes/clients.ts'
import { consentRequestRoutes } from './routes/consent-requests.ts'
import { consentSessionRoutes } from './routes/consent-sessions.ts'
import { credentialRoutes } from './routes/credentials.ts'
import { adminDeviceRoutes, publicDeviceRoutes } from './routes/device.ts'
import { fallbackRoutes } from './routes/fallbacks.ts'
import { keySetRoutes } from './routes/key-sets.ts'
import { loginRequestRoutes } from './routes/login-requests.ts'
import { loginSessionRoutes } from './routes/login-sessions.ts'
import { logoutRequestRoutes } from './routes/logout-requests.ts'
import { logoutRoutes } from './routes/logout.ts'
import { metadataRoutes } from './routes/metadata.ts'
import { oidcRoutes } from './routes/oidc.ts'
import { registrationRoutes } from './routes/registration.ts'
import { adminTokenRoutes, publicTokenRoutes } from './routes/tokens.ts'
import { trustedIssuerRoutes } from './routes/trusted-issuers.ts'

/** Paths that answer OPTIONS with an empty 200 while CORS is off. */
const optionsPaths: readonly string[] = [
  '/oauth2/token',
  '/oauth2/revoke',
  '/.well-known/openid-configuration',
  '/.well-known/oauth-authorization-server',
  '/.well-known/jwks.json',
  '/userinfo',
  '/credentials',
]

/** Every endpoint of one port. A new resource is one file in `routes/` and one line here. */
export function routesOf(engine: Engine, port: Port): Route[] {
  if (port === 'admin') {
    return [
      ...clientRoutes(engine),
      ...loginRequestRoutes(engine),
      ...consentRequestRoutes(engine),
      ...logoutRequestRoutes(engine),
      ...adminDeviceRoutes(engine),
      ...consentSessionRoutes(engine),
      ...loginSessionRoutes(engine),
      ...keySetRoutes(engine),
      ...trustedIssuerRoutes(engine),
      ...adminTokenRoutes(engine),
      ...metadataRoutes(engine, port),
    ]
  }
  return [
    ...authorizeRoutes(engine),
    ...logoutRoutes(engine),
    ...publicDeviceRoutes(engine),
    ...publicTokenRoutes(engine),
    ...oidcRoutes(engine),
    ...registrationRoutes(engine),
    ...credentialRoutes(engine),
    ...fallbackRoutes(),
    ...metadataRoutes(engine, port),
    ...optionsPaths.map((path): Route => ({
      method: 'OPTIONS',
      path,
      handle: () => ({ status: 200, headers: [], body: '' }),
    })),
  ]
}
