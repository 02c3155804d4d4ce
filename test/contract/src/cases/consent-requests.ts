/** Consent requests as a consent app sees them, and what a consent puts into tokens. */
import { defineCase, type ContractCase } from '../contract-case.ts'
import { Flow } from '../flow.ts'

export const consentRequestCases: readonly ContractCase[] = [
  defineCase({
    name: 'consent-request-errors',
    operations: ['getOAuth2ConsentRequest', 'acceptOAuth2ConsentRequest', 'rejectOAuth2ConsentRequest'],
    profile: 'default',
    async run(t) {
      const get = '/oauth2/auth/requests/consent'
      const unknown = { consent_challenge: 'no-such-challenge' }
      t.error(await t.admin.get('get, no challenge', get), 400, 'invalid_request')
      t.error(await t.admin.get('get, unknown', get, { query: unknown }), 404, 'Not Found')
      t.error(await t.admin.put('accept, no challenge', `${get}/accept`, { json: {} }), 400, 'invalid_request')
      t.error(await t.admin.put('reject, no challenge', `${get}/reject`, { json: {} }), 400, 'invalid_request')
      t.error(await t.admin.put('accept, unknown', `${get}/accept`, { query: unknown, json: {} }), 404, 'Not Found')
      t.error(await t.admin.put('reject, unknown', `${get}/reject`, { query: unknown, json: {} }), 404, 'Not Found')
      const flow = new Flow(t, await t.client())
      await flow.authorize()
      await flow.login()
      const query = { consent_challenge: flow.consentChallenge }
      for (const what of ['accept', 'reject']) {
        t.error(await t.admin.put(`${what}, no body`, `${get}/${what}`, { query }), 400, 'error')
        t.error(await t.admin.put(`${what}, not JSON`, `${get}/${what}`, { query, text: '{' }), 400, 'error')
        const wrong = { query, json: { grant_scope: 'openid', error: 7 } }
        t.error(await t.admin.put(`${what}, wrong type`, `${get}/${what}`, wrong), 400, 'error')
      }
      const strange = { query, json: { colour: 'red' } }
      t.status(await t.admin.put('accept, unknown member', `${get}/accept`, strange), { '1.11': 400, '26.2': 200 })
      const alias = await t.admin.get('get by the short name', get, { query: { challenge: flow.consentChallenge } })
      t.status(alias, 200)
    },
  }),

  defineCase({
    name: 'consent-rejected',
    operations: ['rejectOAuth2ConsentRequest', 'oAuth2Authorize'],
    profile: 'default',
    async run(t) {
      const client = await t.client()
      const rows: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
        [
          'with words',
          { error: 'access_denied', error_description: 'not these photos', error_hint: 'others', status_code: 403 },
        ],
        ['empty object', {}],
      ]
      for (const [name, body] of rows) {
        const flow = new Flow(t, client, { name })
        await flow.authorize()
        await flow.login()
        const rejected = await flow.rejectConsent(body)
        t.status(rejected, 200)
        const done = await flow.follow('follow', rejected)
        t.status(done, 303)
        t.redirectError(done, typeof body['error'] === 'string' ? body['error'] : 'consent request denied', '/callback')
      }
    },
  }),

  defineCase({
    name: 'consent-grants-exactly-what-it-says',
    operations: ['acceptOAuth2ConsentRequest', 'oauth2TokenExchange', 'introspectOAuth2Token'],
    profile: 'default',
    async run(t) {
      const client = await t.client()
      const grant = async (name: string, consent: Readonly<Record<string, unknown>>) => {
        const flow = new Flow(t, client, { name, params: { audience: 'https://api.example.com' } })
        await flow.run({ consent })
        return flow.tokens()
      }
      const none = await grant('nothing', { grant_scope: null, grant_access_token_audience: null })
      t.status(none, 200)
      t.member(none, 'scope', '')
      t.member(none, 'id_token', undefined)
      t.member(none, 'refresh_token', undefined)
      const part = await grant('a part', { grant_scope: ['photos.read'] })
      t.member(part, 'scope', 'photos.read')
      t.member(part, 'refresh_token', undefined)
      const offline = await grant('offline_access', { grant_scope: ['offline_access'] })
      t.ok('offline_access gives a refresh token', typeof offline.at('refresh_token') === 'string')
      t.member(offline, 'id_token', undefined)
      const empty = await grant('an empty session', { grant_scope: ['openid'], session: null })
      t.ok('ID token', typeof empty.at('id_token') === 'string')
      const introspected = await t.admin.post('introspect the empty grant', '/oauth2/introspect', {
        form: { token: none.string('access_token') },
      })
      t.member(introspected, 'scope', undefined)
      t.member(introspected, 'aud', [])
      t.member(introspected, 'ext', undefined)
    },
  }),

  defineCase({
    name: 'consent-claims-in-tokens',
    operations: ['acceptOAuth2ConsentRequest', 'introspectOAuth2Token', 'getOidcUserInfo'],
    profile: 'default',
    async run(t) {
      const flow = new Flow(t, await t.client())
      await flow.run({
        login: { acr: 'gold', amr: ['hwk'] },
        consent: {
          session: {
            access_token: { sub: 'mallory', active: false, scope: 'admin', tenant: { id: 7 } },
            id_token: {
              sub: 'mallory',
              iss: 'https://evil.example',
              aud: ['evil'],
              nonce: 'other',
              acr: 'none',
              email: 'a@example.com',
              groups: ['x'],
            },
          },
        },
      })
      const tokens = await flow.tokens()
      t.status(tokens, 200)
      const seen = await t.admin.post('introspect', '/oauth2/introspect', {
        form: { token: tokens.string('access_token') },
      })
      t.member(seen, 'sub', flow.subject)
      t.member(seen, 'active', true)
      t.member(seen, 'ext.sub', 'mallory')
      const user = await t.public.get('userinfo', '/userinfo', { bearer: tokens.string('access_token') })
      t.member(user, 'sub', flow.subject)
      t.member(user, 'acr', 'gold')
      t.member(user, 'groups', ['x'])
    },
  }),

  defineCase({
    name: 'consent-accepted-twice',
    operations: ['acceptOAuth2ConsentRequest', 'rejectOAuth2ConsentRequest', 'getOAuth2ConsentRequest'],
    profile: 'default',
    async run(t) {
      const flow = new Flow(t, await t.client())
      await flow.authorize()
      await flow.login()
      const first = await flow.acceptConsent({ grant_scope: ['openid'] })
      const query = { consent_challenge: flow.consentChallenge }
      const path = '/oauth2/auth/requests/consent'
      const second = await t.admin.put('accept again with another scope', `${path}/accept`, {
        query,
        json: { grant_scope: ['photos.read'] },
      })
      t.status(second, 200)
      t.equal('the same redirect', second.at('redirect_to') === first.at('redirect_to'), t.version === '1.11')
      t.status(await t.admin.get('get after accept', path, { query }), 200)
      const done = await flow.follow('follow the first accept', first)
      t.status(done, 303)
      t.equal('1.x: the last accept counts', done.param('scope'), t.by({ '1.11': 'photos.read', '26.2': 'openid' }))
      t.status(await t.admin.get('get after use', path, { query }), { '1.11': 410, '26.2': 200 })
      t.status(await t.admin.put('accept after use', `${path}/accept`, { query, json: {} }), {
        '1.11': 409,
        '26.2': 200,
      })
      t.status(await t.admin.put('reject after use', `${path}/reject`, { query, json: {} }), {
        '1.11': 409,
        '26.2': 200,
      })
      if (t.version === '26.2') {
        const late = await flow.follow('follow the second accept', second)
        t.redirectError(late, 'access_denied', '/callback')
      }
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
]
