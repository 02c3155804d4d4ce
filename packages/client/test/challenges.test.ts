/** What becomes of a challenge, on every generation, as a result; and accepts whose answer was lost. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { createHydraClient } from '@hydra-kit/client'
import type { DroppedField, HydraClient, HydraClientOptions } from '@hydra-kit/client'
import { json, refuse, startStub } from './support/stub-server.ts'
import type { Handler, StubServer } from './support/stub-server.ts'

let server: StubServer
beforeEach(async () => {
  server = await startStub()
})
afterEach(() => server.close())

const requestUrl = 'https://auth.example.com/oauth2/auth?client_id=c1'
const open = { challenge: 'ch', skip: false, subject: '', client: {}, request_url: requestUrl }

function client(serverVersion = '26.2', options: Partial<HydraClientOptions> = {}): HydraClient {
  const publicUrl = 'https://auth.example.com/'
  return createHydraClient({ adminUrl: server.url, publicUrl, serverVersion: serverVersion as '26.2', ...options })
}
const methods = (): string[] =>
  server.seen.map(({ method, url }) => `${method} ${url.split('/').at(-1)?.split('?')[0]}`)

describe('states', () => {
  const kinds = ['loginRequests', 'consentRequests'] as const
  const handled = { redirect_to: requestUrl }
  const rows: [string, number, unknown, unknown][] = [
    ['410 with a way on (1.10.2 – 2.1)', 410, handled, { state: 'handled', redirectTo: requestUrl }],
    [
      '401 of an expired one (since 2.2)',
      401,
      { error: 'request_unauthorized', error_description: 'expired' },
      { state: 'expired' },
    ],
    ['404 of an unknown one', 404, { error: 'Not Found', error_description: 'x' }, { state: 'unknown' }],
  ]
  describe.each(kinds)('%s', (kind) => {
    test.each(rows)('%s', async (_title, status, body, expected) => {
      server.handle((_request, response) => json(response, status, body))
      expect(await client()[kind].get('ch')).toEqual(expected)
      expect(await client()[kind].accept('ch', { subject: 'a' })).toEqual(expected)
      expect(await client()[kind].reject('ch', { error: 'access_denied' })).toEqual(expected)
    })

    test('401 of a proxy is an error of credentials', async () => {
      server.handle((_request, response) => json(response, 401, { error: 'unauthorized', error_description: 'token?' }))
      await expect(client()[kind].get('ch')).rejects.toMatchObject({ code: 'ERR_HYDRA_HTTP', status: 401 })
      server.handle((_request, response) => void response.writeHead(401).end('<html>'))
      await expect(client()[kind].accept('ch', { subject: 'a' })).rejects.toMatchObject({ status: 401 })
    })

    test('404 of a wrong address is an error, not an unknown challenge', async () => {
      for (const body of [
        '404 page not found\n',
        '{"error":{"code":404,"message":"Not Found"}}',
        '{"error":"Error 404"}',
      ]) {
        server.handle((_request, response) => void response.writeHead(404).end(body))
        await expect(client()[kind].get('ch')).rejects.toMatchObject({ code: 'ERR_HYDRA_HTTP', status: 404 })
      }
    })

    test('lists that are null are empty', async () => {
      server.handle((_request, response) =>
        json(response, 200, { ...open, requested_scope: null, requested_access_token_audience: null }),
      )
      expect(await client()[kind].get('ch')).toMatchObject({
        state: 'open',
        request: { requested_scope: [], requested_access_token_audience: [] },
      })
    })

    test('409 without a way on: the request is looked up for one', async () => {
      server.handle(({ method }, response) =>
        method === 'PUT' ? refuse(response, 409, 'Conflict') : json(response, 410, { redirect_to: 'https://restart' }),
      )
      expect(await client('1.11')[kind].accept('ch', { subject: 'a' })).toEqual({
        state: 'handled',
        redirectTo: 'https://restart',
      })
      expect(methods()).toEqual(['PUT accept', `GET ${kind === 'loginRequests' ? 'login' : 'consent'}`])
    })

    test('409 while the request still looks open (accepted, not followed): its own URL restarts the flow', async () => {
      server.handle(({ method }, response) =>
        method === 'PUT' ? refuse(response, 409, 'x') : json(response, 200, open),
      )
      expect(await client('1.11')[kind].accept('ch', { subject: 'a' })).toEqual({
        state: 'handled',
        redirectTo: requestUrl,
      })
    })

    test('409 and no way to look it up: handled is all there is to say', async () => {
      server.handle(({ method }, response) => refuse(response, method === 'PUT' ? 409 : 400, 'x'))
      expect(await client('1.4')[kind].accept('ch', { subject: 'a' })).toEqual({ state: 'handled' })
      server.handle((_request, response) => refuse(response, 409, 'Conflict'))
      expect(await client('1.4')[kind].get('ch')).toEqual({ state: 'handled' })
    })
  })

  test('logout: the way on is below the public address', async () => {
    server.handle((_request, response) => json(response, 410, { redirect_to: '/oauth2/sessions/logout?x=1' }))
    const expected = { state: 'handled', redirectTo: 'https://auth.example.com/oauth2/sessions/logout?x=1' }
    expect(await client().logoutRequests.get('ch')).toEqual(expected)
    expect(await client('26.2', { publicUrl: 'https://a.example/hydra' }).logoutRequests.get('ch')).toMatchObject({
      redirectTo: 'https://a.example/hydra/oauth2/sessions/logout?x=1',
    })
    expect(await client('26.2', { publicUrl: undefined }).logoutRequests.get('ch')).toMatchObject({
      redirectTo: '/oauth2/sessions/logout?x=1',
    })
  })

  test('logout: unknown, and rejected', async () => {
    server.handle((_request, response) => refuse(response, 404, 'Unable to locate the resource'))
    expect(await client().logoutRequests.get('ch')).toEqual({ state: 'unknown' })
    expect(await client().logoutRequests.accept('ch')).toEqual({ state: 'unknown' })
    expect(await client().logoutRequests.reject('ch')).toEqual({ state: 'unknown' })
    server.handle((_request, response) => void response.writeHead(204).end())
    expect(await client().logoutRequests.reject('ch')).toEqual({ state: 'done' })
  })

  test('device: expired and unknown challenges are results, a wrong code is an error', async () => {
    const accept = (): Promise<unknown> => client().deviceRequests.accept('ch', { user_code: 'abc' })
    server.handle((_request, response) => refuse(response, 401, 'request_unauthorized', 'expired'))
    expect(await accept()).toEqual({ state: 'expired' })
    server.handle((_request, response) => refuse(response, 404, 'Not Found', 'x'))
    expect(await accept()).toEqual({ state: 'unknown' })
    server.handle((_request, response) => refuse(response, 400, 'invalid_request', 'no such code'))
    await expect(accept()).rejects.toMatchObject({ status: 400, error: 'invalid_request' })
  })
})

describe('an accept whose answer was lost', () => {
  /** Loses the answers to the first `lost` PUTs, after the server did its work. */
  function losing(lost: number, put: Handler, get: Handler): void {
    let puts = 0
    server.handle((request, response, socket) => {
      if (request.method !== 'PUT') return get(request, response, socket)
      puts += 1
      return puts <= lost ? void socket.destroy() : put(request, response, socket)
    })
  }
  const done: Handler = (_request, response) => json(response, 200, { redirect_to: 'https://next' })
  const stillOpen: Handler = (_request, response) => json(response, 200, open)
  const accept = (version?: string, options = {}): Promise<unknown> =>
    client(version).loginRequests.accept('ch', { subject: 'a' }, options)

  test('still open: accepted again (2.0 and later answer any number of accepts)', async () => {
    losing(1, done, stillOpen)
    expect(await accept()).toEqual({ state: 'done', redirectTo: 'https://next' })
    expect(methods()).toEqual(['PUT accept', 'GET login', 'PUT accept'])
  })

  test('handled: not sent again', async () => {
    losing(1, done, (_request, response) => json(response, 410, { redirect_to: 'https://restart' }))
    expect(await accept('1.11')).toEqual({ state: 'handled', redirectTo: 'https://restart' })
    expect(methods()).toEqual(['PUT accept', 'GET login'])
  })

  test('1.x says open although it was accepted, and 409 to the second accept: handled, with a way on', async () => {
    losing(1, (_request, response) => refuse(response, 409, 'exists already'), stillOpen)
    expect(await accept('1.11')).toEqual({ state: 'handled', redirectTo: requestUrl })
    expect(methods()).toEqual(['PUT accept', 'GET login', 'PUT accept', 'GET login'])
  })

  test('lost twice', async () => {
    losing(2, done, stillOpen)
    expect(await accept()).toEqual({ state: 'done', redirectTo: 'https://next' })
    expect(methods()).toEqual(['PUT accept', 'GET login', 'PUT accept', 'GET login', 'PUT accept'])
  })

  test('lost more often than it may be tried: the error of the last try', async () => {
    losing(9, done, stillOpen)
    await expect(accept('26.2', { retries: 1 })).rejects.toMatchObject({
      code: 'ERR_HYDRA_UNREACHABLE',
      operation: 'loginRequests.accept',
    })
    expect(methods()).toEqual(['PUT accept', 'GET login', 'PUT accept'])
  })

  test('nobody answers the question: the error of the accept, and no second one', async () => {
    losing(1, done, (_request, _response, socket) => void socket.destroy())
    await expect(accept()).rejects.toMatchObject({ code: 'ERR_HYDRA_UNREACHABLE', operation: 'loginRequests.accept' })
    expect(methods()).toEqual(['PUT accept', 'GET login'])
  })

  test('503 of a proxy is a lost answer, too; 429 is not: nothing was done', async () => {
    let status = 503
    server.handle((request, response, socket) => {
      if (status === 0 || request.method === 'GET')
        return (request.method === 'GET' ? stillOpen : done)(request, response, socket)
      json(response, status, {}, { 'retry-after': '0' })
      status = 0
    })
    expect(await accept()).toMatchObject({ state: 'done' })
    expect(methods()).toEqual(['PUT accept', 'GET login', 'PUT accept'])
    server.seen.length = 0
    status = 429
    expect(await accept()).toMatchObject({ state: 'done' })
    expect(methods()).toEqual(['PUT accept', 'PUT accept'])
  })

  test('withResponse gives the deciding answer', async () => {
    losing(1, done, (_request, response) => json(response, 410, { redirect_to: 'https://restart' }))
    const { response } = await client().loginRequests.accept('ch', { subject: 'a' }).withResponse()
    expect(response.status).toBe(410)
  })

  test('logout: accepted again, after a look', async () => {
    losing(1, done, stillOpen)
    expect(await client().logoutRequests.accept('ch')).toMatchObject({ state: 'done' })
    expect(methods()).toEqual(['PUT accept', 'GET logout', 'PUT accept'])
  })

  test('time is one limit over all of it', async () => {
    losing(1, () => undefined, stillOpen)
    await expect(accept('26.2', { timeoutMs: 2_000 })).rejects.toMatchObject({
      code: 'ERR_HYDRA_TIMEOUT',
      operation: 'loginRequests.accept',
      timeoutMs: 2_000,
    })
  })
})

