import { request as httpRequest } from 'node:http'
import { describe, expect, test } from '@jest/globals'
import { useHydra } from '@hydra-kit/embedded/testing'
import { admin } from '../user-agent.ts'

const hydra = useHydra()

/** Sends a path as it is: fetch would clean it. */
function send(
  base: string,
  method: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; type: string; header: (name: string) => string | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(base)
    const outgoing = httpRequest({ hostname, port, method, path, headers }, (message) => {
      let body = ''
      message.setEncoding('utf8')
      message.on('data', (chunk: string) => (body += chunk))
      message.on('end', () =>
        resolve({
          status: message.statusCode ?? 0,
          type: message.headers['content-type'] ?? '',
          header: (name) => message.headers[name] as string | undefined,
          body,
        }),
      )
    })
    outgoing.once('error', reject)
    outgoing.end()
  })
}

describe('the admin port', () => {
  test.each(['/admin/clients', '/clients', '/clients/', '//clients', '/admin/clients/', '/nothing/../clients'])(
    'serves %s',
    async (path) => {
      const answer = await send(hydra.adminUrl, 'GET', path)
      expect(answer.status).toBe(200)
      expect(answer.header('link')).toContain('</admin/clients?')
    },
  )

  test.each(['/admin//clients', '/admin/./clients'])('redirects %s to the clean path', async (path) => {
    const answer = await send(hydra.adminUrl, 'GET', `${path}?page_size=1`)
    expect([answer.status, answer.header('location')]).toEqual([307, '/admin/clients?page_size=1'])
  })

  test.each([
    '/admin/nothing',
    '/ADMIN/clients',
    '/admin/admin/clients',
    '/.well-known/jwks.json',
    '/clients/a%2Fb',
    '/adminx',
  ])('knows no %s', async (path) => {
    const answer = await send(hydra.adminUrl, 'GET', path, { accept: 'application/json' })
    expect([answer.status, answer.type, answer.body]).toEqual([
      404,
      'text/plain; charset=utf-8',
      '404 page not found\n',
    ])
  })

  test.each([
    ['DELETE', '/admin/clients', 'GET, HEAD, POST'],
    ['POST', '/admin/clients/x', 'DELETE, GET, HEAD, PATCH, PUT'],
    ['GET', '/admin/oauth2/introspect', 'POST'],
    ['OPTIONS', '/admin/clients', 'GET, HEAD, POST'],
  ])('refuses %s %s', async (method, path, allow) => {
    const answer = await send(hydra.adminUrl, method, path)
    expect([answer.status, answer.header('allow'), answer.body]).toEqual([405, allow, 'Method Not Allowed\n'])
  })

  test('finds an id with a slash only where the prefix is sent', async () => {
    await admin(hydra, 'POST', '/clients', { client_id: 'a/b' })
    expect((await send(hydra.adminUrl, 'GET', '/admin/clients/a%2Fb')).status).toBe(200)
    expect((await send(hydra.adminUrl, 'GET', '/clients/a%2Fb')).status).toBe(404)
    expect((await send(hydra.adminUrl, 'GET', '/admin/clients/a/b')).status).toBe(404)
  })
})

describe('the public port', () => {
  test.each([
    [undefined, 'text/html; charset=utf-8'],
    ['*/*', 'text/html; charset=utf-8'],
    ['application/json', 'application/json; charset=utf-8'],
    ['text/plain', 'text/plain; charset=utf-8'],
    ['application/json;q=0.5, text/plain;q=0.4', 'application/json; charset=utf-8'],
    ['image/png', 'text/html; charset=utf-8'],
  ])('says 404 as "%s" wants it', async (accept, type) => {
    const answer = await send(hydra.publicUrl, 'GET', '/nothing', accept === undefined ? {} : { accept })
    expect([answer.status, answer.type]).toEqual([404, type])
  })

  test('knows no 405, no admin paths, no version', async () => {
    for (const [method, path] of [
      ['PUT', '/oauth2/token'],
      ['GET', '/admin/clients'],
      ['GET', '/clients'],
      ['GET', '/version'],
    ] as const) {
      expect((await send(hydra.publicUrl, method, path)).status).toBe(404)
    }
  })

  test('answers OPTIONS with nothing while CORS is off', async () => {
    const answer = await send(hydra.publicUrl, 'OPTIONS', '/userinfo', { origin: 'https://x.example' })
    expect([answer.status, answer.body, answer.header('access-control-allow-origin')]).toEqual([200, '', undefined])
  })

  test('serves fallback pages, the one for errors as 500 and with nothing of the query in it as HTML', async () => {
    expect((await send(hydra.publicUrl, 'GET', '/oauth2/fallbacks/login')).status).toBe(200)
    const page = await send(hydra.publicUrl, 'GET', '/oauth2/fallbacks/error?error=%3Cscript%3E')
    expect([page.status, page.type]).toEqual([500, 'text/html; charset=utf-8'])
    expect(page.body).toContain('&lt;script&gt;')
    expect(page.body).not.toContain('<script>')
  })
})

describe('both ports', () => {
  test.each(['/health/alive', '/health/ready'])('serve %s', async (path) => {
    for (const base of [hydra.publicUrl, hydra.adminUrl, `${hydra.adminUrl}/admin`]) {
      expect(await (await fetch(base + path)).json()).toEqual({ status: 'ok' })
    }
  })

  test('forbid caching of every GET, and answer HEAD without a body', async () => {
    const got = await send(hydra.publicUrl, 'GET', '/.well-known/jwks.json')
    expect(got.header('cache-control')).toBe('private, no-cache, no-store, must-revalidate')
    const head = await send(hydra.publicUrl, 'HEAD', '/.well-known/jwks.json')
    expect([head.status, head.body, head.header('cache-control')]).toEqual([200, '', undefined])
  })

  test('refuse a path with a broken escape', async () => {
    for (const base of [hydra.publicUrl, hydra.adminUrl])
      expect((await send(base, 'GET', '/admin/clients/%zz')).status).toBe(400)
  })
})

test('version and metrics are on the admin port', async () => {
  expect(await (await fetch(`${hydra.adminUrl}/version`)).json()).toEqual({ version: 'v26.2.0' })
  const metrics = await fetch(`${hydra.adminUrl}/metrics/prometheus`)
  expect(metrics.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
  expect(await metrics.text()).toMatch(/^# HELP /)
})
