/** `prompt`, `max_age` and hints of an authorize request. */
import { defineCase, type ContractCase } from '../contract-case.ts'
import { Flow, signIn } from '../flow.ts'

const remembered = { remember: true, remember_for: 3600 } as const

export const promptCases: readonly ContractCase[] = [
  defineCase({
    name: 'prompt-none',
    operations: ['oAuth2Authorize', 'getOAuth2LoginRequest'],
    profile: 'default',
    async run(t) {
      const client = await t.client()
      const none = { prompt: 'none' }
      const nobody = await new Flow(t, client, { name: 'nobody', params: none }).authorize()
      t.redirectError(nobody, 'login_required', '/callback')
      const { flow } = await signIn(t, client, { login: remembered })
      const { browser, subject } = flow
      const known = new Flow(t, client, { name: 'no consent yet', browser, subject, params: none })
      t.redirectsTo(await known.authorize(), '/login')
      t.member(await known.getLogin(), 'skip', true)
      await known.login()
      t.redirectError(known.last, 'consent_required', '/callback')
      await new Flow(t, client, { browser, subject, quiet: true }).run({ consent: { remember: true } })
      const silent = new Flow(t, client, { name: 'all remembered', browser, subject, params: none })
      await silent.run()
      t.ok('a code', silent.code !== '')
      const both = await new Flow(t, client, { name: 'none and login', params: { prompt: 'none login' } }).authorize()
      t.redirectError(both, 'login_required', '/callback')
    },
  }),

  defineCase({
    name: 'prompt-login-and-consent',
    operations: ['oAuth2Authorize', 'getOAuth2LoginRequest', 'getOAuth2ConsentRequest'],
    profile: 'default',
    async run(t) {
      const client = await t.client()
      const { flow } = await signIn(t, client, { login: remembered, consent: { remember: true } })
      const { browser, subject } = flow
      const again = new Flow(t, client, { name: 'login', browser, subject, params: { prompt: 'login' } })
      await again.authorize()
      t.member(await again.getLogin(), 'skip', false)
      await again.login(remembered)
      t.member(await again.getConsent(), 'skip', true)
      const ask = new Flow(t, client, { name: 'consent', browser, subject, params: { prompt: 'consent' } })
      await ask.authorize()
      t.member(await ask.getLogin(), 'skip', true)
      await ask.login()
      t.member(await ask.getConsent(), 'skip', false)
    },
  }),

  defineCase({
    name: 'prompt-registration',
    operations: ['oAuth2Authorize'],
    profile: 'default',
    async run(t) {
      const client = await t.client()
      const flow = new Flow(t, client, {
        params: { prompt: 'registration', ...(t.atLeast('25.4') ? { identity_schema: 'schema-one' } : {}) },
      })
      await flow.authorize()
      t.redirectsTo(flow.last, t.by({ '1.11': '/login', '26.2': '/registration' }))
      if (t.atLeast('25.4')) t.equal('the schema is passed on', flow.last.param('identity_schema'), 'schema-one')
    },
  }),

  defineCase({
    name: 'prompt-combinations',
    operations: ['oAuth2Authorize', 'acceptOAuth2LoginRequest'],
    profile: 'default',
    async run(t) {
      const client = await t.client()
      const { flow } = await signIn(t, client, { login: remembered, consent: { remember: true } })
      const { browser, subject } = flow
      const both = new Flow(t, client, { name: 'login consent', browser, subject, params: { prompt: 'login consent' } })
      await both.authorize()
      t.member(await both.getLogin(), 'skip', false)
      await both.login(remembered)
      t.member(await both.getConsent(), 'skip', false)
      const mixed = new Flow(t, client, { name: 'none consent', browser, subject, params: { prompt: 'none consent' } })
      await mixed.authorize()
      if (mixed.last.location.pathname === '/login') await mixed.login()
      t.ok('none does not go with consent', mixed.last.param('error') !== undefined)
      if (t.version === '1.11') return
      const silent = new Flow(t, client, {
        name: 'none with another subject',
        browser,
        subject: t.unique('other'),
        params: { prompt: 'none' },
      })
      await silent.authorize()
      await silent.login()
      t.redirectsTo(silent.last, '/login')
    },
  }),

  defineCase({
    name: 'max-age',
    operations: ['oAuth2Authorize', 'getOAuth2LoginRequest'],
    profile: 'default',
    async run(t) {
      const client = await t.client()
      const { flow } = await signIn(t, client, { login: remembered })
      const { browser, subject } = flow
      const skip = async (name: string, maxAge: string) => {
        const next = new Flow(t, client, { name, browser, subject, params: { max_age: maxAge } })
        await next.authorize()
        return (await next.getLogin()).at('skip')
      }
      t.equal('young enough', await skip('an hour', '3600'), true)
      t.equal('zero', await skip('zero', '0'), t.by({ '1.11': true, '26.2': false }))
      await t.passTime(3)
      t.equal('too old', await skip('one second', '1'), false)
      const none = new Flow(t, client, {
        name: 'silent and too old',
        browser,
        params: { max_age: '1', prompt: 'none' },
      })
      t.redirectError(await none.authorize(), 'login_required', '/callback')
      const odd = new Flow(t, client, { name: 'no number', browser, params: { max_age: 'soon' } })
      t.redirectError(await odd.authorize(), 'error', '/callback')
    },
  }),

  defineCase({
    name: 'id-token-hint',
    operations: ['oAuth2Authorize', 'getOAuth2LoginRequest'],
    profile: 'default',
    async run(t) {
      const client = await t.client()
      const { flow, idToken } = await signIn(t, client, { login: remembered })
      const { browser, subject } = flow
      const params = { id_token_hint: idToken }
      const mine = new Flow(t, client, { name: 'own session', browser, subject, params })
      await mine.authorize()
      const login = await mine.getLogin()
      t.member(login, 'skip', true)
      t.member(login, 'oidc_context.id_token_hint_claims.sub', subject)
      const fresh = new Flow(t, client, { name: 'another user logs in', params })
      await fresh.authorize()
      t.redirectsTo(fresh.last, '/login')
      t.redirectError(await fresh.login(), 'login_required', '/callback')
      const other = await signIn(t, client, { login: remembered })
      const wrong = new Flow(t, client, { name: 'session of another user', browser: other.flow.browser, params })
      t.redirectError(await wrong.authorize(), 'login_required', '/callback')
      const broken = new Flow(t, client, { name: 'no JWT', params: { id_token_hint: 'garbage' } })
      t.redirectError(await broken.authorize(), 'invalid_request', '/callback')
    },
  }),
]
