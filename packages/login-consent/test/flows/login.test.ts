import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { login, type Attempt, type LoginConsentOptions } from '../../src/index.ts'
import { alice, startWorld, visitor, type World } from '../support/world.ts'
import { textOf } from '../support/visitor.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
beforeEach(async () => {
  await world.hydra.reset()
  world.reported.length = 0
  world.sent.length = 0
  world.configure({})
})
afterAll(() => world.stop())

const callback = (got: { location: string | undefined }): URLSearchParams => new URL(got.location ?? '').searchParams

test('a whole flow: login page, consent page, code, tokens', async () => {
  const user = visitor()
  const page = await world.begin(user)
  expect(page.status).toBe(200)
  expect(textOf(page)).toContain('to continue to Photo Printer')
  const consentPage = await world.signIn(user, page)
  expect(textOf(consentPage)).toContain('Allow access?')
  const end = await world.follow(
    user,
    await user.submit(consentPage, [
      ['scope', 'photos.read'],
      ['scope', 'offline'],
      ['choice', 'allow'],
    ]),
  )
  const tokens = await world.redeem(end)
  expect(String(tokens['scope']).split(' ').toSorted()).toEqual(['offline', 'openid', 'photos.read'])
  expect(world.reported).toEqual([])
})

test('a wrong password shows the form again: 422, e-mail kept, password not, nothing accepted', async () => {
  const user = visitor()
  const page = await world.begin(user)
  const again = await user.submit(page, [
    ['email', 'alice@example.com'],
    ['password', 'wrong-guess'],
    ['choice', 'sign-in'],
  ])
  expect(again.status).toBe(422)
  expect(again.body).toContain('value="alice@example.com"')
  expect(again.body).not.toContain('wrong-guess')
  expect(textOf(again)).toContain('Wrong e-mail or password.')
  expect((await world.signIn(user, again)).body).toContain('Allow access?')
})

test('empty fields are named without asking authenticate', async () => {
  let asked = 0
  world.configure({ authenticate: () => ((asked += 1), login.retry('no')) })
  const user = visitor()
  const again = await user.submit(await world.begin(user), [
    ['email', ' '],
    ['password', ''],
    ['choice', 'sign-in'],
  ])
  expect(again.status).toBe(422)
  expect(again.body.match(/aria-invalid="true"/g)).toHaveLength(2)
  expect(asked).toBe(0)
})

test('cancel ends at the client with access_denied', async () => {
  const user = visitor()
  const end = await world.follow(user, await user.submit(await world.begin(user), [['choice', 'cancel']]))
  expect(callback(end).get('error')).toBe('access_denied')
  expect(callback(end).get('error_description')).not.toBe('')
})

test('login.reject always has a registered code and a description', async () => {
  world.configure({ authenticate: () => login.reject({ error: 'temporarily_unavailable' }) })
  const user = visitor()
  const end = await world.follow(user, await user.submit(await world.begin(user), alice))
  expect(callback(end).get('error')).toBe('temporarily_unavailable')
  expect(callback(end).get('error_description')).toBe('The login was refused.')
})

describe('remember', () => {
  const remembered = [...alice, ['remember', 'true']] as const
  const accepted = (): Record<string, unknown> =>
    world.sent.findLast(({ operation }) => operation === 'login.accept')?.body ?? {}

  test('what the user ticks is sent with its duration; unticked is stated, too', async () => {
    world.configure({ rememberLogin: { forSeconds: 3600 } })
    const user = visitor()
    const page = await world.begin(user)
    expect(textOf(page)).toContain('Keep me signed in')
    await user.submit(page, alice)
    expect(accepted()).toMatchObject({ remember: false, remember_for: 0 })
    const other = visitor()
    await other.submit(await world.begin(other), remembered)
    expect(accepted()).toMatchObject({ remember: true, remember_for: 3600 })
  })

  test('a ticked box that was never offered counts for nothing', async () => {
    const user = visitor()
    await user.submit(await world.begin(user), remembered)
    expect(accepted()).toMatchObject({ remember: false })
  })

  test('remember: true without a duration is refused: servers disagree about what it means', async () => {
    world.configure({ authenticate: () => login.accept({ subject: 'alice', remember: true }) })
    const user = visitor()
    const page = await user.submit(await world.begin(user), alice)
    expect(page.status).toBe(500)
    expect(world.reported[0]?.error).toMatchObject({ code: 'ERR_OPTIONS' })
  })

  test('a remembered login is skipped, and the subject is the remembered one', async () => {
    world.configure({ rememberLogin: { forSeconds: 3600 } })
    const user = visitor()
    await world.signIn(user, await world.begin(user), remembered)
    const page = await world.begin(user)
    expect(textOf(page)).toContain('Allow access?')
    expect(textOf(page)).toContain('Signed in as alice')
  })

  test('begin is asked on skipped logins and can demand a real one', async () => {
    world.configure({ rememberLogin: { forSeconds: 3600 } })
    const user = visitor()
    await world.signIn(user, await world.begin(user), remembered)
    world.configure({ begin: ({ loginRequest }) => (loginRequest.skip ? login.show() : login.show()) })
    const page = await world.begin(user)
    expect(textOf(page)).toContain('Sign in')
    // Not the skipped request again: Hydra was asked anew, so that auth_time will be right.
    const seen = await world.admin.loginRequests.get(new URL(page.url).searchParams.get('login_challenge') ?? '')
    expect(seen).toMatchObject({ state: 'open', request: { skip: false } })
  })
})

