/**
 * The path of every operation, one table per generation. `{}` stands for a path parameter.
 *
 * Why three: 2.0 put the admin port below `/admin` but left health and version outside; 25.4 serves both spellings,
 * silently. In between (2.0 – 2.3) the old paths are redirects to a configured address that may not be reachable
 * from here, so they are never relied on.
 */
import type { OperationName } from '../operations.ts'
import { operations } from '../operations.ts'
import { isAtLeast } from './release.ts'

/** A path for every operation. */
export type RouteTable = Readonly<Record<OperationName, string>>

/** 1.4 – 1.11. */
export const routesOfVersion1: RouteTable = {
  'metadata.version': '/version',
  'metadata.alive': '/health/alive',
  'metadata.ready': '/health/ready',
  'metadata.metrics': '/metrics/prometheus',

  'oidc.discovery': '/.well-known/openid-configuration',
  'oidc.jwks': '/.well-known/jwks.json',
  'oidc.userinfo': '/userinfo',

  'tokens.introspect': '/oauth2/introspect',
  'tokens.revoke': '/oauth2/revoke',
  'tokens.exchange': '/oauth2/token',
  'tokens.deleteByClient': '/oauth2/tokens',
  'tokens.flushInactive': '/oauth2/flush',

  'clients.create': '/clients',
  'clients.get': '/clients/{}',
  'clients.list': '/clients',
  'clients.set': '/clients/{}',
  'clients.patch': '/clients/{}',
  'clients.delete': '/clients/{}',
  'clients.setLifespans': '/clients/{}/lifespans',

  'loginRequests.get': '/oauth2/auth/requests/login',
  'loginRequests.accept': '/oauth2/auth/requests/login/accept',
  'loginRequests.reject': '/oauth2/auth/requests/login/reject',
  'consentRequests.get': '/oauth2/auth/requests/consent',
  'consentRequests.accept': '/oauth2/auth/requests/consent/accept',
  'consentRequests.reject': '/oauth2/auth/requests/consent/reject',
  'logoutRequests.get': '/oauth2/auth/requests/logout',
  'logoutRequests.accept': '/oauth2/auth/requests/logout/accept',
  'logoutRequests.reject': '/oauth2/auth/requests/logout/reject',
  'deviceRequests.accept': '/oauth2/auth/requests/device/accept',

  'consentSessions.list': '/oauth2/auth/sessions/consent',
  'consentSessions.revoke': '/oauth2/auth/sessions/consent',
  'loginSessions.revoke': '/oauth2/auth/sessions/login',

  'keySets.create': '/keys/{}',
  'keySets.get': '/keys/{}',
  'keySets.set': '/keys/{}',
  'keySets.delete': '/keys/{}',
  'keySets.getKey': '/keys/{}/{}',
  'keySets.setKey': '/keys/{}/{}',
  'keySets.deleteKey': '/keys/{}/{}',

  'trustedIssuers.create': '/trust/grants/jwt-bearer/issuers',
  'trustedIssuers.get': '/trust/grants/jwt-bearer/issuers/{}',
  'trustedIssuers.list': '/trust/grants/jwt-bearer/issuers',
  'trustedIssuers.delete': '/trust/grants/jwt-bearer/issuers/{}',

  // The API documents of 1.11.0 – 1.11.8 say /connect/register, which no server ever served.
  'registration.create': '/oauth2/register',
  'registration.get': '/oauth2/register/{}',
  'registration.set': '/oauth2/register/{}',
  'registration.delete': '/oauth2/register/{}',

  'device.authorize': '/oauth2/device/auth',
  'credentials.create': '/credentials',
}

/** Served without the prefix on every server; 2.0 – 2.3 have them nowhere else. */
const unprefixed: ReadonlySet<OperationName> = new Set(['metadata.version', 'metadata.alive', 'metadata.ready'])

/** 2.0 – 2.3, and 25.4 on: the admin port is below `/admin`, except for health and version. */
export const routesOfVersion2: RouteTable = belowAdmin(routesOfVersion1)

/** The table of a release. */
export function routesOf(release: string): RouteTable {
  return isAtLeast(release, '2.0.0') ? routesOfVersion2 : routesOfVersion1
}

/** Whether an operation has one path on every server, so that no version needs to be known to call it. */
export function isSameEverywhere(operation: OperationName): boolean {
  const { since, until } = operations[operation]
  return since === undefined && until === undefined && routesOfVersion1[operation] === routesOfVersion2[operation]
}

function belowAdmin(table: RouteTable): RouteTable {
  const entries = Object.entries(table) as [OperationName, string][]
  return Object.fromEntries(
    entries.map(([name, path]) => [
      name,
      operations[name].port === 'admin' && !unprefixed.has(name) ? `/admin${path}` : path,
    ]),
  ) as Record<OperationName, string>
}
