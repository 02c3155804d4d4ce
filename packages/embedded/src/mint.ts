import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { CompactSign } from 'jose'
import { type Client, emptyClient } from './clients/client.ts'
import { createClient } from './clients/store.ts'
import type { Engine } from './engine.ts'
import { optionsError } from './options-error.ts'
import { splitScopes } from './scopes.ts'
import { accessTokenClaims, accessTokenKid, accessTokenStrategy, issueAccessToken } from './tokens/access-token.ts'
import { writtenClaims } from './tokens/id-token.ts'
import { type Claims, signClaims, signWithSet } from './tokens/jws.ts'
import {
  type Jwk,
  accessTokenSet,
  currentKey,
  idTokenSet,
  publicJwk,
  signingKey,
  verifyingKey,
} from './tokens/key-sets.ts'
import { logoutClaims } from './tokens/logout-token.ts'
import { newOpaqueToken } from './tokens/opaque.ts'
import { issueRefreshToken } from './tokens/refresh-token.ts'
import { type TokenRequest, newTokenRequest } from './tokens/session.ts'

/** What may be wrong with a JWT on purpose. */
export type Defect =
  | 'expired'
  /** `nbf` and `iat` lie ahead. */
  | 'not_yet_valid'
  | 'wrong_issuer'
  | 'wrong_audience'
  /** Signed by a key that isn't published, under the `kid` of one that is. */
  | 'wrong_key'
  /** Signed rightly, but the header names a key that isn't published. */
  | 'unknown_kid'
  /** `alg: none`, no signature. */
  | 'alg_none'
  /** HS256 with the text of the public key (PEM) as its secret. */
  | 'hmac_with_public_key'
  /** A header parameter that must be understood and isn't (RFC 7515 section 4.1.11). */
  | 'crit'

/** What every minted token can say. */
export interface MintOptions {
  /** Whose token it is. Default `minted-client`. A client that does not exist is registered first. */
  readonly clientId?: string | undefined
  /** The user. Default `alice`; for access tokens `null` makes one of client_credentials. */
  readonly subject?: string | null | undefined
  /** Seconds from now. Default: the server's lifetime for this kind of token. */
  readonly expiresInSeconds?: number | undefined
  /** Claims to add or replace. JWTs only. Default: none. */
  readonly claims?: Readonly<Record<string, unknown>> | undefined
  /** Claims to leave out. JWTs only. Default: none. */
  readonly without?: readonly string[] | undefined
  /** Makes a bad JWT, which introspection does not know; `expired` also works on opaque tokens. Default: a good one. */
  readonly defect?: Defect | undefined
}

/** What an access or refresh token can say. */
export interface MintTokenOptions extends MintOptions {
  /** Granted scopes: a list, or a text with spaces between them. Default: none. */
  readonly scope?: string | readonly string[] | undefined
  /** Granted audience. Default: none. */
  readonly audience?: string | readonly string[] | undefined
  /** `session.access_token` of the consent: `ext` of the token. Default: none. */
  readonly extra?: Readonly<Record<string, unknown>> | undefined
}

/** What an access token can say. */
export interface MintAccessTokenOptions extends MintTokenOptions {
  /** Default: what the client or the server is set to. */
  readonly format?: 'opaque' | 'jwt' | undefined
}

/** What an ID token can say. */
export interface MintIdTokenOptions extends MintOptions {
  /** As the authorization request sent it. Default: none. */
  readonly nonce?: string | undefined
  /** Login session. Default: a new id. */
  readonly sid?: string | undefined
}

/** What a logout token can say. */
export interface MintLogoutTokenOptions extends MintOptions {
  /** The login session that has ended. Default: a new id. */
  readonly sid?: string | undefined
}

/** Makes tokens as if somebody had signed in. Good ones are known to introspection, and can be revoked. */
export interface Mint {
  accessToken(options?: MintAccessTokenOptions): Promise<string>
  refreshToken(options?: MintTokenOptions): Promise<string>
  idToken(options?: MintIdTokenOptions): Promise<string>
  /** As back-channel logout sends it: `sid`, no `sub`, no `exp`. */
  logoutToken(options?: MintLogoutTokenOptions): Promise<string>
}

