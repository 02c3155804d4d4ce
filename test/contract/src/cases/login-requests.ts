/** The whole flow, and login requests as a login app sees them. */
import { defineCase, type ContractCase } from '../contract-case.ts'
import { createPkce, Flow } from '../flow.ts'

const conflict = 'Unable to insert or update resource because a resource with that value exists already'

export const loginRequestCases: readonly ContractCase[] = [
  defineCase({
    name: 'flow-code-with-everything',
    operations: [
      'oAuth2Authorize',
      'getOAuth2LoginRequest',
      'acceptOAuth2LoginRequest',
      'getOAuth2ConsentRequest',
      'acceptOAuth2ConsentRequest',
      'oauth2TokenExchange',
      'introspectOAuth2Token',
      'getOidcUserInfo',
    ],
    profile: 'default',
    async run(t) {
      const client = await t.client()
      const pkce = createPkce(t)
      const flow = new Flow(t, client, {
        params: {
          audience: 'https://api.example.com',
          acr_values: 'one two',
          ui_locales: 'de en',
          display: 'page',
          login_hint: 'alice@example.com',
          max_age: '600',
          prompt: 'login',
          code_challenge: pkce.challenge,
          code_challenge_method: 'S256',
        },
      })
      t.status(await flow.authorize(), 302)
      const login = await flow.getLogin()
      t.status(login, 200)
      t.member(login, 'skip', false)
      t.member(login, 'subject', '')
      t.member(login, 'challenge', flow.loginChallenge)
      t.member(login, 'requested_scope', ['openid', 'offline', 'photos.read'])
      t.member(login, 'oidc_context', {
        acr_values: ['one', 'two'],
        ui_locales: ['de', 'en'],
        display: 'page',
        login_hint: 'alice@example.com',
      })
      t.member(login, 'client.client_secret', undefined)
      const accepted = await flow.acceptLogin({
        remember: true,
        remember_for: 3600,
        acr: 'silver',
        amr: ['pwd', 'otp'],
        context: { from: 'login' },
      })
      t.status(accepted, 200)
      t.status(await flow.follow('follow login', accepted), 302)
      const consent = await flow.getConsent()
      t.status(consent, 200)
      t.member(consent, 'subject', flow.subject)
      t.member(consent, 'acr', 'silver')
      t.member(consent, 'amr', ['pwd', 'otp'])
      t.member(consent, 'context', { from: 'login' })
      t.equal("login_session_id is the login's session_id", consent.at('login_session_id'), login.at('session_id'))
      t.equal(
        'login_challenge is the one seen at login',
        consent.at('login_challenge') === flow.loginChallenge,
        !t.atLeast('2.2'),
      )
      const granted = await flow.acceptConsent({
        remember: false,
        session: { access_token: { tenant: 7 }, id_token: { email: 'alice@example.com' } },
      })
      t.status(granted, 200)
      t.status(await flow.follow('follow consent', granted), 303)
      t.equal('state comes back', flow.last.param('state'), flow.state)
      const tokens = await flow.tokens({ code_verifier: pkce.verifier })
      t.status(tokens, 200)
      t.member(tokens, 'token_type', 'bearer')
      t.member(tokens, 'scope', 'openid offline photos.read')
      const seen = await t.admin.post('introspect', '/oauth2/introspect', {
        form: { token: tokens.string('access_token') },
      })
      t.member(seen, 'active', true)
      t.member(seen, 'ext', { tenant: 7 })
      t.member(seen, 'aud', ['https://api.example.com'])
      const user = await t.public.get('userinfo', '/userinfo', { bearer: tokens.string('access_token') })
      t.member(user, 'sub', flow.subject)
      t.member(user, 'email', 'alice@example.com')
    },
  }),

  defineCase({
    name: 'login-request-errors',
    operations: ['getOAuth2LoginRequest', 'acceptOAuth2LoginRequest', 'rejectOAuth2LoginRequest'],
    profile: 'default',
    async run(t) {
      const get = '/oauth2/auth/requests/login'
      const unknown = { login_challenge: 'no-such-challenge' }
      t.error(await t.admin.get('get, no challenge', get), 400, 'invalid_request')
      t.error(
        await t.admin.get('get, empty challenge', get, { query: { login_challenge: '' } }),
        400,
        'invalid_request',
      )
      t.error(await t.admin.get('get, unknown', get, { query: unknown }), 404, 'Not Found')
      for (const what of ['accept', 'reject']) {
        const path = `${get}/${what}`
        const json = what === 'accept' ? { subject: 'a' } : { error: 'access_denied' }
        t.error(await t.admin.put(`${what}, no challenge`, path, { json }), 400, 'invalid_request')
        t.error(await t.admin.put(`${what}, unknown`, path, { query: unknown, json }), 404, 'Not Found')
      }
      const flow = new Flow(t, await t.client())
      await flow.authorize()
      const query = { login_challenge: flow.loginChallenge }
      const accept = `${get}/accept`
      const reject = `${get}/reject`
      t.error(await t.admin.put('accept, no subject', accept, { query, json: {} }), 400, 'invalid_request')
      t.error(
        await t.admin.put('accept, empty subject', accept, { query, json: { subject: '' } }),
        400,
        'invalid_request',
      )
      t.error(await t.admin.put('accept, wrong type', accept, { query, json: { subject: 7 } }), 400, 'invalid_request')
      t.error(await t.admin.put('accept, not JSON', accept, { query, text: '{' }), 400, 'invalid_request')
      t.error(await t.admin.put('accept, no body', accept, { query }), 400, 'invalid_request')
      t.error(await t.admin.put('reject, no body', reject, { query }), 400, 'invalid_request')
      t.error(await t.admin.put('reject, not JSON', reject, { query, text: '{' }), 400, 'invalid_request')
      const alias = await t.admin.get('get by the short name', get, { query: { challenge: flow.loginChallenge } })
      t.status(alias, 200)
      const strange = { query, json: { subject: flow.subject, colour: 'red' } }
      t.status(await t.admin.put('accept, unknown member', accept, strange), { '1.11': 400, '26.2': 200 })
      t.status(
        await t.admin.put('accept with text/plain', accept, {
          query,
          text: '{"subject":"x-in-text"}',
          headers: { 'content-type': 'text/plain' },
        }),
        200,
      )
    },
  }),

  defineCase({
    name: 'login-challenge-is-no-consent-challenge',
    operations: ['getOAuth2LoginRequest', 'getOAuth2ConsentRequest', 'rejectOAuth2ConsentRequest'],
    profile: 'default',
    async run(t) {
      const flow = new Flow(t, await t.client(), { quiet: true })
      await flow.authorize()
      await flow.login()
      const consent = await t.admin.get('a login challenge as consent challenge', '/oauth2/auth/requests/consent', {
        query: { consent_challenge: t.hide('login_challenge', flow.loginChallenge) },
      })
      t.error(consent, 404, 'Not Found')
      const login = await t.admin.get('a consent challenge as login challenge', '/oauth2/auth/requests/login', {
        query: { login_challenge: t.hide('consent_challenge', flow.consentChallenge) },
      })
      t.error(login, 404, 'Not Found')
      const reject = await t.admin.put('reject with a login challenge', '/oauth2/auth/requests/consent/reject', {
        query: { consent_challenge: flow.loginChallenge },
        json: { error: 'access_denied' },
      })
      t.error(reject, 404, 'Not Found')
    },
  }),

  defineCase({
    name: 'login-rejected',
    operations: ['rejectOAuth2LoginRequest', 'oAuth2Authorize'],
    profile: 'default',
    async run(t) {
      const client = await t.client()
      const rows: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
        [
          'all members',
          {
            error: 'access_denied',
            error_description: 'the user said no',
            error_hint: 'ask again',
            error_debug: 'inside',
            status_code: 403,
          },
        ],
        ['error alone', { error: 'access_denied' }],
        ['empty object', {}],
      ]
      for (const [name, body] of rows) {
        const flow = new Flow(t, client, { name })
        await flow.authorize()
        const rejected = await flow.rejectLogin(body)
        t.status(rejected, 200)
        const done = await flow.follow('follow', rejected)
        t.status(done, 303)
        t.redirectError(done, typeof body['error'] === 'string' ? body['error'] : 'login request denied', '/callback')
        t.equal(`${name}: state comes back`, done.param('state'), flow.state)
        t.equal(`${name}: the debug text stays inside`, done.location.href.includes('inside'), false)
      }
    },
  }),

  defineCase({
    name: 'login-accepted-twice',
    operations: ['acceptOAuth2LoginRequest', 'rejectOAuth2LoginRequest', 'getOAuth2LoginRequest'],
    profile: 'default',
    async run(t) {
      const flow = new Flow(t, await t.client())
      await flow.authorize()
      const first = await flow.acceptLogin()
      t.status(first, 200)
      t.status(await flow.getLogin(), 200)
      const query = { login_challenge: flow.loginChallenge }
      const again = await t.admin.put('accept again', '/oauth2/auth/requests/login/accept', {
        query,
        json: { subject: flow.subject },
      })
      t.status(again, { '1.11': 409, '26.2': 200 })
      if (t.version === '1.11') t.member(again, 'error', conflict)
      const rejected = await t.admin.put('reject after accept', '/oauth2/auth/requests/login/reject', {
        query,
        json: { error: 'access_denied' },
      })
      t.status(rejected, { '1.11': 409, '26.2': 200 })
      await flow.follow('follow the first accept', first)
      t.redirectsTo(flow.last, '/consent')
      const used = await t.admin.get('get after use', '/oauth2/auth/requests/login', { query })
      t.status(used, { '1.11': 410, '26.2': 200 })
      if (t.version === '1.11')
        t.ok('410 tells where to begin again', used.string('redirect_to').includes('/oauth2/auth?'))
      const afterUse = await t.admin.put('accept after use', '/oauth2/auth/requests/login/accept', {
        query,
        json: { subject: flow.subject },
      })
      t.status(afterUse, { '1.11': 409, '26.2': 200 })
    },
  }),
]
