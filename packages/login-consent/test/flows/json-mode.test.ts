import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { login } from '../../src/index.ts'
import type { Got, Visitor } from '../support/visitor.ts'
import { startWorld, visitor, type World } from '../support/world.ts'

/** A JSON answer; each test says what it expects of it. */
type Body = Record<string, unknown>

let world: World
beforeAll(async () => {
  world = await startWorld()
})
beforeEach(async () => {
  await world.hydra.reset()
  world.configure({})
})
afterAll(() => world.stop())

const json = { accept: 'application/json', 'sec-fetch-site': 'same-origin' }
const get = async (user: Visitor, url: URL): Promise<[Got, Body]> => {
  const got = await user.send(url, { headers: json })
  return [got, JSON.parse(got.body) as Body]
}
const post = async (user: Visitor, url: URL, body: unknown): Promise<[Got, Body]> => {
  const headers = { ...json, 'content-type': 'application/json', origin: url.origin }
  const got = await user.send(url, { method: 'POST', headers, body: JSON.stringify(body) })
  return [got, JSON.parse(got.body) as Body]
}

test('a whole flow: page, model and form token; errors as codes; redirectTo', async () => {
  const user = visitor()
  const { url } = await world.begin(user)
  const [, first] = await get(user, url)
  expect(first).toMatchObject({
    page: 'login',
    model: { client: { id: 'photos', name: 'Photo Printer' }, identifier: 'email', errors: [] },
    formToken: expect.any(String),
  })
  const [wrong, refused] = await post(user, url, {
    formToken: first['formToken'],
    email: 'alice@example.com',
    password: 'no',
  })
  expect(wrong.status).toBe(422)
  expect(refused).toEqual({ errors: [{ code: 'credentials_wrong' }], formToken: expect.any(String) })
  const [empty, required] = await post(user, url, { formToken: refused['formToken'], email: '', password: '' })
  expect(empty.status).toBe(422)
  expect(required['errors']).toEqual([
    { code: 'required', field: 'email' },
    { code: 'required', field: 'password' },
  ])
  const [, done] = await post(user, url, {
    formToken: required['formToken'],
    email: 'alice@example.com',
    password: 'wonderland',
  })
  expect(Object.keys(done)).toEqual(['redirectTo'])
  const page = await world.follow(user, { ...wrong, location: String(done['redirectTo']) })
  const [, asked] = await get(user, page.url)
  expect(asked).toMatchObject({ page: 'consent', model: { scopes: [{ name: 'openid', required: true }, {}, {}] } })
  const [, granted] = await post(user, page.url, {
    formToken: asked['formToken'],
    scope: ['photos.read', 'admin'],
    choice: 'allow',
  })
  const end = await world.follow(user, { ...wrong, location: String(granted['redirectTo']) })
  expect((await world.redeem(end))['scope']).toBe('openid photos.read')
})

test('the same checks: no token, no cookie, another purpose', async () => {
  const user = visitor()
  const { url } = await world.begin(user)
  const body = { email: 'alice@example.com', password: 'wonderland' }
  const [without, page] = await post(user, url, body)
  expect(without.status).toBe(403)
  expect(page).toMatchObject({ page: 'error', model: { code: 'form_token_missing' } })
  const [, first] = await get(user, url)
  const [stranger] = await post(visitor(), url, { ...body, formToken: first['formToken'] })
  expect(stranger.status).toBe(403)
})

test('stable codes, no texts', async () => {
  const [got, body] = await get(visitor(), new URL(`${world.loginUrl}/login?login_challenge=unknown`))
  expect(got.status).toBe(404)
  expect(body).toEqual({ page: 'error', model: { code: 'request_unknown' } })
})

test('codes and fields of the app', async () => {
  world.configure({ authenticate: () => login.retry('Locked until noon', { code: 'locked', field: 'email' }) })
  const user = visitor()
  const { url } = await world.begin(user)
  const [, first] = await get(user, url)
  const [, body] = await post(user, url, { formToken: first['formToken'], email: 'a', password: 'b' })
  expect(body['errors']).toEqual([{ code: 'locked', field: 'email' }])
})

test('a page that leads on at once is redirectTo, too', async () => {
  const user = visitor()
  const { url } = await world.begin(user)
  world.configure({ begin: () => login.redirectTo('/elsewhere') })
  const [got, body] = await get(user, url)
  expect(got.status).toBe(200)
  expect(new URL(String(body['redirectTo'])).pathname).toBe('/elsewhere')
})

test('a browser’s Accept header gets a page', async () => {
  const user = visitor()
  const { url } = await world.begin(user)
  const page = await user.send(url, {
    headers: { accept: 'text/html,application/xhtml+xml,application/json;q=0.5,*/*;q=0.8' },
  })
  expect(page.headers.get('content-type')).toContain('text/html')
})
