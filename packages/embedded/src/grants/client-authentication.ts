import { createHash, timingSafeEqual } from 'node:crypto'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { type Client, isPublicClient } from '../clients/client.ts'
import { selectClientKey } from '../clients/client-keys.ts'
import { knownClient } from '../clients/find.ts'
import type { Engine } from '../engine.ts'
import { invalidClient, invalidRequest, jtiKnown, serverError, untypedError } from '../errors.ts'
import type { HydraRequest } from '../http/request.ts'
import { below } from '../http/urls.ts'
import { verifyWithKey } from '../tokens/jws.ts'

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/**
 * Finds out which client asks, and makes sure of it (RFC 6749 section 2.3). Only the method that the client registered
 * is taken.
 *
 * @throws HydraError `invalid_client`, `invalid_request` when nothing or nonsense was sent
 */
export async function authenticateClient(
  engine: Engine,
  request: HydraRequest,
  form: URLSearchParams,
): Promise<Client> {
  const type = form.get('client_assertion_type') ?? ''
  if (type === assertionType) return authenticateByAssertion(engine, form)
  if (type !== '') throw invalidRequest('The client_assertion_type is not known.')
  const basic = basicCredentials(request.headers['authorization'])
  const id = basic?.id ?? form.get('client_id') ?? ''
  const secret = basic?.secret ?? form.get('client_secret') ?? ''
  if (basic === undefined && id === '') throw invalidRequest('The request says nothing about its client.')
  const client = knownClient(engine, id)
  checkMethod(client, basic, form)
  if (!isPublicClient(client) && !sameSecret(secret, client.client_secret)) throw invalidClient()
  return client
}

function checkMethod(client: Client, basic: Credentials | undefined, form: URLSearchParams): void {
  const method = client.token_endpoint_auth_method
  const posted = (form.get('client_id') ?? '') !== '' && (form.get('client_secret') ?? '') !== ''
  if (posted && method !== 'client_secret_post') throw invalidClient(`The client is registered for ${method}.`)
  if (basic !== undefined && basic.rawSecret !== '' && method !== 'client_secret_basic') {
    throw invalidClient(`The client is registered for ${method}.`)
  }
}

function sameSecret(given: string, expected: string): boolean {
  const digest = (value: string): Buffer => createHash('sha256').update(value).digest()
  return expected !== '' && timingSafeEqual(digest(given), digest(expected))
}

interface Credentials {
  readonly id: string
  readonly secret: string
  readonly rawSecret: string
}

/** Both halves are form-encoded (RFC 6749 section 2.3.1). @throws HydraError `invalid_request` */
function basicCredentials(header: string | undefined): Credentials | undefined {
  const match = /^basic +([A-Za-z0-9+/=]+)$/i.exec(header ?? '')
  if (match === null) return undefined
  const [id, ...rest] = Buffer.from(match[1] ?? '', 'base64')
    .toString()
    .split(':')
  if (id === undefined || rest.length === 0) return undefined
  const rawSecret = rest.join(':')
  return { id: formDecoded(id), secret: formDecoded(rawSecret), rawSecret }
}

function formDecoded(value: string): string {
  try {
    return decodeURIComponent(value.replaceAll('+', ' '))
  } catch {
    throw invalidRequest('Client id and secret must be form-encoded inside the Authorization header.')
  }
}

/** `private_key_jwt` (RFC 7523 section 2.2). */
async function authenticateByAssertion(engine: Engine, form: URLSearchParams): Promise<Client> {
  const assertion = form.get('client_assertion') ?? ''
  if (assertion === '') throw invalidRequest('The client_assertion is missing.')
  const { alg, sub } = peek(assertion)
  const id = (form.get('client_id') ?? '') || sub
  if (id === undefined) throw invalidClient('The assertion names no client.')
  const client = knownClient(engine, id)
  if (client.token_endpoint_auth_method !== 'private_key_jwt') {
    throw invalidClient(`The client is registered for ${client.token_endpoint_auth_method}.`)
  }
  if (alg !== (client.token_endpoint_auth_signing_alg || 'RS256')) {
    throw invalidClient('The assertion is signed with another algorithm than the client registered.')
  }
  const key = await selectClientKey(client, assertion, alg, { unsupported: invalidClient, unreachable: serverError })
  const { claims, problem } = await verifyWithKey({ ...key, alg }, assertion, engine.clock.now())
  // Hydra has no word for wrong times here: it answers with the untyped 500.
  if (problem === 'expired' || problem === 'claims') throw untypedError()
  if (problem !== undefined) throw invalidClient('The signature of the assertion is wrong.')
  if (claims['iss'] !== id) throw invalidClient('The iss of the assertion is not the client.')
  if (claims['sub'] !== id) throw invalidClient('The sub of the assertion is not the client.')
  const { jti, exp } = claims
  if (typeof jti !== 'string' || jti === '') throw invalidClient('The assertion has no jti.')
  if (isUsedAssertion(engine, jti)) throw jtiKnown('An assertion can be used once.')
  if (typeof exp !== 'number') throw invalidClient('The assertion has no exp.')
  noteUsedAssertion(engine, jti, exp)
  if (!namesTokenEndpoint(engine, claims['aud']))
    throw invalidClient('The aud of the assertion is not the token endpoint.')
  return client
}

/** Whether a `jti` was used before and its assertion has not yet expired. */
export function isUsedAssertion(engine: Engine, jti: string): boolean {
  const expiresAt = engine.state.usedAssertions.get(jti)
  return expiresAt !== undefined && expiresAt * 1000 > engine.clock.now()
}

/** Remembers a `jti` until its assertion has expired; `exp` in seconds. Forgets those that have. */
export function noteUsedAssertion(engine: Engine, jti: string, exp: number): void {
  const { usedAssertions } = engine.state
  for (const [known, expiresAt] of usedAssertions) {
    if (expiresAt * 1000 <= engine.clock.now()) usedAssertions.delete(known)
  }
  usedAssertions.set(jti, exp)
}

/** Whether an `aud` contains the URL of the token endpoint, letter by letter. */
export function namesTokenEndpoint(engine: Engine, aud: unknown): boolean {
  const { config } = engine
  const accepted = [config.discovery.tokenUrl, below(config.publicUrl, '/oauth2/token')]
  const list: unknown[] = Array.isArray(aud) ? aud : [aud]
  return list.some((value) => typeof value === 'string' && accepted.includes(value))
}

function peek(assertion: string): { alg: string; sub: string | undefined } {
  try {
    return { alg: decodeProtectedHeader(assertion).alg ?? '', sub: decodeJwt(assertion).sub }
  } catch {
    throw invalidClient('The client_assertion is not a JWT.')
  }
}
