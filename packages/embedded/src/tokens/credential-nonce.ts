import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { Engine } from '../engine.ts'
import { invalidRequest } from '../errors.ts'
import { hasScope } from '../scopes.ts'

/**
 * Nonces for verifiable credentials. As with flows nothing is stored: a nonce is its own expiry, encrypted together
 * with the access token that it was given to. It may be used more than once.
 */

/** A nonce and its lifetime. */
export interface CredentialNonce {
  readonly nonce: string
  readonly expiresInSeconds: number
}

const algorithm = 'aes-256-gcm'

/** Makes a nonce for the holder of an access token. */
export function newCredentialNonce(engine: Engine, accessToken: string): CredentialNonce {
  const { vcNonce } = engine.config.ttl
  const iv = randomBytes(12)
  const cipher = createCipheriv(algorithm, engine.state.secrets.flow, iv)
  cipher.setAAD(Buffer.from(accessToken))
  const expiry = String(engine.clock.now() + vcNonce)
  const sealed = Buffer.concat([iv, cipher.update(expiry), cipher.final(), cipher.getAuthTag()])
  const nonce = sealed.toString('base64').replaceAll('+', '-').replaceAll('/', '_')
  return { nonce, expiresInSeconds: Math.trunc(vcNonce / 1000) }
}

/** @throws HydraError `invalid_request` for a nonce that was made up, given to another token or has expired */
export function checkCredentialNonce(engine: Engine, accessToken: string, nonce: string): void {
  const bytes = Buffer.from(nonce, 'base64url')
  if (bytes.length < 28) throw invalidRequest('The nonce is not valid.')
  try {
    const decipher = createDecipheriv(algorithm, engine.state.secrets.flow, bytes.subarray(0, 12))
    decipher.setAuthTag(bytes.subarray(-16))
    decipher.setAAD(Buffer.from(accessToken))
    const expiry = Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]).toString()
    if (Number(expiry) >= engine.clock.now()) return
  } catch {
    throw invalidRequest('The nonce is not valid.')
  }
  throw invalidRequest('The nonce has expired.')
}

/** Both scopes together make token answers carry a nonce. */
const nonceScopes: readonly string[] = ['openid', 'userinfo_credential_draft_00']

/** The members that an answer of the token endpoint gets when the right scopes were granted. */
export function nonceMembers(
  engine: Engine,
  accessToken: string,
  grantedScopes: readonly string[],
): Record<string, unknown> {
  if (!nonceScopes.every((scope) => hasScope(grantedScopes, scope))) return {}
  const { nonce, expiresInSeconds } = newCredentialNonce(engine, accessToken)
  return { c_nonce_draft_00: nonce, c_nonce_expires_in_draft_00: expiresInSeconds }
}