describe('prompt and max_age', () => {
  async function remember(): Promise<ReturnType<typeof visitor>> {
    world.configure({ rememberLogin: { forSeconds: 3600 } })
    const user = visitor()
    await world.signIn(user, await world.begin(user), [...alice, ['remember', 'true']])
    return user
  }
  const ownSession: Partial<LoginConsentOptions> = {
    begin: () => login.accept({ subject: 'alice', authenticatedAt: new Date(world.hydra.now() - 600_000) }),
  }

  test.each([
    ['prompt=login', { prompt: 'login' }, true],
    ['max_age=0', { max_age: '0' }, true],
    ['max_age younger than the session', { max_age: '300' }, true],
    ['max_age older than the session', { max_age: '3600' }, false],
    ['no wish', {}, false],
  ] as const)('a session of the app under %s', async (_name, parameters, asks) => {
    world.configure(ownSession)
    const page = await world.begin(visitor(), parameters)
    expect(textOf(page)).toContain(asks ? 'Sign in' : 'Allow access?')
  })

  test('a session of the app that does not say how old it is satisfies no max_age', async () => {
    world.configure({ begin: () => login.accept({ subject: 'alice' }) })
    expect(textOf(await world.begin(visitor(), { max_age: '3600' }))).toContain('Sign in')
  })

  test('without authenticate the app is told what to do instead', async () => {
    world.configure({ ...ownSession, authenticate: undefined })
    expect((await world.begin(visitor(), { prompt: 'login' })).status).toBe(500)
    expect(world.reported[0]?.error).toMatchObject({ reason: 'reauthentication_required' })
  })

  test('prompt=none never shows a page', async () => {
    const user = await remember()
    world.configure({ begin: () => login.show() })
    const end = await world.begin(user, { prompt: 'none' })
    expect(callback(end).get('error')).toBe('login_required')
  })

  test('prompt=select_account asks, and both answers work though Hydra does not know the word', async () => {
    const user = await remember()
    const page = await world.begin(user, { prompt: 'select_account' })
    expect(textOf(page)).toContain('Continue as alice')
    const same = await world.follow(user, await user.submit(page, [['choice', 'continue']]))
    expect(textOf(same)).toContain('Allow access?')
    const other = await world.follow(user, await user.submit(page, [['choice', 'other']]))
    expect(textOf(other)).toContain('Sign in')
    expect((await world.signIn(user, other)).body).toContain('Allow access?')
  })

  test('prompt=select_account without a session leads to the login page', async () => {
    expect(textOf(await world.begin(visitor(), { prompt: 'select_account' }))).toContain('Sign in')
  })

  test('confirmAccount asks before it goes on', async () => {
    world.configure({
      begin: ({ confirmed }) =>
        confirmed ? login.accept({ subject: 'alice' }) : login.confirmAccount({ name: 'Alice' }),
    })
    const user = visitor()
    const page = await world.begin(user)
    expect(textOf(page)).toContain('Continue as Alice')
    expect(textOf(await world.follow(user, await user.submit(page, [['choice', 'continue']])))).toContain(
      'Allow access?',
    )
  })

  test('hints are handed on, those of request_url too', async () => {
    let seen: unknown
    world.configure({ begin: ({ hints }) => ((seen = hints), login.show()) })
    await world.begin(visitor(), {
      prompt: 'login consent',
      max_age: '60',
      acr_values: 'a b',
      login_hint: 'bob@example.com',
      ui_locales: 'de en',
      display: 'page',
    })
    expect(seen).toMatchObject({
      prompts: ['login', 'consent'],
      maxAgeSeconds: 60,
      acrValues: ['a', 'b'],
      loginHint: 'bob@example.com',
      uiLocales: ['de', 'en'],
      display: 'page',
      mustReauthenticate: true,
      isDeviceFlow: false,
    })
  })
})

