import { request as httpRequest } from 'node:http'
import { describe, expect, test } from '@jest/globals'
import { startHydra } from '@hydra-kit/embedded'
import { useHydra } from '@hydra-kit/embedded/testing'
import { appClient } from '../user-agent.ts'

const spa = 'https://spa.example.com'
const hydra = useHydra({
  cors: { allowedOrigins: [spa, 'https://*.wild.example'], maxAgeSeconds: 7 },
  clients: [
    { ...appClient, allowed_cors_origins: ['https://own.example', 'https://*.own.example', 'http://*'] },
    {
      ...appClient,
      client_id: 'basic',
      token_endpoint_auth_method: 'client_secret_basic',
      allowed_cors_origins: ['https://*'],
    },
  ],
})

interface Seen {
  readonly status: number
  readonly headers: Record<string, unknown>
}

/** fetch would not send these headers as they are. */
function call(
  method: string,
  path: string,
  headers: Record<string, string>,
  body = '',
  base = hydra.publicUrl,
): Promise<Seen> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(`${base}${path}`, { method, headers }, (message) => {
      message.resume()
      message.once('end', () => {
        const all = Object.entries(message.headers).filter(([name]) => /^(?:access-control-|vary)/.test(name))
        resolve({ status: message.statusCode ?? 0, headers: Object.fromEntries(all) })
      })
    })
    outgoing.once('error', reject)
    outgoing.end(body)
  })
}

function preflight(path: string, origin: string, headers: Record<string, string> = {}): Promise<Seen> {
  return call('OPTIONS', path, { origin, 'access-control-request-method': 'GET', ...headers })
}

const allow = 'access-control-allow-origin'

describe('preflight', () => {
  test.each(['/userinfo', '/oauth2/token', '/oauth2/auth', '/nowhere'])(
    'of %s grants what was asked for',
    async (path) => {
      const headers = { 'access-control-request-headers': 'authorization' }
      expect(await preflight(path, spa, headers)).toEqual({
        status: 204,
        headers: {
          vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
          [allow]: spa,
          'access-control-allow-methods': 'GET',
          'access-control-allow-headers': 'authorization',
          'access-control-allow-credentials': 'true',
          'access-control-max-age': '7',
        },
      })
    },
  )

  test.each<[string, string, Record<string, string>]>([
    ['an unknown origin', 'https://evil.example', {}],
    ['the origin of one client', 'https://own.example', {}],
    ['a method that does not exist', spa, { 'access-control-request-method': 'FOO' }],
    ['a header that is not allowed', spa, { 'access-control-request-headers': 'x-foo' }],
    [
      'headers in another order than browsers send',
      spa,
      { 'access-control-request-headers': 'content-type,authorization' },
    ],
    ['headers in upper case', spa, { 'access-control-request-headers': 'Authorization' }],
  ])('grants nothing to %s', async (_name, origin, headers) => {
    const seen = await preflight('/userinfo', origin, headers)
    expect([seen.status, Object.keys(seen.headers)]).toEqual([204, ['vary']])
  })

  test('a star in an origin stands for anything', async () => {
    for (const origin of ['https://a.wild.example', 'https://a.b.wild.example']) {
      expect((await preflight('/userinfo', origin)).headers[allow]).toBe(origin)
    }
    expect((await preflight('/userinfo', 'https://wild.example')).headers).not.toHaveProperty(allow)
  })
})

