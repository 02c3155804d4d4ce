/** Ending a login session: by the user, by a client, front- and back-channel. */
import type { Answer } from '../answer.ts'
import type { Browser } from '../browser.ts'
import type { CaseContext } from '../case-context.ts'
import { defineCase, type ContractCase } from '../contract-case.ts'
import { Flow, signIn, type FlowOptions, type RunSteps, type SignedIn } from '../flow.ts'
import type { TestClient } from '../test-client.ts'

const logoutPath = '/oauth2/sessions/logout'
const requestPath = '/oauth2/auth/requests/logout'
const remembered = { remember: true, remember_for: 3600 } as const

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
    name: 'logout-back-channel',
    operations: ['revokeOidcSession', 'acceptOAuth2LogoutRequest'],
    profile: 'default',
    async run(t) {
      const first = t.receiver('backchannel')
      const second = t.receiver('backchannel')
      const bystander = t.receiver('backchannel')
      const client = await t.client({ backchannel_logout_uri: first.url, backchannel_logout_session_required: true })
      const other = await t.client({ backchannel_logout_uri: second.url })
      const outside = await t.client({ backchannel_logout_uri: bystander.url })
      const signedIn = await signInRemembered(t, client)
      const { browser, subject } = signedIn.flow
      await signIn(t, other, { browser, subject, login: remembered })
      await signIn(t, outside, { subject, login: remembered })
      const done = await logoutAndFollow(t, browser)
      t.redirectsTo(done, '/after-logout')
      const calls = [await first.next(), await second.next()] as const
      t.received('call to the first client', calls[0])
      t.received('call to the second client', calls[1])
      for (const [call, { id }] of [[calls[0], client] as const, [calls[1], other] as const]) {
        const claims = claimsOf(new URLSearchParams(call.text).get('logout_token') ?? '')
        t.equal('aud', claims['aud'], [id])
        t.equal("sid is the session's", claims['sid'], claimsOf(signedIn.idToken)['sid'])
        t.equal(
          'no sub, exp or nonce',
          ['sub', 'exp', 'nonce'].filter((name) => name in claims),
          [],
        )
      }
      t.equal('another session of the subject is left alone', bystander.requests.length, 0)
    },
  }),

  defineCase({
    name: 'logout-back-channel-is-tried-again',
    operations: ['revokeOidcSession'],
    profile: 'default',
    since: '25.4',
    async run(t) {
      const answers = [500, 429, 200]
      const receiver = t.receiver('backchannel', () => ({ status: answers.shift() ?? 200 }))
      const refusing = t.receiver('refusing', () => ({ status: 400 }))
      const client = await t.client({ backchannel_logout_uri: receiver.url })
      const other = await t.client({ backchannel_logout_uri: refusing.url })
      const { flow } = await signInRemembered(t, client)
      await signIn(t, other, { browser: flow.browser, subject: flow.subject, login: remembered })
      await logoutAndFollow(t, flow.browser)
      const calls = [await receiver.next(), await receiver.next(), await receiver.next()]
      t.equal('three times the same token', new Set(calls.map(({ text }) => text)).size, 1)
      await refusing.next()
      t.equal('a refusal is not repeated', refusing.requests.length, 1)
    },
  }),

  defineCase({
    name: 'logout-front-channel',
    operations: ['revokeOidcSession', 'acceptOAuth2LogoutRequest'],
    profile: 'default',
    async run(t) {
      const client = await t.client({ frontchannel_logout_uri: 'https://one.example.com/front?x=1' })
      const other = await t.client({ frontchannel_logout_uri: 'https://two.example.com/front' })
      const { flow, idToken } = await signInRemembered(t, client)
      await signIn(t, other, { browser: flow.browser, subject: flow.subject, login: remembered })
      const query = {
        id_token_hint: idToken,
        post_logout_redirect_uri: `${t.server.app.url}/bye`,
        state: 'state-of-the-logout',
      }
      const done = await logoutAndFollow(t, flow.browser, query)
      t.status(done, 200)
      t.ok('HTML', done.header('content-type')?.startsWith('text/html') === true)
      t.equal('a frame for each client', done.text.match(/<iframe/g)?.length, 2)
      t.ok('with the sid', done.text.includes(String(claimsOf(idToken)['sid'] as string)))
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

async function logoutAndFollow(
  t: CaseContext,
  browser: Browser,
  asked: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const answer = await logout(t, 'ask for the logout', browser, asked)
  const query = { logout_challenge: answer.needParam('logout_challenge') }
  const accepted = await t.admin.put('accept the logout', `${requestPath}/accept`, { query })
  return t.visit('follow the logout', accepted.string('redirect_to'), browser)
}

function claimsOf(token: string): Readonly<Record<string, unknown>> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString() || '{}') as Record<string, unknown>
}
