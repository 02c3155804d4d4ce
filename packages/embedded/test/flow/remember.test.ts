import { describe, expect, test } from '@jest/globals'
import { type BrowserResponse, useHydra } from '@hydra-kit/embedded/testing'
import { admin, appClient, redeem, sent, userAgent } from '../user-agent.ts'

const session = 'ory_hydra_session_dev'
const hydra = useHydra({ clients: [appClient] })

async function skips(at: BrowserResponse, step: 'login' | 'consent'): Promise<unknown> {
  const challenge = encodeURIComponent(sent(at, `${step}_challenge`))
  return (await admin(hydra, 'GET', `/oauth2/auth/requests/${step}?${step}_challenge=${challenge}`)).body['skip']
}

function cookieOf(response: BrowserResponse): string | undefined {
  return response.headers.getSetCookie().find((line) => line.startsWith(session))
}

describe('a login', () => {
  test.each([
    [{ remember: true, remember_for: 60 }, 'Max-Age=60'],
    [{ remember: true, remember_for: 0 }, 'Max-Age=2592000'],
    [{ remember: true }, 'Max-Age=2592000'],
    [{ remember: false, remember_for: 60 }, 'Max-Age=0'],
  ])('accepted with %j sets the cookie with %s', async (body, maxAge) => {
    const agent = userAgent(hydra)
    const response = await agent.browser.open(await agent.acceptLogin(await agent.authorize(), body))
    expect(cookieOf(response)).toContain(maxAge)
    expect(cookieOf(response)).toMatch(/; Path=\/; Expires=.*; HttpOnly; SameSite=Lax$/)
  })

  test('that was remembered is skipped, keeps its session, and asks for the same subject', async () => {
    const agent = userAgent(hydra)
    await agent.signIn({}, { login: { remember: true } })
    const again = await agent.authorize()
    expect(await skips(again, 'login')).toBe(true)
    const other = new URL(await agent.acceptLogin(again, { subject: 'mallory' }))
    expect(other.searchParams.get('prompt')).toBe('login')
    expect(other.searchParams.has('login_verifier')).toBe(false)
    const atConsent = await agent.browser.open(await agent.acceptLogin(again))
    // Skipped: cookie and expiry stay as they are.
    expect(cookieOf(atConsent)).toBeUndefined()
  })

  test('that is skipped extends the cookie only if it says so', async () => {
    const agent = userAgent(hydra)
    await agent.signIn({}, { login: { remember: true } })
    const again = await agent.authorize()
    const url = await agent.acceptLogin(again, { extend_session_lifespan: true, remember_for: 77 })
    expect(cookieOf(await agent.browser.open(url))).toContain('Max-Age=77')
  })

  test('without remember ends an earlier session of this browser', async () => {
    const agent = userAgent(hydra)
    await agent.signIn({}, { login: { remember: true } })
    await agent.signIn({ prompt: 'login' }, { login: { remember: false } })
    expect(agent.browser.cookieNames(hydra.publicUrl)).not.toContain(session)
    expect(hydra.inspect.loginSessions().filter((seen) => seen.remembered)).toEqual([])
  })

  test('stumbles over the cookie of a session that was deleted', async () => {
    const agent = userAgent(hydra)
    await agent.signIn({}, { login: { remember: true } })
    await admin(hydra, 'DELETE', '/oauth2/auth/sessions/login?subject=alice')
    const atLogin = await agent.authorize()
    expect(await skips(atLogin, 'login')).toBe(false)
    expect(sent(await agent.browser.open(await agent.acceptLogin(atLogin)), 'error')).toBe('error')
  })
})

