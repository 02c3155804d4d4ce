import { describe, expect, test } from '@jest/globals'
import { type HydraOptions, startHydra } from '@hydra-kit/embedded'
import { type BrowserResponse, browser, useHydra } from '@hydra-kit/embedded/testing'
import {
  type JsonAnswer,
  type UserAgent,
  admin,
  appClient,
  claimsOf,
  form,
  introspect,
  refresh,
  sent,
  userAgent,
} from '../user-agent.ts'

const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'
const tv = { ...appClient, grant_types: [deviceGrant, 'refresh_token'] }
const hydra = useHydra({
  urls: { deviceVerification: 'http://127.0.0.1:9/device?lang=en', deviceSuccess: 'http://127.0.0.1:9/done' },
  clients: [
    tv,
    { ...tv, client_id: 'other' },
    { ...tv, client_id: 'public', token_endpoint_auth_method: 'none' },
    { ...appClient, client_id: 'no-grant' },
  ],
})

interface Codes {
  readonly deviceCode: string
  readonly userCode: string
}

const secret = { client_secret: 'app-secret' }

function ask(fields: Record<string, string> = {}): Promise<JsonAnswer> {
  return form(hydra, '/oauth2/device/auth', { client_id: 'app', ...secret, scope: 'openid offline', ...fields })
}

async function codes(fields?: Record<string, string>): Promise<Codes> {
  const { body } = await ask(fields)
  return { deviceCode: String(body['device_code']), userCode: String(body['user_code']) }
}

function poll(deviceCode: string, fields: Record<string, string> = {}): Promise<JsonAnswer> {
  return form(hydra, '/oauth2/token', {
    grant_type: deviceGrant,
    device_code: deviceCode,
    client_id: 'app',
    ...secret,
    ...fields,
  })
}

function open(agent: UserAgent, query = ''): Promise<BrowserResponse> {
  return agent.browser.open(`${hydra.publicUrl}/oauth2/device/verify${query}`)
}

function acceptCode(challenge: string, userCode: unknown): Promise<JsonAnswer> {
  return admin(hydra, 'PUT', `/oauth2/auth/requests/device/accept?device_challenge=${encodeURIComponent(challenge)}`, {
    user_code: userCode,
  })
}

/** To the login page. */
async function toLogin(agent: UserAgent, userCode: string, query = ''): Promise<BrowserResponse> {
  const { body } = await acceptCode(sent(await open(agent, query), 'device_challenge'), userCode)
  return agent.browser.open(String(body['redirect_to']))
}

async function toConsent(agent: UserAgent, userCode: string): Promise<BrowserResponse> {
  return agent.browser.open(await agent.acceptLogin(await toLogin(agent, userCode)))
}

async function letIn(
  userCode: string,
  consent?: Record<string, unknown>,
  agent = userAgent(hydra),
): Promise<BrowserResponse> {
  return agent.browser.open(await agent.acceptConsent(await toConsent(agent, userCode), consent))
}

describe('asking for codes', () => {
  test('the answer has everything that RFC 8628 section 3.2 wants', async () => {
    const { status, body, headers } = await ask()
    expect(status).toBe(200)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(body).toEqual({
      Header: null,
      device_code: expect.stringMatching(/^ory_dc_/) as unknown,
      user_code: expect.stringMatching(/^[a-zA-Z1-9]{8}$/) as unknown,
      verification_uri: `${hydra.publicUrl}/oauth2/device/verify`,
      verification_uri_complete: `${hydra.publicUrl}/oauth2/device/verify?user_code=${String(body['user_code'])}`,
      expires_in: expect.any(Number) as unknown,
      interval: 5,
    })
    expect([599, 600]).toContain(body['expires_in'])
  })

  test.each([
    ['no client', { client_id: '', client_secret: '' }, 400, 'invalid_request'],
    ['a wrong secret', { client_secret: 'wrong' }, 401, 'invalid_client'],
    ['a client without the grant', { client_id: 'no-grant' }, 400, 'invalid_grant'],
    ['a scope that is not registered', { scope: 'admin' }, 400, 'invalid_scope'],
    ['an audience that is not registered', { audience: 'https://evil.example' }, 400, 'invalid_request'],
  ])('%s is refused', async (_name, fields, status, error) => {
    const answer = await ask(fields)
    expect([answer.status, answer.body['error']]).toEqual([status, error])
  })

  test('client_id is demanded even beside other authentication', async () => {
    await admin(hydra, 'POST', '/clients', {
      ...tv,
      client_id: 'basic',
      token_endpoint_auth_method: 'client_secret_basic',
    })
    const headers = { authorization: `Basic ${Buffer.from('basic:app-secret').toString('base64')}` }
    expect((await form(hydra, '/oauth2/device/auth', { scope: 'openid' }, headers)).status).toBe(400)
    expect((await form(hydra, '/oauth2/device/auth', { client_id: 'basic' }, headers)).status).toBe(200)
  })

  test.each<[NonNullable<NonNullable<HydraOptions['deviceAuthorization']>['userCode']>, RegExp]>([
    ['medium', /^[A-Z]{8}$/],
    ['low', /^[0-9]{9}$/],
    [{ length: 12, characterSet: '01234567' }, /^[0-7]{12}$/],
  ])('user codes may be %j', async (userCode, pattern) => {
    await using own = await startHydra({
      clients: [tv],
      deviceAuthorization: { userCode, tokenPollingInterval: '11s' },
    })
    const { body } = await form(own, '/oauth2/device/auth', { client_id: 'app', ...secret })
    expect(body['user_code']).toMatch(pattern)
    expect(body['interval']).toBe(11)
  })

  test('a public client only names itself', async () => {
    expect((await form(hydra, '/oauth2/device/auth', { client_id: 'public' })).status).toBe(200)
  })
})

