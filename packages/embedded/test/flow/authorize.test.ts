import { createHash } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { useHydra } from '@hydra-kit/embedded/testing'
import { admin, appClient, callback, claimsOf, redeem, sent, userAgent } from '../user-agent.ts'

const hydra = useHydra({
  clients: [appClient, { ...appClient, client_id: 'two', redirect_uris: [callback, 'https://app.example/cb?x=1'] }],
  urls: { error: 'http://127.0.0.1:9/error' },
})

describe('told to the error page, because no redirect URI is trusted', () => {
  test.each([
    ['no client', { client_id: undefined }, 'invalid_client'],
    ['an unknown client', { client_id: 'nobody' }, 'invalid_client'],
    ['an unregistered redirect URI', { redirect_uri: 'http://evil.example/' }, 'invalid_request'],
    ['a redirect URI with a fragment', { redirect_uri: `${callback}#x` }, 'invalid_request'],
    [
      'none, but several registered',
      { client_id: 'two', redirect_uri: undefined, scope: 'offline' },
      'invalid_request',
    ],
    ['none, with openid', { redirect_uri: undefined }, 'invalid_request'],
    ['an unknown response mode', { response_mode: 'jwt' }, 'unsupported_response_mode'],
    ['a request object without keys', { request: 'a.b.c' }, 'invalid_request'],
  ])('%s', async (_description, params, error) => {
    const response = await userAgent(hydra).authorize(params)
    expect(response.location?.pathname).toBe('/error')
    expect(sent(response, 'error')).toBe(error)
  })
})

describe('told to the client at once', () => {
  test.each([
    ['a short state', { state: 'short' }, 'invalid_state'],
    ['no state', { state: undefined }, 'invalid_state'],
    ['a scope that is not registered', { scope: 'openid admin' }, 'invalid_scope'],
    ['an audience that is not registered', { audience: 'https://other.example' }, 'invalid_request'],
    ['a response type that is not registered', { response_type: 'code token' }, 'unsupported_response_type'],
    ['the registration parameter', { registration: '{}' }, 'registration_not_supported'],
    ['prompt=none without a session', { prompt: 'none' }, 'login_required'],
    ['an id_token_hint that is none', { id_token_hint: 'a.b.c' }, 'invalid_request'],
  ])('%s', async (_description, params, error) => {
    const response = await userAgent(hydra).authorize(params)
    expect(response.status).toBe(303)
    expect(response.location?.href.startsWith(callback)).toBe(true)
    expect(sent(response, 'error')).toBe(error)
  })

  test('in the query before the response type is known, in the fragment after', async () => {
    const early = await userAgent(hydra).authorize({ response_type: 'token', scope: 'admin' })
    expect(early.location?.search).toContain('error=invalid_scope')
    const late = await userAgent(hydra).authorize({ response_type: 'token', state: 'short' })
    expect(late.location?.hash).toContain('error=invalid_state')
  })
})

test.each([
  ['http://127.0.0.1:12345/callback', true],
  ['http://127.0.0.2:9/callback', false],
  ['http://localhost:9/callback', false],
  ['http://127.0.0.1:9/callback2', false],
])('a loopback redirect URI may have any port: %s is %s', async (redirect_uri, allowed) => {
  const response = await userAgent(hydra).authorize({ redirect_uri })
  expect(sent(response, 'login_challenge') !== '').toBe(allowed)
})

