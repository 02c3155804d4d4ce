import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { login, logout } from '../../src/index.ts'
import { textOf, type Got, type Visitor } from '../support/visitor.ts'
import { alice, startWorld, visitor, type World } from '../support/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
beforeEach(async () => {
  await world.hydra.reset()
  await world.hydra.faults.clear()
  world.configure({ rememberLogin: { forSeconds: 3600 } })
})
afterAll(() => world.stop())

/** Signs in for good, and gets an ID token. */
async function signedIn(subject = 'alice'): Promise<[Visitor, string]> {
  world.configure({ rememberLogin: { forSeconds: 3600 }, authenticate: () => login.accept({ subject }) })
  const user = visitor()
  const page = await world.signIn(user, await world.begin(user), [...alice, ['remember', 'true']])
  const tokens = await world.redeem(await world.follow(user, await user.submit(page, [['choice', 'allow']])))
  return [user, String(tokens['id_token'])]
}

const leave = (user: Visitor, query = ''): Promise<Got> =>
  user.open(`${world.hydra.publicUrl}/oauth2/sessions/logout${query}`, (url) => url.port === '9')

test('yes: signed out, the next login asks again, the login cookie is gone', async () => {
  const [user] = await signedIn()
  const page = await leave(user)
  expect(textOf(page)).toContain('Sign out?')
  expect(textOf(page)).toContain('Signed in as alice')
  const end = await world.follow(user, await user.submit(page, [['choice', 'yes']]))
  expect(textOf(end)).toContain('You are signed out')
  expect(user.jar.has('127.0.0.1 hydra_kit_login')).toBe(false)
  expect(textOf(await world.begin(user))).toContain('Sign in')
})

test('no: still signed in, and the challenge is of no more use', async () => {
  const [user] = await signedIn()
  const page = await leave(user)
  const stayed = await user.submit(page, [['choice', 'no']])
  expect(stayed.status).toBe(200)
  expect(textOf(stayed)).toContain('You are still signed in')
  expect(textOf(await world.begin(user))).toContain('Allow access?')
  expect((await user.send(page.url)).status).toBe(404)
})

test('a client that asks is named, and gets the browser back', async () => {
  const [user, idToken] = await signedIn()
  const page = await leave(
    user,
    `?id_token_hint=${idToken}&post_logout_redirect_uri=http%3A%2F%2F127.0.0.1%3A9%2Fbye&state=s1234567`,
  )
  expect(textOf(page)).toContain('Photo Printer asks to sign you out')
  // The request's own address holds the ID token: it is nowhere on the page.
  expect(page.body).not.toContain(idToken)
  const end = await world.follow(user, await user.submit(page, [['choice', 'yes']]))
  expect(end.location).toBe('http://127.0.0.1:9/bye?state=s1234567')
})

