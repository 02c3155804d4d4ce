import { type IncomingMessage, type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { type EmbeddedHydra, type HydraOptions, startHydra } from '@hydra-kit/embedded'
import { admin, appClient, claimsOf, form, introspect, redeem, refresh, userAgent } from '../user-agent.ts'

interface HookCall {
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: Record<string, unknown>
}

interface HookAnswer {
  readonly status: number
  readonly body?: unknown
  readonly headers?: Record<string, string>
}

/** A hook that answers what a test wants. */
let hook: Server
let hookUrl = ''
let calls: HookCall[] = []
let answer: (call: HookCall, count: number) => HookAnswer = () => ({ status: 204 })
let hydra: EmbeddedHydra

async function receive(message: IncomingMessage): Promise<HookCall> {
  let text = ''
  for await (const chunk of message as AsyncIterable<Buffer>) text += chunk.toString()
  return {
    path: message.url ?? '',
    headers: message.headers,
    body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
  }
}

beforeAll(async () => {
  hook = createServer((message, response) => {
    void receive(message).then((call) => {
      calls.push(call)
      const { status, body, headers = {} } = answer(call, calls.length)
      response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body))
    })
  })
  await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve))
  hookUrl = `http://127.0.0.1:${(hook.address() as AddressInfo).port}`
  hydra = await start({ tokenHook: { url: `${hookUrl}/token` } })
})

function start(options: HydraOptions): Promise<EmbeddedHydra> {
  return startHydra({ clients: [appClient, { ...appClient, client_id: 'machine' }], ...options })
}

beforeEach(async () => {
  await hydra.reset()
  calls = []
  answer = () => ({ status: 204 })
})

afterAll(async () => {
  await hydra.stop()
  await new Promise((resolve) => hook.close(resolve))
})

const session = { access_token: { a: 1 }, id_token: { e: 2 } }

async function code(at: EmbeddedHydra = hydra): ReturnType<ReturnType<typeof userAgent>['signIn']> {
  return userAgent(at).signIn({}, { consent: { session } })
}

function machine(fields: Record<string, string> = {}): ReturnType<typeof form> {
  return form(hydra, '/oauth2/token', {
    grant_type: 'client_credentials',
    client_id: 'machine',
    client_secret: 'app-secret',
    ...fields,
  })
}

describe('what the token hook is told', () => {
  test('with a code: the session, but not yet what was granted', async () => {
    const { status } = await redeem(hydra, await code())
    expect(status).toBe(200)
    expect(calls).toHaveLength(1)
    expect(calls[0]?.headers).toMatchObject({
      'content-type': 'application/json; charset=UTF-8',
      'user-agent': 'Go-http-client/1.1',
    })
    expect(calls[0]?.body).toMatchObject({
      session: {
        id_token: {
          id_token_claims: {
            sub: 'alice',
            aud: ['app'],
            exp: '0001-01-01T00:00:00Z',
            amr: null,
            ext: { e: 2, sid: expect.any(String) as unknown },
          },
          headers: { extra: { kid: expect.any(String) as unknown } },
          subject: 'alice',
        },
        extra: { a: 1 },
        client_id: 'app',
        consent_challenge: expect.stringMatching(/^[0-9a-f]{32}$/) as unknown,
        mirror_top_level_claims: true,
      },
      request: {
        client_id: 'app',
        requested_scopes: ['openid', 'offline'],
        granted_scopes: [],
        granted_audience: [],
        grant_types: ['authorization_code'],
        payload: { client_id: ['app'], grant_type: ['authorization_code'] },
      },
    })
  })

  test('no secret, no code, no unknown field is passed on', async () => {
    await redeem(hydra, await code(), { custom: 'field' })
    expect(JSON.stringify(calls[0]?.body)).not.toMatch(/app-secret|ory_ac_|custom/)
  })

  test('with a refresh: what was granted', async () => {
    const { body } = await redeem(hydra, await code())
    await refresh(hydra, body['refresh_token'])
    expect(calls[1]?.body['request']).toMatchObject({
      granted_scopes: ['openid', 'offline'],
      grant_types: ['refresh_token'],
    })
  })

  test('with client_credentials: the client as subject, and no claims of a user', async () => {
    await machine({ scope: 'photos.read', audience: 'https://api.example' })
    expect(calls[0]?.body).toMatchObject({
      session: {
        id_token: {
          id_token_claims: { sub: '', aud: null, ext: null, rat: '0001-01-01T00:00:00Z' },
          headers: { extra: null },
          subject: 'machine',
        },
        extra: {},
        consent_challenge: '',
      },
      request: {
        requested_scopes: ['photos.read'],
        granted_scopes: ['photos.read'],
        granted_audience: ['https://api.example'],
        payload: { scope: ['photos.read'] },
      },
    })
  })

  test('not of a grant that is refused, nor of tokens from the authorization endpoint', async () => {
    await redeem(hydra, await code(), { code: 'wrong' })
    await machine({ scope: 'admin' })
    await userAgent(hydra).signIn({ response_type: 'token id_token' })
    expect(calls).toEqual([])
  })
})

