/** The official SDK's client finds its own way from a 401 to a tool call, over an embedded Hydra. */
import { browser, type BrowserResponse } from '@hydra-kit/embedded/testing'
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { ada } from '../src/login-app.ts'
import { start, type Started } from '../src/start.ts'
import { Agent } from './support/agent.ts'

let example: Started
let hydra: NonNullable<Started['hydra']>
beforeEach(async () => {
  jest.spyOn(console, 'log').mockImplementation(() => {})
  example = await start({ mcpPort: 0, loginPort: 0 })
  hydra = example.hydra as NonNullable<Started['hydra']>
})
afterEach(() => example.stop())

const formTokenOf = (page: BrowserResponse): string => /name="form_token" value="([^"]*)"/.exec(page.body)?.[1] ?? ''
const isOurs = ({ port }: URL): boolean => port !== '5173'

/** Signs in, and answers the consent page with one more scope or none. Where the browser then is sent. */
async function allow(authorizationUrl: URL, scope: { scope?: string } = {}): Promise<URL | undefined> {
  const user = browser()
  const login = await user.open(authorizationUrl, { follow: isOurs })
  const credentials = { email: ada.email, password: ada.password }
  const consent = await user.open(login.url, {
    form: { form_token: formTokenOf(login), ...credentials },
    follow: isOurs,
  })
  expect(consent.body).toContain('Test agent')
  expect(consent.body).toContain(example.mcpUrl)
  const form = { form_token: formTokenOf(consent), choice: 'allow', ...scope }
  return (await user.open(consent.url, { form, follow: isOurs })).location
}

/** A client that went the whole way. */
async function connect(scope: { scope?: string } = {}): Promise<{ agent: Agent; client: Client }> {
  const agent = new Agent()
  const client = new Client({ name: 'test-agent', version: '1.0.0' })
  const first = agent.transport(example.mcpUrl)
  await expect(client.connect(first)).rejects.toThrow(UnauthorizedError)
  await first.finishAuth(agent.codeOf(await allow(agent.authorizationUrl, scope)))
  await client.connect(agent.transport(example.mcpUrl))
  return { agent, client }
}

const textOf = (result: unknown): string => (result as { content: { text: string }[] }).content[0]?.text ?? ''
const addPhoto = { name: 'add_photo', arguments: { title: 'Low tide' } }

test('from no token to a tool call', async () => {
  const { agent, client } = await connect({ scope: 'photos.write' })
  const [mcp, login] = [new URL(example.mcpUrl).origin, example.loginUrl]
  const metadataUrl = `${mcp}/.well-known/oauth-protected-resource/mcp`
  expect(agent.seen.slice(0, 4).map(({ request, status }) => `${request} ${status}`)).toEqual([
    `POST ${example.mcpUrl} 401`,
    `GET ${metadataUrl} 200`,
    `GET ${hydra.publicUrl}/.well-known/oauth-authorization-server 200`,
    `POST ${login}/register 201`,
  ])
  expect(agent.seen[0]?.challenge).toBe(`Bearer resource_metadata="${metadataUrl}"`)
  expect(agent.authorizationUrl.searchParams.get('resource')).toBe(example.mcpUrl)

  expect(textOf(await client.callTool(addPhoto))).toBe('Added Low tide.')
  expect(textOf(await client.callTool({ name: 'list_photos' }))).toBe('Low tide')

  // An opaque token; what it means is for Hydra to say.
  const token = agent.tokens()?.access_token ?? ''
  expect(token).toMatch(/^ory_at_/)
  const answer = await fetch(`${hydra.adminUrl}/admin/oauth2/introspect`, {
    method: 'POST',
    body: new URLSearchParams({ token }),
  })
  expect(await answer.json()).toMatchObject({
    active: true,
    sub: ada.subject,
    aud: [example.mcpUrl],
    scope: 'photos.read photos.write offline_access',
  })
  await client.close()
})

test('a token that ran out is refreshed, by two calls at once, and keeps its audience', async () => {
  const { agent, client } = await connect()
  const before = agent.tokens()?.access_token
  hydra.clock.advance(2 * 3_600_000)
  const list = (): Promise<unknown> => client.callTool({ name: 'list_photos' })
  expect((await Promise.all([list(), list()])).map(textOf)).toEqual(['', ''])
  expect(agent.tokens()?.access_token).not.toBe(before)
  await client.close()
})

