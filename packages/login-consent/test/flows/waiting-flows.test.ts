import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { createMemoryFlowStore, login, type FlowStore, type HttpInput, type LoginDecision } from '../../src/index.ts'
import { textOf, tokenOf } from '../support/visitor.ts'
import { alice, inputOf, startWorld, visitor, write, type World } from '../support/world.ts'

let world: World
let decision: LoginDecision
beforeAll(async () => {
  world = await startWorld()
})
beforeEach(async () => {
  await world.hydra.reset()
  decision = login.accept({ subject: 'alice', amr: ['pwd', 'otp'] })
  configure()
})
afterAll(() => world.stop())

/** An app with a page of its own at `/second-factor`. */
function configure(flowStore?: FlowStore): void {
  world.configure({
    authenticate: ({ form }) => login.redirectTo('/second-factor', { data: { subject: form.email } }),
    ...(flowStore !== undefined && { flowStore }),
    async ownPages(request, response) {
      const url = new URL(request.url ?? '/', 'http://x')
      if (url.pathname !== '/second-factor') return false
      const handle = url.searchParams.get('flow') ?? ''
      if (request.method === 'POST') {
        write(response, await world.provider.finishLogin(handle, decision, inputOf(request)))
      } else {
        const flow = await world.provider.readFlow(handle, inputOf(request))
        response.end(JSON.stringify({ data: flow.data, client: flow.loginRequest.client.client_name }))
      }
      return true
    },
  })
}

test('a second factor: away with a handle, back with a decision', async () => {
  const user = visitor()
  const away = await world.follow(user, await user.submit(await world.begin(user), alice))
  expect(JSON.parse(away.body)).toEqual({ data: { subject: 'alice@example.com' }, client: 'Photo Printer' })
  const finished = await user.send(away.url, { method: 'POST' })
  const page = await world.follow(user, finished)
  expect(textOf(page)).toContain('Allow access?')
  const seen = await world.admin.consentRequests.get(page.url.searchParams.get('consent_challenge') ?? '')
  expect(seen).toMatchObject({ request: { amr: ['pwd', 'otp'], subject: 'alice' } })
})

test('one step more: another handle, the old one is spent', async () => {
  const user = visitor()
  const away = await world.follow(user, await user.submit(await world.begin(user), alice))
  decision = login.redirectTo('/second-factor', { data: { subject: 'alice', terms: true } })
  const next = await world.follow(user, await user.send(away.url, { method: 'POST' }))
  expect(JSON.parse(next.body)).toMatchObject({ data: { terms: true } })
  expect(next.url.searchParams.get('flow')).not.toBe(away.url.searchParams.get('flow'))
})

test('reject ends at the client, show leads back to the login page', async () => {
  const user = visitor()
  const away = await world.follow(user, await user.submit(await world.begin(user), alice))
  decision = login.show()
  expect(textOf(await world.follow(user, await user.send(away.url, { method: 'POST' })))).toContain('Sign in')
  const other = await world.follow(user, await user.submit(await world.begin(user), alice))
  decision = login.reject()
  const end = await world.follow(user, await user.send(other.url, { method: 'POST' }))
  expect(new URL(end.location ?? '').searchParams.get('error')).toBe('access_denied')
})

test.each([
  ['at a path of the app’s own', '', '/sign-in', '/sign-in'],
  ['below the path of publicUrl', '/account', '/account/sign-in', '/account/sign-in'],
  ['below it, where a router has stripped it', '/account', '/sign-in', '/account/sign-in'],
])('show leads back to the login page that the browser came from: %s', async (_name, path, served, expected) => {
  const user = visitor()
  const page = await world.begin(user)
  world.configure({
    publicUrl: new URL(path, world.loginUrl).href,
    authenticate: () => login.redirectTo('/second-factor', { data: 1 }),
  })
  const inputFor = (method: string, url: string, body?: object): HttpInput => ({
    method,
    url,
    headers: { cookie: [...user.jar].map(([key, value]) => `${key.split(' ')[1]}=${value}`).join('; ') },
    body,
  })
  const form = { form_token: tokenOf(page), email: 'alice@example.com', password: 'wonderland' }
  const sent = await world.provider.handleStep('login', inputFor('POST', served + page.url.search, form))
  const away = new Map(sent.headers).get('Location') ?? ''
  const handle = new URL(away).searchParams.get('flow') ?? ''
  const more = await world.provider.finishLogin(handle, login.redirectTo('/terms'), inputFor('POST', '/second-factor'))
  const next = new URL(new Map(more.headers).get('Location') ?? '').searchParams.get('flow') ?? ''
  const back = await world.provider.finishLogin(next, login.show(), inputFor('POST', '/terms'))
  const url = new URL(new Map(back.headers).get('Location') ?? '')
  expect(url.origin + url.pathname).toBe(new URL(expected, world.loginUrl).href)
  expect(url.searchParams.get('login_challenge')).toBe(page.url.searchParams.get('login_challenge'))
})

test('an outage while finishing leaves the flow for another try', async () => {
  const user = visitor()
  const away = await world.follow(user, await user.submit(await world.begin(user), alice))
  await world.hydra.faults.pause('admin')
  expect((await user.send(away.url, { method: 'POST' })).status).toBe(503)
  await world.hydra.faults.resume('admin')
  expect((await user.send(away.url, { method: 'POST' })).status).toBe(303)
})

test('a store of the app sees hashes for keys, and neither handle nor browser id', async () => {
  const seen: string[] = []
  const memory = createMemoryFlowStore()
  configure({
    get: (key) => memory.get(key),
    delete: (key) => memory.delete(key),
    async set(key, value, ttlSeconds, from) {
      seen.push(key, value)
      expect(from).toBe('127.0.0.1')
      expect(ttlSeconds).toBe(1800)
      await memory.set(key, value, ttlSeconds)
    },
  })
  const user = visitor()
  const away = await world.follow(user, await user.submit(await world.begin(user), alice))
  expect(seen).toHaveLength(2)
  expect(seen.join()).not.toContain(away.url.searchParams.get('flow'))
  expect(seen.join()).not.toContain(user.jar.get('127.0.0.1 hydra_kit_browser'))
})
