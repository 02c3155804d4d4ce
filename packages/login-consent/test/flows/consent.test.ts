import { generateKeyPairSync, sign } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { consent, login } from '../../src/index.ts'
import { textOf, type Got, type Visitor } from '../support/visitor.ts'
import { alice, startWorld, visitor, type World } from '../support/world.ts'

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

const callback = (got: Got): URLSearchParams => new URL(got.location ?? '').searchParams
const granted = (): Record<string, unknown> =>
  world.sent.findLast(({ operation }) => operation === 'consent.accept')?.body ?? {}

async function toConsent(parameters?: Record<string, string>, user: Visitor = visitor()): Promise<[Visitor, Got]> {
  return [user, await world.signIn(user, await world.begin(user, parameters))]
}

test('the page says who asks for what, as whom, and where one returns to', async () => {
  world.configure({
    scopes: { 'photos.read': 'See your photos' },
    describeAccount: () => ({ name: 'Alice Example', detail: 'alice@example.com' }),
  })
  const [, page] = await toConsent({ audience: 'https://api.example' })
  const text = textOf(page)
  for (const part of [
    'Photo Printer',
    'Alice Example',
    'alice@example.com',
    'See your photos',
    'https://api.example',
    '127.0.0.1:9',
  ]) {
    expect(text).toContain(part)
  }
})

describe('a request object', () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })

  async function withObject(claims: Record<string, unknown>): Promise<Record<string, string>> {
    const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'k', alg: 'RS256', use: 'sig' }
    await world.admin.clients.patch('photos', [
      { op: 'replace', path: '/redirect_uris', value: [world.redirectUri, 'https://bank.example/callback'] },
      { op: 'replace', path: '/jwks', value: { keys: [jwk] } },
      { op: 'replace', path: '/request_object_signing_alg', value: 'RS256' },
    ])
    const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url')
    const signed = `${encode({ alg: 'RS256', kid: 'k' })}.${encode(claims)}`
    const signature = sign('sha256', Buffer.from(signed), privateKey).toString('base64url')
    return { request: `${signed}.${signature}` }
  }

  test('the address beside it does not say where one returns to', async () => {
    const object = await withObject({ redirect_uri: world.redirectUri })
    const [user, page] = await toConsent({ ...object, redirect_uri: 'https://bank.example/callback' })
    expect(textOf(page)).toContain('Allow access?')
    expect(textOf(page)).not.toContain('bank.example')
    const end = await world.follow(user, await user.submit(page, [['choice', 'allow']]))
    expect(end.location).toMatch(/^http:\/\/127\.0\.0\.1:9\/callback\?code=/)
  })

  test.each([[{ prompt: 'login' }], [{ max_age: 0 }]])('%j inside it asks for a fresh login', async (claims) => {
    world.configure({ begin: () => login.accept({ subject: 'alice', authenticatedAt: new Date(0) }) })
    const page = await world.begin(visitor(), await withObject(claims))
    expect(textOf(page)).toContain('Sign in')
    expect(world.sent).toEqual([])
  })

  test('prompt=consent inside it asks our own clients too', async () => {
    world.configure({ consent: () => consent.grantAll() })
    const [, page] = await toConsent(await withObject({ prompt: 'consent' }))
    expect(textOf(page)).toContain('Allow access?')
  })
})

test('a part of the scopes: what was ticked, and what is required, in the order asked for', async () => {
  world.configure({ scopes: { offline: { description: 'Keep access', required: true } } })
  const [user, page] = await toConsent({ scope: 'photos.write openid offline photos.read' })
  await user.submit(page, [
    ['scope', 'photos.read'],
    ['choice', 'allow'],
  ])
  expect(granted()['grant_scope']).toEqual(['openid', 'offline', 'photos.read'])
})

test('nothing ticked and nothing required: asked again, nothing granted', async () => {
  const [user, page] = await toConsent({ scope: 'photos.read' })
  const again = await user.submit(page, [['choice', 'allow']])
  expect(again.status).toBe(422)
  expect(textOf(again)).toContain('Choose at least one')
  expect(world.sent.some(({ operation }) => operation === 'consent.accept')).toBe(false)
})

test('every member of an accept is stated', async () => {
  const [user, page] = await toConsent({ audience: 'https://api.example' })
  await user.submit(page, [['choice', 'allow']])
  expect(granted()).toEqual({
    grant_scope: ['openid'],
    grant_access_token_audience: ['https://api.example'],
    session: { access_token: {}, id_token: {} },
    remember: false,
    remember_for: 0,
  })
})