describe('response types and modes', () => {
  test.each([
    ['code', undefined, 'search', ['code', 'scope', 'state']],
    ['code', 'fragment', 'hash', ['code', 'scope', 'state']],
    ['token', undefined, 'hash', ['access_token', 'expires_in', 'scope', 'state', 'token_type']],
    ['id_token', undefined, 'hash', ['id_token', 'state']],
    ['token id_token', undefined, 'hash', ['access_token', 'expires_in', 'id_token', 'scope', 'state', 'token_type']],
    ['code id_token', undefined, 'hash', ['code', 'id_token', 'state']],
  ] as const)('%s by %s', async (response_type, response_mode, part, names) => {
    const back = await userAgent(hydra).signIn({ response_type, response_mode })
    const params = new URLSearchParams(back.location?.[part].slice(1))
    expect([...params.keys()].toSorted()).toEqual(names)
  })

  test('form_post is a page that posts by itself', async () => {
    const back = await userAgent(hydra).signIn({ response_mode: 'form_post', state: 'quoted-"<state>' })
    expect(back.status).toBe(200)
    expect(back.headers.get('content-type')).toBe('text/html;charset=UTF-8')
    expect(back.body).toContain(`action="${callback}"`)
    expect(back.body).toContain('value="quoted-&#34;&lt;state&gt;"')
  })

  test('form_post posts nowhere but to http and https', async () => {
    const redirect_uri = 'com.example.app:/cb'
    await admin(hydra, 'POST', '/clients', { ...appClient, client_id: 'native', redirect_uris: [redirect_uri] })
    const back = await userAgent(hydra).signIn({ client_id: 'native', redirect_uri, response_mode: 'form_post' })
    expect(back.body).toContain('action="#ZgotmplZ"')
  })

  test('a redirect URI that is written differently still gets its code, but is told no errors', async () => {
    const redirect_uri = 'HTTPS://app.example/ü'
    await admin(hydra, 'POST', '/clients', { ...appClient, client_id: 'odd', redirect_uris: [redirect_uri] })
    const back = await userAgent(hydra).signIn({ client_id: 'odd', redirect_uri })
    expect(back.headers.get('location')).toMatch(/^https:\/\/app\.example\/%C3%BC\?code=/)
    const refused = await userAgent(hydra).authorize({ client_id: 'odd', redirect_uri, scope: 'admin' })
    expect(refused.location?.pathname).toBe('/error')
    expect(sent(refused, 'error')).toBe('invalid_scope')
  })

  test('scopes with a meaning of their own count in any case', async () => {
    await admin(hydra, 'POST', '/clients', { ...appClient, client_id: 'loud', scope: 'OpenID OFFLINE' })
    const agent = userAgent(hydra)
    const params = { client_id: 'loud', scope: 'OpenID OFFLINE' }
    const back = await agent.signIn(params, { consent: { grant_scope: ['OpenID', 'OFFLINE', null] } })
    const { body } = await redeem(hydra, back, { client_id: 'loud' })
    expect(body).toMatchObject({
      scope: 'OpenID OFFLINE ',
      id_token: expect.any(String),
      refresh_token: expect.any(String),
    })
  })

  test('tokens do not travel in a query', async () => {
    const back = await userAgent(hydra).signIn({ response_type: 'token', response_mode: 'query' })
    expect(sent(back, 'error')).toBe('unsupported_response_mode')
  })

  test.each(['id_token', 'code id_token'])('%s needs a nonce', async (response_type) => {
    expect(sent(await userAgent(hydra).signIn({ response_type, nonce: undefined }), 'error')).toBe('invalid_request')
    expect(sent(await userAgent(hydra).signIn({ response_type, nonce: 'short' }), 'error')).toBe('insufficient_entropy')
  })

  test('an ID token is bound to code and access token by their hashes', async () => {
    const half = (value: string): string =>
      createHash('sha256').update(value).digest().subarray(0, 16).toString('base64url')
    const back = await userAgent(hydra).signIn({ response_type: 'code id_token token' })
    expect(claimsOf(sent(back, 'id_token'))).toMatchObject({
      at_hash: half(sent(back, 'access_token')),
      c_hash: half(sent(back, 'code')),
    })
    const tokens = await redeem(hydra, back)
    expect(claimsOf(tokens.body['id_token'])['at_hash']).toBe(half(String(tokens.body['access_token'])))
  })
})

describe('prompt, max_age and hints', () => {
  async function remembered(): Promise<{ agent: ReturnType<typeof userAgent>; idToken: string }> {
    const agent = userAgent(hydra)
    const back = await agent.signIn({}, { login: { remember: true }, consent: { remember: true } })
    return { agent, idToken: String((await redeem(hydra, back)).body['id_token']) }
  }

  test('prompt=none passes silently with session and consent, and fails without', async () => {
    const { agent } = await remembered()
    expect(sent(await agent.signIn({ prompt: 'none' }), 'code')).not.toBe('')
    const atLogin = await agent.authorize({ prompt: 'none', scope: 'openid photos.read' })
    expect(sent(await agent.browser.open(await agent.acceptLogin(atLogin)), 'error')).toBe('consent_required')
  })

  test('prompt=none excludes every other one, after the login', async () => {
    const { agent } = await remembered()
    const atLogin = await agent.authorize({ prompt: 'none consent' })
    expect(sent(await agent.browser.open(await agent.acceptLogin(atLogin)), 'error')).toBe('invalid_request')
  })

  test('an unknown prompt is refused, after the login', async () => {
    const agent = userAgent(hydra)
    const atLogin = await agent.authorize({ prompt: 'select_account' })
    expect(sent(await agent.browser.open(await agent.acceptLogin(atLogin)), 'error')).toBe('invalid_request')
  })

  test('max_age ages the session out', async () => {
    const { agent } = await remembered()
    hydra.clock.advance('5m')
    expect(sent(await agent.authorize({ prompt: 'none', max_age: '60' }), 'error')).toBe('login_required')
    expect(sent(await agent.authorize({ prompt: 'none', max_age: '600' }), 'login_challenge')).not.toBe('')
    expect(sent(await agent.authorize({ max_age: 'soon' }), 'error')).toBe('error')
  })

  test('an id_token_hint must name who is signed in; an expired one is fine', async () => {
    const { agent, idToken } = await remembered()
    const mallory = await hydra.mint.idToken({ clientId: 'app', subject: 'mallory' })
    expect(sent(await agent.authorize({ id_token_hint: mallory }), 'error')).toBe('login_required')
    hydra.clock.advance('2h')
    expect(sent(await agent.authorize({ id_token_hint: idToken }), 'login_challenge')).not.toBe('')
    const forged = await hydra.mint.idToken({ clientId: 'app', subject: 'alice', defect: 'wrong_key' })
    expect(sent(await agent.authorize({ id_token_hint: forged }), 'error')).toBe('invalid_request')
  })

  test('a hint that another login contradicts ends the session', async () => {
    const agent = userAgent(hydra)
    const hint = await hydra.mint.idToken({ clientId: 'app', subject: 'mallory' })
    const atLogin = await agent.authorize({ id_token_hint: hint })
    expect(sent(await agent.browser.open(await agent.acceptLogin(atLogin)), 'error')).toBe('login_required')
  })

  test('acr_values without an answer give the level "0"', async () => {
    const back = await userAgent(hydra).signIn({ acr_values: 'gold' })
    expect(claimsOf((await redeem(hydra, back)).body['id_token'])['acr']).toBe('0')
  })
})