test('what was not allowed on the consent page, the tool refuses', async () => {
  const { client } = await connect()
  expect(await client.callTool(addPhoto)).toMatchObject({ isError: true })
  expect(textOf(await client.callTool({ name: 'list_photos' }))).toBe('')
  await client.close()
})

describe('refused', () => {
  const call = (token: string): Promise<Response> =>
    fetch(example.mcpUrl, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
    })

  test("another audience's token, although Hydra calls it active", async () => {
    const minted = { subject: ada.subject, scope: ['photos.read'] }
    const other = await call(await hydra.mint.accessToken({ ...minted, audience: ['https://other.example.com/mcp'] }))
    expect([other.status, other.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringMatching(/^Bearer error="invalid_token".*resource_metadata="/),
    ])
    const none = await call(await hydra.mint.accessToken({ ...minted, audience: [] }))
    expect(none.status).toBe(401)
    const right = await call(await hydra.mint.accessToken({ ...minted, audience: [example.mcpUrl] }))
    expect(right.status).toBe(200)
  })

  test('a token without the scope of the endpoint', async () => {
    const token = await hydra.mint.accessToken({ scope: ['photos.write'], audience: [example.mcpUrl] })
    const answer = await call(token)
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
      403,
      expect.stringMatching(/error="insufficient_scope".*scope="photos.read"/),
    ])
  })

  test('a resource that is not ours: no token at all', async () => {
    const agent = new Agent()
    const client = new Client({ name: 'test-agent', version: '1.0.0' })
    await expect(client.connect(agent.transport(example.mcpUrl))).rejects.toThrow(UnauthorizedError)
    agent.authorizationUrl.searchParams.set('resource', 'https://other.example.com/mcp')
    const user = browser()
    const login = await user.open(agent.authorizationUrl, { follow: isOurs })
    const end = await user.open(login.url, {
      form: { form_token: formTokenOf(login), email: ada.email, password: ada.password },
      follow: isOurs,
    })
    expect(end.location?.searchParams.get('error')).toBe('invalid_target')
    expect(() => agent.codeOf(end.location)).toThrow('no code')
  })

  test('while Hydra is away: 503, so that the client keeps its token', async () => {
    const token = await hydra.mint.accessToken({ scope: ['photos.read'], audience: [example.mcpUrl] })
    await hydra.faults.pause('admin')
    const answer = await call(token)
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([503, null])
  })
})

describe('registration', () => {
  const register = (body: object): Promise<Response> =>
    fetch(`${example.loginUrl}/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  const good = { client_name: 'Test agent', redirect_uris: ['http://127.0.0.1:5173/callback'] }

  test('drops what a stranger may not have, and members that say nothing', async () => {
    const answer = await register({
      ...good,
      scope: 'photos.read admin *',
      audience: ['https://x'],
      skip_consent: true,
    })
    expect(answer.status).toBe(201)
    const client = (await answer.json()) as Record<string, unknown>
    expect(client).toMatchObject({ scope: 'photos.read', audience: [], skip_consent: false })
    expect(Object.values(client).filter((value) => value === null || value === '')).toEqual([])
    expect(Object.keys(client).filter((name) => name.startsWith('registration_'))).toEqual([])
  })

  test.each([
    ['javascript:alert(1)//', 'invalid_redirect_uri'],
    ['data:text/html,x', 'invalid_redirect_uri'],
    ['http://agent.example.com/callback', 'invalid_redirect_uri'],
    ['https://agent.example.com/callback#fragment', 'invalid_redirect_uri'],
    ['/callback', 'invalid_redirect_uri'],
  ])('refuses the redirect address %s', async (uri, error) => {
    const answer = await register({ ...good, redirect_uris: [uri] })
    expect([answer.status, await answer.json()]).toEqual([400, { error }])
  })

  test('refuses other grants', async () => {
    const answer = await register({ ...good, grant_types: ['client_credentials'] })
    expect([answer.status, await answer.json()]).toEqual([400, { error: 'invalid_client_metadata' }])
  })
})
