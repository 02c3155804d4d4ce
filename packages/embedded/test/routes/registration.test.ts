import { describe, expect, test } from '@jest/globals'
import { startHydra } from '@hydra-kit/embedded'
import { useHydra } from '@hydra-kit/embedded/testing'
import { type JsonAnswer, admin, appClient, introspect } from '../user-agent.ts'

const hydra = useHydra({ dynamicRegistration: { defaultScope: ['openid', 'photos.read'] }, clients: [appClient] })

async function call(method: string, path = '', body?: unknown, token?: unknown): Promise<JsonAnswer> {
  const response = await fetch(`${hydra.publicUrl}/oauth2/register${path}`, {
    method,
    ...(token === undefined ? {} : { headers: { authorization: `Bearer ${JSON.stringify(token).slice(1, -1)}` } }),
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  const parsed = text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {}
  return { status: response.status, headers: response.headers, body: parsed }
}

async function register(body: unknown = { redirect_uris: ['https://a.example/cb'] }): Promise<Record<string, unknown>> {
  return (await call('POST', '', body)).body
}

test('while it is off, every call is a 404 that says so', async () => {
  await using own = await startHydra()
  for (const [method, path] of [
    ['POST', ''],
    ['GET', '/x'],
    ['PUT', '/x'],
    ['DELETE', '/x'],
  ] as const) {
    const response = await fetch(`${own.publicUrl}/oauth2/register${path}`, { method })
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ error: 'The requested resource could not be found' })
  }
})

test('registers under an id, a secret and a token of the server’s choice', async () => {
  const { status, headers, body } = await call('POST', '', {
    client_id: 'mine',
    redirect_uris: ['https://a.example/cb'],
  })
  const id = String(body['client_id'])
  expect(status).toBe(201)
  expect(id).toMatch(/^[0-9a-f-]{36}$/)
  expect(headers.get('location')).toBe(`admin/clients/${id}`)
  expect(body['registration_client_uri']).toBe(`${hydra.publicUrl}/oauth2/register/${id}`)
  expect(body['registration_access_token']).toMatch(/^ory_at_/)
  expect(body['client_secret']).toMatch(/^.{26}$/)
  expect(body['scope']).toBe('openid photos.read')
  expect((await admin(hydra, 'GET', `/clients/${id}`)).body['redirect_uris']).toEqual(['https://a.example/cb'])
})

describe('what a client may not choose', () => {
  test.each<[Record<string, unknown>, number, number, string]>([
    [{ client_secret: 'abcdefghij' }, 400, 403, ''],
    [{ metadata: {} }, 400, 400, 'invalid_client_metadata'],
    [{ access_token_strategy: 'jwt' }, 400, 400, 'The request was malformed or contained invalid parameters'],
    [{ skip_consent: true }, 400, 400, 'invalid_request'],
    [{ skip_logout_consent: true }, 400, 400, 'invalid_request'],
    [{ redirect_uris: ['https://a.example/#f'] }, 400, 400, 'invalid_redirect_uri'],
  ])('%j', async (given, onCreate, onPut, error) => {
    const created = await call('POST', '', given)
    expect(created.status).toBe(onCreate)
    if (error !== '') expect(created.body['error']).toBe(error)
    const own = await register()
    const path = `/${String(own['client_id'])}`
    expect((await call('PUT', path, given, own['registration_access_token'])).status).toBe(onPut)
    // After a refusal the token is still the one.
    expect((await call('GET', path, undefined, own['registration_access_token'])).status).toBe(200)
  })

  test('a body that can not be read', async () => {
    expect((await call('POST', '', '{')).status).toBe(400)
    const own = await register()
    expect((await call('PUT', `/${String(own['client_id'])}`, '{', own['registration_access_token'])).status).toBe(400)
  })
})

describe('the registration token', () => {
  test('reads the client, without its secret and metadata', async () => {
    const own = await register()
    const { status, body } = await call(
      'GET',
      `/${String(own['client_id'])}`,
      undefined,
      own['registration_access_token'],
    )
    expect(status).toBe(200)
    for (const hidden of ['client_secret', 'metadata', 'registration_access_token'])
      expect(body).not.toHaveProperty(hidden)
  })

  test('may stand in the query', async () => {
    const own = await register()
    const query = `?access_token=${String(own['registration_access_token'])}`
    expect((await call('GET', `/${String(own['client_id'])}${query}`)).status).toBe(200)
  })

  test('is the only thing that helps', async () => {
    const own = await register()
    const other = await register()
    const path = `/${String(own['client_id'])}`
    const signature = String(own['registration_access_token']).split('.')[1]
    for (const token of [undefined, 'wrong', other['registration_access_token'], `ory_at_abc.${signature}`]) {
      for (const method of ['GET', 'PUT', 'DELETE']) {
        const body = method === 'PUT' ? {} : undefined
        const answer = await call(method, path, body, token)
        expect([answer.status, answer.body['error']]).toEqual([401, 'The request could not be authorized'])
      }
    }
    expect((await call('GET', '/nobody', undefined, own['registration_access_token'])).status).toBe(401)
  })

  test('is no access token', async () => {
    expect(await introspect(hydra, (await register())['registration_access_token'])).toEqual({ active: false })
  })

  test('changes with every PUT, which replaces all but id and secret', async () => {
    const own = await register({ client_name: 'first', scope: 'a' })
    const path = `/${String(own['client_id'])}`
    const { status, body } = await call(
      'PUT',
      path,
      { client_id: 'other', scope: 'b' },
      own['registration_access_token'],
    )
    expect(status).toBe(200)
    expect(body).toMatchObject({ client_id: own['client_id'], client_name: '', scope: 'b' })
    expect(body).not.toHaveProperty('registration_client_uri')
    expect((await call('GET', path, undefined, own['registration_access_token'])).status).toBe(401)
    expect((await call('GET', path, undefined, body['registration_access_token'])).status).toBe(200)
    const token = await fetch(`${hydra.publicUrl}/oauth2/token`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${String(own['client_id'])}:${encodeURIComponent(String(own['client_secret']))}`).toString('base64')}`,
      },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    })
    // The secret is right; only the grant is missing.
    expect(await token.json()).toMatchObject({ error: 'unauthorized_client' })
  })

  test('deletes the client', async () => {
    const own = await register()
    const path = `/${String(own['client_id'])}`
    expect((await call('DELETE', path, undefined, own['registration_access_token'])).status).toBe(204)
    expect((await call('GET', path, undefined, own['registration_access_token'])).status).toBe(401)
    expect((await admin(hydra, 'GET', `/clients${path}`)).status).toBe(404)
  })

  test('of a client that an administrator made works too', async () => {
    const { body } = await admin(hydra, 'POST', '/clients', { client_id: 'made', metadata: { a: 1 } })
    const put = await call('PUT', '/made', { owner: 'somebody' }, body['registration_access_token'])
    expect(put.status).toBe(200)
    expect((await admin(hydra, 'GET', '/clients/made')).body).toMatchObject({ owner: 'somebody', metadata: {} })
  })
})
