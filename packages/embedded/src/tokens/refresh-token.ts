import type { Client } from '../clients/client.ts'
import { grantTypes } from '../clients/client.ts'
import type { Engine } from '../engine.ts'
import { newOpaqueToken } from './opaque.ts'
import { type TokenRequest, copyTokenRequest } from './session.ts'
import type { StoredToken } from './token-table.ts'
import { hasScope } from '../scopes.ts'

/** Scopes of which one must have been granted for a refresh token. */
export const refreshScopes: readonly string[] = ['offline', 'offline_access']

/** Whether a grant comes with a refresh token. */
export function mayHaveRefreshToken(client: Client, grantedScopes: readonly string[]): boolean {
  return grantTypes(client).includes('refresh_token') && refreshScopes.some((scope) => hasScope(grantedScopes, scope))
}

/** Issues a refresh token beside an access token and stores it. */
export function issueRefreshToken(engine: Engine, request: TokenRequest, accessSignature: string): string {
  const { token, signature } = newOpaqueToken(engine, 'refresh')
  engine.state.refreshTokens.add({ signature, active: true, request: copyTokenRequest(request), accessSignature })
  return token
}

/**
 * Whether a refresh token still works: until it is rotated, and after that for the grace period, as often as that
 * allows (`oauth2.grant.refresh_token.rotation_grace_period`).
 */
export function isUsable(engine: Engine, stored: StoredToken): boolean {
  const { refreshGracePeriod, refreshGraceReuseCount } = engine.config
  if (stored.active) return true
  if (refreshGracePeriod <= 0 || stored.firstUsedAt === undefined) return false
  if (stored.firstUsedAt + refreshGracePeriod <= engine.clock.now()) return false
  return refreshGraceReuseCount === 0 || (stored.usedTimes ?? 0) < refreshGraceReuseCount
}

/** Revokes every access and refresh token of one grant. */
export function revokeGrant(engine: Engine, requestId: string): void {
  engine.state.accessTokens.deleteRequest(requestId)
  engine.state.refreshTokens.deleteRequest(requestId)
}
