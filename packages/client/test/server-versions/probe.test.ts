/** Finding out which server this is. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { createHydraClient } from '@hydra-kit/client'
import type { HydraClientOptions } from '@hydra-kit/client'
import { json, startStub } from '../support/stub-server.ts'
import type { StubServer } from '../support/stub-server.ts'

let server: StubServer
beforeEach(async () => {
  server = await startStub()
})
afterEach(() => server.close())

const client = (options: Partial<HydraClientOptions> = {}): ReturnType<typeof createHydraClient> =>
  createHydraClient({ adminUrl: server.url, publicUrl: server.url, retries: 0, ...options })

/** A server that has only these paths. */
function serve(paths: Record<string, unknown>): void {
  server.handle(({ url }, response) => {
    const path = url.split('?')[0]!
    if (path in paths) json(response, 200, paths[path])
    else json(response, 404, { error: { code: 404, message: 'Not Found' } })
  })
}

test('by its own word', async () => {
  serve({ '/version': { version: 'v1.11.8' } })
  expect(await client().serverVersion()).toEqual({ line: '1.11', release: '1.11.8', source: 'version' })
  expect(server.seen.map(({ url }) => url)).toEqual(['/version'])
})

test('by the option: nothing is asked', async () => {
  const hydra = client({ serverVersion: '2.1' })
  expect(await hydra.serverVersion()).toEqual({ line: '2.1', release: '2.1.2', source: 'option' })
  expect(server.seen).toEqual([])
})

test.each([
  ['25.4 and later serve the version below the prefix', { '/admin/version': { version: 'master' } }, '26.2'],
  ['2.x (from source, not run) has its clients below the prefix', { '/admin/clients': [] }, '2.3'],
  ['1.x has its clients without it', { '/clients': [] }, '1.11'],
])('a development build by its behaviour: %s', async (_title, paths, line) => {
  serve({ '/version': { version: 'master' }, ...paths })
  expect(await client().serverVersion()).toMatchObject({ line, source: 'behaviour' })
})

test('a development build that behaves like none is an error, not a guess', async () => {
  serve({ '/version': { version: 'master' } })
  await expect(client().serverVersion()).rejects.toMatchObject({ code: 'ERR_HYDRA_PROTOCOL' })
})

test.each([401, 403, 404])('%d is a configuration error that says so', async (status) => {
  server.handle((_request, response) => json(response, status, { error: 'denied' }))
  const call = client().clients.get('c1')
  await expect(call).rejects.toMatchObject({ name: 'TypeError', code: 'ERR_OPTIONS' })
  await expect(call).rejects.toThrow(
    `GET ${server.url}/version answered ${status}: this is not Hydra's admin port, or a proxy in front of it doesn't let the question through (check \`adminUrl\` and \`adminAuth\`). Where only some paths are open, set \`serverVersion\``,
  )
  expect(server.seen.map(({ url }) => url)).toEqual(['/version'])
})

test('a sign-in page instead of an answer is a protocol error', async () => {
  server.handle((_request, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'))
  await expect(client().serverVersion()).rejects.toMatchObject({ code: 'ERR_HYDRA_PROTOCOL', reason: 'not_json' })
  server.handle((_request, response) => void response.writeHead(302, { location: '/login' }).end())
  await expect(client().serverVersion()).rejects.toMatchObject({ code: 'ERR_HYDRA_PROTOCOL', reason: 'redirect' })
  server.handle((_request, response) => json(response, 200, { name: 'something else' }))
  await expect(client().serverVersion()).rejects.toMatchObject({ code: 'ERR_HYDRA_PROTOCOL', reason: 'shape' })
})

test('a server in trouble is an HTTP error; nothing is kept, and the next call asks again', async () => {
  server.handle((_request, response) => json(response, 503, { error: 'starting' }))
  const hydra = client()
  await expect(hydra.clients.get('c1')).rejects.toMatchObject({ code: 'ERR_HYDRA_HTTP', status: 503 })
  server.handle(({ url }, response) =>
    json(response, 200, url === '/version' ? { version: 'v26.2.0' } : { client_id: 'c1' }),
  )
  await expect(hydra.clients.get('c1')).resolves.toMatchObject({ client_id: 'c1' })
})

test('asked once, also by many calls at the same time', async () => {
  server.handle(({ url }, response) =>
    json(response, 200, url === '/version' ? { version: 'v26.2.0' } : { client_id: 'c1' }),
  )
  const hydra = client()
  await Promise.all(Array.from({ length: 20 }, () => hydra.clients.get('c1')))
  await hydra.clients.get('c1')
  expect(server.seen.filter(({ url }) => url === '/version')).toHaveLength(1)
  expect(server.seen.filter(({ url }) => url === '/admin/clients/c1')).toHaveLength(21)
})

test('the question counts against the time limit of the call that needs it', async () => {
  server.handle(() => undefined)
  await expect(client().clients.get('c1', { timeoutMs: 60 })).rejects.toMatchObject({
    code: 'ERR_HYDRA_TIMEOUT',
    operation: 'clients.get',
    timeoutMs: 60,
  })
})

test('credentials and extra headers go along', async () => {
  serve({ '/version': { version: 'v26.2.0' } })
  await client({ adminAuth: { bearer: async () => 'abc' }, headers: { 'x-forwarded-proto': 'https' } }).serverVersion()
  expect(server.seen[0]?.headers).toMatchObject({ authorization: 'Bearer abc', 'x-forwarded-proto': 'https' })
})

describe('what needs no version asks for none', () => {
  test.each(['alive', 'ready'] as const)('metadata.%s', async (method) => {
    serve({ '/health/alive': { status: 'ok' }, '/health/ready': { status: 'ok' } })
    await client().metadata[method]()
    expect(server.seen).toHaveLength(1)
  })

  test('discovery, key set, revocation, grants that every server has', async () => {
    server.handle(({ url }, response) => {
      const discovery = { issuer: 'i', authorization_endpoint: 'a', token_endpoint: 't', jwks_uri: 'j' }
      if (url === '/oauth2/revoke') response.end()
      else json(response, 200, { ...discovery, keys: [], access_token: 't', token_type: 'bearer' })
    })
    const hydra = client()
    await hydra.oidc.discovery()
    await hydra.oidc.jwks()
    await hydra.tokens.revoke({ token: 't', clientId: 'c' })
    await hydra.tokens.exchange({ grantType: 'client_credentials', clientId: 'c', clientSecret: 's' })
    expect(server.seen.map(({ url }) => url)).not.toContain('/version')
  })

  test('the public port alone: an operation of newer servers is sent as it is', async () => {
    server.handle((_request, response) => json(response, 404, { error: 'x' }))
    const hydra = createHydraClient({ publicUrl: server.url })
    await expect(hydra.device.authorize({ clientId: 'c' })).rejects.toMatchObject({ status: 404 })
    expect(server.seen.map(({ url }) => url)).toEqual(['/oauth2/device/auth'])
    await hydra.close()
  })
})