test('from the code to tokens, and on to a refresh', async () => {
  const { deviceCode, userCode } = await codes({ audience: 'https://api.example' })
  expect((await poll(deviceCode)).body['error']).toBe('authorization_pending')
  const done = await letIn(userCode, {
    grant_scope: ['openid', 'offline'],
    grant_access_token_audience: ['https://api.example'],
    session: { access_token: { tenant: 7 }, id_token: { email: 'a@example' } },
  })
  expect(done.location?.href).toBe('http://127.0.0.1:9/done?client_id=app')
  const { status, body } = await poll(deviceCode)
  expect(status).toBe(200)
  expect(body).toMatchObject({ scope: 'openid offline', token_type: 'bearer' })
  expect(claimsOf(body['id_token'])).toMatchObject({ sub: 'alice', email: 'a@example', aud: ['app'] })
  expect(claimsOf(body['id_token'])['at_hash']).toBeDefined()
  expect(await introspect(hydra, body['access_token'])).toMatchObject({
    active: true,
    sub: 'alice',
    aud: ['https://api.example'],
    ext: { tenant: 7 },
  })
  expect((await refresh(hydra, body['refresh_token'])).status).toBe(200)
})

describe('the browser', () => {
  test('is sent to the page for the code, which gets an unknown code too; the configured query stays', async () => {
    const { location, headers } = await open(userAgent(hydra), '?user_code=zzz')
    expect(location?.searchParams.get('lang')).toBe('en')
    expect(location?.searchParams.get('user_code')).toBe('zzz')
    expect(location?.searchParams.get('device_challenge')).not.toBe('')
    expect(headers.getSetCookie().join()).toContain('ory_hydra_device_csrf_dev=')
  })

  test('the code is masked in the request URL that login and consent apps see', async () => {
    const { userCode } = await codes()
    const agent = userAgent(hydra)
    const atLogin = await toLogin(agent, userCode, `?USER_CODE=${userCode}&x=1`)
    const { body } = await admin(
      hydra,
      'GET',
      `/oauth2/auth/requests/login?login_challenge=${encodeURIComponent(sent(atLogin, 'login_challenge'))}`,
    )
    expect(body['request_url']).toBe(`${hydra.publicUrl}/oauth2/device/verify?USER_CODE=%2A%2A%2A%2A&client_id=app&x=1`)
    expect(body).toMatchObject({ oidc_context: null, requested_scope: ['openid', 'offline'], skip: false })
  })

  test('needs the cookie of each step', async () => {
    const { deviceCode, userCode } = await codes()
    const agent = userAgent(hydra)
    const { body } = await acceptCode(sent(await open(agent), 'device_challenge'), userCode)
    const elsewhere = browser()
    const foreign = await elsewhere.open(String(body['redirect_to']))
    expect([foreign.status, JSON.parse(foreign.body)]).toMatchObject([403, { error: 'request_forbidden' }])
    const atLogin = await agent.browser.open(String(body['redirect_to']))
    const afterLogin = await agent.acceptLogin(atLogin)
    expect((await elsewhere.open(afterLogin)).status).toBe(403)
    const afterConsent = await agent.acceptConsent(await agent.browser.open(afterLogin))
    expect((await elsewhere.open(afterConsent)).status).toBe(403)
    expect((await poll(deviceCode)).body['error']).toBe('authorization_pending')
  })

  test('a second visit replaces the cookie of the first', async () => {
    const { userCode } = await codes()
    const agent = userAgent(hydra)
    const { body } = await acceptCode(sent(await open(agent), 'device_challenge'), userCode)
    await open(agent)
    expect((await agent.browser.open(String(body['redirect_to']))).status).toBe(403)
  })

  test.each([
    ['?device_verifier=zzz', 403, 'access_denied'],
    ['?login_verifier=zzz', 401, 'invalid_client'],
    ['?consent_verifier=zzz&client_id=app', 403, 'access_denied'],
    ['?consent_verifier=zzz&client_id=nobody', 404, 'Unable to locate the resource'],
  ])('%s is answered with %i %s as JSON', async (query, status, error) => {
    const answer = await open(userAgent(hydra), query)
    expect(answer.status).toBe(status)
    expect(JSON.parse(answer.body)).toMatchObject({ error })
  })

  test('sees a rejection as JSON; the device keeps waiting and the code can be entered again', async () => {
    const { deviceCode, userCode } = await codes()
    const agent = userAgent(hydra)
    const challenge = encodeURIComponent(sent(await toLogin(agent, userCode), 'login_challenge'))
    const rejected = await admin(hydra, 'PUT', `/oauth2/auth/requests/login/reject?login_challenge=${challenge}`, {
      error: 'access_denied',
      error_description: 'no',
    })
    const seen = await agent.browser.open(String(rejected.body['redirect_to']))
    expect([seen.status, JSON.parse(seen.body)]).toEqual([400, { error: 'access_denied', error_description: 'no' }])
    expect((await poll(deviceCode)).body['error']).toBe('authorization_pending')
    await letIn(userCode)
    expect((await poll(deviceCode)).status).toBe(200)
  })

  test('prompt and max_age mean nothing here', async () => {
    const { userCode } = await codes()
    const atLogin = await toLogin(userAgent(hydra), userCode, '?prompt=none&max_age=x')
    expect(sent(atLogin, 'login_challenge')).not.toBe('')
  })
})

