import { randomUUID } from 'node:crypto'
import { audienceCovered, checkAudience } from '../audience.ts'
import { type Client, clientScopes, grantTypes, isPublicClient } from '../clients/client.ts'
import type { Engine } from '../engine.ts'
import { invalidGrant, invalidScope, unauthorizedClient } from '../errors.ts'
import { accessTokenKid, issueAccessToken } from '../tokens/access-token.ts'
import { expiresIn, lifespan } from '../tokens/lifespans.ts'
import { type TokenRequest, newTokenRequest } from '../tokens/session.ts'
import type { Grant, GrantRequest } from './grant.ts'

/** A client asks for itself (RFC 6749 section 4.4). */
export const clientCredentialsGrant: Grant = async (asked) => {
  const { engine, client, scopes, audience } = asked
  for (const scope of scopes) {
    if (!engine.config.scopeStrategy(clientScopes(client), scope)) {
      throw invalidScope(`The client has not registered the scope '${scope}'.`)
    }
  }
  checkAudience(client.audience ?? [], audience)
  if (isPublicClient(client)) throw invalidGrant('A client without a secret can not speak for itself.')
  const request = await machineRequest(asked)
  const now = engine.clock.now()
  const lifetime = lifespan(engine.config, client, 'client_credentials', 'access_token')
  request.session.subject = client.client_id
  request.session.expiresAt.access = now + lifetime
  return {
    request,
    issue: async () => {
      // Hydra looks at the registration only now, after the hooks.
      if (!grantTypes(client).includes('client_credentials')) {
        throw unauthorizedClient('The client has not registered the grant client_credentials.')
      }
      const { token } = await issueAccessToken(engine, client, request)
      return {
        access_token: token,
        expires_in: expiresIn(request.session.expiresAt.access, engine.clock.now(), lifetime),
        scope: request.grantedScopes.join(' '),
        token_type: 'bearer',
      }
    },
  }
}

/** A request without a user: grants what the client is registered for and asked for. */
export async function machineRequest({ engine, client, scopes, audience }: GrantRequest): Promise<TokenRequest> {
  const now = engine.clock.now()
  const request = newTokenRequest(randomUUID(), client.client_id, now)
  request.requestedScopes = [...scopes]
  request.requestedAudience = [...audience]
  request.grantedScopes = grantedScopes(engine, client, scopes)
  request.grantedAudience = audience.filter((value) => audienceCovered(client.audience ?? [], value))
  const { session } = request
  session.clientId = client.client_id
  session.kid = await accessTokenKid(engine, client)
  session.idTokenClaims.iss = engine.config.issuer
  session.idTokenClaims.iat = now
  return request
}

function grantedScopes(engine: Engine, client: Client, scopes: readonly string[]): string[] {
  const registered = clientScopes(client)
  if (scopes.length === 0) return engine.config.defaultGrantAllowedScope ? registered : []
  return [...new Set(scopes.filter((scope) => engine.config.scopeStrategy(registered, scope)))]
}
