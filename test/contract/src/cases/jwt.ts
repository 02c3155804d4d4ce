/** JWT access tokens, ID tokens, and their keys. */
import { createHash, createPublicKey, verify, type JsonWebKey } from 'node:crypto'
import type { CaseContext } from '../case-context.ts'
import { defineCase, type ContractCase } from '../contract-case.ts'
import { Flow, signIn } from '../flow.ts'
import { claimsOf } from '../transcript/jwt.ts'

export const jwtCases: readonly ContractCase[] = [
  defineCase({
    name: 'jwt-access-token-of-a-user',
    operations: ['oauth2TokenExchange', 'discoverJsonWebKeys'],
    profile: 'jwt',
    async run(t) {
      const flow = new Flow(t, await t.client(), { params: { audience: 'https://api.example.com' } })
      await flow.run({
        consent: { session: { access_token: { tenant: 7, sub: 'mallory' }, id_token: { email: 'a@example.com' } } },
      })
      const tokens = await flow.tokens()
      t.status(tokens, 200)
      const claims = claimsOf(tokens.string('access_token'))
      t.equal('sub', claims['sub'], flow.subject)
      t.equal('aud', claims['aud'], ['https://api.example.com'])
      t.equal('scp', claims['scp'], ['openid', 'offline', 'photos.read'])
      t.equal('ext', claims['ext'], { tenant: 7, sub: 'mallory' })
      t.equal('client_id', claims['client_id'], flow.client.id)
      t.equal('iss', claims['iss'], t.issuer)
      t.equal('refresh tokens stay opaque', tokens.string('refresh_token').split('.').length, 2)
      await checkSignature(t, tokens.string('access_token'))
      await checkSignature(t, tokens.string('id_token'))
    },
  }),

  defineCase({
    name: 'jwt-access-token-of-a-client',
    operations: ['oauth2TokenExchange', 'introspectOAuth2Token', 'revokeOAuth2Token'],
    profile: 'jwt',
    async run(t) {
      const client = await t.client()
      const form = { grant_type: 'client_credentials', scope: 'photos.read', ...client.credentials }
      const issued = await t.public.post('token', '/oauth2/token', { form })
      const token = issued.string('access_token')
      const claims = claimsOf(token)
      t.equal('sub is the client', claims['sub'], client.id)
      t.equal('aud is an empty array', claims['aud'], [])
      t.equal('ext is empty', claims['ext'], {})
      const empty = await t.public.post('token without scope', '/oauth2/token', { form: { ...form, scope: undefined } })
      t.equal('scp is an empty array', claimsOf(empty.string('access_token'))['scp'], [])
      const inspect = (step: string, value: string) =>
        t.admin.post(step, '/oauth2/introspect', { form: { token: value } })
      t.member(await inspect('introspect', token), 'active', true)
      const [header = '', payload = '', signature = ''] = token.split('.')
      const none = `${Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')}.${payload}.`
      t.equal('alg none', (await inspect('alg none', none)).json, { active: false })
      const forged = Buffer.from(JSON.stringify({ ...claims, scp: ['admin'] })).toString('base64url')
      t.equal('changed claims', (await inspect('changed claims', `${header}.${forged}.${signature}`)).json, {
        active: false,
      })
      await t.public.post('revoke', '/oauth2/revoke', { form: { token, ...client.credentials } })
      t.equal('revoked', (await inspect('after revocation', token)).json, { active: false })
    },
  }),

  defineCase({
    name: 'jwt-client-setting-wins-over-jwt',
    operations: ['oauth2TokenExchange'],
    profile: 'jwt',
    since: '2.1',
    async run(t) {
      const client = await t.client({ access_token_strategy: 'opaque' })
      const form = { grant_type: 'client_credentials', ...client.credentials }
      const issued = await t.public.post('opaque by the client', '/oauth2/token', { form })
      t.ok('opaque', issued.string('access_token').startsWith('ory_at_'))
    },
  }),

  defineCase({
    name: 'jwt-client-setting-wins-over-opaque',
    operations: ['oauth2TokenExchange', 'introspectOAuth2Token'],
    profile: 'default',
    since: '2.1',
    async run(t) {
      const client = await t.client({ access_token_strategy: 'jwt' })
      const issued = await t.public.post('JWT by the client', '/oauth2/token', {
        form: { grant_type: 'client_credentials', ...client.credentials },
      })
      const token = issued.string('access_token')
      t.equal('a JWT', token.split('.').length, 3)
      t.member(await t.admin.post('introspect', '/oauth2/introspect', { form: { token } }), 'active', true)
      await checkSignature(t, token)
    },
  }),

  defineCase({
    name: 'jwt-refresh-renews-the-claims',
    operations: ['oauth2TokenExchange'],
    profile: 'jwt',
    async run(t) {
      const client = await t.client()
      const { refreshToken, accessToken, idToken } = await signIn(t, client, {
        consent: { session: { access_token: { tenant: 7 } } },
      })
      const next = await t.public.post('refresh', '/oauth2/token', {
        form: { grant_type: 'refresh_token', refresh_token: refreshToken, ...client.credentials },
      })
      t.status(next, 200)
      const [before, after] = [claimsOf(accessToken), claimsOf(next.string('access_token'))]
      t.equal('ext stays', after['ext'], before['ext'])
      t.ok('jti is new', after['jti'] !== before['jti'])
      const [oldId, newId] = [claimsOf(idToken), claimsOf(next.string('id_token'))]
      for (const name of ['nonce', 'auth_time', 'rat', 'sid', 'sub', 'aud'])
        t.equal(`${name} stays`, newId[name], oldId[name])
      t.ok('the ID token has a new jti', newId['jti'] !== oldId['jti'])
    },
  }),

  defineCase({
    name: 'jwt-from-the-authorize-endpoint',
    operations: ['oAuth2Authorize', 'introspectOAuth2Token'],
    profile: 'jwt',
    async run(t) {
      const params = { audience: 'https://api.example.com' }
      const flow = new Flow(t, await t.client(), { responseType: 'code id_token token', params })
      await flow.run({ consent: { session: { access_token: { tenant: 7 } } } })
      const token = flow.last.needParam('access_token')
      t.equal('aud', claimsOf(token)['aud'], ['https://api.example.com'])
      const ids = claimsOf(flow.last.needParam('id_token'))
      t.equal('at_hash', ids['at_hash'], halfHash(token))
      t.equal('c_hash', ids['c_hash'], halfHash(flow.code))
      t.member(await t.admin.post('introspect', '/oauth2/introspect', { form: { token } }), 'ext', { tenant: 7 })
      t.status(await flow.tokens(), 200)
      t.member(
        await t.admin.post('after the code was exchanged', '/oauth2/introspect', { form: { token } }),
        'active',
        true,
      )
    },
  }),

  defineCase({
    name: 'jwt-id-token-claims',
    operations: ['oauth2TokenExchange', 'oAuth2Authorize'],
    profile: 'default',
    async run(t) {
      const flow = new Flow(t, await t.client(), { responseType: 'code id_token' })
      await flow.run({
        login: { acr: 'gold', amr: ['pwd', 'otp'] },
        consent: {
          session: { id_token: { email: 'a@example.com', sub: 'mallory', exp: 1, client_id: 'added', scp: ['added'] } },
        },
      })
      const front = claimsOf(flow.last.needParam('id_token'))
      t.equal('c_hash', front['c_hash'], halfHash(flow.code))
      t.equal('nonce', front['nonce'], flow.nonce)
      t.equal('aud', front['aud'], [flow.client.id])
      const tokens = await flow.tokens()
      const back = claimsOf(tokens.string('id_token'))
      t.equal('at_hash', back['at_hash'], halfHash(tokens.string('access_token')))
      t.equal('sub', back['sub'], flow.subject)
      t.equal('acr', back['acr'], 'gold')
      t.equal('amr', back['amr'], ['pwd', 'otp'])
      t.equal('added claims', [back['email'], back['client_id'], back['scp']], ['a@example.com', 'added', ['added']])
      t.ok("exp is the server's", Number(back['exp']) > 1)
      await checkSignature(t, tokens.string('id_token'))
    },
  }),
]

/** Left half of SHA-256, as `at_hash` and `c_hash` want it for RS256 (OpenID Connect Core section 3.1.3.6). */
function halfHash(value: string): string {
  return createHash('sha256').update(value).digest().subarray(0, 16).toString('base64url')
}

/** The fact that the server's published keys verify a token. */
async function checkSignature(t: CaseContext, token: string): Promise<void> {
  const [header = '', payload = '', signature = ''] = token.split('.')
  const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid?: string }
  const { keys } = (await t.public.get('jwks', '/.well-known/jwks.json', { quiet: true })).json as unknown as {
    keys: (JsonWebKey & { kid: string })[]
  }
  const key = keys.find((one) => one.kid === kid)
  const good =
    key !== undefined &&
    verify(
      'sha256',
      Buffer.from(`${header}.${payload}`),
      createPublicKey({ key, format: 'jwk' }),
      Buffer.from(signature, 'base64url'),
    )
  t.ok('verified by the published keys', good)
}
