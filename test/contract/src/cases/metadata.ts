/** Health, version, metrics, discovery, keys, and what happens beside the routes. */
import { defineCase, type ContractCase } from '../contract-case.ts'
import type { Json } from '../transcript/exchange.ts'

export const metadataCases: readonly ContractCase[] = [
  defineCase({
    name: 'metadata-health-and-version',
    operations: ['isAlive', 'isReady', 'getVersion', 'prometheus'],
    profile: 'default',
    async run(t) {
      for (const path of ['/health/alive', '/health/ready'] as const) {
        const onPublic = await t.public.get(`public ${path}`, path)
        t.status(onPublic, 200)
        t.member(onPublic, 'status', 'ok')
        const onAdmin = await t.admin.get(`admin ${path}`, path)
        t.status(onAdmin, 200)
        t.member(onAdmin, 'status', 'ok')
      }
      const version = await t.admin.get('version', '/version', { quiet: true })
      t.status(version, 200)
      t.ok('version is a text', typeof version.at('version') === 'string')
      const metrics = await t.admin.get('metrics', '/metrics/prometheus')
      t.status(metrics, 200)
      t.ok('metrics are Prometheus text', /^# (HELP|TYPE) /m.test(metrics.text))
      t.status(await t.public.get('no version on the public port', '/version'), 404)
    },
  }),

  defineCase({
    name: 'metadata-unprefixed-admin-paths',
    operations: ['isAlive', 'isReady', 'getVersion', 'listOAuth2Clients'],
    profile: 'default',
    since: '25.4',
    async run(t) {
      const { adminUrl } = t.server
      t.ok('the admin URL is known', adminUrl.startsWith('http://'))
      for (const path of ['/health/alive', '/health/ready', '/version', '/clients?owner=nobody-at-all']) {
        const answer = await t.unprefixed(`unprefixed ${path.split('?')[0]}`, path, path === '/version')
        t.status(answer, 200)
      }
    },
  }),

  defineCase({
    name: 'metadata-admin-prefix-is-unknown-to-1x',
    operations: [],
    profile: 'default',
    until: '1.11',
    async run(t) {
      for (const path of ['/admin/clients', '/admin/version', '/admin/health/alive']) {
        t.status(await t.admin.get(`prefixed ${path}`, path), 404)
      }
    },
  }),

  defineCase({
    name: 'discovery',
    operations: ['discoverOidcConfiguration'],
    profile: 'default',
    async run(t) {
      const answer = await t.public.get('discovery', '/.well-known/openid-configuration')
      t.status(answer, 200)
      t.member(answer, 'issuer', t.issuer)
      t.member(answer, 'token_endpoint', `${t.server.publicUrl}/oauth2/token`)
      t.member(answer, 'registration_endpoint', undefined)
      t.member(answer, 'introspection_endpoint', undefined)
      t.equal('names the device endpoint', answer.at('device_authorization_endpoint') !== undefined, t.atLeast('25.4'))
      const rfc8414 = await t.public.get('RFC 8414 path', '/.well-known/oauth-authorization-server')
      t.status(rfc8414, { '1.11': 404, '26.2': 200 })
      if (t.atLeast('25.4')) t.equal('both well-known paths say the same', rfc8414.json, answer.json)
    },
  }),

  defineCase({
    name: 'discovery-with-overrides-and-registration',
    operations: ['discoverOidcConfiguration'],
    profile: 'registration',
    async run(t) {
      const answer = await t.public.get('discovery', '/.well-known/openid-configuration')
      t.status(answer, 200)
      t.member(answer, 'registration_endpoint', `${t.server.app.url}/registration-of-the-gateway`)
    },
  }),

  defineCase({
    name: 'discovery-pairwise',
    operations: ['discoverOidcConfiguration'],
    profile: 'pairwise',
    async run(t) {
      const answer = await t.public.get('discovery', '/.well-known/openid-configuration')
      t.member(answer, 'subject_types_supported', ['public', 'pairwise'])
    },
  }),

  defineCase({
    name: 'jwks-of-the-public-port',
    operations: ['discoverJsonWebKeys'],
    profile: 'default',
    async run(t) {
      const answer = await t.public.get('jwks', '/.well-known/jwks.json')
      t.status(answer, 200)
      const keys = answer.list('keys')
      t.equal('id-token key, and from 2.1 the access-token key', keys.length, t.by({ '1.11': 1, '26.2': 2 }))
      t.ok(
        'no private members',
        keys.every((key) => !hasPrivateParts(key)),
      )
      t.ok(
        'all RS256',
        keys.every((key) => memberOf(key, 'alg') === 'RS256' && memberOf(key, 'use') === 'sig'),
      )
      t.equal(
        'constant kids in 1.x only',
        answer.string('keys.0.kid').startsWith('public:'),
        t.by({ '1.11': true, '26.2': false }),
      )
      const head = await t.public.head('head', '/.well-known/jwks.json')
      t.status(head, { '1.11': 405, '26.2': 200 })
    },
  }),

  defineCase({
    name: 'jwks-with-jwt-access-tokens',
    operations: ['discoverJsonWebKeys'],
    profile: 'jwt',
    async run(t) {
      const answer = await t.public.get('jwks', '/.well-known/jwks.json')
      t.equal('one key for each of the two sets', answer.list('keys').length, 2)
    },
  }),

  defineCase({
    name: 'routes-unknown',
    operations: [],
    profile: 'default',
    async run(t) {
      for (const accept of ['text/html', 'application/json', 'text/plain']) {
        const headers = { accept }
        t.status(await t.public.get(`public, ${accept}`, '/no/such/route', { headers }), 404)
        t.status(await t.admin.get(`admin, ${accept}`, '/no/such/route', { headers }), 404)
      }
      t.status(await t.public.get('admin route on the public port', '/admin/clients'), 404)
      t.status(await t.admin.get('public route on the admin port', '/userinfo'), 404)
    },
  }),

  defineCase({
    name: 'routes-with-a-wrong-method',
    operations: [],
    profile: 'default',
    async run(t) {
      t.status(await t.admin.get('GET introspect', '/oauth2/introspect'), 405)
      t.status(await t.admin.patch('PATCH introspect', '/oauth2/introspect'), 405)
      t.status(await t.admin.delete('DELETE clients', '/clients'), 405)
      t.status(await t.admin.post('POST one client', '/clients/some-client'), 405)
      t.status(await t.admin.post('POST login accept', '/oauth2/auth/requests/login/accept'), 405)
      t.status(await t.admin.post('POST consent sessions', '/oauth2/auth/sessions/consent'), 405)
      t.status(await t.admin.put('PUT trust', '/trust/grants/jwt-bearer/issuers'), 405)
      t.status(await t.admin.options('OPTIONS clients', '/clients'), { '1.11': 200, '26.2': 405 })
      t.status(await t.public.get('GET token', '/oauth2/token'), { '1.11': 405, '26.2': 404 })
      t.status(await t.public.get('GET revoke', '/oauth2/revoke'), { '1.11': 405, '26.2': 404 })
      t.status(await t.public.delete('DELETE userinfo', '/userinfo'), { '1.11': 405, '26.2': 404 })
    },
  }),

  defineCase({
    name: 'routes-slashes-and-methods-of-26',
    operations: [],
    profile: 'default',
    since: '25.4',
    async run(t) {
      const client = await t.client()
      const query = { owner: 'nobody-owns-this' }
      t.status(await t.admin.get('trailing slash', '/clients/', { query }), 200)
      t.status(await t.admin.get('double slash', '//clients', { query }), 307)
      t.status(await t.public.get('trailing slash of discovery', '/.well-known/openid-configuration/'), 200)
      for (const [step, path] of Object.entries({
        'head of a client': `/clients/${client.id}`,
        'head of the clients': '/clients?owner=nobody-owns-this',
        'head of health': '/health/alive',
      })) {
        t.status(await t.admin.head(step, path), 200)
      }
      t.status(await t.public.head('head of discovery', '/.well-known/openid-configuration'), 200)
      t.status(await t.public.head('head of userinfo', '/userinfo'), 401)
      t.status(await t.public.options('options of the token endpoint', '/oauth2/token'), 200)
    },
  }),

  defineCase({
    name: 'admin-port-ignores-authorization',
    operations: ['introspectOAuth2Token', 'getVersion'],
    profile: 'default',
    async run(t) {
      const form = { token: 'no-such-token' }
      t.status(await t.admin.post('bearer', '/oauth2/introspect', { form, bearer: 'whatever' }), 200)
      t.status(await t.admin.post('basic', '/oauth2/introspect', { form, basic: ['a', 'b'] }), 200)
      t.status(await t.admin.get('version', '/version', { bearer: 'whatever', quiet: true }), 200)
      const boundary = 'boundary-of-this-case'
      const text = `--${boundary}\r\nContent-Disposition: form-data; name="token"\r\n\r\nno-such-token\r\n--${boundary}--\r\n`
      const headers = { 'content-type': `multipart/form-data; boundary=${boundary}` }
      t.equal('multipart', (await t.admin.post('multipart', '/oauth2/introspect', { text, headers })).json, {
        active: false,
      })
    },
  }),
]

function memberOf(value: Json | undefined, key: string): Json | undefined {
  return typeof value === 'object' && value !== null ? (value as { readonly [key: string]: Json })[key] : undefined
}

function hasPrivateParts(key: Json): boolean {
  return ['d', 'p', 'q', 'k'].some((member) => memberOf(key, member) !== undefined)
}
