/**
 * The flows of every server: on an embedded Hydra, or on the one that HYDRA_PUBLIC_URL, HYDRA_ADMIN_URL and
 * HYDRA_LOGIN_URL name (its `urls.login` is HYDRA_LOGIN_URL + `/login`, and so on). What differs between servers is said.
 */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { login } from '../../src/index.ts'
import { textOf, type Fields, type Got, type Visitor } from '../support/visitor.ts'
import { alice, startWorld, visitor, type World, type WorldOptions } from '../support/world.ts'

let world: World
/** `1.11`, `26.2`, … */
let isV1 = false
let hasDevice = false
beforeAll(async () => {
  world = await startWorld({ anyServer: true })
  const { line } = await world.admin.serverVersion()
  isV1 = line.startsWith('1.')
  hasDevice = Number(line.split('.')[0]) >= 25
})
/** A user of each test's own: a server that is not ours remembers the consents of the last test. */
let subject = ''
const configure = (more: WorldOptions = {}): void =>
  world.configure({
    rememberLogin: { forSeconds: 3600 },
    rememberConsent: { forSeconds: 3600 },
    authenticate: ({ form }) =>
      form.password === 'wonderland' ? login.accept({ subject }) : login.retry('Wrong e-mail or password.'),
    ...more,
  })
beforeEach(() => {
  world.reported.length = 0
  subject = randomUUID()
  configure()
})
afterAll(() => world.stop())

const remembered: Fields = [...alice, ['remember', 'true']]
const allow: Fields = [
  ['scope', 'photos.read'],
  ['scope', 'offline'],
  ['choice', 'allow'],
]
const callback = (got: Got): URLSearchParams => new URL(got.location ?? 'http://none.invalid').searchParams
const toConsent = async (user: Visitor, parameters?: Record<string, string>, fields = alice): Promise<Got> =>
  world.signIn(user, await world.begin(user, parameters), fields)
const scopesOf = async (end: Got): Promise<string[]> =>
  String((await world.redeem(end))['scope'])
    .split(' ')
    .toSorted()