describe('a consent', () => {
  async function second(
    scope: string,
    remember: Record<string, unknown> = { remember: true },
  ): Promise<BrowserResponse> {
    const agent = userAgent(hydra)
    await agent.signIn({ scope: 'openid offline' }, { consent: remember })
    return agent.browser.open(await agent.acceptLogin(await agent.authorize({ scope })))
  }

  test('that was remembered is skipped when it covers every scope', async () => {
    expect(await skips(await second('openid'), 'consent')).toBe(true)
    expect(await skips(await second('openid photos.read'), 'consent')).toBe(false)
  })

  test('that was not remembered, or no longer is, is asked again', async () => {
    expect(await skips(await second('openid', { remember: false }), 'consent')).toBe(false)
    const agent = userAgent(hydra)
    await agent.signIn({}, { login: { remember: true }, consent: { remember: true, remember_for: 60 } })
    hydra.clock.advance('61s')
    const atConsent = await agent.browser.open(await agent.acceptLogin(await agent.authorize()))
    expect(await skips(atConsent, 'consent')).toBe(false)
  })

  test('is asked again where the latest remembered one grants less', async () => {
    const agent = userAgent(hydra)
    await agent.signIn({}, { consent: { remember: true } })
    hydra.clock.advance('2s')
    await agent.signIn({ prompt: 'consent' }, { consent: { remember: true, grant_scope: ['openid'] } })
    const atConsent = await agent.browser.open(await agent.acceptLogin(await agent.authorize()))
    expect(await skips(atConsent, 'consent')).toBe(false)
  })

  test('of a public client is only skipped where the redirect proves who gets the answer', async () => {
    for (const [redirect_uri, expected] of [
      ['http://app.example/cb', false],
      ['https://app.example/cb', true],
    ] as const) {
      const client_id = `public-${String(expected)}`
      await admin(hydra, 'POST', '/clients', {
        ...appClient,
        client_id,
        client_secret: undefined,
        token_endpoint_auth_method: 'none',
        redirect_uris: [redirect_uri],
      })
      const agent = userAgent(hydra)
      await agent.signIn({ client_id, redirect_uri }, { consent: { remember: true } })
      const at = await agent.browser.open(await agent.acceptLogin(await agent.authorize({ client_id, redirect_uri })))
      expect(await skips(at, 'consent')).toBe(expected)
    }
  })
})

describe('sessions on the admin port', () => {
  test('consents are listed, and revoked together with their tokens', async () => {
    const back = await userAgent(hydra).signIn(
      {},
      { consent: { remember: true, remember_for: 60, session: { access_token: { a: 1 } } } },
    )
    const tokens = await redeem(hydra, back)
    const list = await fetch(`${hydra.adminUrl}/admin/oauth2/auth/sessions/consent?subject=alice`)
    const [consent] = (await list.json()) as [Record<string, unknown>]
    expect(consent).toMatchObject({
      grant_scope: ['openid', 'offline'],
      remember: true,
      remember_for: 60,
      session: { access_token: { a: 1 } },
    })
    const id = String(consent['consent_request_id'])
    expect((await admin(hydra, 'DELETE', `/oauth2/auth/sessions/consent?consent_request_id=${id}`)).status).toBe(204)
    expect(hydra.inspect.tokens().filter((seen) => seen.kind !== 'authorization_code')).toEqual([])
    expect(tokens.status).toBe(200)
  })

  test.each([
    '',
    'subject=x',
    'client=x',
    'all=true',
    'subject=x&all=1',
    'subject=x&client=y&all=true',
    'subject=x&consent_request_id=y',
  ])('revoking consents with "%s" is refused', async (query) => {
    const { status, body } = await admin(hydra, 'DELETE', `/oauth2/auth/sessions/consent?${query}`)
    expect([status, body['error']]).toEqual([400, 'invalid_request'])
  })

  test('the list is paged by tokens that end after an hour', async () => {
    for (const _ of [1, 2, 3]) await userAgent(hydra).signIn()
    const first = await fetch(`${hydra.adminUrl}/admin/oauth2/auth/sessions/consent?subject=alice&page_size=2`)
    expect(await first.json()).toHaveLength(2)
    const next = /<([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? ''
    const last = await fetch(`${hydra.adminUrl}${next}`)
    expect(await last.json()).toHaveLength(1)
    expect(last.headers.get('link')).not.toContain('rel="next"')
    hydra.clock.advance('61m')
    expect((await fetch(`${hydra.adminUrl}${next}`)).status).toBe(400)
  })
})
