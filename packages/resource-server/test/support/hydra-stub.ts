/** A small HTTP server with a key set and an introspection endpoint, and JWTs signed with real keys. */
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CompactSign, exportJWK, generateKeyPair } from 'jose'
import type { CryptoKey, JWK } from 'jose'

export interface SigningKey {
  readonly kid: string
  readonly alg: string
  readonly privateKey: CryptoKey
  readonly jwk: JWK
}

/** Generates a key pair as Hydra lists it: `use`, `alg`, `kid`. */
export async function signingKey(kid: string, alg = 'RS256'): Promise<SigningKey> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true })
  return { kid, alg, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } }
}

/** Signs claims. `header` replaces members; an undefined one is left out. */
export async function sign(
  key: SigningKey,
  claims: object | string,
  header: Record<string, unknown> = {},
): Promise<string> {
  const payload = typeof claims === 'string' ? claims : JSON.stringify(claims)
  const members = Object.entries({ alg: key.alg, kid: key.kid, typ: 'JWT', ...header })
  const protectedHeader = Object.fromEntries(members.filter(([, value]) => value !== undefined))
  return new CompactSign(new TextEncoder().encode(payload))
    .setProtectedHeader(protectedHeader as { alg: string })
    .sign(key.privateKey)
}

/** Answers one request itself; returns false to let the stub answer. */
export type Interceptor = (request: IncomingMessage, response: ServerResponse) => boolean

export interface HydraStub {
  readonly url: string
  readonly introspectionUrl: string
  /** The key set that is served. */
  keys: JWK[]
  /** Introspection answers by token; others are inactive. */
  readonly tokens: Map<string, unknown>
  /** What was asked, in order: `jwks`, or the token that was introspected. */
  readonly asked: string[]
  intercept: Interceptor | undefined
  close(): Promise<void>
}

export async function startHydraStub(): Promise<HydraStub> {
  const server = createServer((request, response) => {
    void answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const stub: HydraStub = {
    url,
    introspectionUrl: `${url}/admin/oauth2/introspect`,
    keys: [],
    tokens: new Map(),
    asked: [],
    intercept: undefined,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return stub

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const token = new URLSearchParams(await bodyOf(request)).get('token')
    stub.asked.push(token ?? 'jwks')
    if (stub.intercept?.(request, response) === true) return
    const isJwks = request.url === '/.well-known/jwks.json'
    const body = isJwks ? { keys: stub.keys } : (stub.tokens.get(token ?? '') ?? { active: false })
    response.setHeader('content-type', 'application/json').end(JSON.stringify(body))
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of request) body += String(chunk)
  return body
}
