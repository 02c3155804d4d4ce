/** Calls from scripts of other origins. */
import { defineCase, type ContractCase } from '../contract-case.ts'
import { signIn } from '../flow.ts'
import { allowedOrigin } from '../profiles.ts'

export const corsCases: readonly ContractCase[] = [
  defineCase({
    name: 'cors-of-the-public-port',
    operations: ['oauth2TokenExchange', 'discoverOidcConfiguration'],
    profile: 'registration',
    async run(t) {
      const client = await t.client({
        allowed_cors_origins: ['https://client.example.com'],
        token_endpoint_auth_method: 'client_secret_basic',
      })
      const origins = {
        allowed: allowedOrigin,
        'of the client': 'https://client.example.com',
        unknown: 'https://evil.example',
      }
      const access = 'access-control-allow-origin'
      for (const [name, origin] of Object.entries(origins)) {
        const headers = { origin }
        const discovery = await t.public.get(`discovery, origin ${name}`, '/.well-known/openid-configuration', {
          headers,
        })
        t.equal(`discovery, ${name}`, discovery.header(access), name === 'allowed' ? origin : undefined)
        const token = await t.public.post(`token, origin ${name}`, '/oauth2/token', {
          headers,
          form: { grant_type: 'client_credentials' },
          basic: [client.id, client.secret],
        })
        t.status(token, 200)
        t.equal(`token, ${name}`, token.header(access), name === 'unknown' ? undefined : origin)
        const preflight = await t.public.options(`preflight of userinfo, origin ${name}`, '/userinfo', {
          headers: {
            origin,
            'access-control-request-method': 'GET',
            'access-control-request-headers': 'authorization',
          },
        })
        t.equal(
          `preflight, ${name}`,
          preflight.header(access),
          t.version === '1.11' || name === 'allowed' ? origin : undefined,
        )
      }
    },
  }),

  defineCase({
    name: 'cors-switched-off',
    operations: ['discoverOidcConfiguration'],
    profile: 'default',
    async run(t) {
      const headers = { origin: allowedOrigin }
      const answer = await t.public.get('discovery', '/.well-known/openid-configuration', { headers })
      t.equal('no header', answer.header('access-control-allow-origin'), undefined)
      const preflight = await t.public.options('preflight', '/userinfo', {
        headers: { ...headers, 'access-control-request-method': 'GET' },
      })
      t.equal('nor here', preflight.header('access-control-allow-origin'), undefined)
    },
  }),

  defineCase({
    name: 'cors-of-other-routes',
    operations: ['getOidcUserInfo', 'revokeOAuth2Token', 'discoverJsonWebKeys'],
    profile: 'registration',
    since: '25.4',
    async run(t) {
      const client = await t.client()
      const headers = { origin: allowedOrigin }
      const granted = 'access-control-allow-origin'
      const { accessToken } = await signIn(t, client)
      const user = await t.public.get('userinfo', '/userinfo', { headers, bearer: accessToken })
      t.equal('userinfo', user.header(granted), allowedOrigin)
      t.equal(
        'an error too',
        (await t.public.get('userinfo without token', '/userinfo', { headers })).header(granted),
        allowedOrigin,
      )
      const form = { token: accessToken, ...client.credentials }
      t.equal(
        'revoke',
        (await t.public.post('revoke', '/oauth2/revoke', { headers, form })).header(granted),
        allowedOrigin,
      )
      t.equal(
        'jwks',
        (await t.public.get('jwks', '/.well-known/jwks.json', { headers })).header(granted),
        allowedOrigin,
      )
      for (const path of [
        '/oauth2/token',
        '/oauth2/auth',
        '/oauth2/register',
        '/oauth2/device/auth',
        '/no/such/route',
      ]) {
        const asked = {
          ...headers,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'content-type',
        }
        const answer = await t.public.options(`preflight of ${path}`, path, { headers: asked })
        t.equal(`preflight of ${path}`, answer.header(granted), allowedOrigin)
      }
    },
  }),
]