const defects: ReadonlySet<string> = new Set<Defect>([
  'expired',
  'not_yet_valid',
  'wrong_issuer',
  'wrong_audience',
  'wrong_key',
  'unknown_kid',
  'alg_none',
  'hmac_with_public_key',
  'crit',
])

const common = ['clientId', 'subject', 'expiresInSeconds', 'claims', 'without', 'defect'] as const
const optionNames: Readonly<Record<keyof Mint, readonly string[]>> = {
  accessToken: [...common, 'scope', 'audience', 'extra', 'format'],
  refreshToken: [...common, 'scope', 'audience', 'extra'],
  idToken: [...common, 'nonce', 'sid'],
  logoutToken: [...common, 'sid'],
}

/** A typo in a defect would make a good token, and a test that proves nothing. */
function checkMint(method: keyof Mint, options: MintOptions): void {
  const known = optionNames[method]
  const unknown = Object.keys(options).find((name) => !known.includes(name))
  if (unknown !== undefined) {
    throw optionsError(`mint.${method}: the option "${unknown}" is not known, only ${known.join(', ')}.`)
  }
  if (options.defect !== undefined && !defects.has(options.defect)) {
    throw optionsError(`mint.${method}: "defect" must be one of ${[...defects].join(', ')}.`)
  }
}

/** Makes the mint of one server. */
export function createMint(engine: Engine): Mint {
  return {
    async accessToken(options = {}) {
      checkMint('accessToken', options)
      const client = await clientFor(engine, options)
      const format = options.format ?? accessTokenStrategy(engine, client)
      const request = await requestFor(engine, client, options)
      if (format === 'opaque') return opaqueAccessToken(engine, request, options)
      if (isPlain(options))
        return (await issueAccessToken(engine, { ...client, access_token_strategy: 'jwt' }, request)).token
      const token = await badJwt(engine, accessTokenSet, accessTokenClaims(engine, request), options)
      // With claims of its own and no defect it is a good one.
      if (options.defect === undefined) {
        engine.state.accessTokens.add({ signature: token.split('.')[2] ?? '', active: true, request })
      }
      return token
    },
    async refreshToken(options = {}) {
      checkMint('refreshToken', options)
      refuseJwtOptions('refreshToken', options)
      const client = await clientFor(engine, options)
      const request = await requestFor(engine, client, { scope: 'offline', ...options })
      const access = await issueAccessToken(engine, client, request)
      return issueRefreshToken(engine, request, access.signature)
    },
    async idToken(options = {}) {
      checkMint('idToken', options)
      const client = await clientFor(engine, options)
      const { session } = await requestFor(engine, client, options)
      const claims = session.idTokenClaims
      claims.nonce = options.nonce ?? ''
      claims.ext = { sid: options.sid ?? randomUUID() }
      claims.exp = engine.clock.now() + lifetime(options, engine.config.ttl.idToken)
      const written = writtenClaims(claims)
      return isPlain(options) ? signWithSet(engine, idTokenSet, written) : badJwt(engine, idTokenSet, written, options)
    },
    async logoutToken(options = {}) {
      checkMint('logoutToken', options)
      const client = await clientFor(engine, options)
      const claims = logoutClaims(engine, client.client_id, options.sid ?? randomUUID())
      return isPlain(options) ? signWithSet(engine, idTokenSet, claims) : badJwt(engine, idTokenSet, claims, options)
    },
  }
}

function isPlain({ claims, without, defect }: MintOptions): boolean {
  return claims === undefined && without === undefined && defect === undefined
}

function refuseJwtOptions(method: string, { claims, without, defect }: MintOptions): void {
  if (claims !== undefined || without !== undefined || (defect !== undefined && defect !== 'expired')) {
    throw optionsError(`mint.${method}: opaque tokens have no claims; of the defects only "expired" is possible.`)
  }
}

async function clientFor(engine: Engine, { clientId = 'minted-client' }: MintOptions): Promise<Client> {
  const known = engine.state.clients.get(clientId)
  if (known !== undefined) return known
  const client = {
    ...emptyClient(),
    client_id: clientId,
    grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
  }
  try {
    return await createClient(engine, client)
  } catch (error) {
    // Two tokens may be minted at once: the client is made by the first.
    const meanwhile = engine.state.clients.get(clientId)
    if (meanwhile !== undefined) return meanwhile
    throw error
  }
}