describe('accepting a user code', () => {
  const challenge = async (): Promise<string> => sent(await open(userAgent(hydra)), 'device_challenge')

  test('its case and every character count', async () => {
    const { userCode } = await codes()
    const swapped = userCode.replace(/[a-z]/gi, (char) =>
      char === char.toLowerCase() ? char.toUpperCase() : char.toLowerCase(),
    )
    for (const wrong of [swapped, ` ${userCode}`, `${userCode.slice(0, 4)}-${userCode.slice(4)}`, 'AAAAAAAA', '']) {
      expect((await acceptCode(await challenge(), wrong)).body['error']).toBe('invalid_request')
    }
    expect((await acceptCode(await challenge(), userCode)).status).toBe(200)
  })

  test('the challenge must be there, ours, a device challenge and in time', async () => {
    const { userCode } = await codes()
    const path = '/oauth2/auth/requests/device/accept'
    expect((await admin(hydra, 'PUT', `${path}?challenge=x`, { user_code: userCode })).status).toBe(400)
    expect((await acceptCode('garbage', userCode)).status).toBe(404)
    const atLogin = await toLogin(userAgent(hydra), userCode)
    expect((await acceptCode(sent(atLogin, 'login_challenge'), userCode)).status).toBe(404)
    const old = await challenge()
    hydra.clock.advance('31m')
    expect((await acceptCode(old, (await codes()).userCode)).status).toBe(401)
  })

  test('an expired code is refused, and one whose client is gone', async () => {
    const { userCode } = await codes()
    await admin(hydra, 'DELETE', '/clients/app')
    expect((await acceptCode(await challenge(), userCode)).status).toBe(400)
    await hydra.reset()
    const late = await codes()
    hydra.clock.advance('11m')
    expect((await acceptCode(await challenge(), late.userCode)).status).toBe(400)
  })

  test('once somebody has let the device in, it is refused', async () => {
    const { userCode } = await codes()
    await letIn(userCode)
    expect((await acceptCode(await challenge(), userCode)).status).toBe(400)
  })
})

describe('polling', () => {
  test.each([
    ['a made-up code', 'garbage', {}, 'invalid_grant'],
    ['no code', '', {}, 'invalid_grant'],
    ['a client without the grant', 'garbage', { client_id: 'no-grant' }, 'unauthorized_client'],
  ])('with %s', async (_name, code, fields, error) => {
    expect((await poll(code, fields)).body['error']).toBe(error)
  })

  test('gives tokens once, and only to the client that asked', async () => {
    const { deviceCode, userCode } = await codes()
    expect((await poll(deviceCode, { client_id: 'other' })).body['error']).toBe('authorization_pending')
    await letIn(userCode)
    expect((await poll(deviceCode, { client_id: 'other' })).body['error']).toBe('invalid_grant')
    const forged = (key: string): string => `ory_dc_${key}.${String(deviceCode.split('.')[1])}`
    expect((await poll(forged('abc'))).body['error']).toBe('token_signature_mismatch')
    for (const key of ['!!', 'x']) expect((await poll(forged(key))).status).toBe(500)
    const { body } = await poll(deviceCode.replace('ory_dc_', ''))
    expect((await poll(deviceCode)).body['error']).toBe('invalid_grant')
    expect(await introspect(hydra, body['access_token'])).toMatchObject({ active: true })
  })

  test('an expired code is only told once somebody has let the device in', async () => {
    const { deviceCode, userCode } = await codes()
    const accepted = await codes()
    await letIn(accepted.userCode)
    hydra.clock.advance('11m')
    expect((await poll(deviceCode)).body['error']).toBe('authorization_pending')
    expect((await poll(accepted.deviceCode)).body['error']).toBe('expired_token')
    expect(userCode).not.toBe(accepted.userCode)
  })

  test('several at once: one gets the tokens', async () => {
    const { deviceCode, userCode } = await codes()
    await letIn(userCode)
    const statuses = await Promise.all([poll(deviceCode), poll(deviceCode), poll(deviceCode)])
    expect(statuses.filter(({ status }) => status === 200)).toHaveLength(1)
  })
})

