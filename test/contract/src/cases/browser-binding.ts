/** What ties a flow to its browser: two tabs, double submits, replayed verifiers, missing cookies. */
import { defineCase, type ContractCase } from '../contract-case.ts'
import { Flow, signIn } from '../flow.ts'

const remembered = { remember: true, remember_for: 3600 } as const

export const browserBindingCases: readonly ContractCase[] = [
  defineCase({
    name: 'browser-two-tabs-of-one-client',
    operations: ['oAuth2Authorize'],
    profile: 'default',
    async run(t) {
      const client = await t.client()
      const browser = t.browser()
      const first = new Flow(t, client, { name: 'first tab', browser })
      const second = new Flow(t, client, { name: 'second tab', browser })
      await first.authorize()
      await second.authorize()
      t.redirectError(await first.login(), 'request_forbidden', '/callback')
      await second.login()
      t.redirectsTo(second.last, '/consent')
      await second.consent()
      t.ok('the newer tab ends well', second.code !== '')
    },
  }),

  defineCase({
    name: 'browser-two-tabs-of-one-client-at-consent',
    operations: ['oAuth2Authorize'],
    profile: 'default',
    async run(t) {
      const client = await t.client()
      const browser = t.browser()
      const first = new Flow(t, client, { name: 'first tab', browser })
      const second = new Flow(t, client, { name: 'second tab', browser })
      await first.authorize()
      await first.login()
      await second.authorize()
      await second.login()
      t.redirectError(await first.consent(), 'request_forbidden', '/callback')
      await second.consent()
      t.ok('the newer tab ends well', second.code !== '')
    },
  }),

  defineCase({
    name: 'browser-two-tabs-of-two-clients',
    operations: ['oAuth2Authorize'],
    profile: 'default',
    async run(t) {
      const browser = t.browser()
      const first = new Flow(t, await t.client(), { name: 'first tab', browser })
      const second = new Flow(t, await t.client(), { name: 'second tab', browser })
      await first.authorize()
      await second.authorize()
      await first.login()
      if (t.version === '1.11') {
        t.redirectError(first.last, 'request_forbidden', '/callback')
      } else {
        t.redirectsTo(first.last, '/consent')
        await first.consent()
        t.ok('the older tab ends well', first.code !== '')
      }
      await second.login()
      await second.consent()
      t.ok('the newer tab ends well', second.code !== '')
    },
  }),

  defineCase({
    name: 'browser-csrf-cookie-missing',
    operations: ['oAuth2Authorize'],
    profile: 'default',
    async run(t) {
      const client = await t.client()
      const atLogin = new Flow(t, client, { name: 'at login' })
      await atLogin.authorize()
      atLogin.browser.forget('csrf')
      t.redirectError(await atLogin.login(), 'request_forbidden', '/callback')
      const atConsent = new Flow(t, client, { name: 'at consent' })
      await atConsent.authorize()
      await atConsent.login()
      atConsent.browser.forget('csrf')
      t.redirectError(await atConsent.consent(), 'request_forbidden', '/callback')
      t.ok('no code', atConsent.last.param('code') === undefined)
    },
  }),

  defineCase({
    name: 'browser-login-verifier-elsewhere',
    operations: ['oAuth2Authorize'],
    profile: 'default',
    async run(t) {
      const flow = new Flow(t, await t.client())
      await flow.authorize()
      const accepted = await flow.acceptLogin()
      t.redirectError(await flow.follow('in another browser', accepted, t.browser()), 'request_forbidden', '/callback')
      const right = await flow.follow('then in the right one', accepted)
      if (t.version === '1.11') t.redirectError(right, 'invalid_request', '/callback')
      else t.redirectsTo(right, '/consent')
    },
  }),

  defineCase({
    name: 'browser-consent-verifier-elsewhere',
    operations: ['oAuth2Authorize'],
    profile: 'default',
    async run(t) {
      const flow = new Flow(t, await t.client())
      await flow.authorize()
      await flow.login()
      const accepted = await flow.acceptConsent()
      t.redirectError(await flow.follow('in another browser', accepted, t.browser()), 'request_forbidden', '/callback')
      const right = await flow.follow('then in the right one', accepted)
      t.redirectError(right, { '1.11': 'invalid_request', '26.2': 'access_denied' }, '/callback')
    },
  }),

  defineCase({
    name: 'browser-consent-verifier-replayed',
    operations: ['oAuth2Authorize', 'introspectOAuth2Token'],
    profile: 'default',
    async run(t) {
      const flow = new Flow(t, await t.client())
      await flow.authorize()
      await flow.login()
      const accepted = await flow.acceptConsent()
      await flow.follow('follow', accepted)
      const tokens = await flow.tokens()
      t.status(tokens, 200)
      const replayed = await flow.follow('again', accepted)
      t.redirectError(replayed, { '1.11': 'invalid_request', '26.2': 'access_denied' }, '/callback')
      const token = tokens.string('access_token')
      t.member(await t.admin.post('the tokens stay valid', '/oauth2/introspect', { form: { token } }), 'active', true)
    },
  }),

  defineCase({
    name: 'browser-login-verifier-replayed',
    operations: ['oAuth2Authorize'],
    profile: 'default',
    async run(t) {
      const flow = new Flow(t, await t.client())
      await flow.authorize()
      const accepted = await flow.acceptLogin()
      await flow.follow('follow', accepted)
      t.redirectsTo(flow.last, '/consent')
      await flow.consent()
      t.ok('a code', flow.code !== '')
      const again = await flow.follow('again', accepted)
      if (t.version === '1.11') {
        t.redirectError(again, 'invalid_request', '/callback')
        return
      }
      t.redirectsTo(again, '/consent')
      const accept = { query: { consent_challenge: flow.consentChallenge }, json: { grant_scope: ['openid'] } }
      const consent = await t.admin.put('accept the second consent', '/oauth2/auth/requests/consent/accept', accept)
      t.redirectError(await flow.follow('follow the second consent', consent), 'access_denied', '/callback')
    },
  }),

  defineCase({
    name: 'browser-double-submit-of-the-login',
    operations: ['oAuth2Authorize', 'acceptOAuth2LoginRequest'],
    profile: 'default',
    since: '2.2',
    async run(t) {
      const flow = new Flow(t, await t.client())
      await flow.authorize()
      const first = await flow.acceptLogin()
      const query = { login_challenge: flow.loginChallenge }
      const accept = { query, json: { subject: t.unique('other') } }
      const second = await t.admin.put('accept as another subject', '/oauth2/auth/requests/login/accept', accept)
      t.status(second, 200)
      const rejected = await t.admin.put('and reject', '/oauth2/auth/requests/login/reject', {
        query,
        json: { error: 'access_denied' },
      })
      await flow.follow('follow the second', second)
      await flow.consent()
      t.ok('a code', flow.code !== '')
      await flow.follow('follow the first', first)
      t.redirectsTo(flow.last, '/consent')
      const late = { query: { consent_challenge: flow.consentChallenge }, json: { grant_scope: ['openid'] } }
      const consent = await t.admin.put('accept its consent', '/oauth2/auth/requests/consent/accept', late)
      t.redirectError(await flow.follow('follow its consent', consent), 'access_denied', '/callback')
      t.redirectError(await flow.follow('follow the reject', rejected), 'access_denied', '/callback')
    },
  }),

  defineCase({
    name: 'browser-other-cookies-do-no-harm',
    operations: ['oAuth2Authorize', 'getOAuth2LoginRequest'],
    profile: 'default',
    async run(t) {
      const client = await t.client()
      const { flow } = await signIn(t, client, { login: remembered })
      const twin = new Flow(t, client, { name: 'a copied cookie', browser: flow.browser.copy() })
      await twin.authorize()
      t.member(await twin.getLogin(), 'skip', true)
      const name = flow.browser.names.find((one) => one.includes('session')) ?? ''
      const garbage = t.browser()
      garbage.store([`${name}=garbage; Path=/`])
      const broken = new Flow(t, client, { name: 'a broken session cookie', browser: garbage })
      await broken.authorize()
      t.redirectsTo(broken.last, '/login')
      t.member(await broken.getLogin(), 'skip', false)
    },
  }),
]
