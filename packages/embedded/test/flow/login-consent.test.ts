import { describe, expect, test } from '@jest/globals'
import { browser, useHydra } from '@hydra-kit/embedded/testing'
import { admin, appClient, callback, claimsOf, redeem, sent, userAgent } from '../user-agent.ts'

const publicApp = { ...appClient, client_id: 'public', client_secret: undefined, token_endpoint_auth_method: 'none' }
const hydra = useHydra({
  clients: [appClient, JSON.parse(JSON.stringify(publicApp)) as Record<string, unknown>],
  urls: {
    login: 'http://127.0.0.1:9/login?lost=1',
    consent: 'http://127.0.0.1:9/consent?kept=1',
    error: 'http://127.0.0.1:9/error',
    registration: 'http://127.0.0.1:9/register',
  },
})

const loginPath = (challenge: string): string =>
  `/oauth2/auth/requests/login?login_challenge=${encodeURIComponent(challenge)}`
const consentPath = (challenge: string): string =>
  `/oauth2/auth/requests/consent?consent_challenge=${encodeURIComponent(challenge)}`

describe('a sign-in', () => {
  test('goes from page to page and ends with a code', async () => {
    const agent = userAgent(hydra)
    const atLogin = await agent.authorize({ scope: 'openid', login_hint: 'al@x', acr_values: 'one two' })
    expect(atLogin.status).toBe(302)
    expect(atLogin.location?.pathname).toBe('/login')
    // A query configured for the login page is lost, unlike at the consent page.
    expect(sent(atLogin, 'lost')).toBe('')
    const login = await admin(hydra, 'GET', loginPath(sent(atLogin, 'login_challenge')))
    expect(login.body).toMatchObject({
      skip: false,
      subject: '',
      requested_scope: ['openid'],
      oidc_context: { login_hint: 'al@x', acr_values: ['one', 'two'] },
    })
    const atConsent = await agent.browser.open(await agent.acceptLogin(atLogin, { context: { from: 'login' } }))
    expect(sent(atConsent, 'kept')).toBe('1')
    const consent = await admin(hydra, 'GET', consentPath(sent(atConsent, 'consent_challenge')))
    expect(consent.body).toMatchObject({
      subject: 'alice',
      login_session_id: login.body['session_id'],
      context: { from: 'login' },
    })
    const back = await agent.browser.open(await agent.acceptConsent(atConsent, { grant_scope: ['openid'] }))
    expect(back.status).toBe(303)
    expect(back.location?.href.startsWith(callback)).toBe(true)
    expect(claimsOf((await redeem(hydra, back)).body['id_token'])['sid']).toBe(login.body['session_id'])
  })

  test('hands out challenges that hold the whole flow and carry no secret', async () => {
    const challenge = sent(await userAgent(hydra).authorize(), 'login_challenge')
    expect(challenge.length).toBeGreaterThan(1000)
    const { body } = await admin(hydra, 'GET', loginPath(challenge))
    expect(JSON.stringify(body)).not.toContain('app-secret')
  })

  test('keeps the client as it was when the flow began', async () => {
    const challenge = sent(await userAgent(hydra).authorize(), 'login_challenge')
    await admin(hydra, 'PATCH', '/clients/app', [{ op: 'replace', path: '/client_name', value: 'renamed' }])
    const { body } = await admin(hydra, 'GET', loginPath(challenge))
    expect((body['client'] as Record<string, unknown>)['client_name']).toBe('')
  })
})

describe('a challenge', () => {
  test('stays readable after it was used', async () => {
    const agent = userAgent(hydra)
    const atLogin = await agent.authorize()
    await agent.browser.open(await agent.acceptLogin(atLogin))
    expect((await admin(hydra, 'GET', loginPath(sent(atLogin, 'login_challenge')))).status).toBe(200)
  })

  test('is good for one step only', async () => {
    const challenge = sent(await userAgent(hydra).authorize(), 'login_challenge')
    expect((await admin(hydra, 'GET', consentPath(challenge))).status).toBe(404)
  })

  test('is refused with 401 once it is too old, and with 404 once a byte is changed', async () => {
    const challenge = sent(await userAgent(hydra).authorize(), 'login_challenge')
    const changed = challenge.slice(0, 40) + (challenge[40] === 'A' ? 'B' : 'A') + challenge.slice(41)
    expect((await admin(hydra, 'GET', loginPath(changed))).body['error']).toBe('Not Found')
    hydra.clock.advance('31m')
    const expired = await admin(hydra, 'GET', loginPath(challenge))
    expect([expired.status, expired.body['error']]).toEqual([401, 'request_unauthorized'])
  })
})

