/** Ending a login session: by the user and by a client. */
import type { Answer } from '../answer.ts'
import type { Browser } from '../browser.ts'
import type { CaseContext } from '../case-context.ts'
import { defineCase, type ContractCase } from '../contract-case.ts'
import { Flow, signIn, type FlowOptions, type RunSteps, type SignedIn } from '../flow.ts'
import type { TestClient } from '../test-client.ts'

const remembered = { remember: true, remember_for: 3600 } as const
const requestPath = '/oauth2/auth/requests/logout'
const logoutPath = '/oauth2/sessions/logout'

export const logoutCases: readonly ContractCase[] = [
  defineCase({
    name: 'logout-by-the-user',
    operations: ['revokeOidcSession', 'getOAuth2LogoutRequest', 'acceptOAuth2LogoutRequest'],
    profile: 'default',
    async run(t) {
      const client = await t.client()
      const { flow, accessToken, refreshToken } = await signInRemembered(t, client)
      const asked = await logout(t, 'ask', flow.browser)
      t.status(asked, 302)
      t.redirectsTo(asked, '/logout')
      const query = { logout_challenge: asked.needParam('logout_challenge') }
      const request = await t.admin.get('get logout request', requestPath, { query })
      t.status(request, 200)
      t.member(request, 'subject', flow.subject)
      t.member(request, 'rp_initiated', false)
      t.member(request, 'client', null)
      const accepted = await t.admin.put('accept', `${requestPath}/accept`, { query })
      t.status(accepted, 200)
      t.status(await t.admin.get('get after accept', requestPath, { query }), 200)
      const again = await t.admin.put('accept again', `${requestPath}/accept`, { query, json: { ignored: true } })
      t.equal('the same redirect', again.at('redirect_to'), accepted.at('redirect_to'))
      const done = await t.visit('follow', accepted.string('redirect_to'), flow.browser)
      t.status(done, 302)
      t.redirectsTo(done, '/after-logout')
      t.ok(
        'the session cookie is gone',
        flow.browser.names.every((name) => !name.includes('session')),
      )
      const used = await t.admin.get('get after use', requestPath, { query })
      t.status(used, 410)
      t.ok('410 tells a path', used.string('redirect_to').startsWith(`${logoutPath}`))
      t.status(await t.admin.put('accept after use', `${requestPath}/accept`, { query }), 200)
      t.status(await t.admin.put('reject after use', `${requestPath}/reject`, { query }), 204)
      const replayed = await t.visit('the verifier again', accepted.string('redirect_to'), flow.browser)
      t.status(replayed, 302)
      t.redirectError(replayed, { '1.11': 'error', '26.2': 'Not Found' }, '/error')
      for (const [name, token] of Object.entries({ 'access token': accessToken, 'refresh token': refreshToken })) {
        t.member(await t.admin.post(`${name} survives`, '/oauth2/introspect', { form: { token } }), 'active', true)
      }
      const next = new Flow(t, client, { browser: flow.browser, name: 'after logout' })
      await next.authorize()
      t.member(await next.getLogin(), 'skip', false)
    },
  }),

  defineCase({
    name: 'logout-rejected',
    operations: [
      'revokeOidcSession',
      'rejectOAuth2LogoutRequest',
      'getOAuth2LogoutRequest',
      'acceptOAuth2LogoutRequest',
    ],
    profile: 'default',
    async run(t) {
      const { flow } = await signInRemembered(t, await t.client())
      const asked = await logout(t, 'ask', flow.browser)
      const query = { logout_challenge: asked.needParam('logout_challenge') }
      t.status(await t.admin.put('reject', `${requestPath}/reject`, { query, json: { error: 'access_denied' } }), 204)
      t.error(await t.admin.get('get after reject', requestPath, { query }), 404, 'Unable to locate the resource')
      t.status(await t.admin.put('reject again', `${requestPath}/reject`, { query }), 204)
      t.ok(
        'the session cookie stays',
        flow.browser.names.some((name) => name.includes('session')),
      )
      const later = await t.admin.put('accept after reject', `${requestPath}/accept`, { query })
      t.status(later, 200)
      t.redirectsTo(await t.visit('follow', later.string('redirect_to'), flow.browser), '/after-logout')
    },
  }),

  defineCase({
    name: 'logout-request-errors',
    operations: ['getOAuth2LogoutRequest', 'acceptOAuth2LogoutRequest', 'rejectOAuth2LogoutRequest'],
    profile: 'default',
    async run(t) {
      const query = { logout_challenge: 'no-such-challenge' }
      const lost = 'Unable to locate the resource'
      t.error(await t.admin.get('get, no challenge', requestPath), 404, lost)
      t.error(await t.admin.get('get, unknown', requestPath, { query }), 404, lost)
      t.error(await t.admin.put('accept, no challenge', `${requestPath}/accept`), 404, lost)
      t.error(await t.admin.put('accept, unknown', `${requestPath}/accept`, { query }), 404, lost)
      t.status(await t.admin.put('reject, no challenge', `${requestPath}/reject`), { '1.11': 204, '26.2': 404 })
      t.status(await t.admin.put('reject, unknown', `${requestPath}/reject`, { query }), { '1.11': 204, '26.2': 404 })
    },
  }),

  defineCase({
    name: 'logout-without-a-session',
    operations: ['revokeOidcSession'],
    profile: 'default',
    async run(t) {
      const nobody = t.browser()
      const plain = await logout(t, 'nobody', nobody)
      t.status(plain, 302)
      t.redirectsTo(plain, '/after-logout')
      const { flow } = await signIn(t, await t.client())
      t.redirectsTo(await logout(t, 'a login that was not remembered', flow.browser), '/after-logout')
      const client = await t.client()
      for (const [step, query] of Object.entries({
        'state without hint': { state: 'state-of-nobody' },
        'address without hint': { post_logout_redirect_uri: `${t.server.app.url}/bye` },
        'client_id does not help': { post_logout_redirect_uri: `${t.server.app.url}/bye`, client_id: client.id },
      })) {
        t.redirectError(await logout(t, step, nobody, query), 'invalid_request', '/error')
      }
      const unknown = await logout(t, 'unknown verifier', nobody, { logout_verifier: 'a-verifier-nobody-made' })
      t.redirectError(unknown, { '1.11': 'error', '26.2': 'Not Found' }, '/error')
      t.status(await t.public.post('by POST', logoutPath, { form: {} }), 302)
    },
  }),

  defineCase({
    name: 'logout-by-a-client',
    operations: ['revokeOidcSession', 'getOAuth2LogoutRequest', 'acceptOAuth2LogoutRequest'],
    profile: 'default',
    async run(t) {
      const client = await t.client(t.atLeast('2.2') ? { skip_logout_consent: true } : {})
      const { flow, idToken } = await signInRemembered(t, client)
      const query = {
        id_token_hint: idToken,
        post_logout_redirect_uri: `${t.server.app.url}/bye`,
        state: 'state-of-the-logout',
      }
      const asked = await logout(t, 'ask', flow.browser, query)
      t.redirectsTo(asked, '/logout')
      const challenge = { logout_challenge: asked.needParam('logout_challenge') }
      const request = await t.admin.get('get logout request', requestPath, { query: challenge })
      t.member(request, 'rp_initiated', true)
      t.member(request, 'client.client_id', client.id)
      const accepted = await t.admin.put('accept', `${requestPath}/accept`, { query: challenge })
      const done = await t.visit('follow', accepted.string('redirect_to'), flow.browser)
      t.status(done, 302)
      t.redirectsTo(done, '/bye')
      t.equal('state comes back', done.param('state'), 'state-of-the-logout')
      t.redirectsTo(await logout(t, 'the same again finds no session', flow.browser, query), '/bye')
    },
  }),

  defineCase({
    name: 'logout-by-a-client-without-cookies',
    operations: ['revokeOidcSession', 'acceptOAuth2LogoutRequest'],
    profile: 'default',
    async run(t) {
      const client = await t.client()
      const { flow, idToken } = await signInRemembered(t, client)
      const elsewhere = t.browser()
      const asked = await logout(t, 'ask in another browser', elsewhere, { id_token_hint: idToken })
      t.redirectsTo(asked, '/logout')
      const query = { logout_challenge: asked.needParam('logout_challenge') }
      const accepted = await t.admin.put('accept', `${requestPath}/accept`, { query })
      t.redirectsTo(await t.visit('follow', accepted.string('redirect_to'), elsewhere), '/after-logout')
      const next = new Flow(t, client, { browser: flow.browser, name: 'first browser' })
      await next.authorize()
      t.member(await next.getLogin(), 'skip', false)
    },
  }),

  defineCase({
    name: 'logout-by-a-client-refused',
    operations: ['revokeOidcSession'],
    profile: 'default',
    async run(t) {
      const client = await t.client()
      const { flow, idToken, accessToken } = await signInRemembered(t, client)
      const bye = `${t.server.app.url}/bye`
      const other = `${idToken.slice(0, -6)}AAAAAA`
      for (const [step, query] of Object.entries({
        'address not registered': { id_token_hint: idToken, post_logout_redirect_uri: 'https://evil.example/bye' },
        'address with an extra query': { id_token_hint: idToken, post_logout_redirect_uri: `${bye}?x=1` },
        'address with a slash': { id_token_hint: idToken, post_logout_redirect_uri: `${bye}/` },
        'hint that is no JWT': { id_token_hint: 'garbage' },
        'hint with a bad signature': { id_token_hint: t.hide('forged_id_token', other) },
        'hint that is an opaque token': { id_token_hint: accessToken },
      })) {
        t.redirectError(await logout(t, step, flow.browser, query), 'invalid_request', '/error')
      }
    },
  }),

  defineCase({
    name: 'logout-of-a-session-that-was-not-remembered',
    operations: ['revokeOidcSession'],
    profile: 'default',
    async run(t) {
      const receiver = t.receiver('backchannel')
      const client = await t.client({ backchannel_logout_uri: receiver.url })
      const { flow, idToken } = await signIn(t, client)
      const query = { id_token_hint: idToken, post_logout_redirect_uri: `${t.server.app.url}/bye` }
      t.redirectsTo(await logout(t, 'leads on at once', flow.browser, query), '/bye')
      t.equal('no back-channel call', receiver.requests.length, 0)
    },
  }),

  defineCase({
    name: 'logout-verifier-in-another-browser',
    operations: ['revokeOidcSession', 'acceptOAuth2LogoutRequest'],
    profile: 'default',
    async run(t) {
      const client = await t.client()
      const { flow } = await signInRemembered(t, client)
      const asked = await logout(t, 'ask', flow.browser)
      const query = { logout_challenge: asked.needParam('logout_challenge') }
      const accepted = await t.admin.put('accept', `${requestPath}/accept`, { query })
      t.redirectsTo(await t.visit('another browser', accepted.string('redirect_to'), t.browser()), '/after-logout')
      const owner = new Flow(t, client, { browser: flow.browser, name: 'the owner' })
      await owner.authorize()
      t.member(await owner.getLogin(), 'skip', true)
    },
  }),

  defineCase({
    name: 'logout-hint-of-another-user',
    operations: ['revokeOidcSession', 'acceptOAuth2LogoutRequest'],
    profile: 'default',
    async run(t) {
      const client = await t.client()
      const hinted = await signIn(t, client, { login: remembered })
      const other = await signIn(t, client, { login: remembered })
      const query = { id_token_hint: hinted.idToken, post_logout_redirect_uri: `${t.server.app.url}/bye` }
      const asked = await t.public.get("with another user's cookie", '/oauth2/sessions/logout', {
        query,
        browser: other.flow.browser,
      })
      t.redirectsTo(asked, '/logout')
      const challenge = { logout_challenge: asked.needParam('logout_challenge') }
      const request = await t.admin.get('get logout request', '/oauth2/auth/requests/logout', { query: challenge })
      t.member(request, 'subject', hinted.flow.subject)
      const accepted = await t.admin.put('accept', '/oauth2/auth/requests/logout/accept', { query: challenge })
      t.redirectsTo(await t.visit('follow', accepted.string('redirect_to'), other.flow.browser), '/bye')
      for (const [name, { flow }] of Object.entries({ hinted, asking: other })) {
        const next = new Flow(t, client, { name, browser: flow.browser })
        await next.authorize()
        t.member(await next.getLogin(), 'skip', false)
      }
    },
  }),
]

function signInRemembered(t: CaseContext, client: TestClient, options: FlowOptions & RunSteps = {}): Promise<SignedIn> {
  return signIn(t, client, { ...options, login: remembered })
}

function logout(
  t: CaseContext,
  step: string,
  browser: Browser,
  query: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return t.public.get(step, logoutPath, { query, browser })
}
