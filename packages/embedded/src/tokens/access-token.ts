import { randomUUID } from 'node:crypto'
import type { Client } from '../clients/client.ts'
import type { Engine } from '../engine.ts'
import { currentKey, accessTokenSet } from './key-sets.ts'
import { type Claims, signWithSet } from './jws.ts'
import { type NewToken, newOpaqueToken } from './opaque.ts'
import { type TokenRequest, copyTokenRequest } from './session.ts'

/** Which form the access tokens of a client have: its own choice, else the server's. */
export function accessTokenStrategy(engine: Engine, client: Client): 'opaque' | 'jwt' {
  const own = client.access_token_strategy
  return own === 'jwt' || own === 'opaque' ? own : engine.config.accessTokenStrategy
}

/** Key id of a client's JWT access tokens, "" for opaque ones. */
export async function accessTokenKid(engine: Engine, client: Client): Promise<string> {
  if (accessTokenStrategy(engine, client) === 'opaque') return ''
  return (await currentKey(engine.state.keySets, accessTokenSet)).kid ?? ''
}

/** Issues an access token for a request and stores it; JWTs are stored too, so that they can be revoked. */
export async function issueAccessToken(engine: Engine, client: Client, request: TokenRequest): Promise<NewToken> {
  const made =
    accessTokenStrategy(engine, client) === 'jwt' ? await newJwt(engine, request) : newOpaqueToken(engine, 'access')
  engine.state.accessTokens.add({ signature: made.signature, active: true, request: copyTokenRequest(request) })
  return made
}

async function newJwt(engine: Engine, request: TokenRequest): Promise<NewToken> {
  const token = await signWithSet(engine, accessTokenSet, accessTokenClaims(engine, request))
  return { token, signature: token.split('.')[2] ?? '' }
}

/** Claims that session data can't replace. `scope` is not among them. */
const reserved: ReadonlySet<string> = new Set([
  'iss',
  'sub',
  'aud',
  'exp',
  'nbf',
  'iat',
  'jti',
  'client_id',
  'scp',
  'ext',
])

/** The claims of a JWT access token. */
export function accessTokenClaims(engine: Engine, request: TokenRequest): Claims {
  const { config } = engine
  const { session } = request
  const now = Math.floor(engine.clock.now() / 1000)
  const claims: Claims = {}
  for (const name of config.allowedTopLevelClaims) {
    if (!reserved.has(name) && Object.hasOwn(session.extra, name)) claims[name] = session.extra[name]
  }
  if (config.mirrorTopLevelClaims) claims['ext'] = session.extra
  if (config.scopeClaim !== 'string') claims['scp'] = request.grantedScopes
  if (config.scopeClaim !== 'list') claims['scope'] = request.grantedScopes.join(' ')
  return {
    ...claims,
    iss: session.idTokenClaims.iss || config.issuer,
    sub: session.subject,
    aud: request.grantedAudience,
    client_id: session.clientId,
    exp: Math.floor((session.expiresAt.access ?? 0) / 1000),
    iat: now,
    ...(config.excludeNotBeforeClaim ? {} : { nbf: now }),
    jti: randomUUID(),
  }
}