function lifetime(options: MintOptions, otherwise: number): number {
  if (options.defect === 'expired') return -60_000
  return options.expiresInSeconds === undefined ? otherwise : options.expiresInSeconds * 1000
}

async function requestFor(engine: Engine, client: Client, options: MintTokenOptions): Promise<TokenRequest> {
  const { config } = engine
  const now = engine.clock.now()
  const request = newTokenRequest(randomUUID(), client.client_id, now)
  const { scope = [], audience = [] } = options
  request.grantedScopes = typeof scope === 'string' ? splitScopes(scope) : [...scope]
  request.grantedAudience = typeof audience === 'string' ? [audience] : [...audience]
  const { session } = request
  const subject = options.subject === null ? client.client_id : (options.subject ?? 'alice')
  session.subject = subject
  session.clientId = client.client_id
  session.extra = structuredClone({ ...options.extra })
  session.kid = await accessTokenKid(engine, client)
  const seconds = Math.floor(now / 1000) * 1000
  Object.assign(session.idTokenClaims, {
    sub: options.subject === null ? '' : subject,
    iss: config.issuer,
    aud: options.subject === null ? [] : [client.client_id],
    iat: seconds,
    ...(options.subject === null ? {} : { rat: seconds, authTime: seconds }),
  })
  session.expiresAt.access = now + lifetime(options, config.ttl.accessToken)
  if (config.ttl.refreshToken > -1 || options.expiresInSeconds !== undefined || options.defect === 'expired') {
    session.expiresAt.refresh = now + lifetime(options, config.ttl.refreshToken)
  }
  return request
}

function opaqueAccessToken(engine: Engine, request: TokenRequest, options: MintOptions): string {
  refuseJwtOptions('accessToken', options)
  const { token, signature } = newOpaqueToken(engine, 'access')
  engine.state.accessTokens.add({ signature, active: true, request })
  return token
}

async function badJwt(engine: Engine, set: string, good: Claims, options: MintOptions): Promise<string> {
  const key = await currentKey(engine.state.keySets, set)
  const claims = { ...defectiveClaims(good, options.defect, engine), ...options.claims }
  for (const name of options.without ?? []) delete claims[name]
  return sealDefective(key, claims, options.defect)
}

function defectiveClaims(claims: Claims, defect: Defect | undefined, engine: Engine): Claims {
  const now = Math.floor(engine.clock.now() / 1000)
  if (defect === 'expired') return { ...claims, iat: now - 3600, exp: now - 60 }
  if (defect === 'not_yet_valid') return { ...claims, nbf: now + 3600, iat: now + 3600, exp: now + 7200 }
  if (defect === 'wrong_issuer') return { ...claims, iss: 'https://another-issuer.example' }
  if (defect === 'wrong_audience') return { ...claims, aud: ['https://another-api.example'] }
  return claims
}

async function sealDefective(key: Jwk, claims: Claims, defect: Defect | undefined): Promise<string> {
  const payload = Buffer.from(JSON.stringify(claims))
  const { alg = 'RS256', kid = '' } = key
  if (defect === 'wrong_key') return signClaims({ ...otherKey(), alg: 'RS256', kid }, claims)
  if (defect === 'unknown_kid') return signClaims({ ...key, kid: randomUUID() }, claims)
  if (defect === 'alg_none') return `${encode({ alg: 'none', kid, typ: 'JWT' })}.${payload.toString('base64url')}.`
  if (defect === 'hmac_with_public_key') {
    const secret = Buffer.from(verifyingKey({ ...publicJwk(key) }).export({ type: 'spki', format: 'pem' }))
    return new CompactSign(payload).setProtectedHeader({ alg: 'HS256', kid, typ: 'JWT' }).sign(secret)
  }
  if (defect === 'crit') {
    const header = { alg, kid, typ: 'JWT', crit: ['urn:example:must-understand'], 'urn:example:must-understand': true }
    return new CompactSign(payload)
      .setProtectedHeader(header)
      .sign(signingKey(key), { crit: { 'urn:example:must-understand': true } })
  }
  return signClaims(key, claims)
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

function otherKey(): Jwk {
  return generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }) as Jwk
}
