/** Smaller facts that programs have been seen to depend on. */
import { generateKeyPairSync } from 'node:crypto'
import { assertion, makeSigningKey, signJwt } from '../assertions.ts'
import { defineCase, type ContractCase } from '../contract-case.ts'
import { Flow, signIn } from '../flow.ts'
import { allowedOrigin } from '../profiles.ts'

const remembered = { remember: true, remember_for: 3600 } as const

export const finerPointCases: readonly ContractCase[] = [
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

  defineCase({
    name: 'claims-of-time-and-session',
    operations: ['oauth2TokenExchange', 'getOAuth2LoginRequest'],
    profile: 'default',
    async run(t) {
      const client = await t.client()
      const first = await signIn(t, client, { login: remembered, consent: { remember: true } })
      await t.passTime(2)
      const flow = new Flow(t, client, { browser: first.flow.browser, subject: first.flow.subject })
      await flow.authorize()
      const login = await flow.getLogin()
      await flow.login()
      await flow.consent()
      const tokens = await flow.tokens()
      const [before, after] = [claimsOf(first.idToken), claimsOf(tokens.string('id_token'))]
      t.equal('auth_time stays', after['auth_time'], before['auth_time'])
      t.equal('sid stays', after['sid'], before['sid'])
      t.equal('sid is the session of the login request', after['sid'], login.at('session_id'))
      t.ok("rat is the new request's", Number(after['rat']) > Number(before['rat']))
      const elsewhere = await signIn(t, client, { subject: first.flow.subject, login: remembered })
      t.ok('another browser has another sid', claimsOf(elsewhere.idToken)['sid'] !== before['sid'])
    },
  }),

  defineCase({
    name: 'consent-remembered-does-not-look-at-audiences',
    operations: ['getOAuth2ConsentRequest'],
    profile: 'default',
    async run(t) {
      const client = await t.client()
      const other = await t.client()
      const subject = t.unique('subject')
      await new Flow(t, client, { subject, quiet: true }).run({ consent: { remember: true, remember_for: 0 } })
      const wider = new Flow(t, client, {
        name: 'with an audience',
        subject,
        params: { audience: 'https://api.example.com' },
      })
      await wider.authorize()
      await wider.login()
      t.member(await wider.getConsent(), 'skip', true)
      const foreign = new Flow(t, other, { name: 'another client', subject })
      await foreign.authorize()
      await foreign.login()
      t.member(await foreign.getConsent(), 'skip', false)
    },
  }),

  defineCase({
    name: 'consent-context',
    operations: ['acceptOAuth2ConsentRequest', 'listOAuth2ConsentSessions'],
    profile: 'default',
    since: '2.2',
    async run(t) {
      const flow = new Flow(t, await t.client())
      await flow.authorize()
      await flow.login({ context: { from: 'login' }, identity_provider_session_id: 'session-of-the-provider' })
      await flow.consent({ context: { from: 'consent' } })
      const listed = await t.admin.get('list', '/oauth2/auth/sessions/consent', { query: { subject: flow.subject } })
      t.member(listed, '0.context', { from: 'consent' })
    },
  }),

  defineCase({
    name: 'prompt-combinations',
    operations: ['oAuth2Authorize', 'acceptOAuth2LoginRequest'],
    profile: 'default',
    async run(t) {
      const client = await t.client()
      const { flow } = await signIn(t, client, { login: remembered, consent: { remember: true } })
      const { browser, subject } = flow
      const both = new Flow(t, client, { name: 'login consent', browser, subject, params: { prompt: 'login consent' } })
      await both.authorize()
      t.member(await both.getLogin(), 'skip', false)
      await both.login(remembered)
      t.member(await both.getConsent(), 'skip', false)
      const mixed = new Flow(t, client, { name: 'none consent', browser, subject, params: { prompt: 'none consent' } })
      await mixed.authorize()
      if (mixed.last.location.pathname === '/login') await mixed.login()
      t.ok('none does not go with consent', mixed.last.param('error') !== undefined)
      if (t.version === '1.11') return
      const silent = new Flow(t, client, {
        name: 'none with another subject',
        browser,
        subject: t.unique('other'),
        params: { prompt: 'none' },
      })
      await silent.authorize()
      await silent.login()
      t.redirectsTo(silent.last, '/login')
    },
  }),

  defineCase({
    name: 'browser-other-cookies-do-no-harm',
    operations: ['oAuth2Authorize', 'getOAuth2LoginRequest'],
    profile: 'default',
    async run(t) {
      const client = await t.client()
      const { flow } = await signIn(t, client, { login: remembered })
      const twin = new Flow(t, client, { name: 'a copied cookie', browser: flow.browser.copy() })
      await twin.authorize()
      t.member(await twin.getLogin(), 'skip', true)
      const name = flow.browser.names.find((one) => one.includes('session')) ?? ''
      const garbage = t.browser()
      garbage.store([`${name}=garbage; Path=/`])
      const broken = new Flow(t, client, { name: 'a broken session cookie', browser: garbage })
      await broken.authorize()
      t.redirectsTo(broken.last, '/login')
      t.member(await broken.getLogin(), 'skip', false)
    },
  }),

  defineCase({
    name: 'keys-of-a-system-set-deleted',
    operations: ['deleteJsonWebKeySet', 'discoverJsonWebKeys', 'oauth2TokenExchange'],
    profile: 'jwt',
    since: '2.0',
    async run(t) {
      const client = await t.client()
      const kids = async () =>
        (await t.public.get('jwks', '/.well-known/jwks.json', { quiet: true }))
          .list('keys')
          .map((key) => (key as { kid: string }).kid)
      const before = await kids()
      t.status(await t.admin.delete('delete the access-token keys', '/keys/hydra.jwt.access-token'), 204)
      t.status(await t.admin.delete('delete the id-token keys', '/keys/hydra.openid.id-token'), 204)
      const after = await kids()
      t.equal('as many keys', after.length, before.length)
      t.equal(
        'none of the old ones',
        after.filter((kid) => before.includes(kid)),
        [],
      )
      const { accessToken } = await signIn(t, client)
      t.member(await t.admin.post('introspect', '/oauth2/introspect', { form: { token: accessToken } }), 'active', true)
    },
  }),

  defineCase({
    name: 'keys-of-other-sets-are-not-published',
    operations: ['createJsonWebKeySet', 'discoverJsonWebKeys'],
    profile: 'default',
    async run(t) {
      const kid = t.unique('kid')
      await t.admin.post('create', `/keys/${t.unique('set')}`, { json: { alg: 'ES256', use: 'sig', kid } })
      const jwks = await t.public.get('jwks', '/.well-known/jwks.json', { quiet: true })
      t.equal('not there', jwks.text.includes(kid), false)
    },
  }),

  defineCase({
    name: 'keys-put-becomes-the-signing-key',
    operations: ['setJsonWebKey', 'oauth2TokenExchange'],
    profile: 'jwt',
    since: '2.0',
    async run(t) {
      const kid = t.unique('kid')
      const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
      const jwk = { ...privateKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' }
      t.cleanup(() => t.admin.delete('undo', `/keys/hydra.jwt.access-token/${kid}`, { quiet: true }))
      t.status(await t.admin.put('put', `/keys/hydra.jwt.access-token/${kid}`, { json: jwk }), 200)
      const client = await t.client()
      const issued = await t.public.post('token', '/oauth2/token', {
        form: { grant_type: 'client_credentials', ...client.credentials },
      })
      const header = JSON.parse(
        Buffer.from(issued.string('access_token').split('.')[0] ?? '', 'base64url').toString(),
      ) as { kid: string }
      t.equal('signed with it', header.kid, kid)
    },
  }),

  defineCase({
    name: 'private-key-jwt-algorithms',
    operations: ['oauth2TokenExchange'],
    profile: 'default',
    async run(t) {
      const elliptic = makeSigningKey(t)
      const rsa = makeSigningKey(t, 'RS256')
      const client = await t.client({
        client_secret: undefined,
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_signing_alg: 'ES256',
        jwks: { keys: [elliptic.jwk, rsa.jwk] },
      })
      const withSecret = await t.client()
      const claims = (id: string) => ({ iss: id, sub: id, aud: `${t.server.publicUrl}/oauth2/token` })
      const post = (step: string, client_assertion: string, form = {}) =>
        t.public.post(step, '/oauth2/token', {
          form: { grant_type: 'client_credentials', client_assertion, client_assertion_type: assertionType, ...form },
        })
      t.status(await post('ES256', assertion(elliptic, claims(client.id))), 200)
      t.error(await post('RS256 where ES256 is registered', assertion(rsa, claims(client.id))), 401, 'invalid_client')
      t.error(
        await post('an assertion of a client with a secret', assertion(elliptic, claims(withSecret.id))),
        401,
        'invalid_client',
      )
      t.error(await post('unknown client', assertion(elliptic, claims('nobody'))), 401, 'invalid_client')
      t.error(
        await post('unknown assertion type', assertion(elliptic, claims(client.id)), {
          client_assertion_type: 'paper',
        }),
        400,
        'invalid_request',
      )
      t.error(
        await post('client_id of another client', assertion(elliptic, claims(client.id)), { client_id: withSecret.id }),
        401,
        'invalid_client',
      )
      const bare = { ...claims(client.id), exp: 4_000_000_000, jti: t.unique('jti') }
      t.status(await post('no kid', signJwt(elliptic, bare, { kid: undefined })), 200)
    },
  }),

  defineCase({
    name: 'logout-verifier-of-a-client-works-elsewhere',
    operations: ['revokeOidcSession', 'acceptOAuth2LogoutRequest'],
    profile: 'default',
    async run(t) {
      const receiver = t.receiver('backchannel')
      const client = await t.client({
        backchannel_logout_uri: receiver.url,
        frontchannel_logout_uri: 'https://one.example.com/front',
      })
      const { flow, idToken } = await signIn(t, client, { login: remembered })
      const form = {
        id_token_hint: idToken,
        state: 'state-of-the-logout',
        post_logout_redirect_uri: `${t.server.app.url}/bye`,
      }
      const asked = await t.public.post('ask by POST', '/oauth2/sessions/logout', { form, browser: flow.browser })
      t.redirectsTo(asked, '/logout')
      const query = { logout_challenge: asked.needParam('logout_challenge') }
      const accepted = await t.admin.put('accept', '/oauth2/auth/requests/logout/accept', { query })
      const done = await t.visit('another browser', accepted.string('redirect_to'), t.browser())
      t.status(done, 200)
      t.received('back-channel call', await receiver.next())
    },
  }),

  defineCase({
    name: 'logout-hint-of-another-user',
    operations: ['revokeOidcSession', 'acceptOAuth2LogoutRequest'],
    profile: 'default',
    async run(t) {
      const client = await t.client()
      const hinted = await signIn(t, client, { login: remembered })
      const other = await signIn(t, client, { login: remembered })
      const query = { id_token_hint: hinted.idToken, post_logout_redirect_uri: `${t.server.app.url}/bye` }
      const asked = await t.public.get("with another user's cookie", '/oauth2/sessions/logout', {
        query,
        browser: other.flow.browser,
      })
      t.redirectsTo(asked, '/logout')
      const challenge = { logout_challenge: asked.needParam('logout_challenge') }
      const request = await t.admin.get('get logout request', '/oauth2/auth/requests/logout', { query: challenge })
      t.member(request, 'subject', hinted.flow.subject)
      const accepted = await t.admin.put('accept', '/oauth2/auth/requests/logout/accept', { query: challenge })
      t.redirectsTo(await t.visit('follow', accepted.string('redirect_to'), other.flow.browser), '/bye')
      for (const [name, { flow }] of Object.entries({ hinted, asking: other })) {
        const next = new Flow(t, client, { name, browser: flow.browser })
        await next.authorize()
        t.member(await next.getLogin(), 'skip', false)
      }
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

  defineCase({
    name: 'clients-patch-finer-points',
    operations: ['patchOAuth2Client'],
    profile: 'default',
    async run(t) {
      const client = await t.client({ metadata: { list: [1, 2, 3], deep: { a: 1 } } })
      const patch = (step: string, json: unknown) => t.admin.patch(step, `/clients/${client.id}`, { json })
      t.member(await patch('deep', [{ op: 'add', path: '/metadata/deep/b', value: { c: 2 } }]), 'metadata.deep', {
        a: 1,
        b: { c: 2 },
      })
      t.member(await patch('remove from a list', [{ op: 'remove', path: '/metadata/list/1' }]), 'metadata.list', [1, 3])
      t.member(
        await patch('two steps', [
          { op: 'replace', path: '/owner', value: 'me' },
          { op: 'replace', path: '/scope', value: 'openid' },
        ]),
        'scope',
        'openid',
      )
      const halfway = await patch('a bad second step undoes the first', [
        { op: 'replace', path: '/owner', value: 'you' },
        { op: 'remove', path: '/nothing/here' },
      ])
      t.status(halfway, 500)
      t.member(await t.admin.get('get', `/clients/${client.id}`), 'owner', 'me')
      t.member(
        await patch('unicode and markup', [{ op: 'replace', path: '/client_name', value: '<b>Größe</b> & „x“ ✓' }]),
        'client_name',
        '<b>Größe</b> & „x“ ✓',
      )
    },
  }),

  defineCase({
    name: 'clients-registration-token-of-an-admin-made-client',
    operations: ['getOidcDynamicClient', 'setOidcDynamicClient', 'getOAuth2Client'],
    profile: 'registration',
    async run(t) {
      const client = await t.client({ metadata: { a: 1 } })
      const bearer = t.hide('registration_access_token', client.registrationToken)
      const own = `/oauth2/register/${client.id}`
      t.status(await t.public.get('get', own, { bearer }), 200)
      const json = { client_name: 'taken over', redirect_uris: ['https://self.example.com/cb'] }
      t.status(await t.public.put('put', own, { bearer, json }), 200)
      const seen = await t.admin.get('the operator sees', `/clients/${client.id}`)
      t.member(seen, 'client_name', 'taken over')
      t.member(seen, 'metadata', {})
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

  defineCase({
    name: 'jwt-bearer-audiences-and-any-subject',
    operations: ['trustOAuth2JwtGrantIssuer', 'oauth2TokenExchange'],
    profile: 'jwt',
    async run(t) {
      const client = await t.client()
      const key = makeSigningKey(t)
      const issuer = `https://${t.unique('issuer')}.example.com`
      const json = {
        issuer,
        subject: 'bob',
        jwk: key.jwk,
        scope: ['photos.read', 'photos.write'],
        expires_at: '2001-01-01T00:00:00Z',
      }
      t.status(await t.admin.post('a trust that is over', '/trust/grants/jwt-bearer/issuers', { json }), 201)
      const token = `${t.server.publicUrl}/oauth2/token`
      const grant = {
        grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
        scope: 'photos.read',
        ...client.credentials,
      }
      const claims = { iss: issuer, sub: 'bob', aud: [token, 'https://other.example.com'] }
      const issued = await t.public.post('several audiences', '/oauth2/token', {
        form: { ...grant, assertion: assertion(key, claims) },
      })
      t.status(issued, 200)
      const payload = claimsOf(issued.string('access_token'))
      t.equal('aud', payload['aud'], [token, 'https://other.example.com'])
      t.equal('sub', payload['sub'], 'bob')
    },
  }),
]

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** Seconds, with the one that may have passed taken back. */
function round(seconds: unknown): number {
  return Math.round(Number(seconds) / 10) * 10
}

function lifeOf(token: string): number {
  const { exp, iat } = claimsOf(token)
  return round(Number(exp) - Number(iat))
}

function claimsOf(token: string): Readonly<Record<string, unknown>> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString() || '{}') as Record<string, unknown>
}
