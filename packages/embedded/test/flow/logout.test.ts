import { type IncomingMessage, type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { browser, useHydra } from '@hydra-kit/embedded/testing'
import { admin, appClient, redeem, sent, userAgent } from '../user-agent.ts'

const hydra = useHydra({ urls: { postLogoutRedirect: 'http://127.0.0.1:9/bye', error: 'http://127.0.0.1:9/error' } })

let calls: { url: string; headers: IncomingMessage['headers']; body: string }[] = []
let statuses: number[] = []
let arrived: () => void = () => undefined
let server: Server
let app = ''

beforeEach(async () => {
  calls = []
  statuses = []
  server = createServer((message, response) => {
    const chunks: Buffer[] = []
    message.on('data', (chunk: Buffer) => chunks.push(chunk))
    message.on('end', () => {
      calls.push({ url: message.url ?? '', headers: message.headers, body: Buffer.concat(chunks).toString() })
      response.writeHead(statuses.shift() ?? 200).end()
      arrived()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  app = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

function nextCall(): Promise<void> {
  return new Promise((resolve) => {
    arrived = resolve
  })
}

async function signedIn(
  client: Record<string, unknown> = {},
  remember = true,
): Promise<{ agent: ReturnType<typeof userAgent>; idToken: string }> {
  await admin(hydra, 'POST', '/clients', {
    ...appClient,
    post_logout_redirect_uris: ['http://127.0.0.1:9/done'],
    ...client,
  })
  const agent = userAgent(hydra)
  const back = await agent.signIn({}, { login: { remember } })
  return { agent, idToken: String((await redeem(hydra, back)).body['id_token']) }
}

const endpoint = (params: Record<string, string> = {}): string =>
  `${hydra.publicUrl}/oauth2/sessions/logout?${new URLSearchParams(params).toString()}`.replace(/\?$/, '')

async function accepted(challenge: string): Promise<string> {
  const path = `/oauth2/auth/requests/logout/accept?logout_challenge=${challenge}`
  return String((await admin(hydra, 'PUT', path)).body['redirect_to'])
}

describe('without a hint', () => {
  test('a browser without a session goes straight on', async () => {
    expect((await browser().open(endpoint())).location?.href).toBe('http://127.0.0.1:9/bye')
  })

  test.each(['state', 'post_logout_redirect_uri'])('%s is refused', async (name) => {
    const response = await browser().open(endpoint({ [name]: 'http://127.0.0.1:9/done' }))
    expect([response.location?.pathname, sent(response, 'error')]).toEqual(['/error', 'invalid_request'])
  })

  test('the session ends once the app agrees; tokens survive', async () => {
    const { agent } = await signedIn()
    const challenge = sent(await agent.browser.open(endpoint()), 'logout_challenge')
    const seen = await admin(hydra, 'GET', `/oauth2/auth/requests/logout?logout_challenge=${challenge}`)
    expect(seen.body).toMatchObject({
      subject: 'alice',
      rp_initiated: false,
      client: null,
      request_url: '/oauth2/sessions/logout',
    })
    const done = await agent.browser.open(await accepted(challenge))
    expect(done.location?.href).toBe('http://127.0.0.1:9/bye')
    expect(agent.browser.cookieNames(hydra.publicUrl)).not.toContain('ory_hydra_session_dev')
    expect(hydra.inspect.loginSessions()).toEqual([])
    expect(hydra.inspect.tokens().filter((token) => token.kind === 'access_token' && token.active)).toHaveLength(1)
    const used = await admin(hydra, 'GET', `/oauth2/auth/requests/logout?logout_challenge=${challenge}`)
    expect([used.status, used.body]).toEqual([410, { redirect_to: '/oauth2/sessions/logout' }])
  })

  test('another browser can not end it', async () => {
    const { agent } = await signedIn()
    const url = await accepted(sent(await agent.browser.open(endpoint()), 'logout_challenge'))
    await browser().open(url)
    expect(hydra.inspect.loginSessions()).toHaveLength(1)
  })

  test('a request that was rejected is unknown until it is accepted after all', async () => {
    const { agent } = await signedIn()
    const challenge = sent(await agent.browser.open(endpoint()), 'logout_challenge')
    const url = await accepted(challenge)
    expect(
      (await admin(hydra, 'PUT', `/oauth2/auth/requests/logout/reject?logout_challenge=${challenge}`)).status,
    ).toBe(204)
    expect((await admin(hydra, 'GET', `/oauth2/auth/requests/logout?logout_challenge=${challenge}`)).status).toBe(404)
    expect(sent(await agent.browser.open(url), 'error')).toBe('Not Found')
    expect((await agent.browser.open(await accepted(challenge))).location?.href).toBe('http://127.0.0.1:9/bye')
  })

  test('a request grows too old', async () => {
    const { agent } = await signedIn()
    const url = await accepted(sent(await agent.browser.open(endpoint()), 'logout_challenge'))
    hydra.clock.advance('31m')
    expect(sent(await agent.browser.open(url), 'error')).toBe('request_unauthorized')
  })
})

describe('with a hint', () => {
  test('any browser may end the session, and goes where the client registered', async () => {
    const { idToken } = await signedIn()
    const params = { id_token_hint: idToken, post_logout_redirect_uri: 'http://127.0.0.1:9/done', state: 'a&b' }
    const challenge = sent(await browser().open(endpoint(params)), 'logout_challenge')
    const seen = await admin(hydra, 'GET', `/oauth2/auth/requests/logout?logout_challenge=${challenge}`)
    expect(seen.body).toMatchObject({ rp_initiated: true, client: { client_id: 'app' }, expires_at: null })
    const done = await browser().open(await accepted(challenge))
    expect(done.location?.href).toBe('http://127.0.0.1:9/done?state=a%26b')
    expect(hydra.inspect.loginSessions()).toEqual([])
  })

  test('for a client that is unknown, or gone by now, the error has no type', async () => {
    const { idToken } = await signedIn()
    const hint = await hydra.mint.idToken({ clientId: 'app', defect: 'wrong_audience' })
    expect(sent(await browser().open(endpoint({ id_token_hint: hint })), 'error')).toBe('error')
    await admin(hydra, 'DELETE', '/clients/app')
    expect(sent(await browser().open(endpoint({ id_token_hint: idToken })), 'error')).toBe('error')
  })

  test('a session that was not remembered is not asked about', async () => {
    const { idToken } = await signedIn({}, false)
    const response = await browser().open(
      endpoint({ id_token_hint: idToken, post_logout_redirect_uri: 'http://127.0.0.1:9/done' }),
    )
    expect(response.location?.href).toBe('http://127.0.0.1:9/done')
  })

  test.each(['http://127.0.0.1:9/done/', 'http://127.0.0.1:9/done?x=1', 'http://evil.example/'])(
    '%s is refused',
    async (uri) => {
      const { idToken } = await signedIn()
      const response = await browser().open(endpoint({ id_token_hint: idToken, post_logout_redirect_uri: uri }))
      expect(sent(response, 'error')).toBe('invalid_request')
    },
  )

  test.each(['wrong_key', 'wrong_issuer', 'not_yet_valid', 'alg_none'] as const)(
    'a hint with %s is refused',
    async (defect) => {
      await signedIn()
      const hint = await hydra.mint.idToken({ clientId: 'app', defect })
      expect(sent(await browser().open(endpoint({ id_token_hint: hint })), 'error')).toBe('invalid_request')
    },
  )
})

describe('clients are told', () => {
  test('by their back channel, with a token that verifies', async () => {
    const { agent } = await signedIn({ backchannel_logout_uri: `${app}/backchannel` })
    const [session] = hydra.inspect.loginSessions()
    const called = nextCall()
    await agent.browser.open(await accepted(sent(await agent.browser.open(endpoint()), 'logout_challenge')))
    await called
    const [call] = calls
    expect(call).toMatchObject({
      url: '/backchannel',
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'user-agent': 'Go-http-client/1.1' },
    })
    expect(call?.headers).not.toHaveProperty('accept')
    const keys = (await (await fetch(`${hydra.publicUrl}/.well-known/jwks.json`)).json()) as Parameters<
      typeof createLocalJWKSet
    >[0]
    const token = new URLSearchParams(call?.body).get('logout_token') ?? ''
    const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet(keys), {
      issuer: hydra.issuer,
      audience: 'app',
    })
    expect(protectedHeader.typ).toBe('JWT')
    expect(payload).toMatchObject({
      sid: session?.id,
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    })
    for (const name of ['sub', 'exp', 'nonce']) expect(payload).not.toHaveProperty(name)
  })

  test('again when their back channel fails, with the same token', async () => {
    statuses = [503, 204]
    const { agent } = await signedIn({ backchannel_logout_uri: `${app}/backchannel` })
    await agent.browser.open(await accepted(sent(await agent.browser.open(endpoint()), 'logout_challenge')))
    while (calls.length < 2) await nextCall()
    expect(calls[1]?.body).toBe(calls[0]?.body)
  })

  test('by their front channel, from a page of iframes', async () => {
    const { agent } = await signedIn({ frontchannel_logout_uri: 'http://127.0.0.1:9/front?a=b' })
    const [session] = hydra.inspect.loginSessions()
    const page = await agent.browser.open(
      await accepted(sent(await agent.browser.open(endpoint()), 'logout_challenge')),
    )
    const params = new URLSearchParams({ a: 'b', iss: hydra.issuer, sid: session?.id ?? '' }).toString()
    expect(page.status).toBe(200)
    expect(page.body).toContain(`<iframe src="http://127.0.0.1:9/front?${params.replaceAll('&', '&amp;')}"`)
    expect(page.body).toContain('URL=http://127.0.0.1:9/bye')
  })

  test('when an administrator ends a session by sid, not by subject', async () => {
    const { agent } = await signedIn({ backchannel_logout_uri: `${app}/backchannel` })
    await admin(hydra, 'DELETE', '/oauth2/auth/sessions/login?subject=alice')
    await agent.browser.open(endpoint())
    await userAgent(hydra).signIn({}, { login: { remember: true } })
    const [session] = hydra.inspect.loginSessions()
    const called = nextCall()
    expect((await admin(hydra, 'DELETE', `/oauth2/auth/sessions/login?sid=${session?.id ?? ''}`)).status).toBe(204)
    await called
    expect(calls).toHaveLength(1)
  })
})
