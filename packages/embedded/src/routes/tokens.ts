import { requestedAudiences } from '../audience.ts'
import type { Engine } from '../engine.ts'
import { invalidRequest, isHydraError } from '../errors.ts'
import { authenticateClient } from '../grants/client-authentication.ts'
import { callHooks } from '../grants/hooks.ts'
import { grants } from '../grants/registry.ts'
import { type Answer, noContent, noStore, oauthJson } from '../http/answer.ts'
import { type HydraRequest, bodyForm } from '../http/request.ts'
import type { Route } from '../http/router.ts'
import { splitScopes } from '../scopes.ts'
import { type ActiveToken, accessTokenSignature, findActiveToken } from '../tokens/introspection.ts'
import { nonceMembers } from '../tokens/credential-nonce.ts'
import { opaqueSignature } from '../tokens/opaque.ts'
import { isUsable, revokeGrant } from '../tokens/refresh-token.ts'

/** Tokens on the public port: exchange and revocation. */
export function publicTokenRoutes(engine: Engine): Route[] {
  return [
    { method: 'POST', path: '/oauth2/token', errors: 'oauth', handle: (request) => exchange(engine, request) },
    { method: 'POST', path: '/oauth2/revoke', errors: 'oauth', handle: (request) => revoke(engine, request) },
  ]
}

/** Tokens on the admin port: introspection and deletion. */
export function adminTokenRoutes(engine: Engine): Route[] {
  return [
    {
      method: 'POST',
      path: '/admin/oauth2/introspect',
      errors: 'oauth',
      handle: (request) => introspect(engine, request),
    },
    { method: 'DELETE', path: '/admin/oauth2/tokens', handle: (request) => deleteTokens(engine, request) },
  ]
}

async function formOf(request: HydraRequest): Promise<URLSearchParams> {
  const form = await bodyForm(request)
  if (form.size === 0) throw invalidRequest('The body must be a form with at least one field.')
  return form
}

async function exchange(engine: Engine, request: HydraRequest): Promise<Answer> {
  const form = await formOf(request)
  const types = splitScopes(form.get('grant_type'))
  if (types.length === 0) throw invalidRequest('The grant_type is missing.')
  const grant = types.length === 1 ? grants.get(types[0] ?? '') : undefined
  // An unknown grant is refused before its client is looked at, and not as unsupported_grant_type.
  if (grant === undefined) throw invalidRequest()
  const client = await authenticateClient(engine, request, form)
  const scopes = splitScopes(form.get('scope'))
  const audience = requestedAudiences(form.getAll('audience'))
  const asked = { engine, client, form, scopes, audience }
  const prepared = await grant(asked)
  await callHooks(asked, prepared)
  const tokens = await prepared.issue()
  return oauthJson({ ...tokens, ...nonceMembers(engine, tokens.access_token, prepared.request.grantedScopes) })
}

/**
 * Revokes the grant of a token (RFC 7009): all its access and refresh tokens. Only an unreadable request and a client
 * that can't prove itself are reported.
 */
async function revoke(engine: Engine, request: HydraRequest): Promise<Answer> {
  const form = await formOf(request)
  const client = await authenticateClient(engine, request, form).catch((error: unknown) => {
    if (isHydraError(error) && ['invalid_request', 'invalid_client'].includes(error.error)) throw error
    return undefined
  })
  if (client === undefined) return { status: 200, headers: noStore, body: '' }
  const token = form.get('token') ?? ''
  const { accessTokens, refreshTokens } = engine.state
  const refresh = refreshTokens.get(opaqueSignature(token))
  const stored =
    refresh !== undefined && isUsable(engine, refresh) ? refresh : accessTokens.get(accessTokenSignature(token))
  if (stored !== undefined && stored.request.clientId === client.client_id) revokeGrant(engine, stored.request.id)
  return { status: 200, headers: noStore, body: '' }
}

async function introspect(engine: Engine, request: HydraRequest): Promise<Answer> {
  const form = await formOf(request)
  const hint = form.get('token_type_hint') ?? ''
  const scopes = (form.get('scope') ?? '').split(' ')
  try {
    const found = await findActiveToken(engine, { token: form.get('token') ?? '', hint, scopes })
    return oauthJson(introspectionOf(engine, found), 200, [])
  } catch (error) {
    if (!isHydraError(error)) throw error
    return oauthJson({ active: false })
  }
}

function introspectionOf(engine: Engine, { use, stored }: ActiveToken): Record<string, unknown> {
  const { request } = stored
  const { session } = request
  const iat = Math.floor(request.requestedAt / 1000)
  const expiresAt = use === 'access_token' ? session.expiresAt.access : session.expiresAt.refresh
  // A refresh token without an end is reported as if it ended at once: its lifetime of -1 counts for nothing.
  const exp = expiresAt === undefined ? iat : Math.floor(expiresAt / 1000)
  const pairwise = session.idTokenClaims.sub
  const scope = request.grantedScopes.join(' ')
  return {
    active: true,
    ...(scope === '' ? {} : { scope }),
    client_id: request.clientId,
    sub: session.subject,
    ...(pairwise === '' || pairwise === session.subject ? {} : { obfuscated_subject: pairwise }),
    exp,
    iat,
    nbf: iat,
    ...(session.username === '' ? {} : { username: session.username }),
    aud: request.grantedAudience,
    iss: engine.config.issuer,
    token_type: 'Bearer',
    token_use: use,
    ...(Object.keys(session.extra).length === 0 ? {} : { ext: session.extra }),
  }
}

function deleteTokens(engine: Engine, request: HydraRequest): Answer {
  const clientId = request.query.get('client_id') ?? ''
  if (clientId === '') throw invalidRequest('The query parameter client_id is missing.')
  engine.state.accessTokens.deleteClient(clientId)
  return noContent()
}
