/** Front- and back-channel logout. */
import type { Answer } from '../answer.ts'
import type { Browser } from '../browser.ts'
import type { CaseContext } from '../case-context.ts'
import { defineCase, type ContractCase } from '../contract-case.ts'
import { signIn, type FlowOptions, type RunSteps, type SignedIn } from '../flow.ts'
import type { TestClient } from '../test-client.ts'
import { claimsOf } from '../transcript/jwt.ts'

const remembered = { remember: true, remember_for: 3600 } as const
const requestPath = '/oauth2/auth/requests/logout'
const logoutPath = '/oauth2/sessions/logout'

export const logoutChannelCases: readonly ContractCase[] = [
  defineCase({
    name: 'logout-back-channel',
    operations: ['revokeOidcSession', 'acceptOAuth2LogoutRequest'],
    profile: 'default',
    async run(t) {
      const first = t.receiver('backchannel')
      const second = t.receiver('backchannel')
      const bystander = t.receiver('backchannel')
      const client = await t.client({ backchannel_logout_uri: first.url, backchannel_logout_session_required: true })
      const other = await t.client({ backchannel_logout_uri: second.url })
      const outside = await t.client({ backchannel_logout_uri: bystander.url })
      const signedIn = await signInRemembered(t, client)
      const { browser, subject } = signedIn.flow
      await signIn(t, other, { browser, subject, login: remembered })
      await signIn(t, outside, { subject, login: remembered })
      const done = await logoutAndFollow(t, browser)
      t.redirectsTo(done, '/after-logout')
      const calls = [await first.next(), await second.next()] as const
      t.received('call to the first client', calls[0])
      t.received('call to the second client', calls[1])
      for (const [call, { id }] of [[calls[0], client] as const, [calls[1], other] as const]) {
        const claims = claimsOf(new URLSearchParams(call.text).get('logout_token') ?? '')
        t.equal('aud', claims['aud'], [id])
        t.equal("sid is the session's", claims['sid'], claimsOf(signedIn.idToken)['sid'])
        t.equal(
          'no sub, exp or nonce',
          ['sub', 'exp', 'nonce'].filter((name) => name in claims),
          [],
        )
      }
      t.equal('another session of the subject is left alone', bystander.requests.length, 0)
    },
  }),

  defineCase({
    name: 'logout-back-channel-is-tried-again',
    operations: ['revokeOidcSession'],
    profile: 'default',
    since: '25.4',
    async run(t) {
      const answers = [500, 429, 200]
      const receiver = t.receiver('backchannel', () => ({ status: answers.shift() ?? 200 }))
      const refusing = t.receiver('refusing', () => ({ status: 400 }))
      const client = await t.client({ backchannel_logout_uri: receiver.url })
      const other = await t.client({ backchannel_logout_uri: refusing.url })
      const { flow } = await signInRemembered(t, client)
      await signIn(t, other, { browser: flow.browser, subject: flow.subject, login: remembered })
      await logoutAndFollow(t, flow.browser)
      const calls = [await receiver.next(), await receiver.next(), await receiver.next()]
      t.equal('three times the same token', new Set(calls.map(({ text }) => text)).size, 1)
      await refusing.next()
      t.equal('a refusal is not repeated', refusing.requests.length, 1)
    },
  }),

  defineCase({
    name: 'logout-front-channel',
    operations: ['revokeOidcSession', 'acceptOAuth2LogoutRequest'],
    profile: 'default',
    async run(t) {
      const client = await t.client({ frontchannel_logout_uri: 'https://one.example.com/front?x=1' })
      const other = await t.client({ frontchannel_logout_uri: 'https://two.example.com/front' })
      const { flow, idToken } = await signInRemembered(t, client)
      await signIn(t, other, { browser: flow.browser, subject: flow.subject, login: remembered })
      const query = {
        id_token_hint: idToken,
        post_logout_redirect_uri: `${t.server.app.url}/bye`,
        state: 'state-of-the-logout',
      }
      const done = await logoutAndFollow(t, flow.browser, query)
      t.status(done, 200)
      t.ok('HTML', done.header('content-type')?.startsWith('text/html') === true)
      t.equal('a frame for each client', done.text.match(/<iframe/g)?.length, 2)
      t.ok('with the sid', done.text.includes(String(claimsOf(idToken)['sid'] as string)))
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
]

function signInRemembered(t: CaseContext, client: TestClient, options: FlowOptions & RunSteps = {}): Promise<SignedIn> {
  return signIn(t, client, { ...options, login: remembered })
}

async function logoutAndFollow(
  t: CaseContext,
  browser: Browser,
  asked: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const answer = await logout(t, 'ask for the logout', browser, asked)
  const query = { logout_challenge: answer.needParam('logout_challenge') }
  const accepted = await t.admin.put('accept the logout', `${requestPath}/accept`, { query })
  return t.visit('follow the logout', accepted.string('redirect_to'), browser)
}

function logout(
  t: CaseContext,
  step: string,
  browser: Browser,
  query: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return t.public.get(step, logoutPath, { query, browser })
}
