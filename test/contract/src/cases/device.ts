/** The device flow (RFC 8628), from 25.4 on. */
import type { Answer } from '../answer.ts'
import type { Browser } from '../browser.ts'
import type { CaseContext } from '../case-context.ts'
import { defineCase, type ContractCase } from '../contract-case.ts'
import { Flow } from '../flow.ts'
import { allGrants, type ClientOverrides, type TestClient } from '../test-client.ts'

const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'
const acceptPath = '/oauth2/auth/requests/device/accept'

export const deviceCases: readonly ContractCase[] = [
  defineCase({
    name: 'device-flow',
    operations: [
      'oAuth2DeviceFlow',
      'performOAuth2DeviceVerificationFlow',
      'acceptUserCodeRequest',
      'getOAuth2LoginRequest',
      'getOAuth2ConsentRequest',
      'oauth2TokenExchange',
    ],
    profile: 'default',
    since: '25.4',
    async run(t) {
      const client = await deviceClient(t)
      const begun = await begin(t, 'device authorization', client, { audience: 'https://api.example.com' })
      t.status(begun, 200)
      t.ok('device codes have their prefix', begun.string('device_code').startsWith('ory_dc_'))
      t.equal('user code of eight', begun.string('user_code').length, 8)
      t.member(begun, 'interval', 5)
      t.error(await poll(t, 'poll at once', client, begun), 400, 'authorization_pending')
      const flow = new Flow(t, client)
      const opened = await t.visit('open the complete address', begun.string('verification_uri_complete'), flow.browser)
      t.status(opened, 302)
      t.redirectsTo(opened, '/device')
      t.equal('the user code goes along', opened.param('user_code'), begun.at('user_code'))
      const accepted = await accept(t, 'accept the user code', opened, begun.string('user_code'))
      t.status(accepted, 200)
      flow.keep(await t.visit('follow to the login', accepted.string('redirect_to'), flow.browser))
      t.redirectsTo(flow.last, '/login')
      const login = await flow.getLogin()
      t.member(login, 'oidc_context', null)
      t.ok('the user code is masked', decodeURIComponent(login.string('request_url')).includes('user_code=****'))
      t.redirectsTo(await flow.login(), '/consent')
      t.member(await flow.getConsent(), 'requested_access_token_audience', ['https://api.example.com'])
      t.error(await poll(t, 'poll between login and consent', client, begun), 400, 'authorization_pending')
      const consented = await flow.acceptConsent()
      t.error(await poll(t, 'poll before the redirect was followed', client, begun), 400, 'authorization_pending')
      const done = await flow.follow('follow consent', consented)
      t.status(done, 302)
      t.redirectsTo(done, '/device/done')
      const tokens = await poll(t, 'poll', client, begun)
      t.status(tokens, 200)
      t.member(tokens, 'scope', 'openid offline photos.read')
      t.error(await poll(t, 'poll after success', client, begun), 400, 'invalid_grant')
      const token = tokens.string('access_token')
      t.member(await t.admin.post('introspect', '/oauth2/introspect', { form: { token } }), 'sub', flow.subject)
      const form = { grant_type: 'refresh_token', refresh_token: tokens.string('refresh_token'), ...client.credentials }
      t.status(await t.public.post('refresh', '/oauth2/token', { form }), 200)
    },
  }),

  defineCase({
    name: 'device-authorization-errors',
    operations: ['oAuth2DeviceFlow'],
    profile: 'default',
    since: '25.4',
    async run(t) {
      const client = await deviceClient(t)
      const basic = await deviceClient(t, { token_endpoint_auth_method: 'client_secret_basic' })
      const open = await deviceClient(t, { token_endpoint_auth_method: 'none' })
      const without = await t.client()
      const post = (step: string, form: Readonly<Record<string, string>>) =>
        t.public.post(step, '/oauth2/device/auth', { form })
      t.error(await post('no client', { scope: 'openid' }), 400, 'invalid_request')
      t.error(await post('unknown client', { client_id: 'nobody' }), 401, 'invalid_client')
      t.error(await post('client without the grant', { ...without.credentials }), 400, 'invalid_grant')
      t.error(await post('confidential client without secret', { client_id: client.id }), 401, 'invalid_client')
      t.error(await post('bad secret', { client_id: client.id, client_secret: 'wrong-secret' }), 401, 'invalid_client')
      t.error(
        await post('scope not registered', { ...client.credentials, scope: 'photos.delete' }),
        400,
        'invalid_scope',
      )
      t.error(
        await post('audience not registered', { ...client.credentials, audience: 'https://other.example' }),
        400,
        'invalid_request',
      )
      const credentials = [basic.id, basic.secret] as const
      t.error(
        await t.public.post('Basic without client_id', '/oauth2/device/auth', { form: {}, basic: credentials }),
        400,
        'invalid_request',
      )
      t.status(
        await t.public.post('Basic with client_id', '/oauth2/device/auth', {
          form: { client_id: basic.id },
          basic: credentials,
        }),
        200,
      )
      t.status(await post('public client', { client_id: open.id }), 200)
    },
  }),

  defineCase({
    name: 'device-user-code-errors',
    operations: ['acceptUserCodeRequest', 'performOAuth2DeviceVerificationFlow'],
    profile: 'default',
    since: '25.4',
    async run(t) {
      const client = await deviceClient(t)
      const begun = await begin(t, 'device authorization', client)
      const code = begun.string('user_code')
      const browser = t.browser()
      const opened = await t.visit('open the address', begun.string('verification_uri'), browser)
      t.redirectsTo(opened, '/device')
      const challenge = { device_challenge: opened.needParam('device_challenge') }
      const put = (step: string, query: Readonly<Record<string, string>>, body: unknown) =>
        t.admin.put(step, acceptPath, { query, json: body })
      t.error(await put('no challenge', {}, { user_code: code }), 400, 'invalid_request')
      t.error(
        await put('by the short name', { challenge: challenge.device_challenge }, { user_code: code }),
        400,
        'invalid_request',
      )
      t.error(await put('garbage challenge', { device_challenge: 'garbage' }, { user_code: code }), 404, 'Not Found')
      t.error(await put('empty user code', challenge, { user_code: '' }), 400, 'invalid_request')
      t.error(await put('unknown user code', challenge, { user_code: 'zzzzzzzz' }), 400, 'invalid_request')
      t.error(await put('user code with spaces', challenge, { user_code: ` ${code} ` }), 400, 'invalid_request')
      t.error(await t.admin.put('no body', acceptPath, { query: challenge }), 400, 'invalid_request')
      t.error(await t.admin.put('not JSON', acceptPath, { query: challenge, text: '{' }), 400, 'invalid_request')
      t.status(await t.admin.get('there is no GET', '/oauth2/auth/requests/device', { query: challenge }), 404)
      t.status(
        await t.admin.put('there is no reject', '/oauth2/auth/requests/device/reject', { query: challenge }),
        404,
      )
      const accepted = await put('accept', challenge, { user_code: code, colour: 'red' })
      t.status(accepted, 200)
      t.status(await put('accept twice', challenge, { user_code: code }), 200)
      const elsewhere = await t.visit('follow in another browser', accepted.string('redirect_to'), t.browser())
      t.error(elsewhere, 403, 'request_forbidden')
      t.redirectsTo(await t.visit('then in the right one', accepted.string('redirect_to'), browser), '/login')
      const unknown = await t.public.get('an unknown user code is passed on', '/oauth2/device/verify', {
        query: { user_code: t.hide('made_up_code', 'kittens1') },
        browser: t.browser(),
      })
      t.redirectsTo(unknown, '/device')
      const query = { client_id: client.id, device_verifier: 'a-verifier-nobody-made' }
      t.error(await t.public.get('unknown verifier', '/oauth2/device/verify', { query, browser }), 403, 'access_denied')
    },
  }),

  defineCase({
    name: 'device-poll-errors',
    operations: ['oauth2TokenExchange'],
    profile: 'default',
    since: '25.4',
    async run(t) {
      const client = await deviceClient(t)
      const other = await deviceClient(t)
      const without = await t.client()
      const begun = await begin(t, 'device authorization', client)
      const post = (step: string, form: Readonly<Record<string, string | undefined>>) =>
        t.public.post(step, '/oauth2/token', {
          form: { grant_type: deviceGrant, device_code: begun.string('device_code'), ...client.credentials, ...form },
        })
      t.error(await post('pending', {}), 400, 'authorization_pending')
      t.error(await post('by another client', { ...other.credentials }), 400, 'authorization_pending')
      t.error(await post('no device code', { device_code: undefined }), 400, 'invalid_grant')
      t.error(await post('garbage', { device_code: 'garbage' }), 400, 'invalid_grant')
      t.error(await post('the user code instead', { device_code: begun.string('user_code') }), 400, 'invalid_grant')
      t.error(await post('client without the grant', { ...without.credentials }), 400, 'unauthorized_client')
      t.error(await post('bad secret', { client_secret: 'wrong-secret' }), 401, 'invalid_client')
    },
  }),

  defineCase({
    name: 'device-rejected',
    operations: ['rejectOAuth2LoginRequest', 'rejectOAuth2ConsentRequest', 'performOAuth2DeviceVerificationFlow'],
    profile: 'default',
    since: '25.4',
    async run(t) {
      const client = await deviceClient(t)
      const begun = await begin(t, 'device authorization', client)
      const first = await approveCode(t, 'first try', client, begun)
      const noLogin = await first.follow(
        'login rejected',
        await first.rejectLogin({ error: 'access_denied', error_description: 'no' }),
      )
      t.error(noLogin, 400, 'access_denied')
      t.error(await poll(t, 'poll after the login was rejected', client, begun), 400, 'authorization_pending')
      const second = await approveCode(t, 'second try', client, begun)
      await second.login()
      const noConsent = await second.follow('consent rejected', await second.rejectConsent({ error: 'access_denied' }))
      t.error(noConsent, 400, 'access_denied')
      t.error(await poll(t, 'poll after the consent was rejected', client, begun), 400, 'authorization_pending')
      const third = await approveCode(t, 'third try', client, begun)
      await third.login()
      t.redirectsTo(await third.consent(), '/device/done')
      t.status(await poll(t, 'the code was still good', client, begun), 200)
    },
  }),

  defineCase({
    name: 'device-code-entered-twice',
    operations: ['acceptUserCodeRequest', 'performOAuth2DeviceVerificationFlow'],
    profile: 'default',
    since: '25.4',
    async run(t) {
      const client = await deviceClient(t)
      const begun = await begin(t, 'device authorization', client)
      const first = await approveCode(t, 'first browser', client, begun)
      const second = await approveCode(t, 'second browser', client, begun)
      await first.login()
      await second.login()
      t.redirectsTo(await first.consent(), '/device/done')
      t.status(await second.consent(), 409)
      t.status(await poll(t, 'poll', client, begun), 200)
      const opened = await t.visit('open again', begun.string('verification_uri'), t.browser())
      t.error(await accept(t, 'a used user code', opened, begun.string('user_code')), 400, 'invalid_request')
    },
  }),

  defineCase({
    name: 'device-public-client-is-never-skipped',
    operations: ['getOAuth2ConsentRequest', 'oauth2TokenExchange'],
    profile: 'default',
    since: '25.4',
    async run(t) {
      const rows = [
        ['public', { token_endpoint_auth_method: 'none' }, false],
        ['confidential', {}, true],
      ] as const
      for (const [name, overrides, skip] of rows) {
        const client = await deviceClient(t, overrides)
        const browser = t.browser()
        const first = await begin(t, `${name}: first authorization`, client)
        const before = await approveCode(t, `${name}: first`, client, first, browser)
        await before.login({ remember: true, remember_for: 600 })
        await before.consent({ remember: true })
        t.status(await poll(t, `${name}: poll`, client, first), 200)
        const second = await begin(t, `${name}: second authorization`, client)
        const again = await approveCode(t, `${name}: second`, client, second, browser, before.subject)
        t.member(await again.getLogin(), 'skip', true)
        await again.login()
        t.member(await again.getConsent(), 'skip', skip)
      }
    },
  }),

  defineCase({
    name: 'device-lifespans-and-jwt',
    operations: ['oauth2TokenExchange', 'listOAuth2ConsentSessions'],
    profile: 'jwt',
    since: '25.4',
    async run(t) {
      const client = await deviceClient(t, {
        device_authorization_grant_access_token_lifespan: '10m',
        device_authorization_grant_id_token_lifespan: '20m',
        device_authorization_grant_refresh_token_lifespan: '30m',
      })
      const begun = await begin(t, 'device authorization', client)
      const flow = await approveCode(t, 'approve', client, begun)
      await flow.login({ acr: 'gold' })
      await flow.consent({ session: { access_token: { tenant: 7 }, id_token: { email: 'a@example.com' } } })
      const tokens = await poll(t, 'poll', client, begun)
      t.status(tokens, 200)
      t.equal('a JWT', tokens.string('access_token').split('.').length, 3)
      t.ok('expires_in', [599, 600].includes(Number(tokens.at('expires_in'))))
      const query = { subject: flow.subject }
      t.status(await t.admin.get('the consent is listed', '/oauth2/auth/sessions/consent', { query }), 200)
      const revoked = await t.admin.delete('revoke it', '/oauth2/auth/sessions/consent', {
        query: { ...query, all: 'true' },
      })
      t.status(revoked, 204)
      const token = tokens.string('access_token')
      t.member(await t.admin.post('introspect', '/oauth2/introspect', { form: { token } }), 'active', false)
    },
  }),

  defineCase({
    name: 'device-codes-expire',
    operations: ['oAuth2DeviceFlow', 'acceptUserCodeRequest', 'oauth2TokenExchange'],
    profile: 'short-ttl',
    since: '25.4',
    async run(t) {
      const client = await deviceClient(t)
      const untouched = await begin(t, 'never approved', client)
      const approved = await begin(t, 'to be approved', client)
      const flow = await approveCode(t, 'approve', client, approved)
      await flow.login()
      t.redirectsTo(await flow.consent(), '/device/done')
      await t.passTime(6.5)
      t.error(await poll(t, 'poll the untouched one', client, untouched), 400, 'authorization_pending')
      t.error(await poll(t, 'poll the approved one', client, approved), 400, 'expired_token')
      const opened = await t.visit('open the address', untouched.string('verification_uri'), t.browser())
      t.error(await accept(t, 'an expired user code', opened, untouched.string('user_code')), 400, 'invalid_request')
    },
  }),
]

