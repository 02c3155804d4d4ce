import { afterEach, describe, expect, test } from '@jest/globals'
import { type EmbeddedHydra, type HydraOptions, startHydra } from '@hydra-kit/embedded'
import { signIn } from '@hydra-kit/embedded/testing'
import { admin, appClient, introspect } from './user-agent.ts'

const running: EmbeddedHydra[] = []
async function start(options?: HydraOptions): Promise<EmbeddedHydra> {
  const hydra = await startHydra(options)
  running.push(hydra)
  return hydra
}
afterEach(async () => {
  await Promise.all(running.splice(0).map((hydra) => hydra.stop()))
})

async function discovery(hydra: EmbeddedHydra): Promise<Record<string, unknown>> {
  return (await fetch(`${hydra.publicUrl}/.well-known/openid-configuration`)).json() as Promise<Record<string, unknown>>
}

test('two servers run side by side and know nothing of each other', async () => {
  const [a, b] = await Promise.all([start({ clients: [appClient] }), start({ clients: [appClient] })])
  expect(new Set([a.publicUrl, a.adminUrl, b.publicUrl, b.adminUrl]).size).toBe(4)
  const token = await a.mint.accessToken({ clientId: 'app' })
  expect((await introspect(a, token))['active']).toBe(true)
  expect(await introspect(b, token)).toEqual({ active: false })
  expect(b.inspect.requests({ path: '/oauth2/introspect' })).toHaveLength(1)
})

test('every option takes undefined for not given', async () => {
  const nothing: Record<keyof HydraOptions, undefined> = {
    publicPort: undefined,
    adminPort: undefined,
    host: undefined,
    issuer: undefined,
    urls: undefined,
    accessTokenStrategy: undefined,
    scopeStrategy: undefined,
    jwt: undefined,
    ttl: undefined,
    tokenHook: undefined,
    refreshTokenHook: undefined,
    dynamicRegistration: undefined,
    discovery: undefined,
    cors: undefined,
    pkce: undefined,
    subjectTypes: undefined,
    pairwiseSalt: undefined,
    allowedTopLevelClaims: undefined,
    mirrorTopLevelClaims: undefined,
    excludeNotBeforeClaim: undefined,
    defaultGrantAllowedScope: undefined,
    refreshTokenRotation: undefined,
    jwtBearer: undefined,
    deviceAuthorization: undefined,
    clients: undefined,
    keys: undefined,
    now: undefined,
    onRequest: undefined,
  }
  const inside: HydraOptions = {
    jwt: { scopeClaim: undefined },
    pkce: { enforced: undefined, enforcedForPublicClients: undefined },
    keys: { idToken: undefined, accessToken: undefined },
    cors: { allowedOrigins: undefined, allowCredentials: undefined, maxAgeSeconds: undefined },
    deviceAuthorization: { tokenPollingInterval: undefined, userCode: undefined },
    urls: { login: undefined, public: undefined },
    ttl: { accessToken: undefined, refreshToken: undefined },
  }
  const hydra = await start({ ...nothing, ...inside })
  expect(hydra.issuer).toBe(hydra.publicUrl)
  const token = await hydra.mint.accessToken({ scope: undefined, defect: undefined, format: undefined })
  expect(await introspect(hydra, token)).toMatchObject({ active: true })
  hydra.faults.add({ kind: 'status', status: 503, body: undefined, route: '/userinfo', times: 1, port: undefined })
  expect((await fetch(`${hydra.publicUrl}/userinfo`)).status).toBe(503)
  expect(hydra.inspect.requests({ port: undefined, method: 'GET', path: undefined })).toHaveLength(1)
})

test('reset forgets everything but what the server began with', async () => {
  const hydra = await start({ clients: [appClient] })
  const { accessToken } = await signIn(hydra, {
    clientId: 'app',
    clientSecret: 'app-secret',
    subject: 'alice',
    remember: true,
  })
  await admin(hydra, 'POST', '/clients', { client_id: 'late' })
  await admin(hydra, 'POST', '/keys/hydra.openid.id-token', { alg: 'ES256' })
  hydra.clock.advance('2h')
  hydra.faults.add({ kind: 'status', route: '*', status: 500 })
  await hydra.reset()
  expect(hydra.inspect.clients().map((client) => client['client_id'])).toEqual(['app'])
  expect(hydra.inspect.tokens()).toEqual([])
  expect(hydra.inspect.loginSessions()).toEqual([])
  expect(hydra.inspect.consents()).toEqual([])
  expect(hydra.inspect.requests()).toEqual([])
  expect(Math.abs(hydra.now() - Date.now())).toBeLessThan(60_000)
  expect((await discovery(hydra))['id_token_signing_alg_values_supported']).toEqual(['RS256'])
  expect(await introspect(hydra, accessToken)).toEqual({ active: false })
})

test('a challenge from before a reset is unknown', async () => {
  const hydra = await start({ clients: [appClient] })
  const response = await fetch(
    `${hydra.publicUrl}/oauth2/auth?client_id=app&response_type=code&state=12345678&scope=offline`,
    { redirect: 'manual' },
  )
  const challenge = new URL(response.headers.get('location') ?? '').searchParams.get('login_challenge') ?? ''
  const path = `/oauth2/auth/requests/login?login_challenge=${encodeURIComponent(challenge)}`
  expect((await admin(hydra, 'GET', path)).status).toBe(200)
  await hydra.reset()
  expect((await admin(hydra, 'GET', path)).status).toBe(404)
})

