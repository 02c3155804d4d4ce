/** Every operation of Hydra's API once: method, port, success, how it may be repeated, which servers have it. */
import type { RetryClass } from './retry.ts'

/** What is true of an operation on every server that has it. Paths differ: see `server-versions/routes.ts`. */
export interface OperationFacts {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  port: 'admin' | 'public'
  /** The one status that means success. */
  success: number
  retry: RetryClass
  /** First release that has it; absent: all since 1.4. */
  since?: string
  /** First release that no longer has it. */
  until?: string
}

/** The name of an operation, as in `hydra.<resource>.<method>`. */
export type OperationName =
  | 'metadata.version'
  | 'metadata.alive'
  | 'metadata.ready'
  | 'metadata.metrics'
  | 'oidc.discovery'
  | 'oidc.jwks'
  | 'oidc.userinfo'
  | 'tokens.introspect'
  | 'tokens.revoke'
  | 'tokens.exchange'
  | 'tokens.deleteByClient'
  | 'tokens.flushInactive'
  | 'clients.create'
  | 'clients.get'
  | 'clients.list'
  | 'clients.set'
  | 'clients.patch'
  | 'clients.delete'
  | 'clients.setLifespans'
  | 'loginRequests.get'
  | 'loginRequests.accept'
  | 'loginRequests.reject'
  | 'consentRequests.get'
  | 'consentRequests.accept'
  | 'consentRequests.reject'
  | 'logoutRequests.get'
  | 'logoutRequests.accept'
  | 'logoutRequests.reject'
  | 'deviceRequests.accept'
  | 'consentSessions.list'
  | 'consentSessions.revoke'
  | 'loginSessions.revoke'
  | 'keySets.create'
  | 'keySets.get'
  | 'keySets.set'
  | 'keySets.delete'
  | 'keySets.getKey'
  | 'keySets.setKey'
  | 'keySets.deleteKey'
  | 'trustedIssuers.create'
  | 'trustedIssuers.get'
  | 'trustedIssuers.list'
  | 'trustedIssuers.delete'
  | 'registration.create'
  | 'registration.get'
  | 'registration.set'
  | 'registration.delete'
  | 'device.authorize'
  | 'credentials.create'