describe('other requests', () => {
  test('tell an allowed origin what it may read', async () => {
    const { headers } = await call('GET', '/.well-known/jwks.json', { origin: spa })
    expect(headers).toEqual({
      vary: 'Origin, Origin',
      [allow]: spa,
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers':
        'Cache-Control, Expires, Last-Modified, Pragma, Content-Length, Content-Language, Content-Type',
    })
  })

  test('are answered all the same for an unknown origin, and for none', async () => {
    for (const headers of [{ origin: 'https://evil.example' }, {}]) {
      const seen = await call('GET', '/.well-known/jwks.json', headers)
      expect(seen).toEqual({ status: 200, headers: { vary: 'Origin, Origin' } })
    }
  })

  test('know the client by its form, its Basic authentication or its token', async () => {
    const type = { 'content-type': 'application/x-www-form-urlencoded' }
    const posted = (id: string, origin: string): Promise<Seen> =>
      call(
        'POST',
        '/oauth2/token',
        { origin, ...type },
        `grant_type=client_credentials&client_id=${id}&client_secret=app-secret`,
      )
    expect((await posted('app', 'https://own.example')).headers[allow]).toBe('https://own.example')
    expect((await posted('app', 'https://evil.example')).headers).not.toHaveProperty(allow)
    expect((await posted('nobody', 'https://own.example')).headers).not.toHaveProperty(allow)
    const authorization = `Basic ${Buffer.from('basic:wrong').toString('base64')}`
    const basic = await call(
      'POST',
      '/oauth2/token',
      { origin: 'https://any.example', authorization, ...type },
      'grant_type=x',
    )
    expect(basic.headers[allow]).toBe('https://any.example')
    const token = await hydra.mint.accessToken({ clientId: 'app' })
    const userinfo = await call('GET', '/userinfo', { origin: 'https://own.example', authorization: `Bearer ${token}` })
    expect(userinfo.headers[allow]).toBe('https://own.example')
  })

  test('a star in an origin of a client stands for one label, unless it is the whole host', async () => {
    const authorization = `Bearer ${await hydra.mint.accessToken({ clientId: 'app' })}`
    const allowed = async (origin: string): Promise<boolean> =>
      allow in (await call('GET', '/userinfo', { origin, authorization })).headers
    expect(await allowed('https://a.own.example')).toBe(true)
    expect(await allowed('https://a.b.own.example')).toBe(false)
    expect(await allowed('http://what.ever.example')).toBe(true)
  })

  test('outside the endpoints that browser apps call, the origins of clients do not count', async () => {
    const authorization = `Basic ${Buffer.from('basic:wrong').toString('base64')}`
    const seen = await call('GET', '/oauth2/auth', { origin: 'https://any.example', authorization })
    expect(seen.headers).toEqual({ vary: 'Origin' })
  })
})

test('without allowed origins, all are allowed', async () => {
  await using own = await startHydra({ cors: { allowCredentials: false, exposedHeaders: [] } })
  expect((await call('GET', '/oauth2/auth', { origin: spa }, '', own.publicUrl)).headers).toEqual({
    vary: 'Origin',
    [allow]: '*',
  })
  const inner = await call('GET', '/userinfo', { origin: spa }, '', own.publicUrl)
  expect(inner.headers[allow]).toBe(spa)
})

test('own lists of methods and headers', async () => {
  await using own = await startHydra({ cors: { allowedMethods: ['POST'], allowedHeaders: ['X-Foo'] } })
  const ask = async (method: string, header: string): Promise<boolean> => {
    const headers = { origin: spa, 'access-control-request-method': method, 'access-control-request-headers': header }
    return allow in (await call('OPTIONS', '/userinfo', headers, '', own.publicUrl)).headers
  }
  expect([await ask('POST', 'x-foo'), await ask('GET', 'x-foo'), await ask('POST', 'authorization')]).toEqual([
    true,
    false,
    false,
  ])
  expect((await call('GET', '/userinfo', { origin: spa }, '', own.publicUrl)).headers).not.toHaveProperty(allow)
})

test('off: no headers, and OPTIONS is an empty 200; the admin port never has any', async () => {
  await using own = await startHydra()
  const headers = { origin: spa, 'access-control-request-method': 'GET' }
  expect(await call('OPTIONS', '/userinfo', headers, '', own.publicUrl)).toEqual({ status: 200, headers: {} })
  expect((await call('GET', '/admin/clients', { origin: spa }, '', hydra.adminUrl)).headers).toEqual({})
})
