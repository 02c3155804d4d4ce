import { createHash, randomBytes } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { startHydra } from '@hydra-kit/embedded'
import { useHydra } from '@hydra-kit/embedded/testing'
import { appClient, introspect, redeem, sent, userAgent } from '../user-agent.ts'

const hydra = useHydra({ clients: [appClient, { ...appClient, client_id: 'other' }] })

describe('a code', () => {
  test('is not spent by a client, secret or redirect URI that is wrong', async () => {
    const back = await userAgent(hydra).signIn()
    for (const fields of [{ client_id: 'other' }, { redirect_uri: 'http://evil.example/' }, { redirect_uri: '' }]) {
      expect((await redeem(hydra, back, fields)).body['error']).toBe('invalid_grant')
    }
    expect((await redeem(hydra, back, { client_secret: 'wrong-secret' })).body['error']).toBe('invalid_client')
    expect((await redeem(hydra, back)).status).toBe(200)
  })

  test('used twice revokes every token it gave', async () => {
    const back = await userAgent(hydra).signIn()
    const { body } = await redeem(hydra, back)
    expect((await redeem(hydra, back)).body['error']).toBe('invalid_grant')
    expect(await introspect(hydra, body['access_token'])).toEqual({ active: false })
    expect(await introspect(hydra, body['refresh_token'])).toEqual({ active: false })
  })

  test('expires, is no token, and can not be made up', async () => {
    const back = await userAgent(hydra).signIn()
    const code = sent(back, 'code')
    expect(await introspect(hydra, code)).toEqual({ active: false })
    const forged = `ory_ac_${randomBytes(32).toString('base64url')}.${code.split('.')[1] ?? ''}`
    expect((await redeem(hydra, back, { code: forged })).body['error']).toBe('invalid_grant')
    hydra.clock.advance('11m')
    expect((await redeem(hydra, back)).body['error']).toBe('invalid_grant')
  })

  test('comes back with an access token alone unless more was granted', async () => {
    const { body } = await redeem(
      hydra,
      await userAgent(hydra).signIn({}, { consent: { grant_scope: ['photos.read'] } }),
    )
    expect(Object.keys(body).toSorted()).toEqual(['access_token', 'expires_in', 'scope', 'token_type'])
  })
})

describe('PKCE', () => {
  const verifier = randomBytes(32).toString('base64url')
  const challenge = createHash('sha256').update(verifier).digest('base64url')
  const s256 = { code_challenge: challenge, code_challenge_method: 'S256' }

  test('accepts the right verifier', async () => {
    expect((await redeem(hydra, await userAgent(hydra).signIn(s256), { code_verifier: verifier })).status).toBe(200)
  })

  test.each([
    ['none', ''],
    ['a wrong one', randomBytes(32).toString('base64url')],
    ['a short one', 'short'],
    ['a long one', 'x'.repeat(129)],
    ['one with other characters', `${'x'.repeat(50)}!`],
  ])('refuses %s, and the code for good', async (_description, wrong) => {
    const back = await userAgent(hydra).signIn(s256)
    expect((await redeem(hydra, back, { code_verifier: wrong })).body['error']).toBe('invalid_grant')
    // The real server forgets the challenge here, and would now take the code without a verifier.
    expect((await redeem(hydra, back)).body['error']).toBe('invalid_grant')
    expect((await redeem(hydra, back, { code_verifier: verifier })).body['error']).toBe('invalid_grant')
  })

  test('refuses a verifier where there was no challenge', async () => {
    const back = await userAgent(hydra).signIn()
    expect((await redeem(hydra, back, { code_verifier: verifier })).body['error']).toBe('invalid_grant')
  })

  test.each(['plain', '', 'S512'])('refuses the method "%s", after consent', async (method) => {
    const back = await userAgent(hydra).signIn({ code_challenge: challenge, code_challenge_method: method })
    expect(sent(back, 'error')).toBe('invalid_request')
  })

  test.each([
    [{ enforced: true }, 'app'],
    [{ enforcedForPublicClients: true }, 'public'],
  ])('is demanded by %j', async (pkce, client_id) => {
    const publicClient = { ...appClient, client_id: 'public', client_secret: '', token_endpoint_auth_method: 'none' }
    await using strict = await startHydra({ pkce, clients: [appClient, publicClient] })
    expect(sent(await userAgent(strict).signIn({ client_id }), 'error')).toBe('invalid_request')
    expect(sent(await userAgent(strict).signIn({ client_id, ...s256 }), 'code')).not.toBe('')
  })
})
