/** Introspection and revocation of opaque and JWT tokens. */
import { defineCase, type ContractCase } from '../contract-case.ts'
import { signIn } from '../flow.ts'

const path = '/oauth2/introspect'

export const introspectionCases: readonly ContractCase[] = [
  ...(['default', 'jwt'] as const).map((profile) =>
    defineCase({
      name: `introspect-every-kind-of-token-${profile === 'jwt' ? 'jwt' : 'opaque'}`,
      operations: ['introspectOAuth2Token'],
      profile,
      async run(t) {
        const client = await t.client()
        const signedIn = await signIn(t, client, {
          params: { audience: 'https://api.example.com' },
          consent: { session: { access_token: { tenant: 7 } } },
        })
        const inspect = (step: string, token: string, form: Readonly<Record<string, string>> = {}) =>
          t.admin.post(step, path, { form: { token, ...form } })
        const access = await inspect('access token', signedIn.accessToken)
        t.status(access, 200)
        t.member(access, 'token_use', 'access_token')
        t.member(access, 'token_type', 'Bearer')
        t.member(access, 'iss', t.issuer)
        t.member(access, 'ext', { tenant: 7 })
        const refresh = await inspect('refresh token', signedIn.refreshToken)
        t.member(refresh, 'active', true)
        t.member(refresh, 'token_use', 'refresh_token')
        t.equal('ID token', (await inspect('ID token', signedIn.idToken)).json, { active: false })
        t.equal('code', (await inspect('code', t.hide('code', signedIn.flow.code))).json, { active: false })
        const registration = t.hide('registration_access_token', client.registrationToken)
        t.equal('registration token', (await inspect('registration token', registration)).json, { active: false })
        for (const hint of ['access_token', 'refresh_token', 'kitten']) {
          t.member(
            await inspect(`access token, hint ${hint}`, signedIn.accessToken, { token_type_hint: hint }),
            'active',
            true,
          )
          t.member(
            await inspect(`refresh token, hint ${hint}`, signedIn.refreshToken, { token_type_hint: hint }),
            'active',
            true,
          )
        }
        const form = { grant_type: 'client_credentials', ...client.credentials }
        const own = await t.public.post('client credentials', '/oauth2/token', { form })
        const seen = await inspect('token of the client itself', own.string('access_token'))
        t.member(seen, 'sub', client.id)
        t.member(seen, 'ext', undefined)
      },
    }),
  ),

  defineCase({
    name: 'introspect-inactive-and-malformed',
    operations: ['introspectOAuth2Token'],
    profile: 'default',
    async run(t) {
      const { accessToken } = await signIn(t, await t.client())
      const inactive = async (step: string, form: Readonly<Record<string, string | readonly string[]>>) => {
        const answer = await t.admin.post(step, path, { form })
        t.status(answer, 200)
        t.equal(`${step}: nothing but inactive`, answer.json, { active: false })
      }
      await inactive('unknown token', { token: 'no-such-token' })
      await inactive('empty token', { token: '' })
      await inactive('no token beside other fields', { scope: 'openid' })
      await inactive('space after it', { token: `${accessToken} ` })
      await inactive('with its scheme', { token: `Bearer ${accessToken}` })
      await inactive('changed at the end', {
        token: t.hide('changed_token', `${accessToken.slice(0, -2)}${accessToken.endsWith('AA') ? 'BB' : 'AA'}`),
      })
      await inactive('garbage first, token second', { token: ['garbage', accessToken] })
      t.member(
        await t.admin.post('token first, garbage second', path, { form: { token: [accessToken, 'garbage'] } }),
        'active',
        true,
      )
      if (t.atLeast('2.0')) {
        const bare = t.hide('bare_token', accessToken.slice('ory_at_'.length))
        t.member(await t.admin.post('without its prefix', path, { form: { token: bare } }), 'active', true)
        await inactive('with a wrong prefix', { token: `ory_rt_${bare}` })
      }
      t.error(await t.admin.post('empty body', path), 400, 'invalid_request')
      t.error(await t.admin.post('JSON', path, { json: { token: accessToken } }), 400, 'invalid_request')
      t.error(
        await t.admin.post('token in the query only', path, { query: { token: accessToken } }),
        400,
        'invalid_request',
      )
    },
  }),

  ...(['default', 'exact-scope'] as const).map((profile) =>
    defineCase({
      name: `introspect-scope-${profile === 'default' ? 'wildcard' : 'exact'}`,
      operations: ['introspectOAuth2Token', 'oauth2TokenExchange'],
      profile,
      async run(t) {
        const client = await t.client({ scope: 'photos.* albums.*.read openid profile' })
        const form = {
          grant_type: 'client_credentials',
          scope: 'photos.* albums.*.read profile',
          ...client.credentials,
        }
        const issued = await t.public.post('token with patterns', '/oauth2/token', { form })
        t.status(issued, 200)
        const token = issued.string('access_token')
        const wildcard = profile === 'default'
        const rows: readonly (readonly [string, boolean])[] = [
          ['photos.*', true],
          ['photos.read', wildcard],
          ['photos.read.all', wildcard],
          ['photos', false],
          ['photos.', false],
          ['albums.7.read', wildcard],
          ['albums.read', false],
          ['albums..read', false],
          ['profile', true],
          ['profile.name', false],
          ['profile photos.*', true],
          ['profile missing', false],
          ['profile,photos', false],
          ['', true],
        ]
        for (const [scope, active] of rows) {
          t.member(await t.admin.post(`scope "${scope}"`, path, { form: { token, scope } }), 'active', active)
        }
        const other = await t.public.post('a concrete scope from the pattern', '/oauth2/token', {
          form: { ...form, scope: 'photos.read' },
        })
        t.status(other, wildcard ? 200 : 400)
      },
    }),
  ),

  defineCase({
    name: 'revoke-access-token',
    operations: ['revokeOAuth2Token', 'introspectOAuth2Token'],
    profile: 'default',
    async run(t) {
      const client = await t.client()
      const active = async (step: string, token: string) =>
        (await t.admin.post(step, path, { form: { token } })).at('active')
      const { accessToken, refreshToken } = await signIn(t, client)
      const revoked = await t.public.post('revoke', '/oauth2/revoke', {
        form: { token: accessToken, ...client.credentials },
      })
      t.status(revoked, 200)
      t.equal('an empty body', revoked.text, '')
      t.equal('the access token ended', await active('access token', accessToken), false)
      t.equal('and the refresh token with it', await active('refresh token', refreshToken), false)
      t.status(
        await t.public.post('revoke again', '/oauth2/revoke', { form: { token: accessToken, ...client.credentials } }),
        200,
      )
    },
  }),

  defineCase({
    name: 'revoke-refresh-token',
    operations: ['revokeOAuth2Token', 'introspectOAuth2Token'],
    profile: 'default',
    async run(t) {
      const client = await t.client({ token_endpoint_auth_method: 'client_secret_basic' })
      const active = async (step: string, token: string) =>
        (await t.admin.post(step, path, { form: { token } })).at('active')
      const other = await t.client()
      const { accessToken, refreshToken } = await signIn(t, other)
      const second = await signIn(t, other)
      const form = { token: refreshToken, token_type_hint: 'access_token', ...other.credentials }
      t.status(await t.public.post('revoke with a wrong hint', '/oauth2/revoke', { form }), 200)
      t.equal('the refresh token ended', await active('refresh token', refreshToken), false)
      t.equal('and the access token', await active('access token', accessToken), false)
      t.equal('another grant lives on', await active('access token of another grant', second.accessToken), true)
      const own = await t.public.post('token by basic', '/oauth2/token', {
        form: { grant_type: 'client_credentials' },
        basic: [client.id, client.secret],
      })
      const token = own.string('access_token')
      t.status(
        await t.public.post('revoke by basic', '/oauth2/revoke', {
          form: { token },
          basic: [client.id, client.secret],
        }),
        200,
      )
      t.equal('ended too', await active('token revoked by basic', token), false)
    },
  }),

  defineCase({
    name: 'revoke-what-is-not-ours',
    operations: ['revokeOAuth2Token', 'introspectOAuth2Token'],
    profile: 'default',
    async run(t) {
      const client = await t.client()
      const other = await t.client()
      const open = await t.client({ token_endpoint_auth_method: 'none' })
      const { accessToken, refreshToken, idToken } = await signIn(t, client)
      const revoke = (step: string, form: Readonly<Record<string, string>>) =>
        t.public.post(step, '/oauth2/revoke', { form })
      t.status(await revoke('access token of another client', { token: accessToken, ...other.credentials }), 200)
      t.status(await revoke('refresh token of another client', { token: refreshToken, ...other.credentials }), 200)
      t.member(await t.admin.post('still active', path, { form: { token: accessToken } }), 'active', true)
      t.status(await revoke('garbage', { token: 'garbage', ...client.credentials }), 200)
      t.status(await revoke('no token', { ...client.credentials }), 200)
      t.status(
        await revoke('unknown hint', { token: 'garbage', token_type_hint: 'kitten', ...client.credentials }),
        200,
      )
      t.status(await revoke('an ID token', { token: idToken, ...client.credentials }), 200)
      t.error(
        await revoke('bad secret', { token: accessToken, client_id: client.id, client_secret: 'wrong-secret' }),
        401,
        'invalid_client',
      )
      t.error(await revoke('no client', { token: accessToken }), 400, 'invalid_request')
      t.error(
        await t.public.post('basic of a post client', '/oauth2/revoke', {
          form: { token: accessToken },
          basic: [client.id, client.secret],
        }),
        401,
        'invalid_client',
      )
      const mine = await signIn(t, open)
      t.status(await revoke('by a public client', { token: mine.accessToken, client_id: open.id }), 200)
      t.member(await t.admin.post('that one ended', path, { form: { token: mine.accessToken } }), 'active', false)
    },
  }),

  defineCase({
    name: 'revoke-a-rotated-refresh-token',
    operations: ['revokeOAuth2Token', 'introspectOAuth2Token'],
    profile: 'default',
    async run(t) {
      const client = await t.client()
      const { refreshToken } = await signIn(t, client)
      const form = { grant_type: 'refresh_token', refresh_token: refreshToken, ...client.credentials }
      const next = await t.public.post('refresh', '/oauth2/token', { form })
      t.status(
        await t.public.post('revoke the old one', '/oauth2/revoke', {
          form: { token: refreshToken, ...client.credentials },
        }),
        200,
      )
      const token = next.string('access_token')
      t.member(await t.admin.post('its successor lives', path, { form: { token } }), 'active', true)
    },
  }),
]