function deviceClient(t: CaseContext, overrides: ClientOverrides = {}): Promise<TestClient> {
  return t.client({ grant_types: [...allGrants, deviceGrant], ...overrides })
}

function begin(
  t: CaseContext,
  step: string,
  client: TestClient,
  form: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return t.public.post(step, '/oauth2/device/auth', {
    form: { scope: 'openid offline photos.read', ...client.credentials, ...form },
  })
}

function poll(t: CaseContext, step: string, client: TestClient, begun: Answer): Promise<Answer> {
  const form = { grant_type: deviceGrant, device_code: begun.string('device_code'), ...client.credentials }
  return t.public.post(step, '/oauth2/token', { form })
}

function accept(t: CaseContext, step: string, opened: Answer, userCode: string): Promise<Answer> {
  const query = { device_challenge: opened.needParam('device_challenge') }
  return t.admin.put(step, acceptPath, { query, json: { user_code: userCode } })
}

/** Opens the address, enters the code and follows to the login. */
async function approveCode(
  t: CaseContext,
  name: string,
  client: TestClient,
  begun: Answer,
  browser: Browser = t.browser(),
  subject: string = t.unique('subject'),
): Promise<Flow> {
  const flow = new Flow(t, client, { name, browser, subject })
  const opened = await t.visit(`${name}: open`, begun.string('verification_uri'), browser)
  const accepted = await accept(t, `${name}: enter the code`, opened, begun.string('user_code'))
  flow.keep(await t.visit(`${name}: follow`, accepted.string('redirect_to'), browser))
  return flow
}
