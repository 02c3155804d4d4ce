/** Keys and tokens as Hydra makes them: RSA keys of 4096 bits, 1.2 kB JWTs, opaque tokens with their prefix. */
import { createPrivateKey, generateKeyPair, randomBytes, randomUUID, sign } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

export const ISSUER = 'https://auth.example.com'
export const AUDIENCE = 'https://api.example.com'
export const SUBJECT = 'alice'
export const EXT = { tenant: 't1', roles: ['reader', 'writer'], plan: { name: 'team', seats: 12 } }
/** Of the tokens for nest-keycloak-connect. */
export const KEYCLOAK_REALM = 'photos'
export const KEYCLOAK_CLIENT = 'photos-api'
const SCOPES = ['openid', 'offline', 'photos.read', 'photos.write']

/** What the access tokens of all benches say; only `jti` differs, as on the server. */
function claims() {
  const now = Math.floor(Date.now() / 1000)
  return {
    aud: [AUDIENCE],
    client_id: 'b2fb76a2-ebfa-4954-b50f-f282c76aade4',
    exp: now + 7_200,
    ext: EXT,
    iat: now,
    iss: ISSUER,
    jti: randomUUID(),
    nbf: now,
    scp: SCOPES,
    sub: SUBJECT,
  }
}

/** Hydra's answer to the introspection of an opaque token (RFC 7662 section 2.2). */
export function introspection() {
  const now = Math.floor(Date.now() / 1000)
  return {
    active: true,
    scope: SCOPES.join(' '),
    client_id: 'b2fb76a2-ebfa-4954-b50f-f282c76aade4',
    sub: SUBJECT,
    exp: now + 7_200,
    iat: now,
    nbf: now,
    aud: [AUDIENCE],
    iss: ISSUER,
    token_type: 'Bearer',
    token_use: 'access_token',
    ext: EXT,
  }
}

/** Opaque access tokens: 32 random bytes, a dot, their HMAC. */
export function opaqueTokens(count) {
  const part = () => randomBytes(32).toString('base64url')
  return Array.from({ length: count }, () => `ory_at_${part()}.${part()}`)
}

/** JWTs with a key id that no server has. The signature has the right length and is nonsense: nobody should get that far. */
export function forgedTokens(count) {
  const signature = randomBytes(512).toString('base64url')
  return Array.from(
    { length: count },
    () => `${signingInput({ alg: 'RS256', kid: randomUUID(), typ: 'JWT' })}.${signature}`,
  )
}

/** Makes the keys and `count` signed JWTs, and leaves them in `folder` for all benches: signing takes milliseconds each. */
export async function writeTokens(folder, count) {
  const make = promisify(generateKeyPair)
  const [idTokenKey, accessTokenKey, fastKey] = await Promise.all([
    make('rsa', { modulusLength: 4096 }),
    make('rsa', { modulusLength: 4096 }),
    make('ec', { namedCurve: 'P-256' }),
  ])
  const kid = randomUUID()
  const keys = [
    publicKey(idTokenKey, randomUUID(), 'RS256'),
    publicKey(accessTokenKey, kid, 'RS256'),
    publicKey(fastKey, FAST_KID, 'ES256'),
  ]
  const signOnPool = promisify(sign)
  const signed = []
  let left = count
  const lane = async () => {
    while (left-- > 0) {
      const input = signingInput({ alg: 'RS256', kid, typ: 'JWT' })
      signed.push(
        `${input}.${(await signOnPool('sha256', Buffer.from(input), accessTokenKey.privateKey)).toString('base64url')}`,
      )
    }
  }
  await Promise.all(Array.from({ length: 4 }, lane))
  writeFileSync(join(folder, 'jwks.json'), JSON.stringify({ keys }))
  writeFileSync(join(folder, 'jwts.txt'), signed.join('\n'))
  writeFileSync(join(folder, 'fast-key.pem'), fastKey.privateKey.export({ type: 'pkcs8', format: 'pem' }))
  writeFileSync(join(folder, ACCESS_TOKEN_KEY), accessTokenKey.privateKey.export({ type: 'pkcs8', format: 'pem' }))
}

/** The JWTs that {@link writeTokens} left. */
export function readJwts(folder) {
  return readFileSync(join(folder, 'jwts.txt'), 'latin1').split('\n')
}

/**
 * JWTs as Keycloak makes them, as long as the others and signed with the same key. Its issuer is the address of the server,
 * here a port that is not known before: hence not among those that {@link writeTokens} makes.
 */
export function keycloakJwts(folder, serverUrl, count) {
  const { keys } = JSON.parse(readFileSync(join(folder, 'jwks.json'), 'utf8'))
  const key = createPrivateKey(readFileSync(join(folder, ACCESS_TOKEN_KEY)))
  return Array.from({ length: count }, () => {
    const input = signingInput({ alg: 'RS256', typ: 'JWT', kid: keys[1].kid }, keycloakClaims(serverUrl))
    return `${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`
  })
}

/** What its access tokens say where the realm is as it was made, with two roles. */
function keycloakClaims(serverUrl) {
  const now = Math.floor(Date.now() / 1000)
  return {
    exp: now + 7_200,
    iat: now,
    jti: randomUUID(),
    iss: `${serverUrl}/realms/${KEYCLOAK_REALM}`,
    aud: KEYCLOAK_CLIENT,
    sub: SUBJECT,
    typ: 'Bearer',
    azp: 'photos-app',
    sid: randomUUID(),
    acr: '1',
    resource_access: { [KEYCLOAK_CLIENT]: { roles: EXT.roles } },
    scope: 'openid email profile',
    email_verified: true,
    preferred_username: SUBJECT,
  }
}

/**
 * A maker of JWTs as long as the others, with the same claims, signed with P-256: a hundred thousand RSA signatures would
 * take minutes. The header is filled up by what the signature is shorter.
 */
export function fastSigner(folder) {
  const key = readFileSync(join(folder, 'fast-key.pem'))
  const header = { alg: 'ES256', kid: FAST_KID, typ: 'JWT', fill: '-'.repeat(430) }
  return () => {
    const input = signingInput(header)
    return `${input}.${sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`
  }
}

const ACCESS_TOKEN_KEY = 'access-token-key.pem'
const FAST_KID = '5b0f4c52-6f0f-4d0c-9a44-6a8f6d1f2a10'

function publicKey(pair, kid, alg) {
  return { use: 'sig', kid, alg, ...pair.publicKey.export({ format: 'jwk' }) }
}

function signingInput(header, payload = claims()) {
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${encode(header)}.${encode(payload)}`
}
