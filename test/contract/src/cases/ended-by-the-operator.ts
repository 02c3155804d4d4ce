/** Consents, logins and tokens that an operator lists and ends. */
import type { Answer } from '../answer.ts'
import type { CaseContext } from '../case-context.ts'
import { defineCase, type ContractCase } from '../contract-case.ts'
import { Flow, signIn } from '../flow.ts'

const remembered = { remember: true, remember_for: 3600 } as const

export const endedByTheOperatorCases: readonly ContractCase[] = [
  defineCase({
    name: 'consent-sessions-list',
    operations: ['listOAuth2ConsentSessions'],
    profile: 'default',
    async run(t) {
      const path = '/oauth2/auth/sessions/consent'
      const client = await t.client()
      const none = await t.admin.get('of nobody', path, { query: { subject: t.unique('nobody') } })
      t.status(none, 200)
      t.equal('an empty array', none.json, [])
      const { flow, idToken } = await signIn(t, client, {
        params: { audience: 'https://api.example.com' },
        login: { ...remembered, context: { from: 'login' } },
        consent: {
          remember: true,
          remember_for: 600,
          session: { access_token: { tenant: 7 }, id_token: { email: 'a@example.com' } },
        },
      })
      const one = await t.admin.get('one', path, { query: { subject: flow.subject } })
      t.status(one, 200)
      t.equal('one row', one.list().length, 1)
      t.member(one, '0.grant_scope', ['openid', 'offline', 'photos.read'])
      t.member(one, '0.consent_request.subject', flow.subject)
      t.member(one, '0.consent_request.client.client_secret', undefined)
      const sid = JSON.parse(Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString()) as { sid: string }
      const bySession = await t.admin.get('by session', path, {
        query: { subject: flow.subject, login_session_id: sid.sid },
      })
      t.equal('found by session', bySession.list().length, 1)
      const wrong = await t.admin.get('by another session', path, {
        query: { subject: flow.subject, login_session_id: t.hide('uuid', '11111111-2222-4333-8444-555555555555') },
      })
      t.equal('1.x ignores the session', wrong.list().length, t.by({ '1.11': 1, '26.2': 0 }))
      const skipped = new Flow(t, client, { browser: flow.browser, subject: flow.subject, quiet: true })
      await skipped.run()
      const still = await t.admin.get('after a skipped consent', path, {
        query: { subject: flow.subject },
        quiet: true,
      })
      t.equal('a skipped consent adds no row', still.list().length, 1)
      t.error(await t.admin.get('no subject', path), 400, 'invalid_request')
      t.error(await t.admin.get('empty subject', path, { query: { subject: '' } }), 400, 'invalid_request')
      await t.admin.delete('delete the client', `/clients/${client.id}`, { quiet: true })
      const gone = await t.admin.get('after the client is gone', path, { query: { subject: flow.subject } })
      t.equal('no rows', gone.list().length, 0)
    },
  }),

  defineCase({
    name: 'consent-sessions-revoke',
    operations: ['revokeOAuth2ConsentSessions', 'introspectOAuth2Token', 'listOAuth2ConsentSessions'],
    profile: 'default',
    async run(t) {
      const path = '/oauth2/auth/sessions/consent'
      const [first, second] = [await t.client(), await t.client()]
      const subject = t.unique('subject')
      const one = await signIn(t, first, { subject })
      const two = await signIn(t, second, { subject })
      const revoke = (step: string, query: Readonly<Record<string, string>>): Promise<Answer> =>
        t.admin.delete(step, path, { query })
      t.status(await revoke('of one client', { subject, client: first.id }), 204)
      t.equal('access token ended', await active(t, 'first access token', one.accessToken), false)
      t.equal('refresh token ended', await active(t, 'first refresh token', one.refreshToken), false)
      t.equal('the other client keeps its', await active(t, 'second access token', two.accessToken), true)
      t.status(await revoke('all', { subject, all: 'true' }), 204)
      t.equal('now that one ended too', await active(t, 'second access token later', two.accessToken), false)
      t.equal('no rows', (await t.admin.get('list', path, { query: { subject } })).json, [])
      t.status(await revoke('nothing left', { subject, all: 'true' }), 204)
      t.error(await revoke('no parameter', {}), 400, 'invalid_request')
      t.error(await revoke('subject alone', { subject }), 400, 'invalid_request')
      t.error(await revoke('all that is not true', { subject, all: '1' }), 400, 'invalid_request')
      t.error(await revoke('client alone', { client: first.id }), 400, 'invalid_request')
      t.status(await revoke('client and all', { subject, client: first.id, all: 'true' }), { '1.11': 204, '26.2': 400 })
      const form = { grant_type: 'refresh_token', refresh_token: one.refreshToken, ...first.credentials }
      t.error(await t.public.post('refresh after revocation', '/oauth2/token', { form }), 400, 'invalid_grant')
    },
  }),

  defineCase({
    name: 'consent-sessions-revoke-by-id',
    operations: ['revokeOAuth2ConsentSessions'],
    profile: 'default',
    since: '25.4',
    async run(t) {
      const path = '/oauth2/auth/sessions/consent'
      const client = await t.client()
      const subject = t.unique('subject')
      const one = await signIn(t, client, { subject })
      const two = await signIn(t, client, { subject })
      const flow = new Flow(t, client, { subject, name: 'third' })
      await flow.authorize()
      await flow.login()
      const id = (await flow.getConsent()).string('consent_request_id')
      await flow.consent()
      const three = await flow.tokens()
      t.status(await t.admin.delete('revoke by id', path, { query: { consent_request_id: id } }), 204)
      t.equal('that consent ended', await active(t, 'third access token', three.string('access_token')), false)
      t.equal('the first lives', await active(t, 'first access token', one.accessToken), true)
      t.equal('the second lives', await active(t, 'second access token', two.accessToken), true)
      t.status(await t.admin.delete('unknown id', path, { query: { consent_request_id: 'no-such-consent' } }), 204)
      t.error(
        await t.admin.delete('id and subject', path, { query: { consent_request_id: id, subject } }),
        400,
        'invalid_request',
      )
    },
  }),

  defineCase({
    name: 'login-sessions-revoke',
    operations: ['revokeOAuth2LoginSessions', 'introspectOAuth2Token'],
    profile: 'default',
    async run(t) {
      const path = '/oauth2/auth/sessions/login'
      const client = await t.client()
      const { flow, accessToken } = await signIn(t, client, { login: remembered })
      t.status(await t.admin.delete('by subject', path, { query: { subject: flow.subject } }), 204)
      t.equal('tokens survive', await active(t, 'access token', accessToken), true)
      const next = new Flow(t, client, { browser: flow.browser, name: 'next' })
      await next.authorize()
      t.member(await next.getLogin(), 'skip', false)
      t.status(await t.admin.delete('unknown subject', path, { query: { subject: t.unique('nobody') } }), 204)
      t.error(await t.admin.delete('no parameter', path), 400, 'invalid_request')
      t.error(await t.admin.delete('empty subject', path, { query: { subject: '' } }), 400, 'invalid_request')
      t.status(
        await t.admin.delete('unknown sid', path, {
          query: { sid: t.hide('uuid', '11111111-2222-4333-8444-555555555555') },
        }),
        { '1.11': 400, '26.2': 204 },
      )
    },
  }),

  defineCase({
    name: 'login-sessions-revoke-by-sid-logs-out',
    operations: ['revokeOAuth2LoginSessions'],
    profile: 'default',
    since: '2.1',
    async run(t) {
      const receiver = t.receiver('backchannel')
      const client = await t.client({ backchannel_logout_uri: receiver.url })
      const { flow, idToken } = await signIn(t, client, { login: remembered })
      const claims = JSON.parse(Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString()) as { sid: string }
      const answer = await t.admin.delete('by sid', '/oauth2/auth/sessions/login', { query: { sid: claims.sid } })
      t.status(answer, 204)
      t.received('back-channel call', await receiver.next())
      const next = new Flow(t, client, { browser: flow.browser, name: 'next' })
      await next.authorize()
      t.member(await next.getLogin(), 'skip', false)
    },
  }),

  defineCase({
    name: 'tokens-delete-by-client',
    operations: ['deleteOAuth2Token', 'introspectOAuth2Token'],
    profile: 'default',
    async run(t) {
      const client = await t.client()
      const { accessToken, refreshToken } = await signIn(t, client)
      const own = await t.public.post('client credentials', '/oauth2/token', {
        form: { grant_type: 'client_credentials', ...client.credentials },
      })
      t.status(await t.admin.delete('delete', '/oauth2/tokens', { query: { client_id: client.id } }), 204)
      t.equal('access token ended', await active(t, 'access token', accessToken), false)
      t.equal("also the client's own", await active(t, 'own token', own.string('access_token')), false)
      t.equal('refresh tokens stay', await active(t, 'refresh token', refreshToken), true)
      const form = { grant_type: 'refresh_token', refresh_token: refreshToken, ...client.credentials }
      t.status(await t.public.post('and work', '/oauth2/token', { form }), 200)
      t.error(await t.admin.delete('no client_id', '/oauth2/tokens'), 400, 'invalid_request')
      t.status(await t.admin.delete('unknown client', '/oauth2/tokens', { query: { client_id: 'nobody' } }), 204)
    },
  }),

  defineCase({
    name: 'tokens-flush',
    operations: ['flushInactiveOAuth2Tokens'],
    profile: 'default',
    async run(t) {
      const flush = (step: string, text: string) =>
        t.admin.post(step, '/oauth2/flush', { text, headers: { 'content-type': 'application/json' } })
      const answer = await flush('flush', '{}')
      t.status(answer, { '1.11': 204, '26.2': 404 })
      if (t.version === '26.2') return
      t.status(await flush('with a date', '{"notAfter":"2020-01-01T00:00:00Z"}'), 204)
      t.status(await flush('unknown member', '{"colour":"red"}'), 204)
      t.status(await flush('no body', ''), 500)
      t.status(await flush('not JSON', '{'), 500)
      t.status(await flush('not a date', '{"notAfter":"soon"}'), 500)
    },
  }),
]

const active = async (t: CaseContext, step: string, token: string): Promise<unknown> =>
  (await t.admin.post(step, '/oauth2/introspect', { form: { token } })).at('active')
