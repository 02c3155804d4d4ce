import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { textOf, type Got } from '../support/visitor.ts'
import { alice, startWorld, visitor, type World } from '../support/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
beforeEach(async () => {
  await world.hydra.reset()
  await world.hydra.faults.clear()
  world.reported.length = 0
  world.configure({})
})
afterAll(() => world.stop())

const restartOf = ({ body }: Got): string =>
  (/class="button primary" href="([^"]*)"/.exec(body)?.[1] ?? '').replace(/&amp;/g, '&')

describe('the challenge', () => {
  test.each([
    ['missing', '/login', 400, 'opens by itself'],
    ['empty', '/login?login_challenge=', 400, 'opens by itself'],
    ['repeated', '/login?login_challenge=a&login_challenge=b', 400, 'damaged'],
    ['oversized', `/login?login_challenge=${'a'.repeat(12_289)}`, 400, 'damaged'],
    ['of foreign characters', '/login?login_challenge=%3Cscript%3E', 400, 'damaged'],
    ['unknown', '/login?login_challenge=nothing', 404, 'not known'],
    ['unknown, consent', '/consent?consent_challenge=nothing', 404, 'not known'],
    ['unknown, logout', '/logout?logout_challenge=nothing', 404, 'not known'],
  ])('%s', async (_name, path, status, text) => {
    const page = await visitor().send(`${world.loginUrl}${path}`)
    expect(page.status).toBe(status)
    expect(textOf(page)).toContain(text)
    expect(page.headers.get('cache-control')).toBe('no-store')
  })

  test('of another kind is unknown', async () => {
    const challenge = (await world.begin(visitor())).url.searchParams.get('login_challenge') ?? ''
    expect((await visitor().send(`${world.loginUrl}/consent?consent_challenge=${challenge}`)).status).toBe(404)
  })
})

describe('expired', () => {
  test('while the login page was open: a page that starts the flow again', async () => {
    const user = visitor()
    const page = await world.begin(user)
    world.hydra.clock.advance('31m')
    const late = await user.submit(page, alice)
    expect(late.status).toBe(410)
    expect(textOf(late)).toContain('open for too long')
    const restart = new URL(restartOf(late))
    expect(restart.origin).toBe(world.hydra.publicUrl)
    expect(textOf(await world.follow(user, { ...late, location: restart.href }))).toContain('Sign in')
  })

  test('when the page is opened: it says how to go back', async () => {
    const page = await world.begin(visitor())
    world.hydra.clock.advance('31m')
    const late = await visitor().send(page.url)
    expect(late.status).toBe(410)
    expect(textOf(late)).toContain('go back to the app')
  })

  test('while the consent page was open', async () => {
    const user = visitor()
    const page = await world.signIn(user, await world.begin(user))
    world.hydra.clock.advance('31m')
    const late = await user.submit(page, [['choice', 'allow']])
    expect(late.status).toBe(410)
    expect(restartOf(late)).toContain('/oauth2/auth?')
  })

  test('only the form: it is shown again, filled in, and can be sent', async () => {
    world.configure({ formTokenSeconds: 60 })
    const user = visitor()
    const page = await world.begin(user)
    world.hydra.clock.advance('2m')
    const again = await user.submit(page, alice)
    expect(again.status).toBe(422)
    expect(textOf(again)).toContain('open for a long time')
    expect(again.body).toContain('value="alice@example.com"')
    expect(textOf(await world.signIn(user, again))).toContain('Allow access?')
  })
})

