/** Remembered logins and consents, `prompt`, `max_age`, hints; what an operator can end. */
import type { Answer } from '../answer.ts'
import type { CaseContext } from '../case-context.ts'
import { defineCase, type ContractCase } from '../contract-case.ts'
import { Flow, signIn } from '../flow.ts'

const remembered = { remember: true, remember_for: 3600 } as const
const active = async (t: CaseContext, step: string, token: string): Promise<unknown> =>
  (await t.admin.post(step, '/oauth2/introspect', { form: { token } })).at('active')

export const sessionCases: readonly ContractCase[] = [
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

  defineCase({
    name: 'consent-sessions-list',
    operations: ['listOAuth2ConsentSessions'],
    profile: 'default',
    async run(t) {
      const path = '/oauth2/auth/sessions/consent'
      const client = await t.client()
      const none = await t.admin.get('of nobody', path, { query: { subject: t.unique('nobody') } })
      t.status(none, 200)
      t.equal('an empty array', none.json, [])
      const { flow, idToken } = await signIn(t, client, {
        params: { audience: 'https://api.example.com' },
        login: { ...remembered, context: { from: 'login' } },
        consent: {
          remember: true,
          remember_for: 600,
          session: { access_token: { tenant: 7 }, id_token: { email: 'a@example.com' } },
        },
      })
      const one = await t.admin.get('one', path, { query: { subject: flow.subject } })
      t.status(one, 200)
      t.equal('one row', one.list().length, 1)
      t.member(one, '0.grant_scope', ['openid', 'offline', 'photos.read'])
      t.member(one, '0.consent_request.subject', flow.subject)
      t.member(one, '0.consent_request.client.client_secret', undefined)
      const sid = JSON.parse(Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString()) as { sid: string }
      const bySession = await t.admin.get('by session', path, {
        query: { subject: flow.subject, login_session_id: sid.sid },
      })
      t.equal('found by session', bySession.list().length, 1)
      const wrong = await t.admin.get('by another session', path, {
        query: { subject: flow.subject, login_session_id: t.hide('uuid', '11111111-2222-4333-8444-555555555555') },
      })
      t.equal('1.x ignores the session', wrong.list().length, t.by({ '1.11': 1, '26.2': 0 }))
      const skipped = new Flow(t, client, { browser: flow.browser, subject: flow.subject, quiet: true })
      await skipped.run()
      const still = await t.admin.get('after a skipped consent', path, {
        query: { subject: flow.subject },
        quiet: true,
      })
      t.equal('a skipped consent adds no row', still.list().length, 1)
      t.error(await t.admin.get('no subject', path), 400, 'invalid_request')
      t.error(await t.admin.get('empty subject', path, { query: { subject: '' } }), 400, 'invalid_request')
      await t.admin.delete('delete the client', `/clients/${client.id}`, { quiet: true })
      const gone = await t.admin.get('after the client is gone', path, { query: { subject: flow.subject } })
      t.equal('no rows', gone.list().length, 0)
    },
  }),

  defineCase({
    name: 'consent-sessions-revoke',
    operations: ['revokeOAuth2ConsentSessions', 'introspectOAuth2Token', 'listOAuth2ConsentSessions'],
    profile: 'default',
    async run(t) {
      const path = '/oauth2/auth/sessions/consent'
      const [first, second] = [await t.client(), await t.client()]
      const subject = t.unique('subject')
      const one = await signIn(t, first, { subject })
      const two = await signIn(t, second, { subject })
      const revoke = (step: string, query: Readonly<Record<string, string>>): Promise<Answer> =>
        t.admin.delete(step, path, { query })
      t.status(await revoke('of one client', { subject, client: first.id }), 204)
      t.equal('access token ended', await active(t, 'first access token', one.accessToken), false)
      t.equal('refresh token ended', await active(t, 'first refresh token', one.refreshToken), false)
      t.equal('the other client keeps its', await active(t, 'second access token', two.accessToken), true)
      t.status(await revoke('all', { subject, all: 'true' }), 204)
      t.equal('now that one ended too', await active(t, 'second access token later', two.accessToken), false)
      t.equal('no rows', (await t.admin.get('list', path, { query: { subject } })).json, [])
      t.status(await revoke('nothing left', { subject, all: 'true' }), 204)
      t.error(await revoke('no parameter', {}), 400, 'invalid_request')
      t.error(await revoke('subject alone', { subject }), 400, 'invalid_request')
      t.error(await revoke('all that is not true', { subject, all: '1' }), 400, 'invalid_request')
      t.error(await revoke('client alone', { client: first.id }), 400, 'invalid_request')
      t.status(await revoke('client and all', { subject, client: first.id, all: 'true' }), { '1.11': 204, '26.2': 400 })
      const form = { grant_type: 'refresh_token', refresh_token: one.refreshToken, ...first.credentials }
      t.error(await t.public.post('refresh after revocation', '/oauth2/token', { form }), 400, 'invalid_grant')
    },
  }),

  defineCase({
    name: 'consent-sessions-revoke-by-id',
    operations: ['revokeOAuth2ConsentSessions'],
    profile: 'default',
    since: '25.4',
    async run(t) {
      const path = '/oauth2/auth/sessions/consent'
      const client = await t.client()
      const subject = t.unique('subject')
      const one = await signIn(t, client, { subject })
      const two = await signIn(t, client, { subject })
      const flow = new Flow(t, client, { subject, name: 'third' })
      await flow.authorize()
      await flow.login()
      const id = (await flow.getConsent()).string('consent_request_id')
      await flow.consent()
      const three = await flow.tokens()
      t.status(await t.admin.delete('revoke by id', path, { query: { consent_request_id: id } }), 204)
      t.equal('that consent ended', await active(t, 'third access token', three.string('access_token')), false)
      t.equal('the first lives', await active(t, 'first access token', one.accessToken), true)
      t.equal('the second lives', await active(t, 'second access token', two.accessToken), true)
      t.status(await t.admin.delete('unknown id', path, { query: { consent_request_id: 'no-such-consent' } }), 204)
      t.error(
        await t.admin.delete('id and subject', path, { query: { consent_request_id: id, subject } }),
        400,
        'invalid_request',
      )
    },
  }),

  defineCase({
    name: 'login-sessions-revoke',
    operations: ['revokeOAuth2LoginSessions', 'introspectOAuth2Token'],
    profile: 'default',
    async run(t) {
      const path = '/oauth2/auth/sessions/login'
      const client = await t.client()
      const { flow, accessToken } = await signIn(t, client, { login: remembered })
      t.status(await t.admin.delete('by subject', path, { query: { subject: flow.subject } }), 204)
      t.equal('tokens survive', await active(t, 'access token', accessToken), true)
      const next = new Flow(t, client, { browser: flow.browser, name: 'next' })
      await next.authorize()
      t.member(await next.getLogin(), 'skip', false)
      t.status(await t.admin.delete('unknown subject', path, { query: { subject: t.unique('nobody') } }), 204)
      t.error(await t.admin.delete('no parameter', path), 400, 'invalid_request')
      t.error(await t.admin.delete('empty subject', path, { query: { subject: '' } }), 400, 'invalid_request')
      t.status(
        await t.admin.delete('unknown sid', path, {
          query: { sid: t.hide('uuid', '11111111-2222-4333-8444-555555555555') },
        }),
        { '1.11': 400, '26.2': 204 },
      )
    },
  }),

  defineCase({
    name: 'login-sessions-revoke-by-sid-logs-out',
    operations: ['revokeOAuth2LoginSessions'],
    profile: 'default',
    since: '2.1',
    async run(t) {
      const receiver = t.receiver('backchannel')
      const client = await t.client({ backchannel_logout_uri: receiver.url })
      const { flow, idToken } = await signIn(t, client, { login: remembered })
      const claims = JSON.parse(Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString()) as { sid: string }
      const answer = await t.admin.delete('by sid', '/oauth2/auth/sessions/login', { query: { sid: claims.sid } })
      t.status(answer, 204)
      t.received('back-channel call', await receiver.next())
      const next = new Flow(t, client, { browser: flow.browser, name: 'next' })
      await next.authorize()
      t.member(await next.getLogin(), 'skip', false)
    },
  }),

  defineCase({
    name: 'tokens-delete-by-client',
    operations: ['deleteOAuth2Token', 'introspectOAuth2Token'],
    profile: 'default',
    async run(t) {
      const client = await t.client()
      const { accessToken, refreshToken } = await signIn(t, client)
      const own = await t.public.post('client credentials', '/oauth2/token', {
        form: { grant_type: 'client_credentials', ...client.credentials },
      })
      t.status(await t.admin.delete('delete', '/oauth2/tokens', { query: { client_id: client.id } }), 204)
      t.equal('access token ended', await active(t, 'access token', accessToken), false)
      t.equal("also the client's own", await active(t, 'own token', own.string('access_token')), false)
      t.equal('refresh tokens stay', await active(t, 'refresh token', refreshToken), true)
      const form = { grant_type: 'refresh_token', refresh_token: refreshToken, ...client.credentials }
      t.status(await t.public.post('and work', '/oauth2/token', { form }), 200)
      t.error(await t.admin.delete('no client_id', '/oauth2/tokens'), 400, 'invalid_request')
      t.status(await t.admin.delete('unknown client', '/oauth2/tokens', { query: { client_id: 'nobody' } }), 204)
    },
  }),

  defineCase({
    name: 'tokens-flush',
    operations: ['flushInactiveOAuth2Tokens'],
    profile: 'default',
    async run(t) {
      const flush = (step: string, text: string) =>
        t.admin.post(step, '/oauth2/flush', { text, headers: { 'content-type': 'application/json' } })
      const answer = await flush('flush', '{}')
      t.status(answer, { '1.11': 204, '26.2': 404 })
      if (t.version === '26.2') return
      t.status(await flush('with a date', '{"notAfter":"2020-01-01T00:00:00Z"}'), 204)
      t.status(await flush('unknown member', '{"colour":"red"}'), 204)
      t.status(await flush('no body', ''), 500)
      t.status(await flush('not JSON', '{'), 500)
      t.status(await flush('not a date', '{"notAfter":"soon"}'), 500)
    },
  }),
]