describe('what its answer does', () => {
  const both = {
    status: 200,
    body: { session: { access_token: { a: 99, n: 1 }, id_token: { e: 99, m: 1, sub: 'x', sid: 'x' } } },
  }

  test('with a code the consent wins, new keys are added', async () => {
    answer = () => both
    const { body } = await redeem(hydra, await code())
    expect((await introspect(hydra, body['access_token']))['ext']).toEqual({ a: 1, n: 1 })
    const claims = claimsOf(body['id_token'])
    expect(claims).toMatchObject({ e: 2, m: 1, sub: 'alice' })
    expect(claims['sid']).not.toBe('x')
  })

  test('with a refresh it replaces both sides, for good', async () => {
    const first = await redeem(hydra, await code())
    answer = () => both
    const { body } = await refresh(hydra, first.body['refresh_token'])
    expect((await introspect(hydra, body['access_token']))['ext']).toEqual({ a: 99, n: 1 })
    expect(claimsOf(body['id_token'])).toMatchObject({ e: 99, m: 1, sub: 'alice', sid: 'x' })
    answer = () => ({ status: 200, body: {} })
    const emptied = await refresh(hydra, body['refresh_token'])
    expect(await introspect(hydra, emptied.body['access_token'])).not.toHaveProperty('ext')
    expect(claimsOf(emptied.body['id_token'])).not.toHaveProperty('sid')
    answer = () => ({ status: 204 })
    await refresh(hydra, emptied.body['refresh_token'])
    expect(calls.at(-1)?.body['session']).toMatchObject({ extra: null, id_token: { id_token_claims: { ext: null } } })
  })

  test('with client_credentials it fills the session', async () => {
    answer = () => both
    const { body } = await machine()
    expect((await introspect(hydra, body['access_token']))['ext']).toEqual({ a: 99, n: 1 })
  })

  test.each<[string, HookAnswer]>([
    ['204', { status: 204 }],
    ['null', { status: 200, body: 'null' }],
    ['a null session', { status: 200, body: { session: null } }],
    [
      'text/plain and more members',
      { status: 200, headers: { 'content-type': 'text/plain' }, body: { session: {}, x: 1 } },
    ],
  ])('%s keeps the session of a code', async (_name, given) => {
    answer = () => given
    const { body } = await redeem(hydra, await code())
    expect((await introspect(hydra, body['access_token']))['ext']).toEqual({ a: 1 })
  })

  test.each<[string, HookAnswer, number, string]>([
    ['403', { status: 403, body: { error: 'custom' } }, 403, 'access_denied'],
    ['201', { status: 201, body: {} }, 500, 'server_error'],
    ['400', { status: 400 }, 500, 'server_error'],
    ['501', { status: 501 }, 500, 'server_error'],
    ['an empty body', { status: 200, body: '' }, 500, 'server_error'],
    ['a list', { status: 200, body: [] }, 500, 'server_error'],
    ['a byte order mark', { status: 200, body: '\uFEFF{}' }, 500, 'server_error'],
    ['a string for a side', { status: 200, body: { session: { access_token: 'x' } } }, 500, 'server_error'],
  ])('%s refuses, and the code is still good', async (_name, given, status, error) => {
    answer = () => given
    const at = await code()
    const refused = await redeem(hydra, at)
    expect([refused.status, refused.body['error']]).toEqual([status, error])
    expect(calls).toHaveLength(1)
    answer = () => ({ status: 204 })
    expect((await redeem(hydra, at)).status).toBe(200)
  })

  test('a refused refresh leaves the old tokens alone', async () => {
    const first = await redeem(hydra, await code())
    answer = () => ({ status: 403 })
    expect((await refresh(hydra, first.body['refresh_token'])).status).toBe(403)
    expect(await introspect(hydra, first.body['access_token'])).toMatchObject({ active: true })
    answer = () => ({ status: 204 })
    expect((await refresh(hydra, first.body['refresh_token'])).status).toBe(200)
  })

  test('redirects are followed', async () => {
    answer = ({ path }) =>
      path === '/token'
        ? { status: 307, headers: { location: `${hookUrl}/elsewhere` } }
        : { status: 200, body: { session: { access_token: { moved: true } } } }
    const { body } = await machine()
    expect((await introspect(hydra, body['access_token']))['ext']).toEqual({ moved: true })
  })

  test('a hook that is down for a moment is asked again', async () => {
    answer = (_call, count) => (count === 1 ? { status: 429, headers: { 'retry-after': '0' } } : { status: 204 })
    expect((await machine()).status).toBe(200)
    expect(calls).toHaveLength(2)
  })
})

