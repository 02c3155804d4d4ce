/** What `/oauth2/auth` says before, and instead of, a sign-in; response types and modes. */
import { defineCase, type ContractCase } from '../contract-case.ts'
import { createPkce, Flow } from '../flow.ts'

export const authorizeCases: readonly ContractCase[] = [
  defineCase({
    name: 'authorize-errors-at-the-error-page',
    operations: ['oAuth2Authorize'],
    profile: 'default',
    async run(t) {
      const client = await t.client()
      const two = await t.client({ redirect_uris: ['http://127.0.0.1:4000/a', 'http://127.0.0.1:4000/b'] })
      const rows: readonly (readonly [string, string, Readonly<Record<string, string | undefined>>])[] = [
        [
          'no parameters',
          'invalid_client',
          {
            client_id: undefined,
            response_type: undefined,
            redirect_uri: undefined,
            scope: undefined,
            state: undefined,
            nonce: undefined,
          },
        ],
        ['no client_id', 'invalid_client', { client_id: undefined }],
        ['unknown client_id', 'invalid_client', { client_id: 'nobody' }],
        ['redirect_uri not registered', 'invalid_request', { redirect_uri: 'https://evil.example/cb' }],
        ['redirect_uri with an extra query', 'invalid_request', { redirect_uri: `${client.redirectUri}?x=1` }],
        ['redirect_uri with a trailing slash', 'invalid_request', { redirect_uri: `${client.redirectUri}/` }],
        ['redirect_uri with a fragment', 'invalid_request', { redirect_uri: `${client.redirectUri}#x` }],
        [
          'localhost for 127.0.0.1',
          'invalid_request',
          { redirect_uri: client.redirectUri.replace('127.0.0.1', 'localhost') },
        ],
        ['no redirect_uri, two registered', 'invalid_request', { client_id: two.id, redirect_uri: undefined }],
        ['unknown response_mode', 'unsupported_response_mode', { response_mode: 'carrier_pigeon' }],
        ['request object that is none', 'invalid_request', { request: 'garbage' }],
        ['request and request_uri', 'invalid_request', { request: 'garbage', request_uri: 'https://a.example/r' }],
        ['request_uri not registered', 'invalid_request', { request_uri: 'https://a.example/r' }],
      ]
      for (const [step, error, params] of rows) {
        const answer = await new Flow(t, client, { name: step, params }).authorize()
        t.status(answer, 302)
        t.redirectError(answer, error, '/error')
      }
    },
  }),

  defineCase({
    name: 'authorize-without-redirect-uri',
    operations: ['oAuth2Authorize'],
    profile: 'default',
    async run(t) {
      const client = await t.client()
      const plain = await new Flow(t, client, {
        scope: 'photos.read',
        params: { redirect_uri: undefined },
        name: 'no openid',
      }).authorize()
      t.redirectsTo(plain, '/login')
      const openid = await new Flow(t, client, { params: { redirect_uri: undefined }, name: 'openid' }).authorize()
      t.redirectsTo(openid, t.by({ '1.11': '/login', '26.2': '/error' }))
    },
  }),

  defineCase({
    name: 'authorize-loopback-ports',
    operations: ['oAuth2Authorize'],
    profile: 'default',
    async run(t) {
      const client = await t.client({
        redirect_uris: ['http://127.0.0.1/cb', 'http://127.0.0.1:4000/other', 'http://localhost/cb'],
      })
      const go = (name: string, redirectUri: string) =>
        new Flow(t, client, { name, params: { redirect_uri: redirectUri } }).authorize()
      t.redirectsTo(await go('any port', 'http://127.0.0.1:51234/cb'), '/login')
      t.redirectsTo(await go('another port than registered', 'http://127.0.0.1:51234/other'), '/login')
      t.redirectsTo(await go('not for localhost', 'http://localhost:51234/cb'), '/error')
      t.redirectsTo(await go('another path', 'http://127.0.0.1:51234/elsewhere'), '/error')
    },
  }),

  defineCase({
    name: 'authorize-errors-to-the-client',
    operations: ['oAuth2Authorize'],
    profile: 'default',
    async run(t) {
      const client = await t.client({ response_types: ['code', 'token'] })
      const rows: readonly (readonly [string, string, Readonly<Record<string, string | undefined>>])[] = [
        ['no response_type', 'unsupported_response_type', { response_type: undefined }],
        ['unknown response_type', 'unsupported_response_type', { response_type: 'kitten' }],
        ['response_type not registered', 'unsupported_response_type', { response_type: 'id_token' }],
        ['no state', 'invalid_state', { state: undefined }],
        ['short state', 'invalid_state', { state: '1234567' }],
        ['scope not registered', 'invalid_scope', { scope: 'openid photos.delete' }],
        ['audience not registered', 'invalid_request', { audience: 'https://other.example' }],
        ['registration parameter', 'registration_not_supported', { registration: '{}' }],
        ['error of an implicit request', 'invalid_scope', { response_type: 'token', scope: 'photos.delete' }],
        ['error with response_mode fragment', 'invalid_scope', { response_mode: 'fragment', scope: 'photos.delete' }],
      ]
      for (const [step, error, params] of rows) {
        const answer = await new Flow(t, client, { name: step, params }).authorize()
        t.status(answer, 303)
        t.redirectError(answer, error, '/callback')
      }
      const posted = await new Flow(t, client, {
        name: 'form_post',
        params: { response_mode: 'form_post', scope: 'photos.delete' },
      }).authorize()
      t.status(posted, 200)
      t.ok(
        'a form that posts to the client',
        posted.text.includes('invalid_scope') && posted.text.includes(client.redirectUri),
      )
    },
  }),

  defineCase({
    name: 'authorize-odd-but-accepted',
    operations: ['oAuth2Authorize'],
    profile: 'default',
    async run(t) {
      const client = await t.client()
      const open = await t.client({ token_endpoint_auth_method: 'none' })
      const rows: readonly (readonly [string, Readonly<Record<string, string | readonly string[] | undefined>>])[] = [
        ['no scope', { scope: undefined }],
        ['short nonce', { nonce: 'short' }],
        ['no nonce with code', { nonce: undefined }],
        ['negative max_age', { max_age: '-1' }],
        ['max_age that is no number', { max_age: 'soon' }],
        ['scope twice', { scope: ['openid', 'photos.delete'] }],
        ['method without challenge', { code_challenge_method: 'S256' }],
        ['unknown prompt', { prompt: 'select_account' }],
        ['public client without PKCE', { client_id: open.id }],
        ['state of exactly eight characters', { state: '12345678' }],
      ]
      for (const [step, params] of rows) {
        const answer = await new Flow(t, client, { name: step, params }).authorize()
        t.status(answer, 302)
        t.redirectsTo(answer, '/login')
      }
    },
  }),

  defineCase({
    name: 'authorize-by-post-leads-nowhere',
    operations: ['oAuth2Authorize'],
    profile: 'default',
    async run(t) {
      const client = await t.client()
      const flow = new Flow(t, client)
      const posted = await t.public.post('post', '/oauth2/auth', { form: flow.parameters, browser: flow.browser })
      t.status(posted, 302)
      t.redirectsTo(posted, '/login')
      const query = { login_challenge: posted.needParam('login_challenge') }
      const seen = await t.admin.get('get login request', '/oauth2/auth/requests/login', { query })
      t.equal('request_url lost the form', new URL(seen.string('request_url')).search, '')
      const json = { subject: flow.subject }
      const accepted = await t.admin.put('accept', '/oauth2/auth/requests/login/accept', { query, json })
      const followed = await t.visit('follow', accepted.string('redirect_to'), flow.browser)
      t.redirectError(followed, 'invalid_client', '/error')
    },
  }),

  defineCase({
    name: 'authorize-unknown-verifiers',
    operations: ['oAuth2Authorize'],
    profile: 'default',
    async run(t) {
      const client = await t.client()
      for (const name of ['login_verifier', 'consent_verifier']) {
        const params = { [name]: t.hide(name, 'a-verifier-that-nobody-made') }
        const answer = await new Flow(t, client, { name, params }).authorize()
        t.status(answer, 303)
        t.redirectError(answer, 'access_denied', '/callback')
      }
    },
  }),

  ...(
    ['code', 'token', 'id_token', 'token id_token', 'code id_token', 'code token', 'code id_token token'] as const
  ).map((responseType) =>
    defineCase({
      name: `authorize-response-type-${responseType.replaceAll(/[ _]/g, '-')}`,
      operations: ['oAuth2Authorize', 'acceptOAuth2LoginRequest', 'acceptOAuth2ConsentRequest'],
      profile: 'default',
      async run(t) {
        const client = await t.client()
        const flow = new Flow(t, client, { responseType, params: { audience: 'https://api.example.com' } })
        t.status(await flow.authorize(), 302)
        t.redirectsTo(flow.last, '/login')
        t.status(await flow.login(), 302)
        t.redirectsTo(flow.last, '/consent')
        const done = await flow.consent()
        t.status(done, 303)
        t.redirectsTo(done, '/callback')
        const kinds = new Set(responseType.split(' '))
        t.equal('code', done.param('code') !== undefined, kinds.has('code'))
        t.equal('access token', done.param('access_token') !== undefined, kinds.has('token'))
        t.equal('ID token', done.param('id_token') !== undefined, kinds.has('id_token'))
        t.equal('in the fragment', done.location.hash !== '', responseType !== 'code')
        if (kinds.has('code')) {
          const tokens = await flow.tokens()
          t.status(tokens, 200)
          t.ok('refresh token', tokens.string('refresh_token') !== '')
        }
      },
    }),
  ),

  ...(['query', 'fragment', 'form_post'] as const).map((responseMode) =>
    defineCase({
      name: `authorize-response-mode-${responseMode.replace('_', '-')}`,
      operations: ['oAuth2Authorize'],
      profile: 'default',
      async run(t) {
        const flow = new Flow(t, await t.client(), { params: { response_mode: responseMode } })
        await flow.authorize()
        await flow.login()
        const done = await flow.consent()
        t.status(done, responseMode === 'form_post' ? 200 : 303)
        if (responseMode !== 'form_post')
          t.equal('in the fragment', done.location.hash !== '', responseMode === 'fragment')
        else t.ok('a form with the code', /name="code"/.test(done.text))
      },
    }),
  ),

  defineCase({
    name: 'authorize-query-mode-is-refused-for-tokens',
    operations: ['oAuth2Authorize'],
    profile: 'default',
    async run(t) {
      const flow = new Flow(t, await t.client(), { responseType: 'token', params: { response_mode: 'query' } })
      await flow.authorize()
      if (flow.last.location.pathname === '/login') await flow.login()
      if (flow.last.location.pathname === '/consent') await flow.consent()
      t.redirectsTo(flow.last, '/callback')
      t.ok('no token in the query', flow.last.param('access_token') === undefined)
      t.redirectError(flow.last, 'unsupported_response_mode')
    },
  }),

  defineCase({
    name: 'authorize-checks-that-come-after-consent',
    operations: ['oAuth2Authorize'],
    profile: 'default',
    async run(t) {
      const client = await t.client({ redirect_uris: [`${t.server.app.url}/callback`, 'http://photos.example.com/cb'] })
      const { challenge, verifier } = createPkce(t)
      const rows: readonly (readonly [string, string, Readonly<Record<string, string | undefined>>])[] = [
        ['plain challenge', 'invalid_request', { code_challenge: verifier, code_challenge_method: 'plain' }],
        ['challenge without method', 'invalid_request', { code_challenge: challenge }],
        ['unknown method', 'invalid_request', { code_challenge: challenge, code_challenge_method: 'S512' }],
        ['no nonce for an ID token', 'invalid_request', { response_type: 'id_token', nonce: undefined }],
        ['short nonce for an ID token', 'insufficient_entropy', { response_type: 'id_token', nonce: '1234567' }],
        ['unknown prompt', 'invalid_request', { prompt: 'select_account' }],
      ]
      for (const [step, error, params] of rows) {
        const flow = new Flow(t, client, { name: step, params })
        await flow.authorize()
        t.redirectsTo(flow.last, '/login')
        await flow.login()
        if (flow.last.location.pathname === '/consent') await flow.consent()
        t.redirectError(flow.last, error)
      }
      // A 26.2 in development mode takes plain http, a 1.11 only with a flag of its own.
      const plain = new Flow(t, client, {
        name: 'plain http',
        params: { redirect_uri: 'http://photos.example.com/cb' },
      })
      await plain.run()
      t.equal('error for plain http', plain.last.param('error'), t.by({ '1.11': 'invalid_request', '26.2': undefined }))
    },
  }),
]
