/** How requests travel: headers, credentials, limits, tries, time. */
import { describe, expect, test } from '@jest/globals'
import { createHydraClient } from '@hydra-kit/client'
import type { HydraClient, HydraClientOptions } from '@hydra-kit/client'
import { Agent, MockAgent, Pool } from 'undici'
import type { HydraDispatcher, HydraDispatchHandler, HydraDispatchOptions } from '@hydra-kit/client'
import { json, startStub } from './support/stub-server.ts'
import type { Handler, StubServer } from './support/stub-server.ts'

async function withServer(
  handler: Handler,
  work: (server: StubServer, client: (options?: Partial<HydraClientOptions>) => HydraClient) => Promise<void>,
): Promise<void> {
  const server = await startStub(handler)
  const clients: HydraClient[] = []
  try {
    await work(server, (options = {}) => {
      const hydra = createHydraClient({
        publicUrl: server.url,
        adminUrl: server.url,
        serverVersion: '26.2',
        ...options,
      })
      clients.push(hydra)
      return hydra
    })
  } finally {
    await Promise.all(clients.map((hydra) => hydra.close()))
    await server.close()
  }
}

const active: Handler = (_request, response) => json(response, 200, { active: true })

describe('headers', () => {
  test('a form POST: exactly these', () =>
    withServer(active, async (server, client) => {
      await client({ headers: { 'X-Forwarded-Proto': 'https' } }).tokens.introspect({ token: 'a b+c' })
      const [{ headers, body }] = server.seen as [StubServer['seen'][0]]
      expect(headers).toEqual({
        host: `127.0.0.1:${server.port}`,
        connection: 'keep-alive',
        accept: 'application/json',
        'user-agent': 'hydra-kit',
        'x-forwarded-proto': 'https',
        'content-type': 'application/x-www-form-urlencoded',
        'content-length': '15',
      })
      expect(body).toBe('token=a%20b%2Bc')
    }))

  test('a JSON body', () =>
    withServer(
      (_request, response) => json(response, 201, { client_id: 'c' }),
      async (server, client) => {
        await client().clients.create({ client_name: 'ü' })
        expect(server.seen[0]).toMatchObject({
          headers: { 'content-type': 'application/json' },
          body: '{"client_name":"ü"}',
        })
      },
    ))

  test('a lone surrogate in a value becomes U+FFFD instead of an exception', () =>
    withServer(active, async (server, client) => {
      await client().tokens.introspect({ token: 'a\ud800b' })
      expect(server.seen[0]?.body).toBe('token=a%EF%BF%BDb')
    }))
})