/** The facts of every operation. */
export const operations: Readonly<Record<OperationName, Readonly<OperationFacts>>> = {
  'metadata.version': { method: 'GET', port: 'admin', success: 200, retry: 'safe' },
  'metadata.alive': { method: 'GET', port: 'admin', success: 200, retry: 'safe' },
  'metadata.ready': { method: 'GET', port: 'admin', success: 200, retry: 'safe' },
  'metadata.metrics': { method: 'GET', port: 'admin', success: 200, retry: 'safe' },

  'oidc.discovery': { method: 'GET', port: 'public', success: 200, retry: 'safe' },
  'oidc.jwks': { method: 'GET', port: 'public', success: 200, retry: 'safe' },
  'oidc.userinfo': { method: 'GET', port: 'public', success: 200, retry: 'safe' },

  // A POST, but it changes nothing (RFC 7662).
  'tokens.introspect': { method: 'POST', port: 'admin', success: 200, retry: 'safe' },
  // Revoking a revoked token is 200 as well (RFC 7009 section 2.2).
  'tokens.revoke': { method: 'POST', port: 'public', success: 200, retry: 'safe' },
  // Codes and refresh tokens are spent by their first use, and a second use ends the grant.
  'tokens.exchange': { method: 'POST', port: 'public', success: 200, retry: 'never' },
  'tokens.deleteByClient': { method: 'DELETE', port: 'admin', success: 204, retry: 'safe', since: '1.8.5' },
  'tokens.flushInactive': { method: 'POST', port: 'admin', success: 204, retry: 'safe', until: '2.0.0' },

  // The server makes up the id: a repetition would make a second client.
  'clients.create': { method: 'POST', port: 'admin', success: 201, retry: 'never' },
  'clients.get': { method: 'GET', port: 'admin', success: 200, retry: 'safe' },
  'clients.list': { method: 'GET', port: 'admin', success: 200, retry: 'safe' },
  'clients.set': { method: 'PUT', port: 'admin', success: 200, retry: 'safe' },
  // A JSON Patch may append: twice is not once.
  'clients.patch': { method: 'PATCH', port: 'admin', success: 200, retry: 'never', since: '1.10.2' },
  // A repetition after success would be 404 (since 1.9), which then means deleted.
  'clients.delete': { method: 'DELETE', port: 'admin', success: 204, retry: 'confirm' },
  'clients.setLifespans': { method: 'PUT', port: 'admin', success: 200, retry: 'safe', since: '1.11.9' },

  'loginRequests.get': { method: 'GET', port: 'admin', success: 200, retry: 'safe' },
  'loginRequests.accept': { method: 'PUT', port: 'admin', success: 200, retry: 'confirm' },
  'loginRequests.reject': { method: 'PUT', port: 'admin', success: 200, retry: 'confirm' },
  'consentRequests.get': { method: 'GET', port: 'admin', success: 200, retry: 'safe' },
  'consentRequests.accept': { method: 'PUT', port: 'admin', success: 200, retry: 'confirm' },
  'consentRequests.reject': { method: 'PUT', port: 'admin', success: 200, retry: 'confirm' },
  'logoutRequests.get': { method: 'GET', port: 'admin', success: 200, retry: 'safe' },
  'logoutRequests.accept': { method: 'PUT', port: 'admin', success: 200, retry: 'confirm' },
  // Rejecting again is 204 as well, while looking it up would be 404: nothing to confirm.
  'logoutRequests.reject': { method: 'PUT', port: 'admin', success: 204, retry: 'safe' },
  // There is no way to look one up. A code that was accepted but not yet used is accepted again.
  'deviceRequests.accept': { method: 'PUT', port: 'admin', success: 200, retry: 'safe', since: '25.4.0' },

  'consentSessions.list': { method: 'GET', port: 'admin', success: 200, retry: 'safe' },
  'consentSessions.revoke': { method: 'DELETE', port: 'admin', success: 204, retry: 'safe' },
  'loginSessions.revoke': { method: 'DELETE', port: 'admin', success: 204, retry: 'safe' },

  // Adds a key at every call.
  'keySets.create': { method: 'POST', port: 'admin', success: 201, retry: 'never' },
  'keySets.get': { method: 'GET', port: 'admin', success: 200, retry: 'safe' },
  'keySets.set': { method: 'PUT', port: 'admin', success: 200, retry: 'safe' },
  'keySets.delete': { method: 'DELETE', port: 'admin', success: 204, retry: 'safe' },
  'keySets.getKey': { method: 'GET', port: 'admin', success: 200, retry: 'safe' },
  'keySets.setKey': { method: 'PUT', port: 'admin', success: 200, retry: 'safe' },
  'keySets.deleteKey': { method: 'DELETE', port: 'admin', success: 204, retry: 'safe' },

  'trustedIssuers.create': { method: 'POST', port: 'admin', success: 201, retry: 'never', since: '1.11.0' },
  'trustedIssuers.get': { method: 'GET', port: 'admin', success: 200, retry: 'safe', since: '1.11.0' },
  'trustedIssuers.list': { method: 'GET', port: 'admin', success: 200, retry: 'safe', since: '1.11.0' },
  'trustedIssuers.delete': { method: 'DELETE', port: 'admin', success: 204, retry: 'confirm', since: '1.11.0' },

  'registration.create': { method: 'POST', port: 'public', success: 201, retry: 'never', since: '1.11.0' },
  'registration.get': { method: 'GET', port: 'public', success: 200, retry: 'safe', since: '1.11.0' },
  // Rotates the registration token: a repetition with the old one would be refused.
  'registration.set': { method: 'PUT', port: 'public', success: 200, retry: 'never', since: '1.11.0' },
  // A repetition after success would be 401, which can as well mean a wrong token.
  'registration.delete': { method: 'DELETE', port: 'public', success: 204, retry: 'never', since: '1.11.0' },

  'device.authorize': { method: 'POST', port: 'public', success: 200, retry: 'never', since: '25.4.0' },
  'credentials.create': { method: 'POST', port: 'public', success: 200, retry: 'never', since: '2.2.0' },
}
