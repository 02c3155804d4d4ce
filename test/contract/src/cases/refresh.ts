/** Refresh tokens: rotation, reuse, what is checked again. */
import { defineCase, type ContractCase } from '../contract-case.ts'
import { signIn } from '../flow.ts'

const tokenPath = '/oauth2/token'

export const refreshCases: readonly ContractCase[] = [
  defineCase({
    name: 'token-refresh-rotation',
    operations: ['oauth2TokenExchange', 'introspectOAuth2Token'],
    profile: 'default',
    async run(t) {
      const client = await t.client()
      const { refreshToken, accessToken } = await signIn(t, client, { params: { audience: 'https://api.example.com' } })
      const refresh = (step: string, token: string, more: Readonly<Record<string, string>> = {}) =>
        t.public.post(step, tokenPath, {
          form: { grant_type: 'refresh_token', refresh_token: token, ...client.credentials, ...more },
        })
      const active = async (step: string, token: string) =>
        (await t.admin.post(step, '/oauth2/introspect', { form: { token } })).at('active')
      const first = await refresh('refresh', refreshToken)
      t.status(first, 200)
      t.member(first, 'scope', 'openid offline photos.read')
      t.ok('a new refresh token', first.string('refresh_token') !== refreshToken)
      t.ok('a new ID token', typeof first.at('id_token') === 'string')
      t.equal('the old access token ended', await active('old access token', accessToken), false)
      t.equal('the new one works', await active('new access token', first.string('access_token')), true)
      const narrowed = await refresh('refresh with a narrower scope', first.string('refresh_token'), {
        scope: 'openid',
      })
      t.status(narrowed, 200)
      t.member(narrowed, 'scope', 'openid offline photos.read')
    },
  }),

  defineCase({
    name: 'token-refresh-reuse-revokes-the-family',
    operations: ['oauth2TokenExchange', 'introspectOAuth2Token'],
    profile: 'default',
    async run(t) {
      const client = await t.client()
      const { refreshToken } = await signIn(t, client)
      const refresh = (step: string, token: string) =>
        t.public.post(step, tokenPath, {
          form: { grant_type: 'refresh_token', refresh_token: token, ...client.credentials },
        })
      const next = await refresh('refresh', refreshToken)
      t.status(next, 200)
      t.error(
        await refresh('the old one again', refreshToken),
        { '1.11': 401, '26.2': 400 },
        { '1.11': 'token_inactive', '26.2': 'invalid_grant' },
      )
      t.error(
        await refresh('the newest one after that', next.string('refresh_token')),
        { '1.11': 401, '26.2': 400 },
        { '1.11': 'token_inactive', '26.2': 'invalid_grant' },
      )
      const seen = await t.admin.post('introspect the newest access token', '/oauth2/introspect', {
        form: { token: next.string('access_token') },
      })
      t.equal('inactive', seen.json, { active: false })
    },
  }),

  defineCase({
    name: 'token-refresh-errors',
    operations: ['oauth2TokenExchange'],
    profile: 'default',
    async run(t) {
      const client = await t.client()
      const other = await t.client()
      const { refreshToken, accessToken } = await signIn(t, client)
      const refresh = (step: string, form: Readonly<Record<string, string>>) =>
        t.public.post(step, tokenPath, { form: { grant_type: 'refresh_token', ...client.credentials, ...form } })
      t.error(await refresh('no token', {}), 400, 'invalid_grant')
      t.error(await refresh('garbage', { refresh_token: 'garbage' }), 400, 'invalid_grant')
      t.error(await refresh('an access token', { refresh_token: accessToken }), 400, 'invalid_grant')
      t.error(
        await refresh('of another client', { refresh_token: refreshToken, ...other.credentials }),
        400,
        'invalid_grant',
      )
      t.error(
        await refresh('bad secret', { refresh_token: refreshToken, client_secret: 'wrong-secret' }),
        401,
        'invalid_client',
      )
      const noGrant = await t.client({ grant_types: ['client_credentials'] })
      t.error(
        await refresh('grant not registered', { refresh_token: refreshToken, ...noGrant.credentials }),
        400,
        'unauthorized_client',
      )
      t.status(await refresh('none of this spent it', { refresh_token: refreshToken }), 200)
    },
  }),

  defineCase({
    name: 'token-refresh-rechecks-the-client',
    operations: ['oauth2TokenExchange', 'patchOAuth2Client'],
    profile: 'default',
    async run(t) {
      const client = await t.client()
      const { refreshToken } = await signIn(t, client, { params: { audience: 'https://api.example.com' } })
      const path = `/clients/${client.id}`
      const refresh = (step: string) =>
        t.public.post(step, tokenPath, {
          form: { grant_type: 'refresh_token', refresh_token: refreshToken, ...client.credentials },
        })
      const patch = (member: string, value: unknown) =>
        t.admin.patch(`set ${member}`, path, { json: [{ op: 'replace', path: `/${member}`, value }], quiet: true })
      await patch('scope', 'openid offline')
      t.error(await refresh('a granted scope is no longer registered'), 400, 'invalid_scope')
      await patch('scope', 'openid offline photos.read')
      await patch('audience', ['https://other.example.com'])
      t.error(await refresh('a granted audience is no longer registered'), 400, 'invalid_request')
      await patch('audience', ['https://api.example.com'])
      t.status(await refresh('registered again'), 200)
    },
  }),

  defineCase({
    name: 'token-refresh-in-parallel-has-one-winner',
    operations: ['oauth2TokenExchange'],
    profile: 'default',
    // What a real server answers depends on timing: mostly one 200, and 400 or 500 for the others.
    embeddedOnly: true,
    async run(t) {
      const client = await t.client()
      const { refreshToken } = await signIn(t, client)
      const form = { grant_type: 'refresh_token', refresh_token: refreshToken, ...client.credentials }
      const answers = await Promise.all(
        [1, 2, 3, 4].map((i) => t.public.post(`refresh ${i}`, tokenPath, { form, quiet: true })),
      )
      const good = answers.filter(({ status }) => status === 200)
      t.ok('at most one wins', good.length <= 1)
      t.ok('the others are refused', answers.filter(({ status }) => [400, 401, 500].includes(status)).length >= 3)
      for (const winner of good) {
        const again = { ...form, refresh_token: winner.string('refresh_token') }
        const after = await t.public.post('refresh of the winner', tokenPath, { form: again, quiet: true })
        t.ok('and ends up revoked too', after.status === 400 || after.status === 401)
      }
    },
  }),
]
