/** The token endpoint: client authentication, client credentials, codes, PKCE. */
import { defineCase, type ContractCase } from '../contract-case.ts'
import { createPkce, Flow } from '../flow.ts'

const tokenPath = '/oauth2/token'

export const tokenCases: readonly ContractCase[] = [
  defineCase({
    name: 'token-malformed-requests',
    operations: ['oauth2TokenExchange'],
    profile: 'default',
    async run(t) {
      const client = await t.client()
      const post = (step: string, form: Readonly<Record<string, string>>) =>
        t.public.post(step, tokenPath, { form: { ...client.credentials, ...form } })
      t.error(await t.public.post('no body', tokenPath), 400, 'invalid_request')
      t.error(
        await t.public.post('a JSON body', tokenPath, { json: { grant_type: 'client_credentials' } }),
        400,
        'invalid_request',
      )
      t.error(await post('no grant_type', {}), 400, 'invalid_request')
      t.error(await post('empty grant_type', { grant_type: '' }), 400, 'invalid_request')
      t.error(await post('unknown grant_type', { grant_type: 'kitten' }), 400, 'invalid_request')
      t.error(await post('password', { grant_type: 'password', username: 'a', password: 'b' }), 400, 'invalid_request')
      t.error(
        await post('token exchange', { grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange' }),
        400,
        'invalid_request',
      )
    },
  }),

  defineCase({
    name: 'token-client-authentication',
    operations: ['oauth2TokenExchange'],
    profile: 'default',
    async run(t) {
      const byPost = await t.client()
      const byBasic = await t.client({ token_endpoint_auth_method: 'client_secret_basic' })
      const open = await t.client({ token_endpoint_auth_method: 'none' })
      const grant = { grant_type: 'client_credentials' }
      const ok = await t.public.post('post', tokenPath, { form: { ...grant, ...byPost.credentials } })
      t.status(ok, 200)
      t.equal('no-store', ok.header('cache-control'), 'no-store')
      t.status(await t.public.post('basic', tokenPath, { form: grant, basic: [byBasic.id, byBasic.secret] }), 200)
      t.error(
        await t.public.post('bad secret', tokenPath, {
          form: { ...grant, client_id: byPost.id, client_secret: 'wrong-secret' },
        }),
        401,
        'invalid_client',
      )
      t.error(
        await t.public.post('bad basic secret', tokenPath, { form: grant, basic: [byBasic.id, 'wrong-secret'] }),
        401,
        'invalid_client',
      )
      t.error(
        await t.public.post('unknown client', tokenPath, {
          form: { ...grant, client_id: 'nobody', client_secret: 'secret' },
        }),
        401,
        'invalid_client',
      )
      t.error(await t.public.post('no authentication', tokenPath, { form: grant }), 400, 'invalid_request')
      t.error(
        await t.public.post('id alone', tokenPath, { form: { ...grant, client_id: byPost.id } }),
        401,
        'invalid_client',
      )
      t.error(
        await t.public.post('basic although post is registered', tokenPath, {
          form: grant,
          basic: [byPost.id, byPost.secret],
        }),
        401,
        'invalid_client',
      )
      t.error(
        await t.public.post('post although basic is registered', tokenPath, {
          form: { ...grant, ...byBasic.credentials },
        }),
        401,
        'invalid_client',
      )
      t.error(
        await t.public.post('both at once', tokenPath, {
          form: { ...grant, ...byPost.credentials },
          basic: [byPost.id, byPost.secret],
        }),
        401,
        'invalid_client',
      )
      t.error(
        await t.public.post('malformed basic', tokenPath, { form: grant, headers: { authorization: 'Basic !!!' } }),
        400,
        'invalid_request',
      )
      t.error(
        await t.public.post('a public client may not', tokenPath, { form: { ...grant, client_id: open.id } }),
        400,
        'invalid_grant',
      )
      const odd = await t.client({ token_endpoint_auth_method: 'client_secret_basic', client_secret: 'a+b c:d%e=f' })
      t.status(
        await t.public.post('special characters, form-encoded', tokenPath, {
          form: grant,
          basic: [odd.id, 'a+b c:d%e=f'],
        }),
        200,
      )
      const raw = `Basic ${Buffer.from(`${odd.id}:a+b c:d%e=f`).toString('base64')}`
      t.error(
        await t.public.post('special characters, raw', tokenPath, {
          form: grant,
          headers: { authorization: t.hide('raw_basic', raw) },
        }),
        400,
        'invalid_request',
      )
    },
  }),

  defineCase({
    name: 'token-client-credentials',
    operations: ['oauth2TokenExchange', 'introspectOAuth2Token'],
    profile: 'default',
    async run(t) {
      const client = await t.client()
      const without = await t.client({ grant_types: ['authorization_code'] })
      const post = (step: string, form: Readonly<Record<string, string | readonly string[]>>) =>
        t.public.post(step, tokenPath, { form: { grant_type: 'client_credentials', ...client.credentials, ...form } })
      const plain = await post('no scope', {})
      t.status(plain, 200)
      t.member(plain, 'scope', '')
      const full = await post('scope and audience', {
        scope: 'photos.read openid offline',
        audience: 'https://api.example.com',
      })
      t.status(full, 200)
      t.member(full, 'refresh_token', undefined)
      t.member(full, 'id_token', undefined)
      const seen = await t.admin.post('introspect', '/oauth2/introspect', {
        form: { token: full.string('access_token') },
      })
      t.member(seen, 'sub', client.id)
      t.member(seen, 'scope', 'photos.read openid offline')
      t.member(seen, 'aud', ['https://api.example.com'])
      t.status(await post('audience below an allowed path', { audience: 'https://api.example.com/v1' }), 200)
      t.status(
        await post('two audiences in one', { audience: 'https://api.example.com https://api2.example.com' }),
        200,
      )
      t.status(await post('audience twice', { audience: ['https://api.example.com', 'https://api2.example.com'] }), 200)
      t.error(await post('scope not registered', { scope: 'photos.delete' }), 400, 'invalid_scope')
      t.error(await post('audience not registered', { audience: 'https://other.example' }), 400, 'invalid_request')
      t.error(await post('audience over http', { audience: 'http://api.example.com' }), 400, 'invalid_request')
      t.error(
        await t.public.post('grant not registered', tokenPath, {
          form: { grant_type: 'client_credentials', ...without.credentials },
        }),
        400,
        'unauthorized_client',
      )
    },
  }),

  defineCase({
    name: 'token-code-errors',
    operations: ['oauth2TokenExchange'],
    profile: 'default',
    async run(t) {
      const client = await t.client()
      const other = await t.client()
      const flow = new Flow(t, client, { quiet: true })
      await flow.run()
      const code = t.hide('code', flow.code)
      const post = (step: string, form: Readonly<Record<string, string | undefined>>) =>
        t.public.post(step, tokenPath, {
          form: { grant_type: 'authorization_code', redirect_uri: client.redirectUri, ...client.credentials, ...form },
        })
      t.error(await post('no code', {}), 400, 'invalid_grant')
      t.error(await post('garbage', { code: 'garbage' }), 400, 'invalid_grant')
      const made = `${t.atLeast('2.0') ? 'ory_ac_' : ''}${'a'.repeat(43)}.${'b'.repeat(43)}`
      t.error(await post('well formed and unknown', { code: made }), 400, 'invalid_grant')
      t.error(await post('wrong redirect_uri', { code, redirect_uri: 'https://evil.example/cb' }), 400, 'invalid_grant')
      t.error(await post('no redirect_uri', { code, redirect_uri: undefined }), 400, 'invalid_grant')
      t.error(await post('code of another client', { code, ...other.credentials }), 400, 'invalid_grant')
      t.error(await post('bad secret', { code, client_secret: 'wrong-secret' }), 401, 'invalid_client')
      t.status(await post('none of this spent the code', { code }), 200)
    },
  }),

  defineCase({
    name: 'token-code-reuse-revokes',
    operations: ['oauth2TokenExchange', 'introspectOAuth2Token'],
    profile: 'default',
    async run(t) {
      const client = await t.client()
      const flow = new Flow(t, client)
      await flow.run()
      const tokens = await flow.tokens()
      t.status(tokens, 200)
      const token = tokens.string('access_token')
      t.member(await t.admin.post('introspect before', '/oauth2/introspect', { form: { token } }), 'active', true)
      const form = {
        grant_type: 'authorization_code',
        code: flow.code,
        redirect_uri: client.redirectUri,
        ...client.credentials,
      }
      t.error(await t.public.post('exchange again', tokenPath, { form }), 400, 'invalid_grant')
      t.equal(
        'access token ended',
        (await t.admin.post('introspect after', '/oauth2/introspect', { form: { token } })).json,
        { active: false },
      )
      const refresh = {
        grant_type: 'refresh_token',
        refresh_token: tokens.string('refresh_token'),
        ...client.credentials,
      }
      t.error(
        await t.public.post('refresh after', tokenPath, { form: refresh }),
        { '1.11': 401, '26.2': 400 },
        { '1.11': 'token_inactive', '26.2': 'invalid_grant' },
      )
    },
  }),

  defineCase({
    name: 'token-pkce',
    operations: ['oAuth2Authorize', 'oauth2TokenExchange'],
    profile: 'default',
    async run(t) {
      const open = await t.client({ token_endpoint_auth_method: 'none' })
      const pkce = createPkce(t)
      const params = { code_challenge: pkce.challenge, code_challenge_method: 'S256' }
      const flow = new Flow(t, open, { name: 'public client', params })
      await flow.run()
      const tokens = await flow.tokens({ code_verifier: pkce.verifier })
      t.status(tokens, 200)
      t.ok('refresh token', typeof tokens.at('refresh_token') === 'string')
      const refreshed = await t.public.post('refresh of a public client', tokenPath, {
        form: { grant_type: 'refresh_token', refresh_token: tokens.string('refresh_token'), client_id: open.id },
      })
      t.status(refreshed, 200)
      const confidential = new Flow(t, await t.client(), { name: 'confidential client', params })
      await confidential.run()
      t.status(await confidential.tokens({ code_verifier: pkce.verifier }), 200)
      const unasked = new Flow(t, await t.client(), { name: 'verifier without challenge' })
      await unasked.run()
      t.error(await unasked.tokens({ code_verifier: pkce.verifier }), 400, 'invalid_grant')
      const wrong = new Flow(t, open, { name: 'wrong verifier', params })
      await wrong.run()
      t.error(await wrong.tokens({ code_verifier: createPkce(t).verifier }), 400, 'invalid_grant')
      const short = new Flow(t, open, { name: 'short verifier', params })
      await short.run()
      t.error(await short.tokens({ code_verifier: 'short' }), 400, 'invalid_grant')
    },
  }),
]
