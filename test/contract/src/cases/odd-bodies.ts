/** JSON bodies that are no mistake of form and still odd: null, other types, other numbers. */
import type { Answer } from '../answer.ts'
import { makeSigningKey } from '../assertions.ts'
import { defineCase, type ContractCase } from '../contract-case.ts'
import { Flow } from '../flow.ts'

type Row = readonly [step: string, body: unknown, on26: number, on111: number]

export const oddBodyCases: readonly ContractCase[] = [
  defineCase({
    name: 'odd-clients',
    operations: ['createOAuth2Client'],
    profile: 'default',
    async run(t) {
      const rows: readonly Row[] = [
        [
          'every list null',
          { redirect_uris: null, grant_types: null, response_types: null, audience: null, contacts: null },
          201,
          201,
        ],
        [
          'every list empty',
          { redirect_uris: [], grant_types: [], response_types: [], audience: [], contacts: [] },
          201,
          201,
        ],
        ['texts null', { client_name: null, owner: null, scope: null, client_uri: null }, 201, 201],
        ['metadata null', { metadata: null }, 201, 201],
        ['metadata a number', { metadata: 7 }, 201, 201],
        ['lifespan null', { implicit_grant_id_token_lifespan: null }, 201, 201],
        ['lifespan empty', { implicit_grant_id_token_lifespan: '' }, 400, 500],
        ['lifespan of a fraction', { implicit_grant_id_token_lifespan: '1.5h' }, 201, 201],
        ['lifespan in days', { implicit_grant_id_token_lifespan: '1d' }, 400, 500],
        ['secret expires', { client_secret_expires_at: 5 }, 201, 201],
        ['created_at that is no date', { created_at: 'soon' }, 400, 500],
        ['scope with many spaces', { scope: ' openid   offline ' }, 201, 201],
        ['scope as a list', { scope: ['openid'] }, 400, 500],
        ['name as a number', { client_name: 7 }, 400, 500],
        ['skip_consent as text', { skip_consent: 'yes' }, 400, 201],
        ['an array', [], 400, 500],
        ['null', null, 201, 201],
        ['a text', 'client', 400, 500],
        ['members in upper case', { CLIENT_NAME: 'shouted', Owner: 'me' }, 201, 201],
        ['empty redirect URI', { redirect_uris: [''] }, 400, 400],
        ['relative redirect URI', { redirect_uris: ['/cb'] }, 201, 201],
        ['empty client_uri', { client_uri: '' }, 201, 201],
        ['relative client_uri', { client_uri: '/about' }, 400, 201],
        ['empty strategy', { access_token_strategy: '' }, 201, 201],
        ['empty auth method', { token_endpoint_auth_method: '' }, 201, 201],
        ['empty subject type', { subject_type: '' }, 201, 201],
        ['backchannel address that is none', { backchannel_logout_uri: 'not a url' }, 201, 201],
        ['unknown grant type', { grant_types: ['kitten'] }, 201, 201],
        ['unknown response type', { response_types: ['kitten'] }, 201, 201],
        ['secret of spaces', { client_secret: '      ' }, 201, 201],
        ['empty secret', { client_secret: '' }, 201, 201],
        ['cors origin that is none', { allowed_cors_origins: ['not an origin'] }, 400, 400],
        ['cors origin with a path', { allowed_cors_origins: ['https://a.example/path'] }, 400, 400],
        ['request_uris that are none', { request_uris: ['not a url'] }, 201, 201],
      ]
      t.status(await t.admin.post('jwks null', '/clients', { json: { jwks: null }, quiet: true }), 201)
      for (const [step, json, on26, on111] of rows) {
        t.status(await t.admin.post(step, '/clients', { json, quiet: !isObject(json) }), {
          '26.2': on26,
          '1.11': on111,
        })
      }
    },
  }),

  defineCase({
    name: 'odd-login-accepts',
    operations: ['acceptOAuth2LoginRequest'],
    profile: 'default',
    async run(t) {
      const client = await t.client()
      const rows: readonly Row[] = [
        [
          'all optional ones null',
          { subject: 's', remember: null, remember_for: null, acr: null, amr: null, context: null },
          200,
          200,
        ],
        ['remember as text', { subject: 's', remember: 'true' }, 400, 400],
        ['remember_for as text', { subject: 's', remember_for: '60' }, 400, 400],
        ['remember_for a fraction', { subject: 's', remember_for: 1.5 }, 400, 400],
        ['amr as text', { subject: 's', amr: 'pwd' }, 400, 400],
        ['amr empty', { subject: 's', amr: [] }, 200, 200],
        ['context as text', { subject: 's', context: 'text' }, 200, 200],
        ['context as list', { subject: 's', context: [1, { a: null }] }, 200, 200],
        ['subject null', { subject: null }, 400, 400],
        ['subject of spaces', { subject: '  ' }, 200, 200],
        ['subject in upper case', { SUBJECT: 's' }, 200, 200],
        ['an array', [], 400, 400],
        ['null', null, 400, 400],
      ]
      for (const [step, json, on26, on111] of rows) {
        const flow = new Flow(t, client, { quiet: true })
        await flow.authorize()
        const query = { login_challenge: flow.loginChallenge }
        const answer = await t.admin.put(step, '/oauth2/auth/requests/login/accept', {
          query,
          json,
          quiet: !isObject(json),
        })
        t.status(answer, { '26.2': on26, '1.11': on111 })
        if (answer.status !== 200) continue
        await flow.follow('follow', answer)
        const seen = await t.admin.get(`${step}: the consent request`, '/oauth2/auth/requests/consent', {
          query: { consent_challenge: flow.consentChallenge },
          quiet: true,
        })
        t.equal(`${step}: amr is a list`, Array.isArray(seen.at('amr')), true)
      }
    },
  }),

  defineCase({
    name: 'odd-consent-accepts',
    operations: ['acceptOAuth2ConsentRequest', 'oauth2TokenExchange'],
    profile: 'default',
    async run(t) {
      const client = await t.client()
      const rows: readonly Row[] = [
        ['sessions null', { grant_scope: ['openid'], session: { access_token: null, id_token: null } }, 200, 200],
        ['session empty', { grant_scope: ['openid'], session: {} }, 200, 200],
        ['session as text', { grant_scope: ['openid'], session: 'x' }, 400, 400],
        ['access token as list', { grant_scope: ['openid'], session: { access_token: [] } }, 400, 400],
        [
          'nested values',
          { grant_scope: ['openid'], session: { access_token: { a: { b: [1, 2.5, null, true, 'x'] } } } },
          200,
          200,
        ],
        [
          'big numbers',
          { grant_scope: ['openid'], session: { access_token: { big: 1e15, exact: 9007199254740991, small: 1e-9 } } },
          200,
          200,
        ],
        ['scope twice', { grant_scope: ['openid', 'openid'] }, 200, 200],
        ['empty scope', { grant_scope: ['', 'openid'] }, 200, 200],
        ['scope with a space', { grant_scope: ['openid photos.read'] }, 200, 200],
        ['remember_for negative', { grant_scope: ['openid'], remember: true, remember_for: -1 }, 200, 200],
        ['handled_at', { grant_scope: ['openid'], handled_at: '2020-01-01T00:00:00Z' }, 200, 200],
        ['an array', [], 400, 400],
        ['null', null, 200, 200],
      ]
      for (const [step, json, on26, on111] of rows) {
        const flow = new Flow(t, client, { quiet: true })
        await flow.authorize()
        await flow.login()
        const query = { consent_challenge: flow.consentChallenge }
        const answer = await t.admin.put(step, '/oauth2/auth/requests/consent/accept', {
          query,
          json,
          quiet: !isObject(json),
        })
        t.status(answer, { '26.2': on26, '1.11': on111 })
        if (answer.status !== 200) continue
        await flow.follow('follow', answer)
        const tokens = await exchange(step, flow)
        if (tokens.status !== 200) continue
        const seen = { form: { token: tokens.string('access_token') } }
        t.member(await t.admin.post(`${step}: introspect`, '/oauth2/introspect', seen), 'active', true)
      }
    },
  }),

  defineCase({
    name: 'odd-trusts-and-keys',
    operations: ['trustOAuth2JwtGrantIssuer', 'setJsonWebKeySet', 'setJsonWebKey', 'createJsonWebKeySet'],
    profile: 'default',
    async run(t) {
      const { jwk } = makeSigningKey(t)
      const good = {
        issuer: 'https://odd.example.com',
        subject: 's',
        jwk,
        scope: [],
        expires_at: '2099-01-01T00:00:00Z',
      }
      const trusts: readonly Row[] = [
        ['any subject false', { ...good, issuer: t.unique('issuer'), allow_any_subject: false }, 201, 201],
        ['scope null', { ...good, issuer: t.unique('issuer'), scope: null }, 201, 201],
        [
          'end with an offset',
          { ...good, issuer: t.unique('issuer'), expires_at: '2099-01-01T02:00:00+02:00' },
          201,
          201,
        ],
        ['subject empty', { ...good, issuer: t.unique('issuer'), subject: '' }, 400, 400],
        ['issuer empty', { ...good, issuer: '' }, 400, 400],
        ['key without type', { ...good, issuer: t.unique('issuer'), jwk: { kid: 'k' } }, 400, 500],
        ['key null', { ...good, issuer: t.unique('issuer'), jwk: null }, 400, 500],
        ['an array', [], 400, 500],
      ]
      for (const [step, json, on26, on111] of trusts) {
        t.status(
          await t.admin.post(`trust: ${step}`, '/trust/grants/jwt-bearer/issuers', { json, quiet: !isObject(json) }),
          {
            '26.2': on26,
            '1.11': on111,
          },
        )
      }
      const sets: readonly Row[] = [
        ['keys null', { keys: null }, 200, 200],
        ['no keys', { keys: [] }, 200, 200],
        ['a key without kid', { keys: [{ ...jwk, kid: undefined }] }, 200, 200],
        ['a key without alg and use', { keys: [{ ...jwk, alg: undefined, use: undefined }] }, 200, 200],
        [
          'a symmetric key',
          { keys: [{ kty: 'oct', k: 'c2VjcmV0', kid: 'symmetric', alg: 'HS256', use: 'sig' }] },
          200,
          200,
        ],
        ['a broken key', { keys: [{ kty: 'EC', kid: 'broken' }] }, 400, 500],
        ['an array', [], 400, 500],
      ]
      for (const [step, json, on26, on111] of sets) {
        t.status(await t.admin.put(`set: ${step}`, `/keys/${t.unique('set')}`, { json, quiet: !isObject(json) }), {
          '26.2': on26,
          '1.11': on111,
        })
      }
      t.status(
        await t.admin.put('key: without kid', `/keys/${t.unique('set')}/k`, { json: { ...jwk, kid: undefined } }),
        200,
      )
      const made: readonly Row[] = [
        ['alg in lower case', { alg: 'rs256', use: 'sig', kid: 'k' }, 400, 400],
        ['kid null', { alg: 'ES256', use: 'sig', kid: null }, 201, 201],
        ['an array', [], 400, 500],
      ]
      for (const [step, json, on26, on111] of made) {
        t.status(await t.admin.post(`create: ${step}`, `/keys/${t.unique('set')}`, { json, quiet: !isObject(json) }), {
          '26.2': on26,
          '1.11': on111,
        })
      }
    },
  }),
]

/** What is no object at all is looked at for its status only: no program that is typed can send it. */
function isObject(body: unknown): boolean {
  return typeof body === 'object' && body !== null && !Array.isArray(body)
}

/** Exchanges the code under a step name of its own. */
function exchange(step: string, { t, code, client }: Flow): Promise<Answer> {
  const form = { grant_type: 'authorization_code', code, redirect_uri: client.redirectUri, ...client.credentials }
  return t.public.post(`${step}: exchange`, '/oauth2/token', { form })
}