describe('a deletion whose answer was lost', () => {
  const remove = {
    clients: (hydra: HydraClient) => hydra.clients.delete('c1'),
    trustedIssuers: (hydra: HydraClient) => hydra.trustedIssuers.delete('i1'),
  }
  test.each(['clients', 'trustedIssuers'] as const)('%s: 404 then means deleted', async (kind) => {
    server.handle((_request, response, socket) =>
      server.seen.length === 1 ? void socket.destroy() : refuse(response, 404, 'Unable to locate the resource'),
    )
    await expect(remove[kind](client())).resolves.toBeUndefined()
    expect(server.seen).toHaveLength(2)
  })

  test.each(['clients', 'trustedIssuers'] as const)('%s: 404 at once means unknown', async (kind) => {
    server.handle((_request, response) => refuse(response, 404, 'Unable to locate the resource'))
    await expect(remove[kind](client())).rejects.toMatchObject({ status: 404 })
    expect(server.seen).toHaveLength(1)
  })
})

describe('members that a server would refuse are left out and reported', () => {
  const login = {
    subject: 'a',
    amr: ['pwd'],
    extend_session_lifespan: true,
    identity_provider_session_id: 'i',
    acr: '1',
  }
  const consent = { grant_scope: ['a'], context: { x: 1 }, handled_at: '2026-01-01T00:00:00Z' }
  test.each([
    [
      '1.10.6 (from source, not run)',
      ['amr', 'extend_session_lifespan', 'identity_provider_session_id'],
      ['context', 'handled_at'],
    ],
    [
      '1.10.7 (from source, not run)',
      ['extend_session_lifespan', 'identity_provider_session_id'],
      ['context', 'handled_at'],
    ],
    ['1.11.10', ['extend_session_lifespan', 'identity_provider_session_id'], ['context', 'handled_at']],
    ['2.1.0 (from source, not run)', ['identity_provider_session_id'], ['context', 'handled_at']],
    ['2.2.0 (from source, not run)', [], ['handled_at']],
    ['26.2.0', [], ['handled_at']],
  ])('%s', async (version, ofLogin, ofConsent) => {
    const dropped: DroppedField[] = []
    const hydra = client(version.split(' ')[0], { onDroppedField: (one) => dropped.push(one) })
    server.handle((_request, response) => json(response, 200, { redirect_to: 'https://next' }))
    await hydra.loginRequests.accept('ch', login)
    await hydra.consentRequests.accept('ch', consent)
    expect(dropped.map(({ field }) => field)).toEqual([...ofLogin, ...ofConsent])
    const bodies = server.seen.map(({ body }) => Object.keys(JSON.parse(body) as object))
    expect(bodies).toEqual([
      Object.keys(login).filter((field) => !ofLogin.includes(field)),
      Object.keys(consent).filter((field) => !ofConsent.includes(field)),
    ])
  })

  test('the report names operation, server and since when', async () => {
    const dropped: DroppedField[] = []
    server.handle((_request, response, socket) =>
      server.seen.length === 1 ? void socket.destroy() : json(response, 200, { ...open, redirect_to: 'https://next' }),
    )
    const hydra = client('1.11', { onDroppedField: (one) => dropped.push(one) })
    await hydra.loginRequests.accept('ch', { subject: 'a', identity_provider_session_id: 'i' })
    // Once, although it was sent twice.
    expect(dropped).toEqual([
      {
        operation: 'loginRequests.accept',
        field: 'identity_provider_session_id',
        serverVersion: '1.11.10',
        since: '2.2.0',
      },
    ])
  })

  test("the caller's object is not changed", async () => {
    server.handle((_request, response) => json(response, 200, { redirect_to: 'https://next' }))
    const body = Object.freeze({ ...login })
    await client('1.4').loginRequests.accept('ch', body)
    expect(body).toEqual(login)
  })
})

test.each([
  ['', {}],
  ['ch', undefined],
  [undefined, {}],
])('wrong arguments are never sent: %j %j', async (challenge, body) => {
  const { loginRequests, logoutRequests } = client()
  await expect(loginRequests.accept(challenge as string, body as never)).rejects.toMatchObject({ code: 'ERR_OPTIONS' })
  if (challenge !== 'ch') {
    await expect(loginRequests.get(challenge as string)).rejects.toMatchObject({ code: 'ERR_OPTIONS' })
    await expect(logoutRequests.accept(challenge as string)).rejects.toMatchObject({ code: 'ERR_OPTIONS' })
    await expect(logoutRequests.reject(challenge as string)).rejects.toMatchObject({ code: 'ERR_OPTIONS' })
  }
  expect(server.seen).toEqual([])
})
