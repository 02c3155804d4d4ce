import { expect, test } from '@jest/globals'
import { startHydra } from '@hydra-kit/embedded'
import { authorization, useHydra } from '@hydra-kit/embedded/testing'
import { admin, appClient, claimsOf, introspect, redeem, sent, userAgent } from '../user-agent.ts'

const pairwise = { ...appClient, subject_type: 'pairwise' }
const hydra = useHydra({
  pairwiseSalt: 'a-salt-of-some-length',
  clients: [pairwise, { ...pairwise, client_id: 'twin' }],
})

test('a pairwise subject is the same for one site, and stays inside', async () => {
  const one = (await redeem(hydra, await userAgent(hydra).signIn())).body
  const twin = (await redeem(hydra, await userAgent(hydra).signIn({ client_id: 'twin' }), { client_id: 'twin' })).body
  const { sub } = claimsOf(one['id_token'])
  expect(sub).toMatch(/^[0-9a-f]{64}$/)
  expect(claimsOf(twin['id_token'])['sub']).toBe(sub)
  expect(await introspect(hydra, one['access_token'])).toMatchObject({ sub: 'alice', obfuscated_subject: sub })
  const userinfo = await fetch(`${hydra.publicUrl}/userinfo`, { headers: authorization(String(one['access_token'])) })
  expect(await userinfo.json()).toMatchObject({ sub })
})

test('the login app may choose it, and a hint with it is understood', async () => {
  const agent = userAgent(hydra)
  const back = await agent.signIn({}, { login: { force_subject_identifier: 'chosen', remember: true } })
  const idToken = String((await redeem(hydra, back)).body['id_token'])
  expect(claimsOf(idToken)['sub']).toBe('chosen')
  expect(sent(await agent.authorize({ id_token_hint: idToken }), 'login_challenge')).not.toBe('')
})

test('needs one redirect URI, or a sector', async () => {
  await admin(hydra, 'PATCH', '/clients/app', [
    { op: 'add', path: '/redirect_uris/-', value: 'https://other.example/' },
  ])
  const agent = userAgent(hydra)
  expect(sent(await agent.browser.open(await agent.acceptLogin(await agent.authorize())), 'error')).toBe(
    'invalid_request',
  )
})

test('is not possible beside JWT access tokens', async () => {
  const answer = await admin(hydra, 'POST', '/clients', { ...pairwise, client_id: 'jwt', access_token_strategy: 'jwt' })
  expect(answer.body['error']).toBe('invalid_client_metadata')
  await using jwt = await startHydra({ pairwiseSalt: 'a-salt-of-some-length', accessTokenStrategy: 'jwt' })
  expect((await admin(jwt, 'POST', '/clients', pairwise)).body['error']).toBe('invalid_client_metadata')
  const discovery = await (await fetch(`${jwt.publicUrl}/.well-known/openid-configuration`)).json()
  expect(discovery).toMatchObject({ subject_types_supported: ['public'] })
})
