/** Lifetimes: of each grant, and what happens when one is over. */
import { defineCase, type ContractCase } from '../contract-case.ts'
import { Flow, signIn } from '../flow.ts'
import { shortLifeSeconds } from '../profiles.ts'
import { claimsOf } from '../transcript/jwt.ts'

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

  defineCase({
    name: 'lifespans-of-every-grant',
    operations: ['oauth2TokenExchange', 'oAuth2Authorize', 'introspectOAuth2Token'],
    profile: 'default',
    since: '1.11.9',
    async run(t) {
      const client = await t.client({
        authorization_code_grant_access_token_lifespan: '10m',
        authorization_code_grant_id_token_lifespan: '20m',
        authorization_code_grant_refresh_token_lifespan: '30m',
        client_credentials_grant_access_token_lifespan: '40m',
        implicit_grant_access_token_lifespan: '50m',
        implicit_grant_id_token_lifespan: '70m',
        jwt_bearer_grant_access_token_lifespan: '80m',
        refresh_token_grant_access_token_lifespan: '90m',
        refresh_token_grant_id_token_lifespan: '100m',
        refresh_token_grant_refresh_token_lifespan: '110m',
      })
      const flow = new Flow(t, client, { name: 'code' })
      await flow.run()
      const tokens = await flow.tokens()
      t.equal('code', round(tokens.at('expires_in')), 600)
      t.equal('ID token of a code', lifeOf(tokens.string('id_token')), 1200)
      const refreshToken = await t.admin.post('introspect the refresh token', '/oauth2/introspect', {
        form: { token: tokens.string('refresh_token') },
      })
      t.equal('refresh token of a code', round(Number(refreshToken.at('exp')) - Number(refreshToken.at('iat'))), 1800)
      const next = await t.public.post('refresh', '/oauth2/token', {
        form: { grant_type: 'refresh_token', refresh_token: tokens.string('refresh_token'), ...client.credentials },
      })
      t.equal('refresh', round(next.at('expires_in')), 5400)
      t.equal('ID token of a refresh', lifeOf(next.string('id_token')), 6000)
      const own = await t.public.post('client credentials', '/oauth2/token', {
        form: { grant_type: 'client_credentials', ...client.credentials },
      })
      t.equal('client credentials', round(own.at('expires_in')), 2400)
      const front = new Flow(t, client, { name: 'implicit', responseType: 'token id_token' })
      await front.run()
      t.equal('implicit', round(Number(front.last.param('expires_in'))), 3000)
      t.equal('ID token of implicit', lifeOf(front.last.needParam('id_token')), 4200)
    },
  }),
]

/** Seconds, with the one that may have passed taken back. */
function round(seconds: unknown): number {
  return Math.round(Number(seconds) / 10) * 10
}

function lifeOf(token: string): number {
  const { exp, iat } = claimsOf(token)
  return round(Number(exp) - Number(iat))
}
