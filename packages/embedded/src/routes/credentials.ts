import { randomUUID } from 'node:crypto'
import { compactVerify, decodeProtectedHeader } from 'jose'
import type { Engine } from '../engine.ts'
import { invalidRequest } from '../errors.ts'
import { type Answer, json } from '../http/answer.ts'
import { decodeMembers, isObject } from '../http/go-json.ts'
import { type HydraRequest, bearerToken, decodeBody } from '../http/request.ts'
import type { Route } from '../http/router.ts'
import { checkCredentialNonce, newCredentialNonce } from '../tokens/credential-nonce.ts'
import { findActiveToken } from '../tokens/introspection.ts'
import { decodeJwk } from '../tokens/jwk.ts'
import { type Claims, signWithSet, timeProblem } from '../tokens/jws.ts'
import { type Jwk, idTokenSet, verifyingKey } from '../tokens/key-sets.ts'
import type { TokenSession } from '../tokens/session.ts'

/** Verifiable credentials (draft 00 of OpenID Connect UserInfo Verifiable Credentials). */
export function credentialRoutes(engine: Engine): Route[] {
  return [{ method: 'POST', path: '/credentials', handle: (request) => createCredential(engine, request) }]
}

interface CredentialRequest {
  readonly format: string
  readonly proof: { readonly type: string; readonly jwt: string } | undefined
}

/** The types that are asked for play no part: there is one kind of credential. */
function decodeRequest(document: unknown): CredentialRequest {
  const members = decodeMembers(document, { format: 'string', types: 'strings', proof: 'object' })
  const proof =
    members.proof === undefined ? undefined : decodeMembers(members.proof, { proof_type: 'string', jwt: 'string' })
  return {
    format: (members.format as string | undefined) ?? '',
    proof: proof && {
      type: (proof.proof_type as string | undefined) ?? '',
      jwt: (proof.jwt as string | undefined) ?? '',
    },
  }
}

/**
 * Says who the holder of an access token is, bound to a key that it proves to have. Without a proof the answer is an
 * error that hands out the nonce for one. No scope is needed.
 */
async function createCredential(engine: Engine, request: HydraRequest): Promise<Answer> {
  const accessToken = await bearerToken(request)
  const { use, stored } = await findActiveToken(engine, { token: accessToken, hint: 'access_token' })
  if (use !== 'access_token') throw invalidRequest('An access token is needed here.')
  const { format, proof } = decodeBody(request, decodeRequest, (reason) =>
    invalidRequest(`The body can not be read: ${reason}.`),
  )
  if (format !== 'jwt_vc_json') throw invalidRequest('The format must be jwt_vc_json.')
  if (proof === undefined) return primingAnswer(engine, accessToken)
  if (proof.type !== 'jwt') throw invalidRequest('The proof_type must be jwt.')
  const key = proofKey(proof.jwt)
  const { nonce } = await verifiedProof(engine, proof.jwt, key)
  if (typeof nonce !== 'string') throw invalidRequest('The proof has no nonce.')
  checkCredentialNonce(engine, accessToken, nonce)
  const credential = await signWithSet(engine, idTokenSet, credentialClaims(stored.request.session, key))
  return json({ format: 'jwt_vc_json', credential_draft_00: credential })
}

function primingAnswer(engine: Engine, accessToken: string): Answer {
  const { nonce, expiresInSeconds } = newCredentialNonce(engine, accessToken)
  return json(
    {
      format: 'jwt_vc',
      c_nonce: nonce,
      c_nonce_expires_in: expiresInSeconds,
      error: 'missing_proof',
      error_description: 'A credential is only issued for a key that the request proves to have.',
    },
    400,
  )
}

/** The key that the header of a proof carries. @throws HydraError `invalid_request` unless it is a public one */
function proofKey(jwt: string): Jwk {
  try {
    const key = decodeJwk(decodeProtectedHeader(jwt).jwk)
    if (key.d === undefined && key.kty !== 'oct') return key
  } catch {
    // Told below.
  }
  throw invalidRequest('The proof must be a JWT whose header carries a public jwk.')
}

const algorithms: Readonly<Record<string, readonly string[]>> = {
  RSA: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  EC: ['ES256', 'ES384', 'ES512'],
  OKP: ['EdDSA'],
}

async function verifiedProof(engine: Engine, jwt: string, key: Jwk): Promise<Claims> {
  try {
    const options = { algorithms: [...(algorithms[key.kty ?? ''] ?? [])] }
    const { payload } = await compactVerify(jwt, verifyingKey(key), options)
    const claims: unknown = JSON.parse(Buffer.from(payload).toString())
    if (isObject(claims) && timeProblem(claims, Math.floor(engine.clock.now() / 1000)) === undefined) return claims
  } catch {
    // Told below.
  }
  throw invalidRequest('The proof is not signed by the key in its header, or its times are wrong.')
}

/** The holder is named by its key (`did:jwk`); what is said about it are the claims of the ID token. */
function credentialClaims({ idTokenClaims }: TokenSession, key: Jwk): Claims {
  const id = `did:jwk:${Buffer.from(JSON.stringify(key)).toString('base64url')}`
  const iat = Math.floor((idTokenClaims.iat ?? 0) / 1000)
  return {
    iss: idTokenClaims.iss,
    sub: id,
    exp: iat + 3600,
    nbf: iat,
    iat,
    jti: idTokenClaims.jti || randomUUID(),
    vc: {
      '@context': ['https://www.w3.org/2018/credentials/v1'],
      type: ['VerifiableCredential', 'UserInfoCredential'],
      credentialSubject: { id, sub: idTokenClaims.sub, ...idTokenClaims.ext },
    },
  }
}
