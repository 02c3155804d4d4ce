import { expect, test } from '@jest/globals'
import { authorization, useHydra } from '@hydra-kit/embedded/testing'
import { appClient, claimsOf, redeem, userAgent } from '../user-agent.ts'

const hydra = useHydra({
  clients: [appClient, { ...appClient, client_id: 'signed', userinfo_signed_response_alg: 'RS256' }],
})
const userinfo = (init: RequestInit = {}, query = ''): Promise<Response> =>
  fetch(`${hydra.publicUrl}/userinfo${query}`, init)

test("has the ID token's claims, but none of those that belong to one token", async () => {
  const session = { id_token: { email: 'a@b.c' } }
  const { body } = await redeem(
    hydra,
    await userAgent(hydra).signIn({}, { login: { acr: 'gold' }, consent: { session } }),
  )
  const token = String(body['access_token'])
  const seen = (await (await userinfo({ headers: authorization(token) })).json()) as Record<string, unknown>
  expect(seen).toEqual({
    sub: 'alice',
    iss: hydra.issuer,
    aud: ['app'],
    iat: expect.any(Number),
    rat: expect.any(Number),
    auth_time: expect.any(Number),
    acr: 'gold',
    email: 'a@b.c',
  })
  for (const response of [
    await userinfo({}, `?access_token=${token}`),
    await userinfo({ method: 'POST', body: new URLSearchParams({ access_token: token }) }),
    await userinfo({ headers: { authorization: `bearer ${token}` } }),
  ])
    expect(await response.json()).toEqual(seen)
})

test('is signed for a client that wants it so', async () => {
  const { body } = await redeem(hydra, await userAgent(hydra).signIn({ client_id: 'signed' }), { client_id: 'signed' })
  const response = await userinfo({ headers: authorization(String(body['access_token'])) })
  expect(response.headers.get('content-type')).toBe('application/jwt')
  expect(claimsOf(await response.text())).toMatchObject({ sub: 'alice', aud: ['signed'], jti: expect.any(String) })
})

test('needs no subject', async () => {
  const token = await hydra.mint.accessToken({ clientId: 'app', subject: null })
  const seen = await (await userinfo({ headers: authorization(token) })).json()
  expect(seen).toEqual({ aud: ['app'], iss: hydra.issuer, iat: expect.any(Number) })
})

test.each([
  ['nothing', async () => ({}), 'request_unauthorized', 'request_unauthorized'],
  ['garbage', async () => authorization('garbage'), 'request_unauthorized', 'request_unauthorized'],
  [
    'an ID token',
    async () => authorization(await hydra.mint.idToken()),
    'request_unauthorized',
    'request_unauthorized',
  ],
  [
    'an expired token',
    async () => authorization(await hydra.mint.accessToken({ defect: 'expired', format: 'opaque' })),
    'invalid_token',
    'invalid_token',
  ],
  ['a refresh token', async () => authorization(await hydra.mint.refreshToken()), 'invalid_token', 'error'],
])('refuses %s with a challenge', async (_description, headers, challenge, error) => {
  const response = await userinfo({ headers: await headers() })
  expect(response.status).toBe(401)
  expect(response.headers.get('www-authenticate')).toMatch(
    new RegExp(`^Bearer error="${challenge}",error_description="[^"]+"$`),
  )
  expect(((await response.json()) as Record<string, unknown>)['error']).toBe(error)
})