test('deny ends at the client with access_denied and a description', async () => {
  const [user, page] = await toConsent()
  const end = await world.follow(user, await user.submit(page, [['choice', 'deny']]))
  expect(callback(end).get('error')).toBe('access_denied')
  expect(callback(end).get('error_description')).toBe('The user did not allow this.')
})

test('"not you?" asks Hydra for a fresh login', async () => {
  const [user, page] = await toConsent()
  const went = await user.submit(page, [['choice', 'switch']])
  expect(new URL(went.location ?? '').searchParams.get('prompt')).toBe('login')
  expect(textOf(await world.follow(user, went))).toContain('Sign in')
})

describe('remember', () => {
  const rememberAll = [
    ['scope', 'photos.read'],
    ['scope', 'offline'],
    ['remember', 'true'],
    ['choice', 'allow'],
  ] as const

  test('a remembered consent is skipped next time, with claims', async () => {
    const claims: unknown[] = []
    world.configure({
      rememberConsent: { forSeconds: 0 },
      claims: ({ subject, scopes, audience, client }) => {
        claims.push({ subject, scopes, audience, client: client.client_id })
        return { accessToken: { role: 'admin' }, idToken: { nick: 'al' } }
      },
    })
    const [user, page] = await toConsent()
    expect(textOf(page)).toContain('Remember my choice')
    await world.follow(user, await user.submit(page, rememberAll))
    expect(granted()).toMatchObject({ remember: true, remember_for: 0 })
    const again = await toConsent(undefined, user)
    expect(callback(again[1]).get('code')).toBeTruthy()
    expect(granted()).toMatchObject({
      grant_scope: ['openid', 'offline', 'photos.read'],
      session: { access_token: { role: 'admin' }, id_token: { nick: 'al' } },
    })
    expect(claims).toHaveLength(2)
    expect(claims[1]).toEqual({
      subject: 'alice',
      scopes: ['openid', 'offline', 'photos.read'],
      audience: [],
      client: 'photos',
    })
  })

  test('a box that was never offered counts for nothing', async () => {
    const [user, page] = await toConsent()
    await user.submit(page, rememberAll)
    expect(granted()).toMatchObject({ remember: false })
  })

  test('prompt=consent asks all the same, for our own clients too', async () => {
    world.configure({ consent: () => consent.grantAll() })
    const [, page] = await toConsent({ prompt: 'consent' })
    expect(textOf(page)).toContain('Allow access?')
    const [, own] = await toConsent({ prompt: 'consent', client_id: 'own-app' })
    expect(textOf(own)).toContain('Allow access?')
  })
})

test('a client with skip_consent gets no page, and all that it asked for', async () => {
  const [, end] = await toConsent({ client_id: 'own-app', scope: 'openid photos.read' })
  expect(callback(end).get('code')).toBeTruthy()
  expect(granted()['grant_scope']).toEqual(['openid', 'photos.read'])
})

describe('the app decides', () => {
  test('grant keeps to what was asked for, scopes and audience', async () => {
    world.configure({
      consent: () =>
        consent.grant(['photos.read', 'admin'], { audience: ['https://api.example', 'https://other.example'] }),
    })
    await toConsent({ audience: 'https://api.example' })
    expect(granted()).toMatchObject({
      grant_scope: ['photos.read'],
      grant_access_token_audience: ['https://api.example'],
    })
  })

  test('deny', async () => {
    world.configure({ consent: () => consent.deny({ error: 'access_denied', description: 'Not for you.' }) })
    const [, end] = await toConsent()
    expect(callback(end).get('error_description')).toBe('Not for you.')
  })

  test('ask under prompt=none is consent_required, not a page', async () => {
    world.configure({ rememberLogin: { forSeconds: 60 }, rememberConsent: { forSeconds: 60 } })
    const user = visitor()
    const page = await world.signIn(user, await world.begin(user), [...alice, ['remember', 'true']])
    const choices = [
      ['scope', 'photos.read'],
      ['scope', 'offline'],
      ['remember', 'true'],
      ['choice', 'allow'],
    ] as const
    await world.follow(user, await user.submit(page, choices))
    // Remembered by Hydra, which so passes the silent request on; the app wants to ask all the same.
    expect(callback(await world.begin(user, { prompt: 'none' })).get('code')).toBeTruthy()
    world.configure({ consent: () => consent.ask() })
    expect(callback(await world.begin(user, { prompt: 'none' })).get('error')).toBe('consent_required')
  })
})

