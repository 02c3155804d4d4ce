import { grantTypes } from '../clients/client.ts'
import { invalidGrant, unauthorizedClient } from '../errors.ts'
import { issueAccessToken } from '../tokens/access-token.ts'
import { halfHash, issueIdToken } from '../tokens/id-token.ts'
import { expiresIn, expiry, lifespan } from '../tokens/lifespans.ts'
import { isGenuine, opaqueSignature, prefixes } from '../tokens/opaque.ts'
import { issueRefreshToken, mayHaveRefreshToken, revokeGrant } from '../tokens/refresh-token.ts'
import { type TokenRequest, copyTokenRequest } from '../tokens/session.ts'
import type { StoredToken } from '../tokens/token-table.ts'
import type { Grant, GrantRequest, PreparedGrant, TokenResponse } from './grant.ts'
import { checkVerifier } from './pkce.ts'
import { hasScope } from '../scopes.ts'

/** Redeems a code (RFC 6749 section 4.1.3). Using it twice revokes every token it ever gave. */
export const authorizationCodeGrant: Grant = async (asked) => {
  const { engine, client, form } = asked
  if (!grantTypes(client).includes('authorization_code')) {
    throw unauthorizedClient('The client has not registered the grant authorization_code.')
  }
  const stored = usableCode(asked)
  checkVerifierOnce(asked, stored)
  const request = copyTokenRequest(stored.request)
  const now = engine.clock.now()
  request.requestedAt = now
  const { expiresAt } = request.session
  expiresAt.access = expiry(now, lifespan(engine.config, client, 'authorization_code', 'access_token'))
  const refreshLifespan = lifespan(engine.config, client, 'authorization_code', 'refresh_token')
  if (refreshLifespan > -1) expiresAt.refresh = expiry(now, refreshLifespan)
  return prepared(asked, stored, request, form)
}

function prepared(
  asked: GrantRequest,
  stored: StoredToken,
  request: TokenRequest,
  form: URLSearchParams,
): PreparedGrant {
  return {
    request,
    issue: () => {
      // A hook may have taken its time: the code could have been used meanwhile.
      usableCode({ ...asked, form })
      stored.active = false
      return issueTokens(asked, stored, request)
    },
  }
}

/** @throws HydraError `invalid_grant` */
function usableCode({ engine, client, form }: GrantRequest): StoredToken {
  const code = form.get('code') ?? ''
  const stored = engine.state.authorizationCodes.get(opaqueSignature(code))
  if (stored === undefined) throw invalidGrant()
  if (!stored.active) {
    revokeGrant(engine, stored.request.id)
    throw invalidGrant('The code was used before; its tokens are revoked now.')
  }
  const expired = (stored.request.session.expiresAt.code ?? 0) < engine.clock.now()
  if (expired || !isGenuine(engine, 'code', code)) throw invalidGrant()
  if (stored.request.clientId !== client.client_id) throw invalidGrant('The code was given to another client.')
  const redirectUri = stored.form?.['redirect_uri'] ?? ''
  if (redirectUri !== '' && redirectUri !== form.get('redirect_uri')) {
    throw invalidGrant('The redirect_uri is not that of the authorization request.')
  }
  return stored
}

function checkVerifierOnce({ engine, client, form }: GrantRequest, stored: StoredToken): void {
  const state = { challenge: stored.form?.['code_challenge'], spent: stored.verifierFailed === true }
  try {
    checkVerifier(engine, client, state, form.get('code_verifier') ?? '')
  } catch (error) {
    if (state.challenge !== undefined) stored.verifierFailed = true
    throw error
  }
}

async function issueTokens(asked: GrantRequest, stored: StoredToken, request: TokenRequest): Promise<TokenResponse> {
  const { engine, client } = asked
  const { config } = engine
  const lifetime = lifespan(config, client, 'authorization_code', 'access_token')
  const access = await issueAccessToken(engine, client, request)
  const refresh = mayHaveRefreshToken(client, request.grantedScopes)
    ? issueRefreshToken(engine, request, access.signature)
    : undefined
  const claims = structuredClone(request.session.idTokenClaims)
  claims.atHash = halfHash(access.token)
  const lifespanMs = lifespan(config, client, 'authorization_code', 'id_token')
  const form = stored.form ?? {}
  // The prefix of a code is optional, but the ID token's data is filed under the code as it was given out.
  const asGivenOut = (asked.form.get('code') ?? '').startsWith(prefixes.code)
  const idToken =
    asGivenOut && hasScope(request.grantedScopes, 'openid')
      ? await issueIdToken(engine, { claims, clientId: client.client_id, lifespanMs, form })
      : undefined
  return {
    access_token: access.token,
    expires_in: expiresIn(request.session.expiresAt.access, engine.clock.now(), lifetime),
    ...(idToken === undefined ? {} : { id_token: idToken }),
    ...(refresh === undefined ? {} : { refresh_token: refresh }),
    scope: request.grantedScopes.join(' '),
    token_type: 'bearer',
  }
}