test('a hook that takes longer than Hydra waits costs the client its connection, and the code is used up', async () => {
  const at = await code()
  const now = performance.now.bind(performance)
  const later = jest.spyOn(performance, 'now')
  answer = () => {
    later.mockImplementation(() => now() + 10_001)
    return { status: 204 }
  }
  await expect(redeem(hydra, at)).rejects.toThrow()
  later.mockRestore()
  answer = () => ({ status: 204 })
  expect((await redeem(hydra, at)).body['error']).toBe('invalid_grant')
})

test('a server that is stopped or reset gives up on a hook that never answers', async () => {
  const silent = createServer()
  const asked = new Promise<void>((resolve) => silent.once('request', () => resolve()))
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  const hungUp = new Promise<void>((resolve) => {
    silent.on('request', (message) => message.socket.once('close', () => resolve()))
  })
  const own = await start({ tokenHook: { url: `http://127.0.0.1:${(silent.address() as AddressInfo).port}` } })
  const answered = redeem(own, await code(own)).catch(() => undefined)
  await asked
  await own.stop()
  await hungUp
  expect(await answered).toBeUndefined()
  await new Promise((resolve) => silent.close(resolve))
})

describe('api_key', () => {
  test.each([
    ['header', { 'x-key': 'k' }],
    ['cookie', { cookie: 'X-Key=k' }],
  ] as const)('travels in a %s', async (place, headers) => {
    await using own = await start({
      tokenHook: {
        url: `${hookUrl}/token`,
        auth: { type: 'api_key', config: { in: place, name: 'X-Key', value: 'k' } },
      },
    })
    await redeem(own, await code(own))
    expect(calls[0]?.headers).toMatchObject(headers)
  })
})

describe('the refresh hook', () => {
  test('comes first, with the older form of the request, and only for refreshes', async () => {
    await using own = await start({
      tokenHook: { url: `${hookUrl}/token` },
      refreshTokenHook: { url: `${hookUrl}/refresh` },
    })
    const first = await redeem(own, await code(own))
    expect(calls.map(({ path }) => path)).toEqual(['/token'])
    answer = ({ path }) =>
      path === '/refresh' ? { status: 200, body: { session: { access_token: { r: 1 } } } } : { status: 204 }
    const { body } = await refresh(own, first.body['refresh_token'])
    expect(calls.map(({ path }) => path)).toEqual(['/token', '/refresh', '/token'])
    expect(calls[1]?.body).toMatchObject({
      subject: 'alice',
      client_id: 'app',
      granted_scopes: ['openid', 'offline'],
      granted_audience: [],
      requester: { client_id: 'app', grant_types: ['refresh_token'] },
      session: { extra: { a: 1 } },
    })
    expect(calls[2]?.body['session']).toMatchObject({ extra: { r: 1 } })
    expect((await introspect(own, body['access_token']))['ext']).toEqual({ r: 1 })
  })

  test('when it refuses, the token hook is not asked', async () => {
    await using own = await start({
      tokenHook: { url: `${hookUrl}/token` },
      refreshTokenHook: { url: `${hookUrl}/refresh` },
    })
    const first = await redeem(own, await code(own))
    answer = ({ path }) => ({ status: path === '/refresh' ? 403 : 204 })
    expect((await refresh(own, first.body['refresh_token'])).status).toBe(403)
    expect(calls.map(({ path }) => path)).toEqual(['/token', '/refresh'])
    expect((await admin(own, 'GET', '/clients/app')).status).toBe(200)
  })
})
