import { readFileSync } from 'node:fs'
import { describe, expect, jest, test } from '@jest/globals'
import {
  hook,
  refreshHook,
  tokenHook,
  type HookDecision,
  type HookOptions,
  type HookRequest,
  type HttpOutput,
} from '../../src/index.ts'

const apiKey = 'a key of sixteen characters'

/** Bodies as Hydra sends them, from its own traffic. */
const session = {
  id_token: {
    id_token_claims: {
      jti: '',
      iss: 'http://127.0.0.1:4444',
      sub: 'alice',
      aud: ['photos'],
      nonce: 'nonce-4e95f8a5ab4800cb',
      exp: '0001-01-01T00:00:00Z',
      iat: '2026-11-24T04:06:15Z',
      rat: '2026-11-24T04:06:15Z',
      auth_time: '2026-11-24T04:06:15Z',
      at_hash: '',
      acr: '',
      amr: null,
      c_hash: '',
      ext: { e: 2, sid: '686d0a98-5f33-4e00-8139-1299f30418c6' },
    },
    headers: { extra: { kid: '8059d0b9' } },
    expires_at: { access_token: '2026-11-24T05:06:15Z' },
    subject: 'alice',
  },
  extra: { a: 1 },
  kid: '',
  client_id: 'photos',
  consent_challenge: 'd5eba6cb4ba84eea8a271e33c0a41f41',
  exclude_not_before_claim: false,
  allowed_top_level_claims: [],
  mirror_top_level_claims: true,
}
const clientSession = {
  ...session,
  id_token: {
    ...session.id_token,
    id_token_claims: { ...session.id_token.id_token_claims, sub: '', ext: null },
    subject: 'photos',
  },
  extra: {},
}
const bodies = {
  code: {
    session,
    request: {
      client_id: 'photos',
      requested_scopes: ['openid', 'offline'],
      granted_scopes: [],
      granted_audience: [],
      grant_types: ['authorization_code'],
      payload: { client_id: ['photos'], grant_type: ['authorization_code'] },
    },
  },
  refresh: {
    session,
    request: {
      client_id: 'photos',
      requested_scopes: ['openid', 'offline'],
      granted_scopes: ['openid', 'offline'],
      granted_audience: ['https://api.example'],
      grant_types: ['refresh_token'],
      payload: { client_id: ['photos'], grant_type: ['refresh_token'] },
    },
  },
  clientCredentials: {
    session: clientSession,
    request: {
      client_id: 'photos',
      requested_scopes: null,
      granted_scopes: [],
      granted_audience: [],
      grant_types: ['client_credentials'],
      payload: { client_id: ['photos'], grant_type: ['client_credentials'] },
    },
  },
  device: {
    session,
    request: {
      client_id: 'photos',
      requested_scopes: ['openid'],
      granted_scopes: [],
      granted_audience: [],
      grant_types: ['urn:ietf:params:oauth:grant-type:device_code'],
      payload: {},
    },
  },
  refreshHook: {
    subject: 'alice',
    session,
    requester: {
      client_id: 'photos',
      granted_scopes: ['openid'],
      granted_audience: [],
      grant_types: ['refresh_token'],
    },
    client_id: 'photos',
    granted_scopes: ['openid'],
    granted_audience: [],
  },
  /** 1.10.7 to 1.11.8. */
  oldRefreshHook: { subject: 'alice', client_id: 'photos', granted_scopes: ['openid'], granted_audience: [] },
}

async function call(
  make: typeof tokenHook,
  handler: (request: HookRequest) => HookDecision | Promise<HookDecision>,
  body: unknown,
  options: Partial<HookOptions> = {},
): Promise<HttpOutput & { json: { session: Record<string, unknown> } | undefined; errors: unknown[] }> {
  const errors: unknown[] = []
  const receiver = make(handler, { apiKey, onError: (error) => void errors.push(error), ...options })
  const output = await receiver.handle({
    method: 'POST',
    url: '/hook',
    headers: { 'x-api-key': apiKey, 'content-type': 'application/json; charset=UTF-8' },
    body: Buffer.from(JSON.stringify(body)),
  })
  return { ...output, json: output.body === '' ? undefined : (JSON.parse(output.body) as never), errors }
}

