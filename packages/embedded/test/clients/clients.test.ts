import { describe, expect, test } from '@jest/globals'
import { useHydra } from '@hydra-kit/embedded/testing'
import { admin, form } from '../user-agent.ts'

const hydra = useHydra()
const token = (secret: string, client_id = 'c'): ReturnType<typeof form> =>
  form(hydra, '/oauth2/token', { grant_type: 'client_credentials', client_id, client_secret: secret })
const own = {
  client_id: 'c',
  client_secret: 'secret-1',
  grant_types: ['client_credentials'],
  token_endpoint_auth_method: 'client_secret_post',
}
async function create(more: Record<string, unknown> = {}): Promise<void> {
  expect((await admin(hydra, 'POST', '/clients', { ...own, ...more })).status).toBe(201)
}

describe('creating', () => {
  test('fills in defaults, and shows secret and registration token once', async () => {
    const { status, headers, body } = await admin(hydra, 'POST', '/clients', {})
    expect([status, headers.get('location')]).toEqual([201, `/admin/clients/${String(body['client_id'])}`])
    expect(body).toMatchObject({
      client_secret: expect.stringMatching(/^[\w.~-]{26}$/),
      registration_access_token: expect.stringMatching(/^ory_at_/),
      redirect_uris: null,
      audience: [],
      scope: 'offline_access offline openid',
      subject_type: 'public',
      token_endpoint_auth_method: 'client_secret_basic',
      userinfo_signed_response_alg: 'none',
      jwks: {},
      metadata: {},
      skip_consent: false,
      skip_logout_consent: null,
      implicit_grant_id_token_lifespan: null,
    })
    const later = (await admin(hydra, 'GET', `/clients/${String(body['client_id'])}`)).body
    expect(later).toMatchObject({ redirect_uris: [], contacts: [] })
    for (const name of ['client_secret', 'registration_access_token', 'registration_client_uri'])
      expect(later).not.toHaveProperty(name)
  })

  test('names match in any case, unknown ones and null are ignored', async () => {
    const { body } = await admin(hydra, 'POST', '/clients', { CLIENT_NAME: 'Upper', unknown: 1, owner: null })
    expect(body).toMatchObject({ client_name: 'Upper', owner: '' })
  })

  test('takes a redirect URI with a broken escape in its query, not before', async () => {
    await create({ redirect_uris: ['http://x/?a=%zz'] })
    const { body } = await admin(hydra, 'POST', '/clients', { ...own, client_id: 'd', redirect_uris: ['http://x/%zz'] })
    expect(body['error']).toBe('invalid_redirect_uri')
  })

  test('of an id that is taken is refused, of one with odd characters is not', async () => {
    await create()
    expect((await admin(hydra, 'POST', '/clients', own)).status).toBe(409)
    await create({ client_id: 'a/b ä' })
    expect((await admin(hydra, 'GET', '/clients/a%2Fb%20%C3%A4')).body['client_id']).toBe('a/b ä')
  })

  test.each([
    ['invalid_client_metadata', { client_secret: '12345' }],
    ['invalid_client_metadata', { subject_type: 'pairwise' }],
    ['invalid_client_metadata', { access_token_strategy: 'paseto' }],
    ['invalid_client_metadata', { userinfo_signed_response_alg: 'ES256' }],
    ['invalid_client_metadata', { token_endpoint_auth_method: 'private_key_jwt' }],
    [
      'invalid_client_metadata',
      {
        token_endpoint_auth_method: 'private_key_jwt',
        jwks_uri: 'https://x',
        token_endpoint_auth_signing_alg: 'HS256',
      },
    ],
    ['invalid_client_metadata', { jwks: { keys: [] }, jwks_uri: 'https://x' }],
    ['invalid_client_metadata', { jwks: { keys: [{ kty: 'oct', k: 'AAAA' }] } }],
    ['invalid_client_metadata', { logo_uri: 'javascript:alert(1)' }],
    ['invalid_client_metadata', { policy_uri: 'ftp://x' }],
    ['invalid_client_metadata', { tos_uri: 'x' }],
    ['invalid_client_metadata', { sector_identifier_uri: 'http://x' }],
    ['invalid_client_metadata', { allowed_cors_origins: ['*'] }],
    ['invalid_client_metadata', { allowed_cors_origins: ['http://x/path'] }],
    ['invalid_client_metadata', { allowed_cors_origins: ['http://u:p@x'] }],
    ['invalid_client_metadata', { redirect_uris: ['http://x/a'], post_logout_redirect_uris: ['http://x:81/bye'] }],
    ['invalid_redirect_uri', { redirect_uris: ['http://x/#f'] }],
    ['invalid_redirect_uri', { redirect_uris: ['x'] }],
    ['invalid_redirect_uri', { redirect_uris: ['http://[::1'] }],
    ['invalid_redirect_uri', { redirect_uris: ['http://x/%zz'] }],
    ['The request was malformed or contained invalid parameters', { redirect_uris: 'x' }],
    ['The request was malformed or contained invalid parameters', { implicit_grant_id_token_lifespan: 60 }],
    ['The request was malformed or contained invalid parameters', { implicit_grant_id_token_lifespan: '1d' }],
    ['The request was malformed or contained invalid parameters', { created_at: 'yesterday' }],
    ['The request was malformed or contained invalid parameters', { jwks: { keys: [{ kty: 'EC' }] } }],
    ['The request was malformed or contained invalid parameters', []],
  ])('is refused as %s for %j', async (error, body) => {
    const answer = await admin(hydra, 'POST', '/clients', body)
    expect([answer.status, answer.body['error']]).toEqual([400, error])
  })
})

