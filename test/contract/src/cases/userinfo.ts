/** Userinfo, as JSON and signed. */
import { defineCase, type ContractCase } from '../contract-case.ts'
import { signIn } from '../flow.ts'

export const userinfoCases: readonly ContractCase[] = [
  ...(['default', 'jwt'] as const).map((profile) =>
    defineCase({
      name: `userinfo-${profile === 'jwt' ? 'jwt' : 'opaque'}`,
      operations: ['getOidcUserInfo'],
      profile,
      async run(t) {
        const client = await t.client()
        const signedIn = await signIn(t, client, {
          login: { acr: 'gold', amr: ['pwd'] },
          consent: { session: { id_token: { email: 'alice@example.com' } } },
        })
        const { accessToken, refreshToken, idToken } = signedIn
        const ok = await t.public.get('by header', '/userinfo', { bearer: accessToken })
        t.status(ok, 200)
        t.member(ok, 'sub', signedIn.flow.subject)
        t.member(ok, 'email', 'alice@example.com')
        t.member(ok, 'nonce', undefined)
        t.member(ok, 'sid', undefined)
        t.status(await t.public.post('by header, POST', '/userinfo', { bearer: accessToken }), 200)
        t.status(await t.public.post('by form', '/userinfo', { form: { access_token: accessToken } }), 200)
        t.status(await t.public.get('by query', '/userinfo', { query: { access_token: accessToken } }), 200)
        t.status(
          await t.public.get('lower case scheme', '/userinfo', { headers: { authorization: `bearer ${accessToken}` } }),
          200,
        )
        t.error(await t.public.get('no token', '/userinfo'), 401, 'request_unauthorized')
        t.error(await t.public.get('garbage', '/userinfo', { bearer: 'garbage' }), 401, 'request_unauthorized')
        t.error(await t.public.get('refresh token', '/userinfo', { bearer: refreshToken }), 401, 'error')
        t.error(
          await t.public.get('ID token', '/userinfo', { bearer: idToken }),
          profile === 'jwt' ? 401 : 401,
          'request_unauthorized',
        )
        t.error(
          await t.public.get('basic', '/userinfo', { basic: [client.id, client.secret] }),
          401,
          'request_unauthorized',
        )
        const own = await t.public.post('client credentials', '/oauth2/token', {
          form: { grant_type: 'client_credentials', ...client.credentials },
        })
        const machine = await t.public.get('token of the client itself', '/userinfo', {
          bearer: own.string('access_token'),
        })
        t.status(machine, 200)
        t.member(machine, 'sub', profile === 'jwt' ? machine.at('sub') : undefined)
        const plain = await signIn(t, client, { scope: 'photos.read' })
        t.status(await t.public.get('without openid', '/userinfo', { bearer: plain.accessToken }), 200)
        await t.public.post('revoke', '/oauth2/revoke', { form: { token: accessToken, ...client.credentials } })
        t.error(await t.public.get('revoked', '/userinfo', { bearer: accessToken }), 401, 'request_unauthorized')
      },
    }),
  ),

  defineCase({
    name: 'userinfo-signed',
    operations: ['getOidcUserInfo'],
    profile: 'default',
    async run(t) {
      const client = await t.client({ userinfo_signed_response_alg: 'RS256' })
      const { accessToken, flow } = await signIn(t, client, {
        consent: { session: { id_token: { email: 'a@example.com' } } },
      })
      const answer = await t.public.get('signed userinfo', '/userinfo', { bearer: accessToken })
      t.status(answer, 200)
      t.ok('application/jwt', answer.header('content-type')?.startsWith('application/jwt') === true)
      const claims = JSON.parse(Buffer.from(answer.text.split('.')[1] ?? '', 'base64url').toString()) as Record<
        string,
        unknown
      >
      t.equal('sub', claims['sub'], flow.subject)
      t.equal('email', claims['email'], 'a@example.com')
    },
  }),

  defineCase({
    name: 'userinfo-token-in-odd-places',
    operations: ['getOidcUserInfo'],
    profile: 'default',
    async run(t) {
      const { accessToken } = await signIn(t, await t.client())
      const both = await t.public.post('header and form', '/userinfo', {
        bearer: accessToken,
        form: { access_token: 'garbage' },
      })
      t.status(both, 200)
      const empty = await t.public.get('empty bearer', '/userinfo', { headers: { authorization: 'Bearer ' } })
      t.error(empty, 401, 'request_unauthorized')
      const json = await t.public.post('in JSON', '/userinfo', { json: { access_token: accessToken } })
      t.error(json, 401, 'request_unauthorized')
      const twice = await t.public.get('two spaces', '/userinfo', {
        headers: { authorization: `Bearer  ${accessToken}` },
      })
      t.error(twice, 500, 'error')
    },
  }),
]