describe('a verifier', () => {
  test('followed in another browser is refused; a login verifier still works in the right one', async () => {
    const agent = userAgent(hydra)
    const url = await agent.acceptLogin(await agent.authorize())
    expect(sent(await browser().open(url), 'error')).toBe('request_forbidden')
    expect(sent(await agent.browser.open(url), 'consent_challenge')).not.toBe('')
  })

  test('of a consent is spent by another browser', async () => {
    const agent = userAgent(hydra)
    const atConsent = await agent.browser.open(await agent.acceptLogin(await agent.authorize()))
    const url = await agent.acceptConsent(atConsent)
    expect(sent(await browser().open(url), 'error')).toBe('request_forbidden')
    expect(sent(await agent.browser.open(url), 'error')).toBe('access_denied')
  })

  test('of a consent works once; the tokens stay valid', async () => {
    const agent = userAgent(hydra)
    const atConsent = await agent.browser.open(await agent.acceptLogin(await agent.authorize()))
    const url = await agent.acceptConsent(atConsent)
    const back = await agent.browser.open(url)
    expect(sent(await agent.browser.open(url), 'error')).toBe('access_denied')
    expect((await redeem(hydra, back)).status).toBe(200)
  })

  test('that is too old sends an error to the client', async () => {
    const agent = userAgent(hydra)
    const url = await agent.acceptLogin(await agent.authorize())
    hydra.clock.advance('31m')
    expect(sent(await agent.browser.open(url), 'error')).toBe('request_unauthorized')
  })

  test('that was made up is refused', async () => {
    expect(sent(await userAgent(hydra).authorize({ login_verifier: 'made-up' }), 'error')).toBe('access_denied')
    expect(sent(await userAgent(hydra).authorize({ consent_verifier: 'made-up' }), 'error')).toBe('access_denied')
  })

  test('of another client is refused at the error page or the client', async () => {
    const agent = userAgent(hydra)
    const atConsent = await agent.browser.open(await agent.acceptLogin(await agent.authorize()))
    const url = new URL(await agent.acceptConsent(atConsent))
    url.searchParams.set('client_id', 'public')
    expect(sent(await agent.browser.open(url), 'error')).toBe('invalid_client')
  })
})

describe('two tabs', () => {
  test('of one client: the older one fails', async () => {
    const agent = userAgent(hydra)
    const older = await agent.authorize()
    const newer = await agent.authorize()
    expect(sent(await agent.browser.open(await agent.acceptLogin(older)), 'error')).toBe('request_forbidden')
    expect(sent(await agent.browser.open(await agent.acceptLogin(newer)), 'consent_challenge')).not.toBe('')
  })

  test('of two clients: both work', async () => {
    const agent = userAgent(hydra)
    const one = await agent.authorize()
    const other = await agent.authorize({ client_id: 'public' })
    for (const tab of [one, other]) {
      expect(sent(await agent.browser.open(await agent.acceptLogin(tab)), 'consent_challenge')).not.toBe('')
    }
  })
})

describe('a double submit', () => {
  test('of the login: both verifiers lead to consent, the first to finish wins', async () => {
    const agent = userAgent(hydra)
    const atLogin = await agent.authorize()
    const urls = [await agent.acceptLogin(atLogin), await agent.acceptLogin(atLogin, { subject: 'bob' })]
    const first = await agent.browser.open(urls[0] ?? '')
    const finished = await agent.browser.open(await agent.acceptConsent(first))
    expect(sent(finished, 'code')).not.toBe('')
    const second = await agent.browser.open(urls[1] ?? '')
    expect(sent(await agent.browser.open(await agent.acceptConsent(second)), 'error')).toBe('access_denied')
  })

  test('of the consent: the first to be followed wins', async () => {
    const agent = userAgent(hydra)
    const atConsent = await agent.browser.open(await agent.acceptLogin(await agent.authorize()))
    const [small, large] = [
      await agent.acceptConsent(atConsent, { grant_scope: ['openid'] }),
      await agent.acceptConsent(atConsent, { grant_scope: ['openid', 'photos.read'] }),
    ]
    expect(sent(await agent.browser.open(large), 'scope')).toBe('openid photos.read')
    expect(sent(await agent.browser.open(small), 'error')).toBe('access_denied')
  })
})