describe('without a page', () => {
  test('a client with skip_logout_consent that brings an ID token is not asked about', async () => {
    await world.admin.clients.set('photos', { ...(await world.admin.clients.get('photos')), skip_logout_consent: true })
    const [user, idToken] = await signedIn()
    const end = await leave(user, `?id_token_hint=${idToken}`)
    expect(textOf(end)).toContain('You are signed out')
  })

  test("a link with a stranger's ID token does not sign out a visitor", async () => {
    await world.admin.clients.set('photos', { ...(await world.admin.clients.get('photos')), skip_logout_consent: true })
    const [, strangersToken] = await signedIn('mallory')
    const [victim] = await signedIn()
    const ended: string[] = []
    world.configure({ endSession: ({ logoutRequest }) => void ended.push(logoutRequest.subject) })
    const page = await leave(victim, `?id_token_hint=${strangersToken}`)
    expect(textOf(page)).toContain('Sign out?')
    expect(ended).toEqual([])
    await victim.submit(page, [['choice', 'no']])
    expect(textOf(await world.begin(victim))).toContain('Allow access?')
  })

  test('nor does one with an ID token of another session of the same user', async () => {
    await world.admin.clients.set('photos', { ...(await world.admin.clients.get('photos')), skip_logout_consent: true })
    const [, tokenOfPhone] = await signedIn()
    const [laptop] = await signedIn()
    expect(textOf(await leave(laptop, `?id_token_hint=${tokenOfPhone}`))).toContain('Sign out?')
  })

  test('the session is known for as long as it is remembered, and after a login that was skipped', async () => {
    await world.admin.clients.set('photos', { ...(await world.admin.clients.get('photos')), skip_logout_consent: true })
    const [user, idToken] = await signedIn()
    expect(user.jar.get('127.0.0.1 hydra_kit_session')).toMatch(/^[\w-]{43}$/)
    await world.begin(user)
    expect(textOf(await leave(user, `?id_token_hint=${idToken}`))).toContain('You are signed out')
    expect(user.jar.has('127.0.0.1 hydra_kit_session')).toBe(false)

    const [other, otherToken] = await signedIn()
    other.jar.delete('127.0.0.1 hydra_kit_session')
    expect(textOf(await leave(other, `?id_token_hint=${otherToken}`))).toContain('Sign out?')
    await world.begin(other)
    expect(textOf(await leave(other, `?id_token_hint=${otherToken}`))).toContain('You are signed out')
  })

  test('the app is told whose session it is', async () => {
    const [, strangersToken] = await signedIn('mallory')
    const [victim, ownToken] = await signedIn()
    const own: boolean[] = []
    world.configure({
      logout: ({ isOwnSession }) => {
        own.push(isOwnSession)
        return logout.ask()
      },
    })
    await leave(victim, `?id_token_hint=${strangersToken}`)
    await leave(victim, `?id_token_hint=${ownToken}`)
    await leave(victim)
    expect(own).toEqual([false, true, true])
  })

  test('a bare link never signs out by itself', async () => {
    await world.admin.clients.set('photos', { ...(await world.admin.clients.get('photos')), skip_logout_consent: true })
    const [user] = await signedIn()
    expect(textOf(await leave(user))).toContain('Sign out?')
  })

  test('nor does one that names such a client without an ID token', async () => {
    const [user] = await signedIn()
    const page = await leave(user)
    const found = await world.admin.logoutRequests.get(page.url.searchParams.get('logout_challenge') ?? '')
    const request = found.state === 'open' ? found.request : undefined
    world.hydra.faults.add({
      route: 'GET /oauth2/auth/requests/logout',
      port: 'admin',
      kind: 'status',
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...request, rp_initiated: false, client: { skip_logout_consent: true } }),
    })
    expect(textOf(await user.send(page.url))).toContain('Sign out?')
  })

  test('the app decides', async () => {
    const [user] = await signedIn()
    world.configure({
      logout: ({ logoutRequest }) => (logoutRequest.subject === 'alice' ? logout.reject() : logout.ask()),
    })
    expect(textOf(await leave(user))).toContain('still signed in')
    world.configure({ logout: () => logout.accept() })
    expect(textOf(await leave(user))).toContain('You are signed out')
  })
})

test('endSession ends the session of the app, after yes only', async () => {
  const [user] = await signedIn()
  const ended: string[] = []
  world.configure({ endSession: ({ logoutRequest }) => void ended.push(logoutRequest.subject) })
  const page = await leave(user)
  expect(ended).toEqual([])
  await user.submit(page, [['choice', 'yes']])
  expect(ended).toEqual(['alice'])
})

test('endSession that fails: nothing is accepted, the user is told', async () => {
  const [user] = await signedIn()
  const page = await leave(user)
  world.configure({
    endSession: () => {
      throw new Error('no')
    },
  })
  expect((await user.submit(page, [['choice', 'yes']])).status).toBe(500)
  world.configure({})
  expect((await user.submit(page, [['choice', 'yes']])).status).toBe(303)
})

test('two submits of one form end alike', async () => {
  const [user] = await signedIn()
  const page = await leave(user)
  const [first, second] = [await user.submit(page, [['choice', 'yes']]), await user.submit(page, [['choice', 'yes']])]
  expect(second.location).toBe(first.location)
})

test('an outage: sent again by one button', async () => {
  const [user] = await signedIn()
  const page = await leave(user)
  await world.hydra.faults.pause('admin')
  const got = await user.submit(page, [['choice', 'yes']])
  expect(got.status).toBe(503)
  expect(got.body).toContain('name="choice" value="yes"')
})

test('a form of another challenge is refused', async () => {
  const [user] = await signedIn()
  const [first, second] = [await leave(user), await leave(user)]
  expect((await user.submit({ ...first, url: second.url }, [['choice', 'yes']])).status).toBe(403)
})