test('login_hint fills the field, ui_locales picks the language', async () => {
  const page = await world.begin(visitor(), { login_hint: 'bob@example.com', ui_locales: 'de' })
  expect(page.body).toContain('value="bob@example.com"')
  expect(page.body).toContain('<html lang="de">')
  expect(textOf(page)).toContain('Passwort')
})

test('acr, amr and context reach Hydra', async () => {
  world.configure({
    authenticate: () => login.accept({ subject: 'alice', acr: 'high', amr: ['pwd', 'otp'], context: { from: 'test' } }),
  })
  const user = visitor()
  const page = await world.signIn(user, await world.begin(user))
  const seen = await world.admin.consentRequests.get(page.url.searchParams.get('consent_challenge') ?? '')
  expect(seen).toMatchObject({ request: { acr: 'high', amr: ['pwd', 'otp'], context: { from: 'test' } } })
})

test('members of newer servers are sent when asked for', async () => {
  world.configure({
    authenticate: () =>
      login.accept({
        subject: 'alice',
        remember: true,
        rememberForSeconds: 60,
        extendSession: true,
        forceSubjectIdentifier: 'p1',
        identityProviderSessionId: 'idp-1',
      }),
  })
  const user = visitor()
  await user.submit(await world.begin(user), alice)
  const sent = world.sent.at(-1)?.body
  expect(sent).toMatchObject({
    extend_session_lifespan: true,
    force_subject_identifier: 'p1',
    identity_provider_session_id: 'idp-1',
    remember_for: 60,
  })
})

test('sign-up has a button, and leads where the app says', async () => {
  world.configure({ signUp: () => login.redirectTo('/sign-up') })
  const user = visitor()
  const page = await world.begin(user)
  expect(textOf(page)).toContain('Create an account')
  const went = await user.submit(page, [['choice', 'sign-up']])
  expect(new URL(went.location ?? '').pathname).toBe('/sign-up')
})

test('sign-ups are limited, too', async () => {
  const limited: Attempt[] = []
  let called = 0
  world.configure({
    limit(attempt) {
      limited.push(attempt)
      return called >= 1 && attempt.phase === 'try' ? { retryAfterSeconds: 90 } : undefined
    },
    signUp() {
      called += 1
      return login.accept({ subject: 'new' })
    },
  })
  const fields = [
    ['email', 'alice@example.com'],
    ['choice', 'sign-up'],
  ] as const
  const user = visitor()
  await user.submit(await world.begin(user), fields)
  const page = await user.submit(await world.begin(user), fields)
  expect([page.status, page.headers.get('retry-after'), called]).toEqual([429, '90', 1])
  const seen = { kind: 'signUp', account: 'alice@example.com', ip: '127.0.0.1' }
  expect(limited).toMatchObject([
    { ...seen, phase: 'try' },
    { ...seen, phase: 'succeeded' },
    { ...seen, phase: 'try' },
  ])
})

test('an error in authenticate is an error page, reported, without a word of what was typed', async () => {
  world.configure({
    authenticate: () => {
      throw new Error('database said no to wonderland')
    },
  })
  const user = visitor()
  const page = await user.submit(await world.begin(user), alice)
  expect(page.status).toBe(500)
  expect(page.body).not.toContain('wonderland')
  expect(world.reported).toMatchObject([{ step: 'login', during: 'authenticate' }])
})

test('a function that returns nothing is an error page, and the app is told', async () => {
  world.configure({ authenticate: (() => undefined) as never })
  const user = visitor()
  expect((await user.submit(await world.begin(user), alice)).status).toBe(500)
  expect(world.reported[0]?.error).toMatchObject({ reason: 'no_decision' })
})
