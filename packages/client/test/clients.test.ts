/** Clients: what versions do differently, and what a patch must not do. */
import { describe, expect, test } from '@jest/globals'
import type { DroppedField, JsonPatchOperation, OAuth2Client } from '@hydra-kit/client'
import { useOneServer } from './support/one-server.ts'
import { refuse } from './support/stub-server.ts'

const server = useOneServer()
const stored = { client_id: 'c1' }

test('an unknown client is 404 on every server, where 1.4 – 1.10 say 401 (from source, not run)', async () => {
  server.handle((_request, response) => refuse(response, 401, 'The request could not be authorized', 'no such client'))
  await expect(server.client('1.10.7').clients.get('c1')).rejects.toMatchObject({ status: 404 })
  await expect(server.client('1.11.0').clients.get('c1')).rejects.toMatchObject({ status: 401 })
  server.handle((_request, response) => void response.writeHead(401).end('<html>proxy'))
  await expect(server.client('1.10.7').clients.get('c1')).rejects.toMatchObject({ status: 401 })
})

test('an id of your choice: refused before it is sent on 2.0 and 2.1 (from source, not run)', async () => {
  server.answer(201, stored)
  for (const version of ['1.4', '1.11', '2.2', '26.2']) await server.client(version).clients.create({ client_id: 'c1' })
  expect(server.seen).toHaveLength(4)
  for (const version of ['2.0', '2.1']) {
    await expect(server.client(version).clients.create({ client_id: 'c1' })).rejects.toMatchObject({
      code: 'ERR_HYDRA_UNSUPPORTED',
      argument: 'client_id',
      since: '2.2.0',
    })
    await expect(server.client(version).clients.create({ client_name: 'x' })).resolves.toEqual(stored)
  }
  expect(server.seen).toHaveLength(6)
})

test.each(['clientName', 'owner'])(
  'a filter by %s is refused where it would be ignored (from source, not run)',
  async (name) => {
    server.answer(200, [])
    await server
      .client('1.10.5')
      .clients.list({ [name]: 'x' })
      .toArray()
    expect(server.requests()).toHaveLength(1)
    await expect(
      server
        .client('1.10.3')
        .clients.list({ [name]: 'x' })
        .toArray(),
    ).rejects.toMatchObject({
      code: 'ERR_HYDRA_UNSUPPORTED',
      argument: name,
    })
    expect(server.requests()).toHaveLength(1)
  },
)

describe('members that a server would ignore are left out and reported', () => {
  const full: OAuth2Client = {
    client_name: 'x',
    token_endpoint_auth_signing_alg: 'RS256',
    implicit_grant_access_token_lifespan: '1h',
    password_grant_access_token_lifespan: '1h',
    access_token_strategy: 'jwt',
    skip_consent: true,
    skip_logout_consent: true,
    device_authorization_grant_access_token_lifespan: '1h',
  }
  const [signing, implicit, password, strategy, skipConsent, skipLogout, device] = Object.keys(full).slice(1)
  test.each([
    ['1.4.10 (from source, not run)', [signing, implicit, password, strategy, skipConsent, skipLogout, device]],
    ['1.5.0 (from source, not run)', [implicit, password, strategy, skipConsent, skipLogout, device]],
    ['1.11.8 (from source, not run)', [implicit, password, strategy, skipConsent, skipLogout, device]],
    ['1.11.10', [strategy, skipConsent, skipLogout, device]],
    ['2.0.3 (from source, not run)', [password, strategy, skipConsent, skipLogout, device]],
    ['2.1.0 (from source, not run)', [password, skipLogout, device]],
    ['2.2.0 (from source, not run)', [password, device]],
    ['25.4.0 (from source, not run)', [password]],
    ['26.2.0', [password]],
  ])('%s', async (version, expected) => {
    const dropped: DroppedField[] = []
    const hydra = server.client(version, { onDroppedField: (one) => dropped.push(one) })
    const hasLifespans = !expected.includes(implicit)
    for (const operation of ['create', 'set', 'setLifespans'] as const) {
      dropped.length = 0
      server.answer(operation === 'create' ? 201 : 200, stored)
      if (operation === 'create') await hydra.clients.create(full)
      else if (operation === 'set') await hydra.clients.set('c1', full)
      else if (!hasLifespans) continue
      else await hydra.clients.setLifespans('c1', full)
      const relevant = operation === 'setLifespans' ? expected.filter((name) => name?.endsWith('lifespan')) : expected
      expect(new Set(dropped.map(({ field }) => field))).toEqual(new Set(relevant))
      expect(server.lastJson()).toEqual(
        Object.fromEntries(Object.entries(full).filter(([name]) => !relevant.includes(name))),
      )
    }
  })
})