describe('the request', () => {
  const seen = async (make: typeof tokenHook, body: unknown): Promise<HookRequest> => {
    let request: HookRequest | undefined
    await call(make, (given) => ((request = given), hook.keep()), body)
    return request as HookRequest
  }

  test('authorization code: granted scopes are not said, whatever was granted', async () => {
    expect(await seen(tokenHook, bodies.code)).toMatchObject({
      grantType: 'authorization_code',
      clientId: 'photos',
      subject: 'alice',
      requestedScopes: ['openid', 'offline'],
      grantedScopes: undefined,
      grantedAudience: undefined,
      payload: { grant_type: ['authorization_code'] },
      accessTokenClaims: { a: 1 },
      idTokenClaims: { e: 2, sid: '686d0a98-5f33-4e00-8139-1299f30418c6' },
      hasSession: true,
    })
  })

  test('refresh: they are', async () => {
    expect(await seen(tokenHook, bodies.refresh)).toMatchObject({
      grantedScopes: ['openid', 'offline'],
      grantedAudience: ['https://api.example'],
    })
  })

  test('client credentials: nobody but the client; no scope is an empty list; null is not said', async () => {
    expect(await seen(tokenHook, bodies.clientCredentials)).toMatchObject({
      subject: 'photos',
      requestedScopes: undefined,
      grantedScopes: [],
      idTokenClaims: {},
    })
  })

  test('refresh hooks of 1.11.9 and later, and of before', async () => {
    expect(await seen(refreshHook, bodies.refreshHook)).toMatchObject({
      grantType: 'refresh_token',
      subject: 'alice',
      grantedScopes: ['openid'],
      accessTokenClaims: { a: 1 },
    })
    expect(await seen(refreshHook, bodies.oldRefreshHook)).toMatchObject({
      grantType: 'refresh_token',
      clientId: 'photos',
      subject: 'alice',
      grantedScopes: ['openid'],
      hasSession: false,
      accessTokenClaims: {},
    })
  })

  test.each([
    ['a list', []],
    ['no client', { session: {} }],
    ['null', null],
  ])('%s is 400', async (_name, body) => {
    expect((await call(tokenHook, () => hook.keep(), body)).status).toBe(400)
  })

  test('bad JSON is 400', async () => {
    const receiver = tokenHook(() => hook.keep(), { apiKey, onError: () => {} })
    const output = await receiver.handle({ method: 'POST', url: '/', headers: { 'x-api-key': apiKey }, body: '{' })
    expect(output.status).toBe(400)
  })
})

describe('the answer', () => {
  const sid = '686d0a98-5f33-4e00-8139-1299f30418c6'
  test.each([
    ['keep, token hook: 204', tokenHook, bodies.code, hook.keep(), 204, undefined],
    [
      'keep, refresh hook: all is sent back, as 1.x knows no 204',
      refreshHook,
      bodies.refreshHook,
      hook.keep(),
      200,
      { access_token: { a: 1 }, id_token: { e: 2, sid } },
    ],
    ['deny: 403', tokenHook, bodies.code, hook.deny(), 403, undefined],
    [
      'set, code: only the new ones, Hydra merges',
      tokenHook,
      bodies.code,
      hook.set({ accessToken: { b: 2 } }),
      200,
      { access_token: { b: 2 }, id_token: {} },
    ],
    [
      'set, device code: the same',
      tokenHook,
      bodies.device,
      hook.set({ idToken: { b: 2 } }),
      200,
      { access_token: {}, id_token: { b: 2 } },
    ],
    [
      'set, refresh: on top of what is there, the other side stays',
      tokenHook,
      bodies.refresh,
      hook.set({ accessToken: { b: 2 } }),
      200,
      { access_token: { a: 1, b: 2 }, id_token: { e: 2, sid } },
    ],
    [
      'set, refresh hook: the same',
      refreshHook,
      bodies.refreshHook,
      hook.set({ idToken: { e: 3, sid: 'forged' } }),
      200,
      { access_token: { a: 1 }, id_token: { e: 3, sid } },
    ],
    [
      'set with replace: only the new ones on that side, and sid',
      tokenHook,
      bodies.refresh,
      hook.set({ accessToken: { b: 2 }, idToken: { f: 1 }, replace: true }),
      200,
      { access_token: { b: 2 }, id_token: { f: 1, sid } },
    ],
    [
      'set, client credentials',
      tokenHook,
      bodies.clientCredentials,
      hook.set({ accessToken: { b: 2 } }),
      200,
      { access_token: { b: 2 }, id_token: {} },
    ],
    [
      'set, old refresh hook: what is not told cannot be kept',
      refreshHook,
      bodies.oldRefreshHook,
      hook.set({ accessToken: { b: 2 } }),
      200,
      { access_token: { b: 2 }, id_token: {} },
    ],
  ] as const)('%s', async (_name, make, body, decision, status, sessionBack) => {
    const output = await call(make, () => decision, body)
    expect(output.status).toBe(status)
    expect(output.json?.session).toEqual(sessionBack)
    expect(output.errors).toEqual([])
  })

  test('keep cannot be said to an old refresh hook: denied, and told why', async () => {
    const output = await call(refreshHook, () => hook.keep(), bodies.oldRefreshHook)
    expect(output.status).toBe(403)
    expect(output.errors).toMatchObject([{ reason: 'no_decision' }])
  })
})

