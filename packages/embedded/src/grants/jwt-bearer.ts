import { createSecretKey } from 'node:crypto'
import { compactVerify, decodeProtectedHeader } from 'jose'
import { grantTypes } from '../clients/client.ts'
import type { Engine } from '../engine.ts'
import { invalidGrant, invalidRequest, invalidScope, jtiKnown, unauthorizedClient } from '../errors.ts'
import { isObject } from '../http/go-json.ts'
import { issueAccessToken } from '../tokens/access-token.ts'
import { type Jwk, verifyingKey } from '../tokens/key-sets.ts'
import { expiresIn, expiry, lifespan } from '../tokens/lifespans.ts'
import { trustsFor } from '../tokens/trusted-issuers.ts'
import { isUsedAssertion, namesTokenEndpoint, noteUsedAssertion } from './client-authentication.ts'
import { machineRequest } from './client-credentials.ts'
import type { Grant } from './grant.ts'

/** `grant_type` of assertions as grants. */
export const jwtBearerGrantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer'

/**
 * Trades an assertion of a trusted issuer for an access token (RFC 7523 section 2.1). Hydra takes the audience of the
 * token from the assertion, whatever it lists, and whether the trust has expired is not asked when the assertion names
 * its key.
 */
export const jwtBearerGrant: Grant = async (asked) => {
  const { engine, client, form, scopes } = asked
  if (!grantTypes(client).includes(jwtBearerGrantType)) {
    throw unauthorizedClient(`The client has not registered the grant ${jwtBearerGrantType}.`)
  }
  const assertion = form.get('assertion') ?? ''
  if (assertion === '') throw invalidRequest('The assertion is missing.')
  const { claims, key } = await verifiedAssertion(engine, assertion)
  checkClaims(engine, claims)
  const { iss, sub, jti, exp = 0 } = claims
  const trust = trustsFor(engine, iss, sub).find((candidate) => candidate.key === key)
  for (const scope of scopes) {
    if (!engine.config.scopeStrategy(trust?.scope ?? [], scope)) {
      throw invalidScope(`The issuer is not trusted with the scope '${scope}'.`)
    }
  }
  if (jti !== '') noteUsedAssertion(engine, jti, exp)
  const request = await machineRequest(asked)
  const lifetime = lifespan(engine.config, client, 'jwt_bearer', 'access_token')
  request.grantedScopes = [...new Set([...scopes, ...request.grantedScopes])]
  request.grantedAudience = [...new Set([...claims.aud, ...request.grantedAudience])]
  request.session.subject = sub
  request.session.expiresAt.access = expiry(engine.clock.now(), lifetime)
  return {
    request,
    issue: async () => {
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

/** The registered claims of an assertion; times in seconds. */
interface AssertionClaims {
  readonly iss: string
  readonly sub: string
  readonly aud: readonly string[]
  readonly jti: string
  readonly exp: number | undefined
  readonly nbf: number | undefined
  readonly iat: number | undefined
}

/** Finds the key of an assertion by issuer, subject and `kid`, and checks the signature. @throws HydraError `invalid_grant` */
async function verifiedAssertion(engine: Engine, assertion: string): Promise<{ claims: AssertionClaims; key: Jwk }> {
  const header = readHeader(assertion)
  const claims = readClaims(assertion)
  if (claims.iss === '') throw invalidGrant('The assertion has no iss.')
  if (claims.sub === '') throw invalidGrant('The assertion has no sub.')
  const trusts = trustsFor(engine, claims.iss, claims.sub)
  if (header.kid !== '') {
    const key = trusts.find((trust) => trust.key.kid === header.kid)?.key
    if (key === undefined) throw invalidGrant('No key is trusted for this issuer and subject.')
    if (!(await isSignedBy(key, assertion))) throw invalidGrant('The signature of the assertion does not verify.')
    return { claims, key }
  }
  const current = trusts.filter((trust) => trust.expiresAt > engine.clock.now())
  for (const { key } of current) if (await isSignedBy(key, assertion)) return { claims, key }
  throw invalidGrant('No key is trusted for this issuer and subject.')
}

function readHeader(assertion: string): { kid: string } {
  try {
    return { kid: decodeProtectedHeader(assertion).kid ?? '' }
  } catch {
    throw invalidGrant('The assertion is not a JWT.')
  }
}

function readClaims(assertion: string): AssertionClaims {
  const claims = parsePayload(assertion)
  const text = (name: string): string => {
    const value = claims[name] ?? ''
    if (typeof value !== 'string') throw invalidGrant(`The claim ${name} of the assertion must be a string.`)
    return value
  }
  const time = (name: string): number | undefined => {
    const value = claims[name] ?? undefined
    if (value !== undefined && typeof value !== 'number') {
      throw invalidGrant(`The claim ${name} of the assertion must be a number.`)
    }
    return value === undefined ? undefined : Math.trunc(value)
  }
  const aud = claims['aud'] ?? []
  const list: unknown[] = Array.isArray(aud) ? aud : [aud]
  if (!list.every((value) => typeof value === 'string')) throw invalidGrant('The aud of the assertion is not valid.')
  return {
    iss: text('iss'),
    sub: text('sub'),
    aud: list,
    jti: text('jti'),
    exp: time('exp'),
    nbf: time('nbf'),
    iat: time('iat'),
  }
}

function parsePayload(assertion: string): Record<string, unknown> {
  try {
    const claims: unknown = JSON.parse(Buffer.from(assertion.split('.')[1] ?? '', 'base64url').toString())
    if (isObject(claims)) return claims
  } catch {
    // Told below.
  }
  throw invalidGrant('The assertion is not a JWT.')
}

const algorithms: Readonly<Record<string, readonly string[]>> = {
  RSA: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  EC: ['ES256', 'ES384', 'ES512'],
  OKP: ['EdDSA'],
  oct: ['HS256', 'HS384', 'HS512'],
}

/** A private key that was registered by mistake verifies nothing. */
async function isSignedBy(key: Jwk, assertion: string): Promise<boolean> {
  if (key.d !== undefined) return false
  const verifier = key.kty === 'oct' ? createSecretKey(Buffer.from(key.k ?? '', 'base64url')) : verifyingKey(key)
  return compactVerify(assertion, verifier, { algorithms: [...(algorithms[key.kty ?? ''] ?? [])] }).then(
    () => true,
    () => false,
  )
}

/** RFC 7523 section 3. @throws HydraError `invalid_grant`, `jti_known` */
function checkClaims(engine: Engine, { aud, exp, nbf, iat, jti }: AssertionClaims): void {
  const { jwtBearer } = engine.config
  const now = engine.clock.now()
  if (!namesTokenEndpoint(engine, aud)) throw invalidGrant('The aud of the assertion is not the token endpoint.')
  if (exp === undefined) throw invalidGrant('The assertion has no exp.')
  if (exp * 1000 < now) throw invalidGrant('The assertion has expired.')
  if (nbf !== undefined && nbf * 1000 >= now) throw invalidGrant('The assertion is not valid yet.')
  if (iat === undefined && !jwtBearer.iatOptional) throw invalidGrant('The assertion has no iat.')
  const issuedAt = iat === undefined ? now : iat * 1000
  if (exp * 1000 - issuedAt > jwtBearer.maxTtl) throw invalidGrant('The assertion is valid for too long.')
  if (jti === '' && !jwtBearer.jtiOptional) throw invalidGrant('The assertion has no jti.')
  if (jti !== '' && isUsedAssertion(engine, jti)) throw jtiKnown('An assertion can be used once.')
}
