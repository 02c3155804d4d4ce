/** How a grant lives on: what consent gave, what the client may have, what changes underneath. */
import type { CaseContext } from '../case-context.ts'
import { defineCase, type ContractCase } from '../contract-case.ts'
import { Flow, signIn } from '../flow.ts'
import type { TestClient } from '../test-client.ts'

const tokenPath = '/oauth2/token'
const introspectPath = '/oauth2/introspect'

export const grantCases: readonly ContractCase[] = [
  defineCase({
    name: 'grant-wider-than-asked',
    operations: ['acceptOAuth2ConsentRequest', 'oauth2TokenExchange', 'introspectOAuth2Token', 'patchOAuth2Client'],
    profile: 'default',
    async run(t) {
      const client = await t.client()
      const flow = new Flow(t, client, { scope: 'openid offline' })
      await flow.run({
        consent: {
          grant_scope: ['openid', 'offline', 'photos.write', 'never.registered'],
          grant_access_token_audience: ['https://never.example.com'],
        },
      })
      const tokens = await flow.tokens()
      t.status(tokens, 200)
      t.member(tokens, 'scope', 'openid offline photos.write never.registered')
      const seen = await t.admin.post('introspect', introspectPath, { form: { token: tokens.string('access_token') } })
      t.member(seen, 'aud', ['https://never.example.com'])
      const form = { grant_type: 'refresh_token', refresh_token: tokens.string('refresh_token'), ...client.credentials }
      t.error(await t.public.post('refresh breaks on the scope', tokenPath, { form }), 400, 'invalid_scope')
      await change(t, client, 'scope', 'openid offline photos.write never.registered')
      t.error(await t.public.post('refresh breaks on the audience', tokenPath, { form }), 400, 'invalid_request')
      await change(t, client, 'audience', ['https://never.example.com'])
      t.status(await t.public.post('refresh once both are registered', tokenPath, { form }), 200)
    },
  }),

  defineCase({
    name: 'grant-types-of-the-client',
    operations: ['oAuth2Authorize', 'oauth2TokenExchange'],
    profile: 'default',
    async run(t) {
      const noRefresh = await t.client({ grant_types: ['authorization_code'] })
      const flow = new Flow(t, noRefresh, { name: 'no refresh grant' })
      await flow.run()
      const tokens = await flow.tokens()
      t.status(tokens, 200)
      t.member(tokens, 'refresh_token', undefined)
      const noCode = await t.client({ grant_types: ['client_credentials'] })
      for (const responseType of ['token', 'id_token', 'code id_token']) {
        const refused = new Flow(t, noCode, { name: `no grant for ${responseType}`, responseType })
        await refused.run()
        t.redirectError(refused.last, 'invalid_grant', '/callback')
      }
      // The code itself is given out; only the token endpoint looks at the grant.
      const useless = new Flow(t, noCode, { name: 'no grant for code' })
      await useless.run()
      t.error(await useless.tokens(), 400, 'unauthorized_client')
    },
  }),

  defineCase({
    name: 'grant-survives-changes-of-the-client',
    operations: ['setOAuth2Client', 'deleteOAuth2Client', 'getOAuth2LoginRequest', 'oAuth2Authorize'],
    profile: 'default',
    async run(t) {
      const client = await t.client({ client_name: 'before' })
      const flow = new Flow(t, client, { name: 'changed while it ran' })
      await flow.authorize()
      await change(t, client, 'client_name', 'after')
      t.member(await flow.getLogin(), 'client.client_name', t.atLeast('2.2') ? 'before' : 'after')
      await flow.login()
      await flow.consent()
      t.status(await flow.tokens(), 200)
      const gone = new Flow(t, client, { name: 'deleted while it ran' })
      await gone.authorize()
      const accepted = await gone.acceptLogin()
      await t.admin.put('put', `/clients/${client.id}`, { json: { redirect_uris: [] }, quiet: true })
      await t.admin.delete('delete', `/clients/${client.id}`, { quiet: true })
      t.redirectError(await gone.follow('follow', accepted), 'invalid_client', '/error')
    },
  }),

  defineCase({
    name: 'redirect-uri-keeps-its-query',
    operations: ['oAuth2Authorize', 'oauth2TokenExchange'],
    profile: 'default',
    async run(t) {
      const client = await t.client({ redirect_uris: ['https://app.example.com/cb?tenant=7&x=a%20b'] })
      const flow = new Flow(t, client, { name: 'with a query' })
      await flow.run()
      t.equal('query is kept', flow.last.param('tenant'), '7')
      t.status(await flow.tokens(), 200)
      const native = await t.client({ token_endpoint_auth_method: 'none', redirect_uris: ['com.example.app:/cb'] })
      const custom = new Flow(t, native, { name: 'custom scheme' })
      await custom.run()
      t.equal('custom scheme', custom.last.location.protocol, 'com.example.app:')
      t.status(await custom.tokens(), 200)
      const implicit = new Flow(t, client, { name: 'implicit with a query', responseType: 'token' })
      await implicit.run()
      t.equal('the query stays a query', new URLSearchParams(implicit.last.location.search).get('tenant'), '7')
      const refused = new Flow(t, client, { name: 'error with a query', scope: 'photos.delete' })
      t.equal('in errors too', (await refused.authorize()).param('tenant'), '7')
    },
  }),

  defineCase({
    name: 'state-comes-back-unchanged',
    operations: ['oAuth2Authorize'],
    profile: 'default',
    async run(t) {
      const client = await t.client()
      const states = ['plus+and space&amp', 'ümläut-✓-state', '12345678"<b>', 'a'.repeat(500)]
      for (const [i, state] of states.entries()) {
        const flow = new Flow(t, client, { name: `state ${i + 1}`, params: { state } })
        await flow.run()
        t.equal(`state ${i + 1}`, flow.last.param('state'), state)
      }
    },
  }),

  ...(['default', 'jwt'] as const).map((profile) =>
    defineCase({
      name: `revocation-cascades-${profile === 'jwt' ? 'jwt' : 'opaque'}`,
      operations: ['revokeOAuth2Token', 'introspectOAuth2Token', 'oauth2TokenExchange', 'revokeOAuth2ConsentSessions'],
      profile,
      async run(t) {
        const client = await t.client()
        const active = async (step: string, token: string): Promise<unknown> =>
          (await t.admin.post(step, introspectPath, { form: { token } })).at('active')
        const refresh = (step: string, refreshToken: string) =>
          t.public.post(step, tokenPath, {
            form: { grant_type: 'refresh_token', refresh_token: refreshToken, ...client.credentials },
          })
        const first = await signIn(t, client)
        const second = await refresh('refresh', first.refreshToken)
        const third = await refresh('refresh again', second.string('refresh_token'))
        t.equal('the first access token', await active('first access token', first.accessToken), false)
        t.equal('the second', await active('second access token', second.string('access_token')), false)
        t.equal('the third', await active('third access token', third.string('access_token')), true)
        await t.public.post('revoke the third', '/oauth2/revoke', {
          form: { token: third.string('access_token'), ...client.credentials },
        })
        t.equal('its refresh token', await active('third refresh token', third.string('refresh_token')), false)
        t.error(
          await refresh('refresh after all', third.string('refresh_token')),
          { '1.11': 401, '26.2': 400 },
          { '1.11': 'token_inactive', '26.2': 'invalid_grant' },
        )
        const other = await signIn(t, client, { subject: first.flow.subject })
        const query = { subject: first.flow.subject, client: client.id }
        t.status(await t.admin.delete('revoke the consents', '/oauth2/auth/sessions/consent', { query }), 204)
        t.equal('all of the subject', await active('token after the consent', other.accessToken), false)
        t.error(
          await t.public.get('userinfo after the consent', '/userinfo', { bearer: other.accessToken }),
          401,
          'request_unauthorized',
        )
      },
    }),
  ),

  defineCase({
    name: 'token-code-reuse-revokes-jwt',
    operations: ['oauth2TokenExchange', 'introspectOAuth2Token'],
    profile: 'jwt',
    async run(t) {
      const client = await t.client()
      const flow = new Flow(t, client)
      await flow.run()
      const tokens = await flow.tokens()
      const form = {
        grant_type: 'authorization_code',
        code: flow.code,
        redirect_uri: client.redirectUri,
        ...client.credentials,
      }
      t.error(await t.public.post('exchange again', tokenPath, { form }), 400, 'invalid_grant')
      const seen = await t.admin.post('introspect', introspectPath, { form: { token: tokens.string('access_token') } })
      t.equal('ended', seen.json, { active: false })
    },
  }),

  defineCase({
    name: 'token-parameters-that-are-ignored',
    operations: ['oauth2TokenExchange'],
    profile: 'default',
    async run(t) {
      const client = await t.client()
      const flow = new Flow(t, client)
      await flow.run()
      const tokens = await flow.tokens({ scope: 'openid', audience: 'https://api2.example.com', colour: 'red' })
      t.status(tokens, 200)
      t.member(tokens, 'scope', 'openid offline photos.read')
      const form = {
        grant_type: 'refresh_token',
        refresh_token: tokens.string('refresh_token'),
        scope: 'photos.write',
        audience: 'https://api2.example.com',
        ...client.credentials,
      }
      const next = await t.public.post('refresh', tokenPath, { form })
      t.status(next, 200)
      const seen = await t.admin.post('introspect', introspectPath, { form: { token: next.string('access_token') } })
      t.member(seen, 'aud', [])
    },
  }),

  defineCase({
    name: 'client-secret-of-more-than-72-bytes',
    operations: ['oauth2TokenExchange', 'patchOAuth2Client'],
    profile: 'default',
    async run(t) {
      const long = t.hide('long_secret', `${'s'.repeat(80)}-end`)
      const client = await t.client({ client_secret: long })
      const token = (step: string, secret: string) =>
        t.public.post(step, tokenPath, {
          form: { grant_type: 'client_credentials', client_id: client.id, client_secret: secret },
        })
      t.status(await token('the whole secret', long), 200)
      const patched = t.unique('patched_secret')
      const answer = await t.admin.patch('a new secret by patch', `/clients/${client.id}`, {
        json: [{ op: 'replace', path: '/client_secret', value: patched }],
      })
      t.status(answer, 200)
      t.member(answer, 'client_secret', patched)
      t.status(await token('the new secret', patched), 200)
      t.status(await token('the old secret', long), 401)
    },
  }),

  ...(['default', 'exact-scope'] as const).map((profile) =>
    defineCase({
      name: `consent-remembered-with-patterns-${profile === 'default' ? 'wildcard' : 'exact'}`,
      operations: ['oAuth2Authorize'],
      profile,
      async run(t) {
        const client = await t.client({ scope: 'openid photos.*' })
        const subject = t.unique('subject')
        await new Flow(t, client, { subject, scope: 'openid photos.*', quiet: true }).run({
          consent: { remember: true },
        })
        const narrower = new Flow(t, client, { subject, scope: 'openid photos.read' })
        await narrower.authorize()
        if (profile === 'exact-scope') {
          t.redirectError(narrower.last, 'invalid_scope', '/callback')
          return
        }
        await narrower.login()
        t.member(await narrower.getConsent(), 'skip', true)
      },
    }),
  ),

  defineCase({
    name: 'tokens-of-a-deleted-client',
    operations: ['deleteOAuth2Client', 'introspectOAuth2Token', 'getOidcUserInfo'],
    profile: 'jwt',
    async run(t) {
      const client = await t.client()
      const { accessToken, refreshToken } = await signIn(t, client)
      t.status(await t.admin.delete('delete', `/clients/${client.id}`), 204)
      for (const [name, token] of Object.entries({ 'access token': accessToken, 'refresh token': refreshToken })) {
        t.equal(name, (await t.admin.post(name, introspectPath, { form: { token } })).json, { active: false })
      }
      t.status(await t.public.get('userinfo', '/userinfo', { bearer: accessToken }), 401)
    },
  }),

  defineCase({
    name: 'token-basic-with-another-client-id',
    operations: ['oauth2TokenExchange'],
    profile: 'default',
    async run(t) {
      const client = await t.client({ token_endpoint_auth_method: 'client_secret_basic' })
      const other = await t.client({ token_endpoint_auth_method: 'client_secret_basic' })
      const basic = [client.id, client.secret] as const
      const own = { grant_type: 'client_credentials' }
      t.status(
        await t.public.post('the same client_id', tokenPath, { form: { ...own, client_id: client.id }, basic }),
        200,
      )
      const mixed = await t.public.post('another client_id', tokenPath, {
        form: { ...own, client_id: other.id },
        basic,
      })
      t.ok('Basic decides', mixed.status === 200 || mixed.status === 401)
      const empty = await t.public.post('empty secret', tokenPath, { form: own, basic: [client.id, ''] })
      t.error(empty, 401, 'invalid_client')
      const nobody = await t.public.post('nobody', tokenPath, { form: own, basic: ['nobody', 'secret'] })
      t.error(nobody, 401, 'invalid_client')
      t.equal('no challenge', nobody.header('www-authenticate'), undefined)
    },
  }),

  defineCase({
    name: 'exact-scope-endless-refresh-and-default-scope',
    operations: ['oauth2TokenExchange', 'introspectOAuth2Token'],
    profile: 'exact-scope',
    async run(t) {
      const client = await t.client()
      const { refreshToken } = await signIn(t, client)
      const seen = await t.admin.post('introspect the refresh token', introspectPath, { form: { token: refreshToken } })
      t.member(seen, 'active', true)
      t.equal('exp of a token without end', seen.at('exp'), seen.at('iat'))
      const own = await t.public.post('no scope asked', tokenPath, {
        form: { grant_type: 'client_credentials', ...client.credentials },
      })
      t.member(own, 'scope', 'openid offline offline_access photos.read photos.write')
      const some = { grant_type: 'client_credentials', scope: 'photos.read', ...client.credentials }
      t.member(await t.public.post('one scope asked', tokenPath, { form: some }), 'scope', 'photos.read')
    },
  }),

  defineCase({
    name: 'pkce-enforced-for-public-clients',
    operations: ['oAuth2Authorize'],
    profile: 'registration',
    async run(t) {
      const open = new Flow(t, await t.client({ token_endpoint_auth_method: 'none' }), { name: 'public' })
      await open.run()
      t.redirectError(open.last, 'invalid_request', '/callback')
      const confidential = new Flow(t, await t.client(), { name: 'confidential' })
      await confidential.run()
      t.ok('a code', confidential.code !== '')
    },
  }),

  defineCase({
    name: 'bare-fallback-pages',
    operations: ['oAuth2Authorize', 'revokeOidcSession', 'discoverOidcConfiguration'],
    profile: 'bare',
    async run(t) {
      const client = await t.client()
      const login = await new Flow(t, client, { name: 'login' }).authorize()
      t.redirectsTo(login, '/oauth2/fallbacks/login')
      t.status(await t.visit('the login page', login.location, t.browser()), 200)
      const error = await new Flow(t, client, { name: 'error', params: { client_id: 'nobody' } }).authorize()
      t.redirectsTo(error, '/oauth2/fallbacks/error')
      t.status(await t.visit('the error page', error.location, t.browser()), 500)
      const logout = await t.public.get('logout', '/oauth2/sessions/logout', { browser: t.browser() })
      t.redirectsTo(logout, '/oauth2/fallbacks/logout/callback')
      t.status(await t.visit('the page after logout', logout.location, t.browser()), 200)
      t.status(await t.public.get('discovery', '/.well-known/openid-configuration'), 200)
    },
  }),
]

async function change(t: CaseContext, client: TestClient, member: string, value: unknown): Promise<void> {
  const json = [{ op: 'replace', path: `/${member}`, value }]
  const answer = await t.admin.patch(`change ${member}`, `/clients/${client.id}`, { json, quiet: true })
  if (answer.status !== 200) throw new Error(`could not change ${member}: ${answer.status}, ${answer.shape}`)
}