describe('two browsers with one code', () => {
  const both = async (userCode: string): Promise<{ agent: UserAgent; at: BrowserResponse }[]> => {
    const agents = [userAgent(hydra), userAgent(hydra)]
    return Promise.all(agents.map(async (agent) => ({ agent, at: await toConsent(agent, userCode) })))
  }
  const finish = async (
    one: { agent: UserAgent; at: BrowserResponse } | undefined,
    scopes: string[],
  ): Promise<BrowserResponse> => {
    if (one === undefined) throw new Error('a browser is missing')
    return one.agent.browser.open(await one.agent.acceptConsent(one.at, { grant_scope: scopes }))
  }

  test('the second consent with openid is a conflict', async () => {
    const { deviceCode, userCode } = await codes()
    const [first, second] = await both(userCode)
    expect((await finish(first, ['openid'])).status).toBe(302)
    expect((await finish(second, ['openid', 'offline'])).status).toBe(409)
    expect((await poll(deviceCode)).body['scope']).toBe('openid')
  })

  test('without openid the grants add up, until the device has its tokens', async () => {
    const { deviceCode, userCode } = await codes({ scope: 'offline photos.read' })
    const [first, second] = await both(userCode)
    const late = await both(userCode)
    expect((await finish(first, ['photos.read'])).status).toBe(302)
    expect((await finish(second, ['offline'])).status).toBe(302)
    expect((await poll(deviceCode)).body['scope']).toBe('photos.read offline')
    expect((await finish(late[0], ['offline'])).status).toBe(404)
  })
})

test('openid has its meaning in any case', async () => {
  const { deviceCode, userCode } = await codes()
  await letIn(userCode, { grant_scope: ['OpenID', 'Offline'] })
  const { body } = await poll(deviceCode)
  expect(body).toMatchObject({ id_token: expect.any(String) as unknown, refresh_token: expect.any(String) as unknown })
})

test('a device can be watched from inside', async () => {
  const { userCode } = await codes()
  expect(hydra.inspect.tokens()).toMatchObject([{ kind: 'device_code', clientId: 'app', subject: '', active: false }])
  await letIn(userCode)
  expect(hydra.inspect.tokens()).toMatchObject([{ subject: 'alice', scopes: ['openid', 'offline'], active: true }])
})

test('a remembered consent is skipped for a confidential client, never for a public one', async () => {
  const agent = userAgent(hydra)
  const skipOf = async (fields: Record<string, string>): Promise<unknown> => {
    const { userCode } = await codes(fields)
    const at = await toConsent(agent, userCode)
    const challenge = encodeURIComponent(sent(at, 'consent_challenge'))
    const { body } = await admin(hydra, 'GET', `/oauth2/auth/requests/consent?consent_challenge=${challenge}`)
    await agent.browser.open(await agent.acceptConsent(at, { grant_scope: ['openid', 'offline'], remember: true }))
    return body['skip']
  }
  expect([await skipOf({}), await skipOf({})]).toEqual([false, true])
  const open = { client_id: 'public', client_secret: '' }
  expect([await skipOf(open), await skipOf(open)]).toEqual([false, false])
})

test('revoking the consent revokes what the device got', async () => {
  const { deviceCode, userCode } = await codes()
  await letIn(userCode)
  const { body } = await poll(deviceCode)
  await admin(hydra, 'DELETE', '/oauth2/auth/sessions/consent?subject=alice&all=true')
  expect(await introspect(hydra, body['access_token'])).toEqual({ active: false })
  expect(await introspect(hydra, body['refresh_token'])).toEqual({ active: false })
  const waiting = await codes()
  await letIn(waiting.userCode)
  await admin(hydra, 'DELETE', '/oauth2/auth/sessions/consent?subject=alice&all=true')
  expect((await poll(waiting.deviceCode)).body['error']).toBe('invalid_grant')
})