test('lists that are null are empty', async () => {
  const lists = ['redirect_uris', 'grant_types', 'response_types', 'audience', 'allowed_cors_origins', 'contacts']
  lists.push('post_logout_redirect_uris', 'request_uris')
  server.answer(200, { ...stored, ...Object.fromEntries(lists.map((name) => [name, null])) })
  expect(await server.client().clients.get('c1')).toEqual({
    ...stored,
    ...Object.fromEntries(lists.map((n) => [n, []])),
  })
})

test('`jwks: null`, which a program without types may send, goes to Hydra as it is', async () => {
  const client = { client_id: 'c1', jwks: null } as unknown as OAuth2Client
  server.answer(201, stored)
  await server.client().clients.create(client)
  expect(server.lastJson()).toEqual({ client_id: 'c1', jwks: null })
  server.answer(200, stored)
  await server.client().clients.set('c1', client)
  expect(server.lastJson()).toEqual({ client_id: 'c1', jwks: null })
})

test('an empty `jwks` is not sent back: servers up to 2.3 refuse it beside `jwks_uri`', async () => {
  server.answer(200, stored)
  await server.client().clients.set('c1', { jwks: {}, jwks_uri: 'https://k' })
  expect(server.lastJson()).toEqual({ jwks_uri: 'https://k' })
  await server.client().clients.set('c1', { jwks: { keys: [] } })
  expect(server.lastJson()).toEqual({ jwks: { keys: [] } })
})

describe('a patch', () => {
  test.each(['/client_id', '/CLIENT_ID', '/Client_Id/x', '/id', '/ID', '/', '', 'client_name', undefined])(
    'must not reach another client: %j',
    async (path) => {
      const operation = { op: 'replace', path, value: 'other' } as JsonPatchOperation
      await expect(server.client('1.11').clients.patch('c1', [operation])).rejects.toMatchObject({
        code: 'ERR_OPTIONS',
      })
      const move = { op: 'move', path: '/owner', from: path } as JsonPatchOperation
      if (path !== undefined) {
        await expect(server.client('1.11').clients.patch('c1', [move])).rejects.toMatchObject({ code: 'ERR_OPTIONS' })
      }
      expect(server.seen).toEqual([])
    },
  )

  test.each(['test', 'move', 'copy'] as const)('`%s` only runs on 1.x', async (op) => {
    server.answer(200, stored)
    const patch: JsonPatchOperation[] = [{ op, path: '/owner', from: '/client_name' }]
    await server.client('1.11').clients.patch('c1', patch)
    expect(server.lastJson()).toEqual(patch)
    await expect(server.client('26.2').clients.patch('c1', patch)).rejects.toThrow(
      'a patch for this server can only have add, remove, replace',
    )
    expect(server.seen).toHaveLength(1)
  })

  test('a pointer that is escaped is another member', async () => {
    server.answer(200, stored)
    await server.client().clients.patch('c1', [{ op: 'add', path: '/metadata/client_id', value: 1 }])
    await expect(server.client().clients.patch('c1', { op: 'add' } as never)).rejects.toMatchObject({
      code: 'ERR_OPTIONS',
    })
    expect(server.seen).toHaveLength(1)
  })
})

test.each([undefined, null, 'x', []])('a client that is none is not sent: %j', async (client) => {
  await expect(server.client().clients.create(client as never)).rejects.toMatchObject({ code: 'ERR_OPTIONS' })
  await expect(server.client().clients.set('c1', client as never)).rejects.toMatchObject({ code: 'ERR_OPTIONS' })
  await expect(server.client().registration.create(client as never)).rejects.toMatchObject({ code: 'ERR_OPTIONS' })
  expect(server.seen).toEqual([])
})