describe('RFC 8707 resource', () => {
  const audience = async (): Promise<unknown> => (await world.admin.clients.get('photos')).audience

  test('is mapped to an audience, which is put on the client’s list before it is granted', async () => {
    world.configure({
      mapResource: (resource) => (resource === 'https://mcp.example/' ? 'https://mcp-api.example' : undefined),
    })
    const [user, page] = await toConsent({ resource: 'https://mcp.example/' })
    expect(textOf(page)).toContain('https://mcp-api.example')
    expect(await audience()).not.toContain('https://mcp-api.example')
    await user.submit(page, [['choice', 'allow']])
    expect(granted()['grant_access_token_audience']).toEqual(['https://mcp-api.example'])
    expect(await audience()).toEqual(['https://api.example', 'https://other.example', 'https://mcp-api.example'])
  })

  test('a first refresh works after it', async () => {
    world.configure({ mapResource: () => 'https://mcp-api.example' })
    const [user, page] = await toConsent({ resource: 'https://mcp.example/' })
    const tokens = await world.redeem(
      await world.follow(
        user,
        await user.submit(page, [
          ['scope', 'offline'],
          ['choice', 'allow'],
        ]),
      ),
    )
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

  test.each([
    ['unknown to the app', 'https://elsewhere.example'],
    ['with a fragment', 'https://mcp.example/#x'],
    ['not a URI', 'mcp'],
  ])('%s: invalid_target, and the client’s list stays', async (_name, resource) => {
    // An app that maps all it is asked about but one.
    world.configure({
      mapResource: (given) => (given === 'https://elsewhere.example' ? undefined : 'https://x.example'),
    })
    const [, end] = await toConsent({ resource })
    expect(callback(end).get('error')).toBe('invalid_target')
    expect(await audience()).toHaveLength(2)
  })

  test('a remembered consent is for scopes: another resource is asked about, and not allowed in silence', async () => {
    world.configure({ rememberConsent: { forSeconds: 0 }, mapResource: (resource) => resource })
    const [user, page] = await toConsent({ scope: 'openid' })
    await world.follow(
      user,
      await user.submit(page, [
        ['remember', 'true'],
        ['choice', 'allow'],
      ]),
    )
    const [, again] = await toConsent({ scope: 'openid', resource: 'https://mcp.example/' }, user)
    expect(textOf(again)).toContain('Allow access?')
    expect(await audience()).not.toContain('https://mcp.example/')
    const [, skipped] = await toConsent({ scope: 'openid' }, user)
    expect(callback(skipped).get('code')).toBeTruthy()
  })

  test('without mapResource it is ignored', async () => {
    const [user, page] = await toConsent({ resource: 'https://mcp.example/' })
    await user.submit(page, [['choice', 'allow']])
    expect(granted()['grant_access_token_audience']).toEqual([])
  })
})

test('two submits of one form get the same answer, and the flow succeeds', async () => {
  const [user, page] = await toConsent()
  const both = await Promise.all([
    user.submit(page, [
      ['scope', 'photos.read'],
      ['choice', 'allow'],
    ]),
    user.submit(page, [
      ['scope', 'photos.read'],
      ['choice', 'allow'],
    ]),
  ])
  expect(both[0]?.location).toBe(both[1]?.location)
  expect(callback(await world.follow(user, both[1] as Got)).get('code')).toBeTruthy()
})

test('a second submit after the first one was followed gets the first one’s answer, whatever it says', async () => {
  const [user, page] = await toConsent()
  const first = await user.submit(page, [['choice', 'allow']])
  await world.follow(user, first)
  const second = await user.submit(page, [['choice', 'deny']])
  expect(second.location).toBe(first.location)
  expect(world.sent.filter(({ operation }) => operation.startsWith('consent'))).toHaveLength(1)
})

test('back to a consent page that was answered: no second choice, but a way on', async () => {
  const [user, page] = await toConsent()
  await world.follow(user, await user.submit(page, [['choice', 'allow']]))
  const back = await user.send(page.url)
  expect(back.status).toBe(410)
  expect(textOf(back)).toContain('This step is already done.')
  expect(textOf(back)).toContain('Start again')
})

test('a login in two tabs: the consent pages of both are served, for both users', async () => {
  world.configure({ authenticate: ({ form }) => login.accept({ subject: form.email }) })
  const user = visitor()
  const first = await world.begin(user)
  const second = await world.begin(user, { client_id: 'own-app', prompt: 'consent' })
  const as = (name: string): [string, string][] => [
    ['email', name],
    ['password', 'x'],
    ['choice', 'sign-in'],
  ]
  const consents = [
    await world.signIn(user, first, as('a@example.com')),
    await world.signIn(user, second, as('b@example.com')),
  ]
  expect(consents.map(textOf)).toEqual([
    expect.stringContaining('a@example.com'),
    expect.stringContaining('b@example.com'),
  ])
  expect(textOf(await user.send(consents[0]?.url ?? ''))).toContain('a@example.com')
})
