/** RFC 9728 over HTTP: the right place, for GET and HEAD, readable from any origin. */
import {
  createResourceServer,
  hydraAuth,
  hydraErrors,
  protectedResourceMetadata,
  protectedResourceMetadataUrl,
  type ProtectedResource,
} from '@hydra-kit/express'
import { afterEach, describe, expect, test } from '@jest/globals'
import { serve, type Api } from './support/api.ts'

const resourceServer = createResourceServer({
  issuer: 'https://auth.example.com',
  adminUrl: 'http://127.0.0.1:4445',
  audience: 'https://api.example.com/mcp',
  resourceMetadataUrl: protectedResourceMetadataUrl('https://api.example.com/mcp'),
})
let api: Api
afterEach(() => api.close())

const metadataApi = async (resource: ProtectedResource): Promise<Api> => {
  api = await serve((app) => {
    app.use(protectedResourceMetadata(resourceServer, resource))
    app.use(hydraAuth({ resourceServer }))
    app.use(hydraErrors())
  })
  return api
}
const mcp: ProtectedResource = {
  resource: 'https://api.example.com/mcp',
  scopes: ['photos.read'],
  name: 'Photos',
  documentation: 'https://api.example.com/docs',
}
const path = '/.well-known/oauth-protected-resource/mcp'

test('the document, where the challenge says it is', async () => {
  await metadataApi(mcp)
  const challenge = (await api.send({ path: '/mcp' })).headers['www-authenticate']
  expect(challenge).toBe(`Bearer resource_metadata="https://api.example.com${path}"`)
  const answer = await api.send({ path, headers: { origin: 'https://inspector.example' } })
  expect(answer.status).toBe(200)
  expect(JSON.parse(answer.body)).toEqual({
    resource: 'https://api.example.com/mcp',
    authorization_servers: ['https://auth.example.com'],
    bearer_methods_supported: ['header'],
    scopes_supported: ['photos.read'],
    resource_name: 'Photos',
    resource_documentation: 'https://api.example.com/docs',
  })
  expect(answer.headers).toMatchObject({
    'content-type': 'application/json; charset=utf-8',
    'access-control-allow-origin': '*',
    'cache-control': 'public, max-age=3600',
  })
})

test('HEAD has the same headers and no body', async () => {
  await metadataApi(mcp)
  const [get, head] = [await api.send({ path }), await api.send({ path, method: 'HEAD' })]
  expect([head.status, head.body, head.headers['content-length']]).toEqual([200, '', get.headers['content-length']])
})

test("a browser's preflight is answered without a token", async () => {
  await metadataApi(mcp)
  const headers = {
    origin: 'https://inspector.example',
    'access-control-request-method': 'GET',
    'access-control-request-headers': 'mcp-protocol-version',
  }
  const answer = await api.send({ path, method: 'OPTIONS', headers })
  expect(answer.status).toBe(204)
  expect(answer.headers).toMatchObject({
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'GET, HEAD, OPTIONS',
    'access-control-allow-headers': '*',
  })
})

test.each(['POST', 'PUT', 'PATCH', 'DELETE'])('%s is 405', async (method) => {
  await metadataApi(mcp)
  const answer = await api.send({ path, method })
  expect([answer.status, answer.headers['allow'], answer.body]).toEqual([405, 'GET, HEAD, OPTIONS', ''])
  expect(answer.headers['cache-control']).toBeUndefined()
})

describe('the place follows the identifier of the resource', () => {
  test.each<[string, string, number]>([
    ['https://api.example.com', '/.well-known/oauth-protected-resource', 200],
    ['https://api.example.com/', '/.well-known/oauth-protected-resource', 200],
    ['https://api.example.com/mcp', '/.well-known/oauth-protected-resource', 401],
    ['https://api.example.com/mcp', '/mcp/.well-known/oauth-protected-resource', 401],
    ['https://api.example.com/mcp', '/.well-known/oauth-protected-resource/mcp/', 401],
    ['https://api.example.com/mcp', '/.well-known/oauth-protected-resource/MCP', 401],
    ['https://api.example.com/mcp', '/.well-known/oauth-protected-resource/mcp?x=1', 200],
    ['https://api.example.com/mcp?tenant=1', '/.well-known/oauth-protected-resource/mcp?tenant=1', 200],
    ['https://api.example.com/mcp?tenant=1', '/.well-known/oauth-protected-resource/mcp?tenant=2', 401],
    ['https://api.example.com/mcp?tenant=1', '/.well-known/oauth-protected-resource/mcp', 401],
    ['https://api.example.com/a/b', '/.well-known/oauth-protected-resource/a/b', 200],
  ])('%s: %s is %i', async (resource, asked, status) => {
    await metadataApi({ resource })
    expect((await api.send({ path: asked })).status).toBe(status)
  })
})

test('a mistake shows at start', async () => {
  await metadataApi(mcp)
  expect(() => protectedResourceMetadata(resourceServer, { resource: '/mcp' })).toThrow(
    expect.objectContaining({ code: 'ERR_OPTIONS', option: 'resource' }),
  )
  expect(() => protectedResourceMetadata(resourceServer, { ...mcp, scope: 'x' } as ProtectedResource)).toThrow(
    expect.objectContaining({ code: 'ERR_OPTIONS', option: 'scope' }),
  )
})