describe('replacing', () => {
  test('resets what is left out, but keeps the secret', async () => {
    await create({ owner: 'me', metadata: { a: 1 } })
    const { body } = await admin(hydra, 'PUT', '/clients/c', { ...own, client_secret: undefined, client_id: 'other' })
    expect(body).toMatchObject({ client_id: 'c', owner: '', metadata: {} })
    expect(body).not.toHaveProperty('client_secret')
    expect((await token('secret-1')).status).toBe(200)
  })

  test('with a secret changes it, and shows it once', async () => {
    await create()
    expect((await admin(hydra, 'PUT', '/clients/c', { ...own, client_secret: 'secret-2' })).body['client_secret']).toBe(
      'secret-2',
    )
    expect([(await token('secret-1')).status, (await token('secret-2')).status]).toEqual([401, 200])
  })

  test('lifetimes replaces all of them', async () => {
    await create({ implicit_grant_id_token_lifespan: '1h' })
    const { body } = await admin(hydra, 'PUT', '/clients/c/lifespans', { implicit_grant_access_token_lifespan: '90s' })
    expect(body).toMatchObject({
      implicit_grant_access_token_lifespan: '1m30s',
      implicit_grant_id_token_lifespan: null,
    })
  })
})

describe('patching', () => {
  test.each([
    [[{ op: 'replace', path: '/client_name', value: 'x' }], { client_name: 'x' }],
    [[{ op: 'replace', path: '/CLIENT_NAME', value: 'x' }], { client_name: 'x' }],
    [[{ op: 'add', path: '/redirect_uris/-', value: 'http://y/' }], { redirect_uris: ['http://x/', 'http://y/'] }],
    [[{ op: 'replace', path: '/redirect_uris/0', value: 'http://y/' }], { redirect_uris: ['http://y/'] }],
    [[{ op: 'remove', path: '/redirect_uris/0' }], { redirect_uris: [] }],
    [[{ op: 'add', path: '/metadata/a/b', value: 1 }], { metadata: { a: { b: 1 } } }],
    [[{ op: 'replace', path: '/nothing', value: 1 }], {}],
    [[], {}],
  ])('%j works', async (patch, expected) => {
    await create({ redirect_uris: ['http://x/'] })
    const answer = await admin(hydra, 'PATCH', '/clients/c', patch)
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject(expected)
    expect((await token('secret-1')).status).toBe(200)
  })

  test.each([
    [{}],
    [[{ op: 'test', path: '/client_name', value: '' }]],
    [[{ op: 'move', from: '/owner', path: '/client_name' }]],
    [[{ op: 'copy', from: '/owner', path: '/client_name' }]],
    [[{ op: 'remove', path: '/nothing' }]],
    [[{ op: 'add', path: '/client_name' }]],
    [[{ op: 'replace', path: '/ID', value: 'x' }]],
    [[{ op: 'replace', path: '/redirect_uris', value: 'x' }]],
    [[{ op: 'replace', path: '/redirect_uris/7', value: 'x' }]],
  ])('%j is the untyped 500', async (patch) => {
    await create({ redirect_uris: ['http://x/'] })
    const { status, body } = await admin(hydra, 'PATCH', '/clients/c', patch)
    expect([status, body['error']]).toEqual([500, 'error'])
  })

  test('can write over another client: the real server does not protect its id either', async () => {
    await create()
    await create({ client_id: 'victim', client_name: 'before' })
    await admin(hydra, 'PATCH', '/clients/c', [
      { op: 'replace', path: '/client_id', value: 'victim' },
      { op: 'replace', path: '/client_name', value: 'after' },
    ])
    expect((await admin(hydra, 'GET', '/clients/victim')).body['client_name']).toBe('after')
    expect((await token('secret-1', 'victim')).status).toBe(200)
  })
})

