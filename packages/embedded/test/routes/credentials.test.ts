import { type KeyObject, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { useHydra } from '@hydra-kit/embedded/testing'
import { SignJWT, createLocalJWKSet, jwtVerify } from 'jose'
import { type JsonAnswer, appClient, form, redeem, userAgent } from '../user-agent.ts'

const scope = 'openid userinfo_credential_draft_00'
const hydra = useHydra({ clients: [{ ...appClient, scope: `${String(appClient['scope'])} ${scope}` }] })
const holder = generateKeyPairSync('ec', { namedCurve: 'P-256' })

async function tokens(grant = scope): Promise<Record<string, unknown>> {
  const consent = { grant_scope: grant.split(' '), session: { id_token: { email: 'a@example' } } }
  return (await redeem(hydra, await userAgent(hydra).signIn({ scope: grant }, { consent }))).body
}

async function ask(token: unknown, body: unknown): Promise<JsonAnswer> {
  const response = await fetch(`${hydra.publicUrl}/credentials`, {
    method: 'POST',
    headers: { authorization: `Bearer ${String(token)}` },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  }
}

function proof(nonce: unknown, signer: KeyObject = holder.privateKey, jwk?: unknown, claims = {}): Promise<string> {
  const shown = jwk ?? createPublicKey(holder.privateKey).export({ format: 'jwk' })
  return new SignJWT({ nonce, ...claims }).setProtectedHeader({ alg: 'ES256', jwk: shown as object }).sign(signer)
}

function withProof(jwt: string): unknown {
  return { format: 'jwt_vc_json', types: ['UserInfoCredential'], proof: { proof_type: 'jwt', jwt } }
}

describe('the nonce', () => {
  test('comes with the tokens when both scopes were granted', async () => {
    expect(await tokens()).toMatchObject({
      c_nonce_expires_in_draft_00: 3600,
      c_nonce_draft_00: expect.any(String) as unknown,
    })
    expect(await tokens('openid')).not.toHaveProperty('c_nonce_draft_00')
  })

  test('or from a request without a proof, for which no scope is needed', async () => {
    const { access_token } = await tokens('openid')
    const { status, body } = await ask(access_token, { format: 'jwt_vc_json' })
    expect(status).toBe(400)
    expect(body).toMatchObject({ error: 'missing_proof', format: 'jwt_vc', c_nonce_expires_in: 3600 })
    expect((await ask(access_token, withProof(await proof(body['c_nonce'])))).status).toBe(200)
  })
})

test('a credential says who holds the key', async () => {
  const { access_token, c_nonce_draft_00 } = await tokens()
  const { status, body } = await ask(access_token, withProof(await proof(c_nonce_draft_00)))
  expect(status).toBe(200)
  expect(body['format']).toBe('jwt_vc_json')
  const keys = (await (await fetch(`${hydra.publicUrl}/.well-known/jwks.json`)).json()) as { keys: [] }
  const { payload, protectedHeader } = await jwtVerify(String(body['credential_draft_00']), createLocalJWKSet(keys))
  expect(protectedHeader).toMatchObject({ alg: 'RS256', typ: 'JWT' })
  const { sub = '', iat = 0, exp, nbf } = payload
  expect([exp, nbf]).toEqual([iat + 3600, iat])
  expect(JSON.parse(Buffer.from(sub.replace('did:jwk:', ''), 'base64url').toString())).toEqual(
    holder.publicKey.export({ format: 'jwk' }),
  )
  expect(payload['vc']).toEqual({
    '@context': ['https://www.w3.org/2018/credentials/v1'],
    type: ['VerifiableCredential', 'UserInfoCredential'],
    credentialSubject: { id: sub, sub: 'alice', email: 'a@example', sid: expect.any(String) as unknown },
  })
})

describe('refused', () => {
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const past = { exp: 1 }

  test.each<[string, (nonce: unknown) => unknown]>([
    ['another format', () => ({ format: 'ldp_vc' })],
    ['a body that can not be read', () => '{'],
    ['another proof type', () => ({ format: 'jwt_vc_json', proof: { proof_type: 'stamp', jwt: 'x' } })],
    ['a proof that is no JWT', () => withProof('x')],
    ['a proof signed by another key', async (nonce) => withProof(await proof(nonce, other.privateKey))],
    [
      'a private key in the header',
      async (nonce) => withProof(await proof(nonce, holder.privateKey, holder.privateKey.export({ format: 'jwk' }))),
    ],
    ['a proof that has expired', async (nonce) => withProof(await proof(nonce, holder.privateKey, undefined, past))],
    ['no nonce', async () => withProof(await proof(undefined))],
    ['a made-up nonce', async () => withProof(await proof('AAAA'))],
    ['a nonce of another token', async () => withProof(await proof((await tokens())['c_nonce_draft_00']))],
  ])('%s', async (_name, body) => {
    const { access_token, c_nonce_draft_00 } = await tokens()
    const { status, body: answer } = await ask(access_token, await body(c_nonce_draft_00))
    expect([status, answer['error']]).toEqual([400, 'invalid_request'])
  })

  test('a nonce that has expired', async () => {
    const { access_token, c_nonce_draft_00 } = await tokens()
    const jwt = await proof(c_nonce_draft_00)
    hydra.clock.advance('59m')
    expect((await ask(access_token, withProof(jwt))).status).toBe(200)
    const { access_token: later } = await tokens()
    const { body } = await ask(later, { format: 'jwt_vc_json' })
    const kept = await proof(body['c_nonce'])
    const fresh = await hydra.mint.accessToken({ expiresInSeconds: 100_000 })
    const own = await proof((await ask(fresh, { format: 'jwt_vc_json' })).body['c_nonce'])
    hydra.clock.advance('61m')
    expect((await ask(fresh, withProof(own))).body['error']).toBe('invalid_request')
    expect((await ask(later, withProof(kept))).status).toBe(401)
  })

  test('no token, a wrong one, a refresh token', async () => {
    for (const token of ['', 'garbage']) expect((await ask(token, {})).body['error']).toBe('request_unauthorized')
    const refreshToken = await hydra.mint.refreshToken()
    expect((await ask(refreshToken, { format: 'jwt_vc_json' })).body['error']).toBe('invalid_request')
    expect((await form(hydra, '/credentials', {})).status).toBe(401)
  })
})
