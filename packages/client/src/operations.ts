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
  | 'tokens.introspect'
  | 'tokens.revoke'
  | 'clients.create'
  | 'clients.get'
  | 'clients.list'
  | 'clients.delete'
  | 'loginRequests.get'
  | 'loginRequests.accept'
  | 'loginRequests.reject'
  | 'consentRequests.get'
  | 'consentRequests.accept'
  | 'consentRequests.reject'

/** The facts of every operation. */
export const operations: Readonly<Record<OperationName, Readonly<OperationFacts>>> = {
  'metadata.version': { method: 'GET', port: 'admin', success: 200, retry: 'safe' },
  'metadata.alive': { method: 'GET', port: 'admin', success: 200, retry: 'safe' },
  'metadata.ready': { method: 'GET', port: 'admin', success: 200, retry: 'safe' },
  'metadata.metrics': { method: 'GET', port: 'admin', success: 200, retry: 'safe' },

  'oidc.discovery': { method: 'GET', port: 'public', success: 200, retry: 'safe' },
  'oidc.jwks': { method: 'GET', port: 'public', success: 200, retry: 'safe' },

  // A POST, but it changes nothing (RFC 7662).
  'tokens.introspect': { method: 'POST', port: 'admin', success: 200, retry: 'safe' },
  // Revoking a revoked token is 200 as well (RFC 7009 section 2.2).
  'tokens.revoke': { method: 'POST', port: 'public', success: 200, retry: 'safe' },

  // The server makes up the id: a repetition would make a second client.
  'clients.create': { method: 'POST', port: 'admin', success: 201, retry: 'never' },
  'clients.get': { method: 'GET', port: 'admin', success: 200, retry: 'safe' },
  'clients.list': { method: 'GET', port: 'admin', success: 200, retry: 'safe' },
  // A repetition after success would be 404 (since 1.9), which then means deleted.
  'clients.delete': { method: 'DELETE', port: 'admin', success: 204, retry: 'confirm' },

  'loginRequests.get': { method: 'GET', port: 'admin', success: 200, retry: 'safe' },
  'loginRequests.accept': { method: 'PUT', port: 'admin', success: 200, retry: 'confirm' },
  'loginRequests.reject': { method: 'PUT', port: 'admin', success: 200, retry: 'confirm' },
  'consentRequests.get': { method: 'GET', port: 'admin', success: 200, retry: 'safe' },
  'consentRequests.accept': { method: 'PUT', port: 'admin', success: 200, retry: 'confirm' },
  'consentRequests.reject': { method: 'PUT', port: 'admin', success: 200, retry: 'confirm' },
}