describe('a rejection', () => {
  test.each(['login', 'consent'] as const)('of the %s request reaches the client', async (step) => {
    const agent = userAgent(hydra)
    let at = await agent.authorize()
    if (step === 'consent') at = await agent.browser.open(await agent.acceptLogin(at))
    const challenge = encodeURIComponent(sent(at, `${step}_challenge`))
    const path = `/oauth2/auth/requests/${step}/reject?${step}_challenge=${challenge}`
    const plain = await admin(hydra, 'PUT', path, {})
    const told = await admin(hydra, 'PUT', path, {
      error: 'access_denied',
      error_description: 'no',
      error_hint: 'never',
      error_debug: 'x',
      status_code: 403,
    })
    const back = await agent.browser.open(String(told.body['redirect_to']))
    expect([sent(back, 'error'), sent(back, 'error_description')]).toEqual(['access_denied', 'no never'])
    const other = await agent.browser.open(String(plain.body['redirect_to']))
    expect([sent(other, 'error'), sent(other, 'error_description')]).toEqual([`${step} request denied`, ''])
  })
})

describe('an accepted consent', () => {
  test('grants exactly what it says', async () => {
    const nothing = await redeem(hydra, await userAgent(hydra).signIn({}, { consent: { grant_scope: [] } }))
    expect(nothing.body).toMatchObject({ scope: '' })
    expect(nothing.body).not.toHaveProperty('id_token')
    expect(nothing.body).not.toHaveProperty('refresh_token')
    const more = await userAgent(hydra).signIn({ scope: 'openid' }, { consent: { grant_scope: ['never.asked'] } })
    expect((await redeem(hydra, more)).body['scope']).toBe('never.asked')
  })

  test('adds to the ID token, but replaces none of its own claims', async () => {
    const session = { id_token: { email: 'a@b.c', sub: 'mallory', iss: 'evil', nonce: 'x', acr: 'x', scope: 'more' } }
    const back = await userAgent(hydra).signIn(
      {},
      { login: { acr: 'gold', amr: ['pwd'] }, consent: { grant_scope: ['openid'], session } },
    )
    expect(claimsOf((await redeem(hydra, back)).body['id_token'])).toMatchObject({
      sub: 'alice',
      iss: hydra.issuer,
      nonce: 'a-long-enough-nonce',
      acr: 'gold',
      amr: ['pwd'],
      email: 'a@b.c',
      scope: 'more',
    })
  })
})

describe('bodies of the apps', () => {
  test.each([
    ['', 'invalid_request'],
    ['{', 'invalid_request'],
    ['[]', 'invalid_request'],
    ['{"subject":1}', 'invalid_request'],
    ['{"subject":""}', 'invalid_request'],
    ['{"subject":"x","remember_for":"5"}', 'invalid_request'],
  ])('login %s is refused', async (body, error) => {
    const challenge = encodeURIComponent(sent(await userAgent(hydra).authorize(), 'login_challenge'))
    const url = `${hydra.adminUrl}/admin/oauth2/auth/requests/login/accept?login_challenge=${challenge}`
    const response = await fetch(url, { method: 'PUT', body })
    expect([response.status, ((await response.json()) as Record<string, unknown>)['error']]).toEqual([400, error])
  })

  test.each(['{"SUBJECT":"x"}', '{"subject":"x"} trailing', '{"subject":"x","unknown":1}'])(
    'login %s is taken',
    async (body) => {
      const challenge = encodeURIComponent(sent(await userAgent(hydra).authorize(), 'login_challenge'))
      const url = `${hydra.adminUrl}/admin/oauth2/auth/requests/login/accept?login_challenge=${challenge}`
      expect((await fetch(url, { method: 'PUT', body })).status).toBe(200)
    },
  )

  test('consent that can not be read is the untyped 400', async () => {
    const response = await fetch(`${hydra.adminUrl}/admin${consentPath('x').replace('?', '/accept?')}`, {
      method: 'PUT',
      body: '{',
    })
    expect([response.status, ((await response.json()) as Record<string, unknown>)['error']]).toEqual([400, 'error'])
  })
})