describe('handled', () => {
  /** Servers up to 1.11 answer 409 or 410; 26.2 does not, so a fault plays them. */
  const handled = (route: string, status: number, body: unknown): void =>
    void world.hydra.faults.add({
      kind: 'status',
      route,
      port: 'admin',
      status,
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    })

  test('410 with redirect_to leads there, each time by an address that no browser remembers', async () => {
    const page = await world.begin(visitor())
    const to = `${world.hydra.publicUrl}/oauth2/auth?x=1`
    handled('GET /oauth2/auth/requests/login', 410, { redirect_to: to })
    const seen = [await visitor().send(page.url), await visitor().send(page.url)].map(({ location }) => location ?? '')
    expect(seen.map((location) => location.replace(/&again=[\w-]{8}$/, ''))).toEqual([to, to])
    expect(new Set(seen).size).toBe(2)
  })

  test('410 with a verifier leads to exactly that', async () => {
    const page = await world.begin(visitor())
    const to = `${world.hydra.publicUrl}/oauth2/auth?login_verifier=x`
    handled('GET /oauth2/auth/requests/login', 410, { redirect_to: to })
    expect((await visitor().send(page.url)).location).toBe(to)
  })

  test('410 whose redirect_to is foreign leads nowhere', async () => {
    const page = await world.begin(visitor())
    handled('GET /oauth2/auth/requests/login', 410, { redirect_to: 'https://evil.example/' })
    const got = await visitor().send(page.url)
    expect(got.location).toBeUndefined()
    expect(got.status).toBe(502)
    expect(world.reported[0]?.error).toMatchObject({ reason: 'foreign_redirect' })
  })

  test('409 at accept leads to the start of the flow', async () => {
    const user = visitor()
    const page = await world.begin(user)
    handled('PUT /oauth2/auth/requests/login/accept', 409, { error: 'Conflict', error_description: '' })
    const got = await user.submit(page, alice)
    expect(got.status).toBe(303)
    expect(new URL(got.location ?? '').pathname).toBe('/oauth2/auth')
  })

  test('409 at a second accept leads to where the first one led', async () => {
    const user = visitor()
    const page = await world.begin(user)
    const first = await user.submit(page, alice)
    handled('PUT /oauth2/auth/requests/login/accept', 409, { error: 'Conflict', error_description: '' })
    const second = await user.submit(page, alice)
    expect(second.location).toBe(first.location)
  })

  test('a logout answer that is a path is resolved against the issuer', async () => {
    handled('GET /oauth2/auth/requests/logout', 410, { redirect_to: '/oauth2/sessions/logout?x=1' })
    const got = await visitor().send(`${world.loginUrl}/logout?logout_challenge=abc`)
    expect(got.location).toContain(`${world.hydra.publicUrl}/oauth2/sessions/logout?x=1&again=`)
  })
})

describe('outages', () => {
  test('opening a page: 503, Retry-After, and a way to try again', async () => {
    const page = await world.begin(visitor())
    await world.hydra.faults.pause('admin')
    const got = await visitor().send(page.url)
    expect(got.status).toBe(503)
    expect(got.headers.get('retry-after')).toBe('5')
    expect(textOf(got)).toContain('Try again')
    expect(world.reported[0]?.error).toMatchObject({ code: 'ERR_HYDRA_UNREACHABLE' })
  })

  test.each([
    ['503', { kind: 'status', status: 503 }],
    ['429', { kind: 'status', status: 429 }],
    ['500', { kind: 'status', status: 500 }],
    ['a cut connection', { kind: 'reset', at: 'headers' }],
    ['silence', { kind: 'hang' }],
  ] as const)('%s of Hydra is an outage', async (_name, fault) => {
    const page = await world.begin(visitor())
    world.hydra.faults.add({ route: 'GET /oauth2/auth/requests/login', port: 'admin', ...fault })
    expect((await visitor().send(page.url)).status).toBe(503)
  })

  test('sending the login form: the form again with what was typed but the password, then it works', async () => {
    const user = visitor()
    const page = await world.begin(user)
    await world.hydra.faults.pause('admin')
    const got = await user.submit(page, [...alice, ['remember', 'true']])
    expect(got.status).toBe(503)
    expect(got.body).toContain('value="alice@example.com"')
    expect(got.body).not.toContain('wonderland')
    await world.hydra.faults.resume('admin')
    expect(textOf(await world.signIn(user, got))).toContain('Allow access?')
  })

  test('sending the consent form: the choices are sent again by one button', async () => {
    const user = visitor()
    const page = await world.signIn(user, await world.begin(user))
    await world.hydra.faults.pause('admin')
    const got = await user.submit(page, [
      ['scope', 'photos.read'],
      ['choice', 'allow'],
    ])
    expect(got.status).toBe(503)
    await world.hydra.faults.resume('admin')
    const hidden = [...got.body.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)"/g)]
    const fields = hidden.map(([, name = '', value = '']): [string, string] => [name, value])
    const end = await world.follow(user, await user.submit(got, fields))
    expect((await world.redeem(end))['scope']).toBe('openid photos.read')
  })

  test('a refusal that no route of Hydra sends is our mistake: 500, reported', async () => {
    const page = await world.begin(visitor())
    world.hydra.faults.add({
      route: 'GET /oauth2/auth/requests/login',
      port: 'admin',
      kind: 'status',
      status: 403,
      body: 'no',
    })
    expect((await visitor().send(page.url)).status).toBe(500)
    expect(world.reported).toHaveLength(1)
  })
})
