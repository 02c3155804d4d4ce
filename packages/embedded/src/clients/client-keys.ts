import { decodeProtectedHeader } from 'jose'
import type { ErrorFactory } from '../errors.ts'
import { invalidRequest } from '../errors.ts'
import { isObject } from '../http/go-json.ts'
import type { Jwk } from '../tokens/key-sets.ts'
import { type Client, registeredKeys } from './client.ts'

/** Which errors to answer with. */
export interface KeyErrors {
  /** For a signing algorithm that isn't taken. */
  readonly unsupported: ErrorFactory
  /** For keys that can't be fetched. */
  readonly unreachable: ErrorFactory
}

/**
 * The public key of a client that verifies a JWT: by `kid` if the header names one, for signatures, of the kind that
 * the algorithm needs. Keys at a `jwks_uri` are fetched each time.
 *
 * @throws HydraError
 */
export async function selectClientKey(client: Client, jwt: string, alg: string, errors: KeyErrors): Promise<Jwk> {
  const kty = /^[RP]S(256|384|512)$/.test(alg) ? 'RSA' : /^ES(256|384|512)$/.test(alg) ? 'EC' : undefined
  if (kty === undefined) throw errors.unsupported('The signing algorithm is not supported.')
  const keys = registeredKeys(client) ?? (await fetchKeys(client.jwks_uri, errors.unreachable))
  const { kid } = decodeProtectedHeader(jwt)
  const named = kid === undefined ? keys : keys.filter((key) => key.kid === kid)
  const key = named.find((candidate) => candidate.use === 'sig' && candidate.kty === kty)
  if (key === undefined) throw invalidRequest('The client has no signing key with this kid and of this kind.')
  return key
}

async function fetchKeys(location: string, unreachable: ErrorFactory): Promise<Jwk[]> {
  try {
    const response = await fetch(location, { signal: AbortSignal.timeout(10_000) })
    const body: unknown = await response.json()
    if (response.ok && isObject(body) && Array.isArray(body['keys'])) return body['keys'] as Jwk[]
  } catch {
    // Told below.
  }
  throw unreachable('The keys of the client could not be fetched.')
}