test('sign in, allow all, tokens, refresh', async () => {
  const user = visitor()
  const end = await world.follow(user, await user.submit(await toConsent(user), allow))
  const tokens = await world.redeem(end)
  expect(tokens['id_token']).toBeDefined()
  const refreshed = await fetch(`${world.hydra.publicUrl}/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: String(tokens['refresh_token']),
      client_id: 'photos',
      client_secret: 'photos-secret',
    }),
  })
  expect(refreshed.status).toBe(200)
  expect(world.reported).toEqual([])
})

test('wrong password, then right', async () => {
  const user = visitor()
  const wrong = await user.submit(await world.begin(user), [
    ['email', 'alice@example.com'],
    ['password', 'x'],
  ])
  expect(wrong.status).toBe(422)
  expect(textOf(await world.signIn(user, wrong))).toContain('Allow access?')
})

test('a part of the scopes', async () => {
  const user = visitor()
  const end = await world.follow(
    user,
    await user.submit(await toConsent(user), [
      ['scope', 'photos.read'],
      ['choice', 'allow'],
    ]),
  )
  expect(await scopesOf(end)).toEqual(['openid', 'photos.read'])
})

test('deny and cancel', async () => {
  const user = visitor()
  const denied = await world.follow(user, await user.submit(await toConsent(user), [['choice', 'deny']]))
  expect(callback(denied).get('error')).toBe('access_denied')
  const cancelled = await world.follow(user, await user.submit(await world.begin(user), [['choice', 'cancel']]))
  expect(callback(cancelled).get('error')).toBe('access_denied')
})

test('remember both, skip both, silently too; prompt=login and prompt=consent ask again', async () => {
  const user = visitor()
  const page = await toConsent(user, undefined, remembered)
  await world.follow(user, await user.submit(page, [...allow, ['remember', 'true']]))
  expect(await scopesOf(await world.begin(user))).toEqual(['offline', 'openid', 'photos.read'])
  expect(callback(await world.begin(user, { prompt: 'none' })).get('code')).toBeTruthy()
  expect(textOf(await world.begin(user, { prompt: 'login' }))).toContain('Sign in')
  expect(textOf(await world.begin(user, { prompt: 'consent' }))).toContain('Allow access?')
  expect(callback(await world.begin(visitor(), { prompt: 'none' })).get('error')).toBe('login_required')
})

test('a login that is remembered sends its duration: neither 30 days nor "until the browser closes"', async () => {
  const user = visitor()
  const sent = await user.submit(await world.begin(user), remembered)
  const got = await user.send(sent.location ?? '')
  const session = got.headers.getSetCookie().find((line) => /session/.test(line)) ?? ''
  expect(session).toMatch(/Max-Age=3600/)
})

test('select_account, "not you?" and max_age=0 ask for a login', async () => {
  const user = visitor()
  await toConsent(user, undefined, remembered)
  const chooser = await world.begin(user, { prompt: 'select_account' })
  expect(textOf(chooser)).toContain(`Continue as ${subject}`)
  const same = await world.follow(user, await user.submit(chooser, [['choice', 'continue']]))
  expect(textOf(same)).toContain('Allow access?')
  const other = await world.follow(user, await user.submit(same, [['choice', 'switch']]))
  expect(textOf(other)).toContain('Sign in')
  expect(textOf(await world.begin(user, { max_age: '0' }))).toContain('Sign in')
})

test('a first-party client is not asked about', async () => {
  const user = visitor()
  const end = await toConsent(user, { client_id: 'own-app' })
  // 1.x does not know skip_consent and drops it: there the app says so itself.
  if (isV1) expect(textOf(end)).toContain('Allow access?')
  else expect(callback(end).get('code')).toBeTruthy()
})

describe('sent twice', () => {
  test('the login form: both clicks lead on to a flow that succeeds', async () => {
    const user = visitor()
    const page = await world.begin(user)
    const clicks = await Promise.all([user.submit(page, alice), user.submit(page, alice)])
    expect(clicks.map(({ status }) => status)).toEqual([303, 303])
    const consentPage = await world.follow(user, clicks[1] as Got)
    expect(await scopesOf(await world.follow(user, await user.submit(consentPage, allow)))).toContain('photos.read')
  })

  test('the consent form', async () => {
    const user = visitor()
    const page = await toConsent(user)
    const clicks = await Promise.all([user.submit(page, allow), user.submit(page, allow)])
    expect(clicks[1]?.location).toBe(clicks[0]?.location)
    expect(await scopesOf(await world.follow(user, clicks[1] as Got))).toContain('photos.read')
  })
})

test('back to the login page before the end, and in again', async () => {
  const user = visitor()
  const page = await world.begin(user)
  await world.signIn(user, page)
  const again = await world.follow(user, await user.send(page.url))
  const consentPage = textOf(again).includes('Allow access?')
    ? again
    : await world.signIn(user, again.location === undefined ? again : page)
  expect(textOf(consentPage)).toContain('Allow access?')
  expect(await scopesOf(await world.follow(user, await user.submit(consentPage, allow)))).toContain('photos.read')
})

test('back to the consent page after the end: a way on, and no second choice', async () => {
  const user = visitor()
  const page = await toConsent(user)
  await world.follow(user, await user.submit(page, allow))
  const back = await user.send(page.url)
  // 1.x knows that it is done, and says where to start again.
  if (isV1) expect(back.location).toContain('/oauth2/auth?')
  else expect(textOf(back)).toContain('This step is already done.')
})

describe('two tabs', () => {
  const finish = async (user: Visitor, page: Got): Promise<Got> => {
    const consentPage = await world.signIn(user, page)
    return consentPage.location === undefined ? world.follow(user, await user.submit(consentPage, allow)) : consentPage
  }

  test('of one client: the younger works, the older fails at the client', async () => {
    const user = visitor()
    const [older, younger] = [await world.begin(user), await world.begin(user)]
    expect(callback(await finish(user, older)).get('error')).toBe('request_forbidden')
    expect(callback(await finish(user, younger)).get('code')).toBeTruthy()
  })

  test('of two clients: both work since 2.2; in 1.x the younger', async () => {
    const user = visitor()
    const older = await world.begin(user)
    const younger = await world.begin(user, { client_id: 'own-app' })
    const end = callback(await finish(user, older))
    if (isV1) expect(end.get('error')).toBe('request_forbidden')
    else expect(end.get('code')).toBeTruthy()
    expect(callback(await finish(user, younger)).get('code')).toBeTruthy()
  })
})

describe('logout', () => {
  const leave = (user: Visitor, query = ''): Promise<Got> =>
    user.open(`${world.hydra.publicUrl}/oauth2/sessions/logout${query}`, (url) => url.port === '9')

  test('no, then yes', async () => {
    const user = visitor()
    await toConsent(user, undefined, remembered)
    const stayed = await user.submit(await leave(user), [['choice', 'no']])
    expect(textOf(stayed)).toContain('You are still signed in')
    expect(textOf(await world.begin(user))).toContain('Allow access?')
    const end = await world.follow(user, await user.submit(await leave(user), [['choice', 'yes']]))
    expect(textOf(end)).toContain('You are signed out')
    expect(textOf(await world.begin(user))).toContain('Sign in')
  })

  test('by a client, and back to it; a used challenge leads on', async () => {
    const user = visitor()
    const consentPage = await toConsent(user, undefined, remembered)
    const tokens = await world.redeem(await world.follow(user, await user.submit(consentPage, allow)))
    const query = `?id_token_hint=${String(tokens['id_token'])}&post_logout_redirect_uri=http%3A%2F%2F127.0.0.1%3A9%2Fbye&state=s1234567`
    const page = await leave(user, query)
    expect(textOf(page)).toContain('Photo Printer asks')
    const end = await world.follow(user, await user.submit(page, [['choice', 'yes']]))
    expect(end.location).toBe('http://127.0.0.1:9/bye?state=s1234567')
    const back = await user.send(page.url)
    expect(back.location).toContain(`${new URL(world.hydra.publicUrl).origin}/oauth2/sessions/logout`)
  })
})

test('an unknown challenge of each kind is a page, not an error of ours', async () => {
  for (const [step, parameter] of [
    ['login', 'login_challenge'],
    ['consent', 'consent_challenge'],
    ['logout', 'logout_challenge'],
  ]) {
    expect((await visitor().send(`${world.loginUrl}/${step}?${parameter}=nothing`)).status).toBe(404)
  }
  expect(world.reported).toEqual([])
})

test('RFC 8707: the mapped audience is granted and survives a refresh', async () => {
  configure({ mapResource: () => 'https://mcp.example' })
  const user = visitor()
  const page = await toConsent(user, { resource: 'https://mcp.example/' })
  const tokens = await world.redeem(await world.follow(user, await user.submit(page, allow)))
  const seen = await world.admin.tokens.introspect({ token: String(tokens['access_token']) })
  expect(seen).toMatchObject({ active: true, aud: ['https://mcp.example'] })
  const refreshed = await fetch(`${world.hydra.publicUrl}/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: String(tokens['refresh_token']),
      client_id: 'photos',
      client_secret: 'photos-secret',
    }),
  })
  expect(refreshed.status).toBe(200)
})

