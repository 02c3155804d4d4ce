import { decodeProtectedHeader } from 'jose'
import { type Client, registeredKeys } from '../clients/client.ts'
import { selectClientKey } from '../clients/client-keys.ts'
import type { Engine } from '../engine.ts'
import { invalidRequest, invalidRequestObject, invalidRequestUri, untypedError } from '../errors.ts'
import { isObject } from '../http/go-json.ts'
import { hasScope, splitScopes } from '../scopes.ts'
import type { Jwk } from '../tokens/key-sets.ts'
import { verifyWithKey } from '../tokens/jws.ts'
import type { AuthorizeRequest } from './authorize-request.ts'

/**
 * Request objects (OpenID Connect Core section 6): parameters inside a JWT that the client signed, sent along or
 * fetched from a URL that the client registered. Only looked at when the plain scope contains `openid`.
 *
 * @throws HydraError
 */
export async function applyRequestObject(engine: Engine, client: Client, ar: AuthorizeRequest): Promise<void> {
  const scopes = splitScopes(ar.form.get('scope'))
  const request = ar.form.get('request') ?? ''
  const requestUri = ar.form.get('request_uri') ?? ''
  if (!hasScope(scopes, 'openid') || request + requestUri === '') return
  if (request !== '' && requestUri !== '') throw invalidRequest('Send request or request_uri, not both.')
  if (registeredKeys(client) === undefined && client.jwks_uri === '') {
    throw invalidRequest('The client has registered no keys to check a request object with.')
  }
  const jwt = requestUri === '' ? request : await fetchRequestObject(client, requestUri)
  const claims = await verifiedClaims(engine, client, jwt)
  for (const [name, value] of Object.entries(claims)) {
    ar.form.set(name, typeof value === 'string' ? value : JSON.stringify(value))
  }
  ar.state = ar.form.get('state') ?? ''
  const inside = splitScopes(ar.form.get('scope'))
  ar.form.set('scope', [...new Set([...inside, ...scopes])].join(' '))
}

async function fetchRequestObject(client: Client, location: string): Promise<string> {
  if (!(client.request_uris ?? []).includes(location)) throw invalidRequestUri('The client has not registered it.')
  try {
    const response = await fetch(location, { signal: AbortSignal.timeout(10_000) })
    if (response.status === 200) return (await response.text()).trim()
  } catch {
    // Told below: the reason may hold an address of the inside.
  }
  throw invalidRequestUri('It could not be fetched.')
}

async function verifiedClaims(engine: Engine, client: Client, jwt: string): Promise<Record<string, unknown>> {
  const alg = headerAlg(jwt)
  const enforced = client.request_object_signing_alg
  if (enforced !== '' && enforced !== alg) throw invalidRequestObject('The client registered another algorithm.')
  if (alg === 'none') return unsecuredClaims(jwt)
  const key = await clientKey(client, jwt, alg)
  const { claims, problem } = await verifyWithKey({ ...key, alg }, jwt, engine.clock.now())
  // Hydra has no word for wrong times here.
  if (problem === 'expired' || problem === 'claims') throw untypedError()
  if (problem !== undefined) throw invalidRequestObject('Its signature is wrong.')
  return claims
}

/** Whatever is wrong with the client's keys is a wrong request object here. */
async function clientKey(client: Client, jwt: string, alg: string): Promise<Jwk> {
  try {
    return await selectClientKey(client, jwt, alg, {
      unsupported: invalidRequestObject,
      unreachable: invalidRequestObject,
    })
  } catch {
    throw invalidRequestObject('The client has no key that verifies it.')
  }
}

function headerAlg(jwt: string): string {
  try {
    return decodeProtectedHeader(jwt).alg ?? ''
  } catch {
    throw invalidRequestObject('It is not a JWT.')
  }
}

/** Hydra takes unsigned request objects unless the client registered an algorithm. */
function unsecuredClaims(jwt: string): Record<string, unknown> {
  const [, payload = '', signature = ''] = jwt.split('.')
  if (signature !== '') throw invalidRequestObject('An unsigned one must have no signature.')
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString())
    if (isObject(claims)) return claims
  } catch {
    // Told below.
  }
  throw invalidRequestObject('It is not a JWT.')
}
