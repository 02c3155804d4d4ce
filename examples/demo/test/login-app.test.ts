/** The demo's login & consent app does not do what it must not do, whatever a browser sends. */
import { createHydraClient, type HydraClient } from '@hydra-kit/client'
import { type EmbeddedHydra, startHydra } from '@hydra-kit/embedded'
import { browser, type Browser, type BrowserResponse } from '@hydra-kit/embedded/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { registerClients, scope, type DemoClients } from '../src/demo-clients.ts'
import { listen, type Listening } from '../src/listening.ts'
import { createLoginApp } from '../src/login-app.ts'
import { audience } from '../src/photo-api.ts'
import { createSignInClient, type PendingSignIn, type SignInClient } from '../src/sign-in.ts'
import { ada } from '../src/users.ts'

const redirectUri = 'http://127.0.0.1:1/callback'

describe('the login & consent app', () => {
  let hydra: EmbeddedHydra
  let client: HydraClient
  let app: Listening
  let clients: DemoClients
  let signIn: SignInClient
  let tab: Browser
  let pending: PendingSignIn
  /** The page that was opened last; its form goes to its own address. */
  let page: BrowserResponse

  beforeAll(async () => {
    const late: { app?: ReturnType<typeof createLoginApp> } = {}
    app = await listen((request, response) => late.app?.(request, response), 0, '')
    hydra = await startHydra({ urls: { login: `${app.url}/login`, consent: `${app.url}/consent` } })
    client = createHydraClient({ publicUrl: hydra.publicUrl, adminUrl: hydra.adminUrl })
    late.app = createLoginApp(client, { issuer: hydra.publicUrl, publicUrl: app.url })
    clients = await registerClients(client, 'http://127.0.0.1:1')
    const { issuer, authorization_endpoint, token_endpoint } = await client.oidc.discovery()
    signIn = createSignInClient(
      { issuer, authorization_endpoint, token_endpoint },
      clients.opaque,
      redirectUri,
      hydra.now,
    )
  })
  beforeEach(() => {
    tab = browser()
  })
  afterAll(async () => {
    await client.close()
    await hydra.stop()
    await app.close()
  })

  /** Opens the login page and returns its hidden fields. */
  async function openLogin(): Promise<Record<string, string>> {
    const started = await signIn.start()
    pending = started.pending
    page = await tab.open(started.url, { follow: true })
    return hiddenFields(page)
  }

  async function openConsent(): Promise<Record<string, string>> {
    const form = { ...(await openLogin()), email: ada.email, password: ada.password }
    page = await tab.open(page.url, { form, follow: (url) => url.port !== '1' })
    return hiddenFields(page)
  }

  /** The address of the client that consent led to. */
  async function sendConsent(form: Record<string, string>): Promise<BrowserResponse> {
    return tab.open(page.url, { form, follow: (url) => url.port !== '1' })
  }

  test('grants what was ticked and nothing that was not asked for', async () => {
    const form = await openConsent()
    const seen = await sendConsent({
      ...form,
      choice: 'allow',
      scope: 'photos.read admin photos.delete',
      grant_scope: 'admin',
      audience: 'https://other.example',
    })
    const signedIn = await signIn.finish(seen.location as URL, pending)
    expect(signedIn.scopes.toSorted()).toEqual(['openid', 'photos.read'])
    const token = await client.tokens.introspect({ token: signedIn.accessToken })
    expect(token).toMatchObject({ active: true, sub: ada.subject, aud: [audience], scope: 'openid photos.read' })
    expect(scope).toContain('photos.write')
  })

  test('denying leads back to the client with access_denied', async () => {
    const seen = await sendConsent({ ...(await openConsent()), choice: 'deny', scope: 'photos.read' })
    expect(seen.location?.searchParams.get('error')).toBe('access_denied')
  })

  test('a wrong password keeps the e-mail and accepts nothing', async () => {
    const form = { ...(await openLogin()), email: ada.email, password: 'guess' }
    const seen = await tab.open(page.url, { form })
    expect([seen.status, seen.location]).toEqual([422, undefined])
    expect(seen.body).toContain('Wrong e-mail or password.')
    expect(seen.body).toContain(`value="${ada.email}"`)
    expect(seen.body).not.toContain('guess')
  })

  const forged: [string, (form: Record<string, string>) => Record<string, string> | Promise<Record<string, string>>][] =
    [
      ['without a form token', ({ form_token: _token, ...form }) => form],
      ['with a made-up form token', (form) => ({ ...form, form_token: form['form_token']?.replace(/^./, '_') ?? '' })],
      [
        'with the form token of another browser',
        async (form) => {
          const first = page
          tab = browser()
          const { form_token: formToken = '' } = await openLogin()
          page = first
          return { ...form, form_token: formToken }
        },
      ],
    ]
  test.each(forged)('refuses a login form %s', async (_name, forge) => {
    const form = await forge({ ...(await openLogin()), email: ada.email, password: ada.password })
    const seen = await tab.open(page.url, { form })
    expect([seen.status, seen.location]).toEqual([403, undefined])
  })

  test('refuses a consent form from a browser that did not open it', async () => {
    const form = await openConsent()
    tab = browser()
    const seen = await sendConsent({ ...form, choice: 'allow', scope: 'photos.read' })
    expect([seen.status, seen.location]).toEqual([403, undefined])
  })

  test('refuses a consent form with the token of the login form', async () => {
    const { form_token: formToken = '' } = await openLogin()
    const seen = await sendConsent({ ...(await openConsent()), form_token: formToken, choice: 'allow' })
    expect([seen.status, seen.location]).toEqual([403, undefined])
  })

  test.each([
    ['/login', 400],
    ['/consent', 400],
    ['/login?login_challenge=unknown', 404],
    ['/consent?consent_challenge=a&consent_challenge=b', 400],
  ])('%s: a challenge that Hydra does not know leads nowhere', async (path, status) => {
    const seen = await tab.open(app.url + path)
    expect([seen.status, seen.location]).toEqual([status, undefined])
  })

  test('sends the browser nowhere but to Hydra', async () => {
    const form = {
      ...(await openLogin()),
      email: ada.email,
      password: ada.password,
      redirect_to: 'https://evil.example',
    }
    const seen = await tab.open(`${page.url.href}&redirect_to=https://evil.example`, { form })
    expect(seen.location?.origin).toBe(hydra.publicUrl)
  })

  test('escapes what it shows', async () => {
    const seen = await tab.open(`${app.url}/error?error=%3Cscript%3Ealert(1)%3C/script%3E`)
    expect(seen.body).not.toContain('<script>')
    expect(seen.headers.get('content-security-policy')).toContain("default-src 'none'")
  })

  test('says that Hydra is down, with status 503', async () => {
    const fault = hydra.faults.add({ route: 'GET /oauth2/auth/requests/login', kind: 'reset', at: 'headers' })
    const seen = await tab.open(`${app.url}/login?login_challenge=x`)
    fault.remove()
    expect(seen.status).toBe(503)
  })
})

function hiddenFields({ body, status }: BrowserResponse): Record<string, string> {
  expect(status).toBe(200)
  const inputs = [...body.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)]
  return Object.fromEntries(inputs.map(([, name = '', value = '']) => [name, value]))
}