test('stop closes both ports, also by `await using`', async () => {
  let addresses: string[] = []
  {
    await using hydra = await startHydra()
    addresses = [hydra.publicUrl, hydra.adminUrl]
    for (const address of addresses) expect((await fetch(`${address}/health/alive`)).status).toBe(200)
  }
  for (const address of addresses) await expect(fetch(`${address}/health/alive`)).rejects.toThrow()
})

test('the first keys are always the same, unless fresh or own ones are asked for', async () => {
  const kids = async (hydra: EmbeddedHydra): Promise<unknown> => {
    const { keys } = (await (await fetch(`${hydra.publicUrl}/.well-known/jwks.json`)).json()) as {
      keys: { kid: string }[]
    }
    return keys.map((key) => key.kid)
  }
  const [a, b, fresh] = await Promise.all([start(), start(), start({ keys: 'generate' })])
  expect(await kids(a)).toEqual(await kids(b))
  expect(await kids(fresh)).not.toEqual(await kids(a))
  const set = (await admin(fresh, 'GET', '/keys/hydra.openid.id-token')).body['keys'] as [{ kid: string }]
  const own = await start({ keys: { idToken: set } })
  expect(await kids(own)).toEqual([set[0].kid, ((await kids(a)) as string[])[1]])
})

test('issuer, public URL and discovery entries are as configured', async () => {
  const hydra = await start({
    issuer: 'https://auth.example.com',
    discovery: {
      clientRegistrationUrl: 'https://auth.example.com/register',
      supportedScope: ['photos'],
      supportedClaims: ['email'],
    },
  })
  const seen = await discovery(hydra)
  expect(hydra.issuer).toBe('https://auth.example.com')
  expect(seen['issuer']).toBe('https://auth.example.com')
  expect(seen['token_endpoint']).toBe(`${hydra.publicUrl}/oauth2/token`)
  expect(seen['registration_endpoint']).toBe('https://auth.example.com/register')
  expect(seen['scopes_supported']).toEqual(['offline_access', 'offline', 'openid', 'photos'])
  expect(seen['claims_supported']).toEqual(['sub', 'email'])
  expect(await discovery(await start())).not.toHaveProperty('registration_endpoint')
})

describe('options that are refused', () => {
  const cases: [description: string, options: unknown, message: string][] = [
    [
      'an unknown name',
      { audience: 'x' },
      'startHydra: the option "audience" is not known. Known names are listed at HydraOptions.',
    ],
    [
      'an unknown name inside',
      { ttl: { acessToken: '1h' } },
      'startHydra: the option "ttl.acessToken" is not known. Known names are listed at HydraOptions.',
    ],
    [
      'a lifetime as a number',
      { ttl: { accessToken: 3600 } },
      'startHydra: the option "ttl.accessToken" must be a duration such as "90s", "10m" or "1h30m".',
    ],
    [
      'a lifetime without a unit',
      { ttl: { refreshToken: '-2' } },
      'startHydra: the option "ttl.refreshToken" must be a duration such as "90s" or "720h", or "-1" for never.',
    ],
    [
      'an address that is none',
      { urls: { login: '/login' } },
      'startHydra: the option "urls.login" must be an absolute http or https URL.',
    ],
    [
      'a port out of range',
      { publicPort: 70_000 },
      'startHydra: the option "publicPort" must be a port number from 0 (any free port) to 65535.',
    ],
    [
      'a strategy of Hydra 1',
      { scopeStrategy: 'hierarchical' },
      'startHydra: the option "scopeStrategy" must be "wildcard" or "exact".',
    ],
    [
      'a hook that is a string',
      { tokenHook: 'http://x' },
      'startHydra: the option "tokenHook" must be { url, auth?: { type: "api_key", config: { in, name, value } } }.',
    ],
    [
      'a short salt',
      { pairwiseSalt: 'short' },
      'startHydra: the option "pairwiseSalt" must be a string of at least 8 characters.',
    ],
    [
      'pairwise without a salt',
      { subjectTypes: ['pairwise'] },
      'startHydra: pairwise subjects need the option "pairwiseSalt", a string of at least 8 characters.',
    ],
    ['no object', 'http://x', 'startHydra: give an object with options, or nothing.'],
  ]
  test.each(cases)('%s', async (_description, options, message) => {
    await expect(startHydra(options as HydraOptions)).rejects.toMatchObject({
      name: 'TypeError',
      code: 'ERR_OPTIONS',
      message,
    })
  })

  test('a client that is not valid, without telling its secret', async () => {
    const refused = startHydra({ clients: [{ client_id: 'x', client_secret: 'abc' }] })
    await expect(refused).rejects.toMatchObject({ code: 'ERR_OPTIONS' })
    await expect(refused).rejects.toThrow(/client_secret must have at least 6 characters/)
    await expect(refused).rejects.not.toThrow(/abc/)
  })

  test('a value is never repeated: it may be a secret', async () => {
    const options = {
      tokenHook: { url: 'http://x', auth: { type: 'api_key', config: { in: 'body', name: 'n', value: 'k3y' } } },
    }
    await expect(startHydra(options as unknown as HydraOptions)).rejects.not.toThrow(/k3y|body/)
  })
})