test('deleting takes tokens along, and is 404 the second time', async () => {
  await create()
  const { body } = await token('secret-1')
  expect((await admin(hydra, 'DELETE', '/clients/c')).status).toBe(204)
  expect(hydra.inspect.tokens()).toEqual([])
  expect(body).toHaveProperty('access_token')
  expect((await admin(hydra, 'DELETE', '/clients/c')).body).toEqual({
    error: 'Unable to locate the resource',
    error_description: '',
  })
})

describe('listing', () => {
  const list = async (query: string): Promise<{ ids: string[]; next: string; status: number }> => {
    const response = await fetch(
      query.startsWith('/') ? `${hydra.adminUrl}${query}` : `${hydra.adminUrl}/admin/clients?${query}`,
    )
    const rows: unknown = await response.json()
    const ids = Array.isArray(rows) ? rows.map((row: { client_id: string }) => row.client_id) : []
    return {
      ids,
      status: response.status,
      next: /<([^>]+)>; rel="next"/.exec(response.headers.get('link') ?? '')?.[1] ?? '',
    }
  }

  test('goes from page to page, also when a row in between is deleted', async () => {
    for (const id of ['a', 'b', 'c', 'd', 'e']) await create({ client_id: id, owner: id < 'c' ? 'early' : 'late' })
    const first = await list('page_size=2')
    expect(first.ids).toEqual(['a', 'b'])
    await admin(hydra, 'DELETE', '/clients/c')
    const second = await list(first.next)
    expect([second.ids, second.next]).toEqual([['d', 'e'], ''])
    expect((await list('owner=early')).ids).toEqual(['a', 'b'])
    expect((await list('client_name=nobody')).ids).toEqual([])
  })

  test.each(['page_size=abc', 'page_token=garbage', 'page_size=99999999999999999999'])(
    '%s is refused',
    async (query) => {
      expect((await list(query)).status).toBe(400)
    },
  )

  test.each(['page_size=0', 'page_size=-1', 'page_size=1000', 'page_token=', 'limit=1&offset=5'])(
    '%s is taken',
    async (query) => {
      await create()
      expect((await list(query)).ids).toEqual(['c'])
    },
  )
})