describe('device', () => {
  const authorize = async (): Promise<Record<string, string>> => {
    const response = await fetch(`${world.hydra.publicUrl}/oauth2/device/auth`, {
      method: 'POST',
      body: new URLSearchParams({ client_id: 'photos', client_secret: 'photos-secret', scope: 'openid photos.read' }),
    })
    return (await response.json()) as Record<string, string>
  }
  const poll = async (deviceCode: string): Promise<Record<string, unknown>> => {
    const response = await fetch(`${world.hydra.publicUrl}/oauth2/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
        device_code: deviceCode,
        client_id: 'photos',
        client_secret: 'photos-secret',
      }),
    })
    return (await response.json()) as Record<string, unknown>
  }

  test('type the code, sign in, allow, done; before 25.4 there is no such page', async () => {
    const user = visitor()
    if (!hasDevice) {
      const nowhere = await user.send(`${world.loginUrl}/device?device_challenge=nothing`)
      expect((await user.submit(nowhere, [['user_code', 'ABCD']])).status).toBe(404)
      return
    }
    const { device_code: deviceCode = '', user_code: userCode = '', verification_uri: address = '' } = await authorize()
    const page = await user.open(address)
    expect(textOf(page)).toContain('Connect a device')
    const folded = await user.submit(page, [
      ['user_code', userCode.toLowerCase() === userCode ? `${userCode}x` : userCode.toLowerCase()],
    ])
    expect(folded.status).toBe(422)
    expect(textOf(folded)).toContain('This code is not known')
    const loginPage = await world.follow(user, await user.submit(folded, [['user_code', `  ${userCode} `]]))
    expect(textOf(loginPage)).toContain('Sign in')
    const consentPage = await world.signIn(user, loginPage)
    expect((await poll(deviceCode))['error']).toBe('authorization_pending')
    const done = await world.follow(
      user,
      await user.submit(consentPage, [
        ['scope', 'photos.read'],
        ['choice', 'allow'],
      ]),
    )
    expect(textOf(done)).toContain('Your device is connected')
    expect((await poll(deviceCode))['scope']).toBe('openid photos.read')
  })

  test('deny: a page of ours, not Hydra’s bare JSON; the device gets nothing', async () => {
    if (!hasDevice) return expect(isV1).toBe(true)
    const user = visitor()
    const { device_code: deviceCode = '', verification_uri_complete: address = '' } = await authorize()
    const page = await user.open(address)
    expect(textOf(page)).toContain('Check that your device shows this code')
    const code = /name="user_code"[^>]*value="([^"]*)"/s.exec(page.body)?.[1] ?? ''
    const consentPage = await world.signIn(
      user,
      await world.follow(user, await user.submit(page, [['user_code', code]])),
    )
    const denied = await user.submit(consentPage, [['choice', 'deny']])
    expect(textOf(denied)).toContain('The device was not connected')
    expect((await poll(deviceCode))['error']).toBe('authorization_pending')
  })

  test('the address typed by hand leads to Hydra for a challenge', async () => {
    const got = await visitor().send(`${world.loginUrl}/device`)
    expect(got.location).toBe(`${world.hydra.publicUrl}/oauth2/device/verify`)
  })
})
