/** What happens when a lifetime is over. */
import { defineCase, type ContractCase } from '../contract-case.ts'
import { Flow, signIn } from '../flow.ts'
import { shortLifeSeconds } from '../profiles.ts'

const over = shortLifeSeconds + 1.5

export const lifetimeCases: readonly ContractCase[] = [
  defineCase({
    name: 'lifetime-of-tokens',
    operations: ['oauth2TokenExchange', 'introspectOAuth2Token', 'getOidcUserInfo'],
    profile: 'short-ttl',
    async run(t) {
      const client = await t.client()
      const flow = new Flow(t, client, { name: 'code', quiet: true })
      await flow.run()
      const code = t.hide('code', flow.code)
      const { accessToken, refreshToken, idToken, tokens } = await signIn(t, client, {
        login: { remember: true, remember_for: 600 },
      })
      t.ok('expires_in', [shortLifeSeconds, shortLifeSeconds - 1].includes(Number(tokens.at('expires_in'))))
      t.member(
        await t.admin.post('access token in time', '/oauth2/introspect', { form: { token: accessToken } }),
        'active',
        true,
      )
      await t.passTime(over)
      t.equal(
        'access token',
        (await t.admin.post('access token', '/oauth2/introspect', { form: { token: accessToken } })).json,
        { active: false },
      )
      t.equal(
        'refresh token',
        (await t.admin.post('refresh token', '/oauth2/introspect', { form: { token: refreshToken } })).json,
        { active: false },
      )
      t.error(await t.public.get('userinfo', '/userinfo', { bearer: accessToken }), 401, 'invalid_token')
      const exchange = {
        grant_type: 'authorization_code',
        code,
        redirect_uri: client.redirectUri,
        ...client.credentials,
      }
      t.error(await t.public.post('code', '/oauth2/token', { form: exchange }), 400, 'invalid_grant')
      const refresh = { grant_type: 'refresh_token', refresh_token: refreshToken, ...client.credentials }
      t.error(await t.public.post('refresh', '/oauth2/token', { form: refresh }), 400, 'invalid_grant')
      const hint = { id_token_hint: idToken, post_logout_redirect_uri: `${t.server.app.url}/bye` }
      t.redirectsTo(
        await t.public.get('an expired hint is fine', '/oauth2/sessions/logout', { query: hint, browser: t.browser() }),
        '/logout',
      )
    },
  }),

  defineCase({
    name: 'lifetime-of-requests',
    operations: [
      'getOAuth2LoginRequest',
      'acceptOAuth2LoginRequest',
      'getOAuth2ConsentRequest',
      'acceptOAuth2ConsentRequest',
    ],
    profile: 'short-ttl',
    async run(t) {
      const client = await t.client()
      const login = new Flow(t, client, { name: 'login' })
      const followed = new Flow(t, client, { name: 'login accepted' })
      const consent = new Flow(t, client, { name: 'consent' })
      await login.authorize()
      await followed.authorize()
      const accepted = await followed.acceptLogin()
      await consent.authorize()
      await consent.login()
      await t.passTime(over)
      const status = { '1.11': 200, '26.2': 401 } as const
      const query = { login_challenge: login.loginChallenge }
      t.status(await t.admin.get('get login', '/oauth2/auth/requests/login', { query }), status)
      t.status(
        await t.admin.put('reject login', '/oauth2/auth/requests/login/reject', {
          query,
          json: { error: 'access_denied' },
        }),
        status,
      )
      if (t.version === '26.2') {
        const json = { subject: login.subject }
        t.error(
          await t.admin.put('accept login', '/oauth2/auth/requests/login/accept', { query, json }),
          401,
          'request_unauthorized',
        )
      }
      t.redirectError(await followed.follow('follow too late', accepted), 'request_unauthorized', '/callback')
      const challenge = { consent_challenge: consent.consentChallenge }
      t.status(await t.admin.get('get consent', '/oauth2/auth/requests/consent', { query: challenge }), status)
      t.status(
        await t.admin.put('accept consent', '/oauth2/auth/requests/consent/accept', { query: challenge, json: {} }),
        status,
      )
      t.status(
        await t.admin.put('reject consent', '/oauth2/auth/requests/consent/reject', { query: challenge, json: {} }),
        status,
      )
    },
  }),

  defineCase({
    name: 'lifetime-of-a-refreshed-grant',
    operations: ['oauth2TokenExchange', 'introspectOAuth2Token'],
    profile: 'short-ttl',
    async run(t) {
      const client = await t.client({
        authorization_code_grant_refresh_token_lifespan: '1h',
        refresh_token_grant_access_token_lifespan: '2h',
      })
      const { refreshToken, accessToken } = await signIn(t, client)
      await t.passTime(over)
      t.member(
        await t.admin.post('access token', '/oauth2/introspect', { form: { token: accessToken } }),
        'active',
        false,
      )
      const form = { grant_type: 'refresh_token', refresh_token: refreshToken, ...client.credentials }
      const next = await t.public.post('refresh', '/oauth2/token', { form })
      t.status(next, 200)
      t.ok("the client's lifespan", [7200, 7199].includes(Number(next.at('expires_in'))))
      t.member(
        await t.admin.post('introspect', '/oauth2/introspect', { form: { token: next.string('access_token') } }),
        'active',
        true,
      )
    },
  }),

  defineCase({
    name: 'lifetime-of-a-remembered-consent',
    operations: ['getOAuth2ConsentRequest', 'listOAuth2ConsentSessions'],
    profile: 'default',
    async run(t) {
      const client = await t.client()
      const subject = t.unique('subject')
      const list = (step: string) =>
        t.admin.get(step, '/oauth2/auth/sessions/consent', { query: { subject }, quiet: true })
      await new Flow(t, client, { subject, quiet: true }).run({ consent: { remember: true, remember_for: 4 } })
      t.equal('listed', (await list('list')).list().length, 1)
      await t.passTime(6)
      const flow = new Flow(t, client, { subject })
      await flow.authorize()
      await flow.login()
      t.member(await flow.getConsent(), 'skip', false)
      t.equal('no longer listed', (await list('list later')).list().length, 0)
    },
  }),
]