describe('trouble', () => {
  test('a handler that throws denies, and says so without data', async () => {
    const output = await call(
      tokenHook,
      () => {
        throw new Error('roles of alice')
      },
      bodies.code,
    )
    expect(output).toMatchObject({ status: 403, body: '' })
    expect(output.errors).toHaveLength(1)
  })

  test('the default report holds neither message nor claims', async () => {
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const receiver = tokenHook(
      () => {
        throw Object.assign(new Error('roles of alice'), { code: 'ERR_DB' })
      },
      { apiKey },
    )
    await receiver.handle({
      method: 'POST',
      url: '/',
      headers: { 'x-api-key': apiKey },
      body: JSON.stringify(bodies.code),
    })
    const [first] = warn.mock.calls as unknown[][]
    warn.mockRestore()
    expect(first?.[0]).toBe('token-hook: the handler failed with Error')
    expect(first?.[1]).toMatchObject({ type: 'HydraKitWarning', code: 'ERR_DB' })
    expect(JSON.stringify(first)).not.toContain('alice')
  })

  test('a handler that hangs denies in time', async () => {
    const output = await call(tokenHook, () => new Promise(() => {}), bodies.code, { timeoutMs: 20 })
    expect(output.status).toBe(403)
  })

  test('a handler that returns nothing denies', async () => {
    expect((await call(tokenHook, (() => undefined) as never, bodies.code)).status).toBe(403)
  })

  test('another method is 405', async () => {
    const output = await tokenHook(() => hook.keep(), { apiKey }).handle({ method: 'GET', url: '/', headers: {} })
    expect(output.status).toBe(405)
  })
})

describe('the key', () => {
  test.each([
    ['none', { apiKey: undefined }],
    ['an empty one', { apiKey: '' }],
    ['a short one', { apiKey: 'fifteen letters' }],
    ['an empty list', { apiKey: [] }],
    ['a short one in a list', { apiKey: [apiKey, 'x'] }],
    ['no time', { apiKey, timeoutMs: 0 }],
    ['more time than Hydra has', { apiKey, timeoutMs: 8001 }],
    ['another place', { apiKey, in: 'query' }],
    ['an unknown option', { apiKey, key: 'x' }],
  ])('%s: it does not start', (_name, options) => {
    for (const make of [tokenHook, refreshHook]) {
      expect(() => make(() => hook.keep(), options as HookOptions)).toThrow(
        expect.objectContaining({ code: 'ERR_OPTIONS' }),
      )
    }
  })

  test('in a cookie, and one of several', async () => {
    const receiver = tokenHook(() => hook.keep(), {
      apiKey: [apiKey, 'another-key-of-hydra'],
      in: 'cookie',
      name: 'hook',
    })
    const status = async (headers: Record<string, string>): Promise<number> =>
      (await receiver.handle({ method: 'POST', url: '/', headers, body: JSON.stringify(bodies.code) })).status
    expect(await status({ cookie: 'a=b; hook=another-key-of-hydra' })).toBe(204)
    expect(await status({ cookie: 'hook=wrong-key-of-hydra' })).toBe(401)
    expect(await status({ hook: 'another-key-of-hydra' })).toBe(401)
  })

  test('is compared in constant time', () => {
    const source = readFileSync(`${__dirname}/../../src/hooks/hook-receiver.ts`, 'utf8')
    expect(source).toContain('timingSafeEqual(expected, hash)')
  })

  test('is judged before the body is read', async () => {
    let read = false
    const body = (async function* () {
      read = true
      yield '{}'
    })()
    await tokenHook(() => hook.keep(), { apiKey }).handle({ method: 'POST', url: '/', headers: {}, body })
    expect(read).toBe(false)
  })
})
