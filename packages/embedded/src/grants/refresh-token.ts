import { randomUUID } from 'node:crypto'
import { checkAudience } from '../audience.ts'
import { clientScopes, grantTypes } from '../clients/client.ts'
import type { Engine } from '../engine.ts'
import { invalidGrant, invalidRequest, invalidScope, scopeNotGranted, unauthorizedClient } from '../errors.ts'
import { issueAccessToken } from '../tokens/access-token.ts'
import { halfHash, issueIdToken } from '../tokens/id-token.ts'
import { expiresIn, expiry, lifespan } from '../tokens/lifespans.ts'
import { isGenuine, opaqueSignature } from '../tokens/opaque.ts'
import { isUsable, issueRefreshToken, refreshScopes, revokeGrant } from '../tokens/refresh-token.ts'
import { type TokenRequest, copyTokenRequest } from '../tokens/session.ts'
import type { StoredToken } from '../tokens/token-table.ts'
import type { Grant, GrantRequest, TokenResponse } from './grant.ts'
import { hasScope } from '../scopes.ts'

/**
 * Refreshes tokens (RFC 6749 section 6). Each refresh rotates: what was issued before stops working, and using an old
 * refresh token again revokes the whole grant. The `scope` parameter is ignored.
 */
export const refreshTokenGrant: Grant = async (asked) => {
  const { engine, client, form } = asked
  if (!grantTypes(client).includes('refresh_token')) {
    throw unauthorizedClient('The client has not registered the grant refresh_token.')
  }
  const stored = usableRefreshToken(engine, form.get('refresh_token') ?? '')
  if (!refreshScopes.some((scope) => hasScope(stored.request.grantedScopes, scope))) {
    throw scopeNotGranted('Neither offline nor offline_access was granted.')
  }
  if (stored.request.clientId !== client.client_id) throw invalidGrant('The refresh token was given to another client.')
  const request = renewedRequest(asked, stored)
  return { request, issue: () => issueTokens(asked, stored, request) }
}

/** @throws HydraError `invalid_grant` */
function usableRefreshToken(engine: Engine, token: string): StoredToken {
  const stored = engine.state.refreshTokens.get(opaqueSignature(token))
  if (stored === undefined) throw invalidGrant('The refresh token is not known.')
  if (!isUsable(engine, stored)) {
    revokeGrant(engine, stored.request.id)
    throw invalidGrant('The refresh token was used before; the grant is revoked now.')
  }
  const { refresh } = stored.request.session.expiresAt
  if (refresh !== undefined && refresh < engine.clock.now()) throw invalidGrant('The refresh token has expired.')
  if (!isGenuine(engine, 'refresh', token)) throw invalidRequest()
  return stored
}

/** The grant as it was, judged again by what the client is registered for now. */
function renewedRequest({ engine, client }: GrantRequest, stored: StoredToken): TokenRequest {
  const request = copyTokenRequest(stored.request)
  const registered = clientScopes(client)
  for (const scope of request.grantedScopes) {
    if (!engine.config.scopeStrategy(registered, scope)) {
      throw invalidScope(`The client has not registered the scope '${scope}'.`)
    }
  }
  checkAudience(client.audience ?? [], request.grantedAudience)
  const now = engine.clock.now()
  request.requestedAt = now
  const { expiresAt, idTokenClaims } = request.session
  expiresAt.access = expiry(now, lifespan(engine.config, client, 'refresh_token', 'access_token'))
  const refreshLifespan = lifespan(engine.config, client, 'refresh_token', 'refresh_token')
  if (refreshLifespan > -1) expiresAt.refresh = expiry(now, refreshLifespan)
  if (hasScope(request.grantedScopes, 'openid')) {
    Object.assign(idTokenClaims, { exp: undefined, jti: '', atHash: '', cHash: '' })
  }
  return request
}

function rotate(engine: Engine, stored: StoredToken): void {
  const { accessTokens, refreshTokens } = engine.state
  if (engine.config.refreshGracePeriod > 0) {
    stored.firstUsedAt ??= engine.clock.now()
    stored.usedTimes = (stored.usedTimes ?? 0) + 1
    stored.active = false
    if (stored.accessSignature !== undefined) accessTokens.delete(stored.accessSignature)
    return
  }
  // The token may have been rotated or revoked while a hook was asked.
  if (!stored.active) throw invalidRequest('The refresh token was used by another request. Try again.')
  accessTokens.deleteRequest(stored.request.id)
  for (const sibling of refreshTokens.ofRequest(stored.request.id)) sibling.active = false
}

async function issueTokens(
  { engine, client }: GrantRequest,
  stored: StoredToken,
  request: TokenRequest,
): Promise<TokenResponse> {
  const { config } = engine
  rotate(engine, stored)
  const access = await issueAccessToken(engine, client, request)
  const refresh = issueRefreshToken(engine, request, access.signature)
  const claims = structuredClone(request.session.idTokenClaims)
  Object.assign(claims, { atHash: halfHash(access.token), jti: randomUUID(), cHash: '' })
  const lifespanMs = lifespan(config, client, 'refresh_token', 'id_token')
  const idToken = hasScope(request.grantedScopes, 'openid')
    ? await issueIdToken(engine, { claims, clientId: client.client_id, lifespanMs, form: undefined })
    : undefined
  const lifetime = lifespan(config, client, 'refresh_token', 'access_token')
  return {
    access_token: access.token,
    expires_in: expiresIn(request.session.expiresAt.access, engine.clock.now(), lifetime),
    ...(idToken === undefined ? {} : { id_token: idToken }),
    refresh_token: refresh,
    scope: request.grantedScopes.join(' '),
    token_type: 'bearer',
  }
}
