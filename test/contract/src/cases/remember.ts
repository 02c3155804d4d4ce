/** Remembered logins and consents. */
import { defineCase, type ContractCase } from '../contract-case.ts'
import { Flow, signIn } from '../flow.ts'
import { claimsOf } from '../transcript/jwt.ts'

const remembered = { remember: true, remember_for: 3600 } as const

export const rememberCases: readonly ContractCase[] = [
  defineCase({
    name: 'remember-login-and-consent',
    operations: [
      'getOAuth2LoginRequest',
      'acceptOAuth2LoginRequest',
      'getOAuth2ConsentRequest',
      'acceptOAuth2ConsentRequest',
    ],
    profile: 'default',
    async run(t) {
      const client = await t.client()
      const first = new Flow(t, client, { name: 'first' })
      await first.authorize()
      t.member(await first.getLogin(), 'skip', false)
      const cookie = await first.login({ ...remembered, acr: 'gold' })
      t.ok(
        'a session cookie for the time asked',
        cookie.setCookies.some((line) => /session.*max-age=(3600|3599)/i.test(line)),
      )
      t.member(await first.getConsent(), 'skip', false)
      await first.consent({ remember: true, remember_for: 3600 })
      const second = new Flow(t, client, { name: 'second', browser: first.browser, subject: first.subject })
      await second.authorize()
      const login = await second.getLogin()
      t.member(login, 'skip', true)
      t.member(login, 'subject', first.subject)
      t.error(await second.acceptLogin({ subject: '' }), 400, 'invalid_request')
      const followed = await second.follow(
        'follow',
        await t.admin.put('accept with skip', '/oauth2/auth/requests/login/accept', {
          query: { login_challenge: second.loginChallenge },
          json: { subject: first.subject, acr: 'silver' },
        }),
      )
      t.ok(
        'the session cookie is left alone',
        followed.setCookies.every((line) => !line.includes('session')),
      )
      const consent = await second.getConsent()
      t.member(consent, 'skip', true)
      t.member(consent, 'acr', 'silver')
      await second.consent({ grant_scope: ['openid'] })
      t.status(await second.tokens(), 200)
      const fewer = new Flow(t, client, {
        name: 'fewer scopes',
        browser: first.browser,
        scope: 'openid',
        subject: first.subject,
      })
      await fewer.authorize()
      await fewer.login()
      t.member(await fewer.getConsent(), 'skip', true)
      const more = new Flow(t, client, {
        name: 'one more scope',
        browser: first.browser,
        scope: 'openid photos.write',
        subject: first.subject,
      })
      await more.authorize()
      await more.login()
      t.member(await more.getConsent(), 'skip', false)
    },
  }),

  defineCase({
    name: 'remember-with-another-subject',
    operations: ['acceptOAuth2LoginRequest'],
    profile: 'default',
    async run(t) {
      const client = await t.client()
      const { flow } = await signIn(t, client, { login: remembered })
      const next = new Flow(t, client, { browser: flow.browser, subject: t.unique('other') })
      await next.authorize()
      const accepted = await next.acceptLogin()
      t.status(accepted, { '1.11': 400, '26.2': 200 })
      if (t.version === '1.11') return
      t.equal('asks for a login', new URL(accepted.string('redirect_to')).searchParams.get('prompt'), 'login')
      t.redirectsTo(await next.follow('follow', accepted), '/login')
      t.member(await next.getLogin(), 'skip', false)
    },
  }),

  defineCase({
    name: 'remember-for-nothing',
    operations: ['acceptOAuth2LoginRequest'],
    profile: 'default',
    async run(t) {
      const client = await t.client()
      const rows: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
        ['zero', { remember: true, remember_for: 0 }],
        ['absent', { remember: true }],
        ['negative', { remember: true, remember_for: -1 }],
      ]
      for (const [name, body] of rows) {
        const flow = new Flow(t, client, { name })
        await flow.authorize()
        const answer = await flow.login(body)
        const cookie = answer.setCookies.find((line) => line.includes('session')) ?? ''
        t.equal(`${name}: has a Max-Age of 30 days`, /max-age=2592000/i.test(cookie), t.atLeast('25.4'))
      }
      const not = new Flow(t, client, { name: 'not remembered' })
      await not.authorize()
      const answer = await not.login({ remember: false })
      t.ok(
        'Max-Age=0',
        answer.setCookies.some((line) => /session.*max-age=0/i.test(line)),
      )
    },
  }),

  defineCase({
    name: 'remember-is-lost-by-a-login-that-is-not',
    operations: ['acceptOAuth2LoginRequest', 'getOAuth2LoginRequest'],
    profile: 'default',
    async run(t) {
      const client = await t.client()
      const { flow } = await signIn(t, client, { login: remembered })
      const again = new Flow(t, client, {
        name: 'prompt login',
        browser: flow.browser,
        subject: flow.subject,
        params: { prompt: 'login' },
      })
      await again.run()
      t.redirectsTo(again.last, '/callback')
      const next = new Flow(t, client, { name: 'next', browser: flow.browser })
      await next.authorize()
      t.member(await next.getLogin(), 'skip', false)
    },
  }),

  defineCase({
    name: 'remember-extend',
    operations: ['acceptOAuth2LoginRequest'],
    profile: 'default',
    since: '2.1',
    async run(t) {
      const client = await t.client()
      const { flow } = await signIn(t, client, { login: remembered })
      const next = new Flow(t, client, { browser: flow.browser, subject: flow.subject })
      await next.authorize()
      const answer = await next.login({ remember: true, remember_for: 7200, extend_session_lifespan: true })
      t.ok(
        'the cookie is set again',
        answer.setCookies.some((line) => /session.*max-age=(7200|7199)/i.test(line)),
      )
    },
  }),

  defineCase({
    name: 'consent-remembered-newest-counts',
    operations: ['getOAuth2ConsentRequest', 'acceptOAuth2ConsentRequest'],
    profile: 'default',
    async run(t) {
      const client = await t.client()
      const subject = t.unique('subject')
      const give = async (name: string, scope: string, consent: Readonly<Record<string, unknown>>, params = {}) => {
        const flow = new Flow(t, client, { name, subject, scope, params, quiet: true })
        await flow.run({ consent })
      }
      const skips = async (name: string, scope: string, params: Readonly<Record<string, string>> = {}) => {
        const flow = new Flow(t, client, { name, subject, scope, params })
        await flow.authorize()
        await flow.login()
        return (await flow.getConsent()).at('skip')
      }
      await give('all', 'openid photos.read', { remember: true })
      t.equal('covered', await skips('covered', 'openid photos.read'), true)
      t.equal('prompt=consent', await skips('prompt consent', 'openid', { prompt: 'consent' }), false)
      t.equal('prompt=login', await skips('prompt login', 'openid', { prompt: 'login' }), true)
      await give('not remembered', 'openid', { remember: false })
      t.equal(
        'a newer one that was not remembered changes nothing',
        await skips('after not remembered', 'openid photos.read'),
        true,
      )
      await give('fewer, itself skipped', 'openid', { remember: true })
      t.equal('a newer one that was skipped changes nothing', await skips('after skipped', 'openid photos.read'), true)
      // Which one is newer is told by whole seconds.
      await t.passTime(2)
      await give('fewer', 'openid', { remember: true }, { prompt: 'consent' })
      t.equal('fewer', await skips('after fewer', 'openid photos.read'), false)
      t.equal('what is left', await skips('the fewer', 'openid'), true)
    },
  }),

  defineCase({
    name: 'consent-remembered-by-a-public-client',
    operations: ['getOAuth2ConsentRequest'],
    profile: 'default',
    async run(t) {
      const subject = t.unique('subject')
      const rows = [
        ['https', 'https://spa.example.com/cb', true],
        ['http on localhost', 'http://localhost:4000/cb', true],
        ['custom scheme', 'com.example.app:/cb', false],
      ] as const
      for (const [name, uri, skip] of rows) {
        const client = await t.client({ token_endpoint_auth_method: 'none', redirect_uris: [uri] })
        await new Flow(t, client, { subject, quiet: true }).run({ consent: { remember: true } })
        const flow = new Flow(t, client, { name, subject })
        await flow.authorize()
        await flow.login()
        t.member(await flow.getConsent(), 'skip', skip)
      }
    },
  }),

  defineCase({
    name: 'consent-remembered-does-not-look-at-audiences',
    operations: ['getOAuth2ConsentRequest'],
    profile: 'default',
    async run(t) {
      const client = await t.client()
      const other = await t.client()
      const subject = t.unique('subject')
      await new Flow(t, client, { subject, quiet: true }).run({ consent: { remember: true, remember_for: 0 } })
      const wider = new Flow(t, client, {
        name: 'with an audience',
        subject,
        params: { audience: 'https://api.example.com' },
      })
      await wider.authorize()
      await wider.login()
      t.member(await wider.getConsent(), 'skip', true)
      const foreign = new Flow(t, other, { name: 'another client', subject })
      await foreign.authorize()
      await foreign.login()
      t.member(await foreign.getConsent(), 'skip', false)
    },
  }),

  defineCase({
    name: 'claims-of-time-and-session',
    operations: ['oauth2TokenExchange', 'getOAuth2LoginRequest'],
    profile: 'default',
    async run(t) {
      const client = await t.client()
      const first = await signIn(t, client, { login: remembered, consent: { remember: true } })
      await t.passTime(2)
      const flow = new Flow(t, client, { browser: first.flow.browser, subject: first.flow.subject })
      await flow.authorize()
      const login = await flow.getLogin()
      await flow.login()
      await flow.consent()
      const tokens = await flow.tokens()
      const [before, after] = [claimsOf(first.idToken), claimsOf(tokens.string('id_token'))]
      t.equal('auth_time stays', after['auth_time'], before['auth_time'])
      t.equal('sid stays', after['sid'], before['sid'])
      t.equal('sid is the session of the login request', after['sid'], login.at('session_id'))
      t.ok("rat is the new request's", Number(after['rat']) > Number(before['rat']))
      const elsewhere = await signIn(t, client, { subject: first.flow.subject, login: remembered })
      t.ok('another browser has another sid', claimsOf(elsewhere.idToken)['sid'] !== before['sid'])
    },
  }),
]
