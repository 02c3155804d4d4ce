/** Pairwise subjects, and what JWT access tokens show of the consent's session. */
import { createHash } from 'node:crypto'
import { defineCase, type ContractCase } from '../contract-case.ts'
import { Flow, signIn } from '../flow.ts'
import { claimsOf } from '../transcript/jwt.ts'

export const subjectAndClaimCases: readonly ContractCase[] = [
  defineCase({
    name: 'pairwise-subject',
    operations: ['oauth2TokenExchange', 'introspectOAuth2Token', 'getOidcUserInfo', 'getOAuth2LoginRequest'],
    profile: 'pairwise',
    async run(t) {
      const pairwise = { subject_type: 'pairwise' }
      const client = await t.client(pairwise)
      const sibling = await t.client(pairwise)
      const foreign = await t.client({ ...pairwise, redirect_uris: ['https://other.example.com/cb'] })
      const open = await t.client()
      const subject = t.unique('subject')
      const subOf = async (one: typeof client) => (await signIn(t, one, { subject })).idToken
      const first = await signIn(t, client, { subject, login: { remember: true, remember_for: 600 } })
      const sub = subjectOf(first.idToken)
      const { host } = new URL(client.redirectUri)
      const hashed = createHash('sha256').update(`${host}${subject}salt-of-the-contract-suite`).digest('hex')
      t.equal('SHA-256 of sector, subject and salt', t.hide('pairwise_subject', sub), hashed)
      t.equal('the same for a client of the same host', subjectOf(await subOf(sibling)), sub)
      t.ok(
        'another one for another host',
        ![sub, subject].includes(t.hide('other_subject', subjectOf(await subOf(foreign)))),
      )
      t.equal('public clients see the subject', subjectOf(await subOf(open)), subject)
      const seen = await t.admin.post('introspect', '/oauth2/introspect', { form: { token: first.accessToken } })
      t.member(seen, 'sub', subject)
      t.member(seen, 'obfuscated_subject', sub)
      t.member(await t.public.get('userinfo', '/userinfo', { bearer: first.accessToken }), 'sub', sub)
      const hinted = new Flow(t, client, {
        browser: first.flow.browser,
        subject,
        params: { id_token_hint: first.idToken },
      })
      await hinted.authorize()
      const login = await hinted.getLogin()
      t.member(login, 'subject', subject)
      t.member(login, 'skip', true)
    },
  }),

  defineCase({
    name: 'pairwise-forced-subject',
    operations: ['acceptOAuth2LoginRequest', 'oauth2TokenExchange', 'introspectOAuth2Token'],
    profile: 'pairwise',
    async run(t) {
      const client = await t.client({ subject_type: 'pairwise' })
      const forced = t.unique('forced')
      const flow = new Flow(t, client)
      await flow.run({ login: { force_subject_identifier: forced } })
      const tokens = await flow.tokens()
      t.equal('ID token', subjectOf(tokens.string('id_token')), forced)
      const seen = await t.admin.post('introspect', '/oauth2/introspect', {
        form: { token: tokens.string('access_token') },
      })
      t.member(seen, 'sub', flow.subject)
      t.member(seen, 'obfuscated_subject', forced)
    },
  }),

  defineCase({
    name: 'pairwise-several-hosts-need-a-sector',
    operations: ['oAuth2Authorize'],
    profile: 'pairwise',
    async run(t) {
      const client = await t.client({
        subject_type: 'pairwise',
        redirect_uris: ['https://a.example.com/cb', 'https://b.example.com/cb'],
      })
      const flow = new Flow(t, client)
      await flow.authorize()
      const answer = await flow.login()
      t.redirectError(answer, 'invalid_request', '/cb')
    },
  }),

  defineCase({
    name: 'claims-at-the-top-level',
    operations: ['oauth2TokenExchange', 'introspectOAuth2Token'],
    profile: 'claims',
    async run(t) {
      const flow = new Flow(t, await t.client(), { scope: 'openid photos.read' })
      await flow.run({
        consent: { session: { access_token: { tenant: 7, roles: ['a'], sub: 'mallory', secretly: true } } },
      })
      const tokens = await flow.tokens()
      t.status(tokens, 200)
      const claims = claimsOf(tokens.string('access_token'))
      t.equal('allowed ones are at the top', [claims['tenant'], claims['roles']], [7, ['a']])
      t.equal('others are not', claims['secretly'], undefined)
      t.equal("reserved ones are the server's", claims['sub'], flow.subject)
      t.equal('no ext when it is not mirrored', 'ext' in claims, !t.atLeast('2.2'))
      t.equal('scope as text', claims['scope'], t.atLeast('2.2') ? 'openid photos.read' : undefined)
      t.equal('scp as list', claims['scp'], ['openid', 'photos.read'])
      const seen = await t.admin.post('introspect', '/oauth2/introspect', {
        form: { token: tokens.string('access_token') },
      })
      t.member(seen, 'ext.tenant', 7)
      t.member(seen, 'ext.secretly', true)
    },
  }),

  defineCase({
    name: 'claims-of-a-client',
    operations: ['oauth2TokenExchange'],
    profile: 'claims',
    async run(t) {
      const client = await t.client()
      const issued = await t.public.post('token', '/oauth2/token', {
        form: { grant_type: 'client_credentials', ...client.credentials },
      })
      const claims = claimsOf(issued.string('access_token'))
      t.equal('no scope', claims['scp'], [])
      t.equal('as text', claims['scope'], t.atLeast('2.2') ? '' : undefined)
    },
  }),
]

function subjectOf(token: string): string {
  const { sub } = claimsOf(token)
  return typeof sub === 'string' ? sub : ''
}