describe('credentials for the admin port', () => {
  const authorizations = async (options: Partial<HydraClientOptions>): Promise<(string | undefined)[]> => {
    const seen: (string | undefined)[] = []
    await withServer(active, async (server, client) => {
      const hydra = client(options)
      server.handle((request, response) => {
        if (request.url.endsWith('jwks.json')) json(response, 200, { keys: [] })
        else json(response, 200, { active: true })
      })
      await hydra.tokens.introspect({ token: 't' })
      await hydra.oidc.jwks()
      seen.push(...server.seen.map(({ headers }) => headers.authorization))
    })
    return seen
  }

  test('none', async () => {
    expect(await authorizations({})).toEqual([undefined, undefined])
  })

  test('basic, and never to the public port', async () => {
    const adminAuth = { basic: { username: 'ops', password: 'pä:ss' } }
    expect(await authorizations({ adminAuth })).toEqual([
      `Basic ${Buffer.from('ops:pä:ss').toString('base64')}`,
      undefined,
    ])
  })

  test('bearer', async () => {
    expect(await authorizations({ adminAuth: { bearer: 'abc.def' } })).toEqual(['Bearer abc.def', undefined])
  })

  test('bearer function, asked before every call', () =>
    withServer(active, async (server, client) => {
      let n = 0
      const hydra = client({ adminAuth: { bearer: async () => `token-${(n += 1)}` } })
      await hydra.tokens.introspect({ token: 't' })
      await hydra.tokens.introspect({ token: 't' })
      expect(server.seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer token-1', 'Bearer token-2'])
    }))

  test('a bearer function that fails is an outage, and nothing is sent', () =>
    withServer(active, async (server, client) => {
      const cause = new Error('token endpoint is down')
      const hydra = client({ adminAuth: { bearer: () => Promise.reject(cause) } })
      await expect(hydra.tokens.introspect({ token: 't' })).rejects.toMatchObject({
        code: 'ERR_HYDRA_UNREACHABLE',
        cause,
      })
      expect(server.seen).toEqual([])
    }))

  test('a bearer function that hangs counts against the time limit', () =>
    withServer(active, async (_server, client) => {
      const hydra = client({ adminAuth: { bearer: () => new Promise<string>(() => undefined) }, timeoutMs: 60 })
      await expect(hydra.tokens.introspect({ token: 't' })).rejects.toMatchObject({
        code: 'ERR_HYDRA_TIMEOUT',
        timeoutMs: 60,
      })
    }))

  test('a bearer function that returns rubbish is a configuration error without the rubbish', () =>
    withServer(active, async (_server, client) => {
      const hydra = client({ adminAuth: { bearer: () => 'secret-7\r\n' } })
      await expect(hydra.tokens.introspect({ token: 't' })).rejects.toMatchObject({
        code: 'ERR_OPTIONS',
        message: expect.not.stringContaining('secret-7'),
      })
    }))
})

describe('addresses', () => {
  test('a path is kept, with and without a slash at the end', () =>
    withServer(active, async (server, client) => {
      for (const adminUrl of [`${server.url}/hydra`, `${server.url}/hydra/`]) {
        await client({ adminUrl }).tokens.introspect({ token: 't' })
      }
      expect(server.seen.map(({ url }) => url)).toEqual(Array(2).fill('/hydra/admin/oauth2/introspect'))
    }))

  test('introspectionUrl alone: no version is asked for, credentials go along', () =>
    withServer(active, async (server) => {
      const introspectionUrl = `${server.url}/only/this`
      const hydra = createHydraClient({ introspectionUrl, adminAuth: { bearer: 'abc' } })
      await hydra.tokens.introspect({ token: 't' })
      expect(server.seen).toMatchObject([{ url: '/only/this', headers: { authorization: 'Bearer abc' } }])
      await expect(hydra.clients.get('c')).rejects.toMatchObject({ code: 'ERR_OPTIONS' })
      await expect(hydra.serverVersion()).rejects.toMatchObject({ code: 'ERR_OPTIONS' })
      await hydra.close()
    }))

  test('jwksUrl replaces the address of the key set', () =>
    withServer(
      (_request, response) => json(response, 200, { keys: [] }),
      async (server) => {
        const hydra = createHydraClient({ publicUrl: 'http://127.0.0.1:9', jwksUrl: `${server.url}/keys.json` })
        await hydra.oidc.jwks()
        expect(server.seen).toMatchObject([{ url: '/keys.json' }])
        await hydra.close()
      },
    ))

  test.each(['', '.', '..', undefined, 7])('an id that no server can route is never sent: %j', (id) =>
    withServer(active, async (server, client) => {
      await expect(client().clients.get(id as string)).rejects.toMatchObject({ code: 'ERR_OPTIONS' })
      expect(server.seen).toEqual([])
    }),
  )

  test('an id with a slash is one segment since 25.4, and refused before', () =>
    withServer(
      (_request, response) => json(response, 200, { client_id: 'a/b?' }),
      async (server, client) => {
        await client().clients.get('a/b?')
        expect(server.seen[0]?.url).toBe('/admin/clients/a%2Fb%3F')
        await expect(client({ serverVersion: '2.3' }).clients.get('a/b')).rejects.toMatchObject({ code: 'ERR_OPTIONS' })
        expect(server.seen).toHaveLength(1)
      },
    ))
})

describe('limits of size', () => {
  const ofSize = (bytes: number): Handler => {
    const text = JSON.stringify({ active: true, client_id: '' })
    return (_request, response) => {
      // In pieces and without a length, as Go sends what doesn't fit its buffer.
      response.writeHead(200)
      response.write(text.slice(0, -2))
      response.end('x'.repeat(bytes - text.length) + text.slice(-2))
    }
  }

  test('an answer of exactly the limit is read', () =>
    withServer(ofSize(2_048), async (_server, client) => {
      const token = await client({ maxResponseBytes: 2_048 }).tokens.introspect({ token: 't' })
      expect(token).toMatchObject({ active: true })
    }))

  test('one byte more is not', () =>
    withServer(ofSize(2_049), async (_server, client) => {
      await expect(client({ maxResponseBytes: 2_048 }).tokens.introspect({ token: 't' })).rejects.toMatchObject({
        code: 'ERR_HYDRA_PROTOCOL',
        reason: 'too_large',
        status: 200,
      })
    }))

  test('a key set is never read past 512 KiB', () =>
    withServer(
      (_request, response) => json(response, 200, { keys: [], x: 'x'.repeat(524_288) }),
      async (_server, client) => {
        await expect(client().oidc.jwks()).rejects.toMatchObject({ code: 'ERR_HYDRA_PROTOCOL', reason: 'too_large' })
      },
    ))
})

describe('tries', () => {
  const failing = (times: number, fail: Handler): Handler => {
    let n = 0
    return (request, response, socket) => ((n += 1) <= times ? fail : active)(request, response, socket)
  }
  const unavailable: Handler = (_request, response) => json(response, 503, { error: 'x' })

  test('two more by default', () =>
    withServer(failing(2, unavailable), async (server, client) => {
      await expect(client().tokens.introspect({ token: 't' })).resolves.toMatchObject({ active: true })
      expect(server.seen).toHaveLength(3)
    }))

  test('as many as the call says', () =>
    withServer(failing(9, unavailable), async (server, client) => {
      await expect(client().tokens.introspect({ token: 't' }, { retries: 0 })).rejects.toMatchObject({ status: 503 })
      expect(server.seen).toHaveLength(1)
    }))

  test('a lost connection counts, too', () =>
    withServer(
      failing(1, (_request, _response, socket) => void socket.destroy()),
      async (server, client) => {
        await client().tokens.introspect({ token: 't' })
        expect(server.seen).toHaveLength(2)
      },
    ))

  test('two transactions that got into each other’s way (400), and no other 400', () => {
    const conflict = 'Unable to serialize access due to a concurrent update in another session'
    const fail: Handler = (_request, response) => json(response, 400, { error: conflict, error_description: '' })
    return withServer(failing(1, fail), async (server, client) => {
      await client()
        .clients.get('c')
        .catch(() => undefined)
      expect(server.seen).toHaveLength(2)
      server.seen.length = 0
      server.handle(fail)
      await expect(client().clients.create({})).rejects.toMatchObject({ status: 400, error: conflict })
      expect(server.seen).toHaveLength(1)
      server.seen.length = 0
      server.handle((_request, response) =>
        server.seen.length === 1
          ? json(response, 400, { error: conflict, error_description: '' })
          : json(response, 200, { redirect_to: 'x' }),
      )
      await client().loginRequests.accept('ch', { subject: 'a' })
      expect(server.seen.map(({ method }) => method)).toEqual(['PUT', 'PUT'])
      server.seen.length = 0
      server.handle((_request, response) => json(response, 400, { error: 'invalid_request', error_description: '' }))
      await expect(client().clients.get('c')).rejects.toMatchObject({ status: 400 })
      expect(server.seen).toHaveLength(1)
    })
  })

  test('Retry-After is obeyed, in seconds and as a date', async () => {
    const waits: number[] = []
    for (const [header, now] of [
      ['1', 0],
      [new Date(1_000).toUTCString(), 0],
    ] as const) {
      const fail: Handler = (_request, response) => json(response, 429, { error: 'x' }, { 'retry-after': header })
      await withServer(failing(1, fail), async (_server, client) => {
        const startedAt = performance.now()
        await client({ now: () => now }).tokens.introspect({ token: 't' })
        waits.push(performance.now() - startedAt)
      })
    }
    expect(waits.every((ms) => ms >= 995)).toBe(true)
  })
})

describe('time', () => {
  test('the limit of a call is over all tries', () =>
    withServer(
      (_request, response) => json(response, 503, {}, { 'retry-after': '0' }),
      async (server, client) => {
        await expect(
          client({ retries: 5 }).tokens.introspect({ token: 't' }, { timeoutMs: 120 }),
        ).rejects.toMatchObject({
          operation: 'tokens.introspect',
        })
        // Pauses of at least 50, 100, 200 … ms: no more than two tries fit.
        expect(server.seen.length).toBeLessThanOrEqual(2)
      },
    ))

  test('a call that ran out of time frees its connection', () => {
    let closed: Promise<unknown> | undefined
    const hang: Handler = (_request, response, socket) => {
      closed = new Promise((resolve) => socket.once('close', resolve))
      response.writeHead(200).write('{')
    }
    return withServer(hang, async (_server, client) => {
      await expect(client().oidc.jwks({ timeoutMs: 60 })).rejects.toMatchObject({ code: 'ERR_HYDRA_TIMEOUT' })
      await closed
    })
  })

  test('a signal ends a call with its reason', () =>
    withServer(
      () => undefined,
      async (_server, client) => {
        const reason = new Error('the user left')
        const hydra = client()
        await expect(hydra.oidc.jwks({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
        const controller = new AbortController()
        const call = hydra.oidc.jwks({ signal: controller.signal })
        setImmediate(() => controller.abort(reason))
        await expect(call).rejects.toBe(reason)
      },
    ))

  test('a signal ends a call in the pause between two tries', () =>
    withServer(
      (_request, response) => json(response, 503, {}),
      async (server, client) => {
        const controller = new AbortController()
        server.handle((_request, response) => {
          response.on('finish', () => setImmediate(() => controller.abort(new Error('left'))))
          json(response, 503, {}, { 'retry-after': '2' })
        })
        await expect(client().clients.delete('c', { signal: controller.signal })).rejects.toThrow('left')
        expect(server.seen).toHaveLength(1)
      },
    ))

  test.each([
    [{ timeout: 5 }, 'unknown call option "timeout"; known are timeoutMs, retries, signal'],
    [{ timeoutMs: 99_999 }, '`timeoutMs` must be a whole number from 1 to 60000 (milliseconds)'],
    [{ retries: -1 }, '`retries` must be a whole number from 0 to 5 (tries after the first)'],
    [{ signal: 'x' }, '`signal` must be an AbortSignal'],
  ])('call options are checked: %j', (options, message) =>
    withServer(active, async (server, client) => {
      const call = client().tokens.introspect({ token: 't' }, options as never)
      await expect(call).rejects.toMatchObject({ code: 'ERR_OPTIONS', message })
      const confirmed = client().loginRequests.accept('c', { subject: 'a' }, options as never)
      await expect(confirmed).rejects.toMatchObject({ code: 'ERR_OPTIONS', message })
      expect(server.seen).toEqual([])
    }),
  )
})

describe('dispatchers', () => {
  test('a dispatcher of undici 7, which stays open', () =>
    withServer(active, async (_server, client) => {
      const dispatcher = new Agent()
      const hydra = client({ dispatcher })
      await hydra.tokens.introspect({ token: 't' })
      await hydra.close()
      await client({ dispatcher }).tokens.introspect({ token: 't' })
      await dispatcher.close()
    }))

  test('a composed dispatcher', () =>
    withServer(active, async (server, client) => {
      const pool = new Pool(server.url)
      const dispatcher = pool.compose((dispatch) => (options, handler) => {
        return dispatch({ ...options, headers: [...(options.headers as string[]), 'x-trace', '1'] }, handler)
      })
      await client({ dispatcher }).tokens.introspect({ token: 't' })
      expect(server.seen[0]?.headers['x-trace']).toBe('1')
      await pool.close()
    }))

  test('a MockAgent', async () => {
    const dispatcher = new MockAgent()
    dispatcher.disableNetConnect()
    dispatcher
      .get('https://hydra.example')
      .intercept({ path: '/admin/oauth2/introspect', method: 'POST', body: 'token=t' })
      .reply(200, { active: true })
    const hydra = createHydraClient({ adminUrl: 'https://hydra.example', serverVersion: '26.2', dispatcher })
    await expect(hydra.tokens.introspect({ token: 't' })).resolves.toMatchObject({ active: true })
    await dispatcher.close()
  })

  test('a dispatcher that only knows the handlers of undici 6', async () => {
    const calls: HydraDispatchOptions[] = []
    const dispatcher: HydraDispatcher = {
      dispatch(options: HydraDispatchOptions, handler: HydraDispatchHandler): boolean {
        calls.push(options)
        handler.onConnect(() => undefined)
        handler.onHeaders(103, [])
        handler.onHeaders(200, [Buffer.from('X-Seen'), Buffer.from('yes')])
        handler.onData(Buffer.from('{"active":'))
        handler.onData(Buffer.from('true}'))
        handler.onComplete([])
        return true
      },
    }
    const hydra = createHydraClient({ adminUrl: 'http://hydra:4445', serverVersion: '1.11', dispatcher })
    const { data, response } = await hydra.tokens.introspect({ token: 't' }).withResponse()
    expect([data.active, response.status, response.headers.get('x-seen')]).toEqual([true, 200, 'yes'])
    expect(calls).toMatchObject([{ origin: 'http://hydra:4445', path: '/oauth2/introspect', method: 'POST' }])
  })

  test('a dispatcher that throws', async () => {
    const dispatcher: HydraDispatcher = {
      dispatch: () => {
        throw Object.assign(new Error('no'), { code: 'UND_ERR_INVALID_ARG' })
      },
    }
    const hydra = createHydraClient({ adminUrl: 'http://hydra:4445', serverVersion: '1.11', dispatcher, retries: 0 })
    await expect(hydra.tokens.introspect({ token: 't' })).rejects.toMatchObject({
      code: 'ERR_HYDRA_UNREACHABLE',
      message: 'tokens.introspect: no answer from http://hydra:4445 (UND_ERR_INVALID_ARG)',
    })
  })

  // undici frees a connection one turn of the event loop after its answer, so a second one may be opened.
  test('connections are used again and again', () =>
    withServer(active, async (server, client) => {
      const ports = new Set<number | undefined>()
      server.handle((_request, response, socket) => {
        ports.add(socket.remotePort)
        json(response, 200, { active: true })
      })
      const hydra = client()
      for (let i = 0; i < 9; i += 1) await hydra.tokens.introspect({ token: 't' })
      expect(ports.size).toBeLessThanOrEqual(2)
    }))

  test('at most 128 connections, however many calls there are', () =>
    withServer(active, async (server, client) => {
      const ports = new Set<number | undefined>()
      const held: (() => void)[] = []
      server.handle((_request, response, socket) => {
        ports.add(socket.remotePort)
        held.push(() => json(response, 200, { active: true }))
        if (ports.size === 128) for (const answer of held.splice(0)) answer()
      })
      const hydra = client({ timeoutMs: 30_000 })
      await Promise.all(Array.from({ length: 300 }, () => hydra.tokens.introspect({ token: 't' })))
      expect(ports.size).toBe(128)
    }))

  test('await using closes the client', () =>
    withServer(active, async (server) => {
      let inner: HydraClient
      {
        await using hydra = createHydraClient({ adminUrl: server.url, serverVersion: '26.2', retries: 0 })
        await hydra.tokens.introspect({ token: 't' })
        inner = hydra
      }
      await expect(inner.tokens.introspect({ token: 't' })).rejects.toMatchObject({ code: 'ERR_HYDRA_UNREACHABLE' })
    }))
})

describe('withResponse', () => {
  test('gives status and headers', () =>
    withServer(
      (_request, response) => json(response, 200, { active: false }, { 'x-request-id': '7' }),
      async (_server, client) => {
        const { data, response } = await client().tokens.introspect({ token: 't' }).withResponse()
        expect(data).toEqual({ active: false })
        expect(Object.keys(response)).toEqual(['status', 'headers'])
        expect([response.status, response.headers.get('x-request-id')]).toEqual([200, '7'])
      },
    ))

  test('a failure is reported once, to whoever waits', () =>
    withServer(
      (_request, response) => json(response, 400, { error: 'bad' }),
      async (_server, client) => {
        const unhandled: unknown[] = []
        const listener = (reason: unknown): void => void unhandled.push(reason)
        process.on('unhandledRejection', listener)
        await expect(client().tokens.introspect({ token: 't' }).withResponse()).rejects.toMatchObject({ status: 400 })
        await new Promise((resolve) => setImmediate(resolve))
        process.off('unhandledRejection', listener)
        expect(unhandled).toEqual([])
      },
    ))
})
