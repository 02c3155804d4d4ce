/** What the types promise; the compiler is the test, the run only proves that the lines were reached. */
import { expect, test } from '@jest/globals'
import { createHydraClient } from '@hydra-kit/client'
import type {
  ChallengeLookup,
  HydraCall,
  HydraClient,
  HydraClientOptions,
  HydraErrorCode,
  HydraDispatcher,
  IntrospectedToken,
  LoginRequest,
  OAuth2Client,
  StoredOAuth2Client,
} from '@hydra-kit/client'
import type { Agent, Dispatcher, MockAgent, Pool, ProxyAgent, RetryAgent } from 'undici'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
type IsAny<T> = 0 extends 1 & T ? true : false
const holds = <_Verdict extends true>(): true => true

test('results are told apart by their state', () => {
  const read = (seen: ChallengeLookup<LoginRequest>): string => {
    // @ts-expect-error a challenge that is not open has no request
    void seen.request
    if (seen.state === 'open') return seen.request.subject
    if (seen.state === 'handled') return seen.redirectTo ?? ''
    return seen.state satisfies 'expired' | 'unknown'
  }
  expect(read({ state: 'expired' })).toBe('expired')
  const subject = (token: IntrospectedToken): string | undefined => {
    // @ts-expect-error an inactive token has no subject
    void token.sub
    return token.active ? token.sub : undefined
  }
  expect(subject({ active: false })).toBeUndefined()
})

test('no result is `any`', () => {
  type Result<T> = T extends (...args: never[]) => HydraCall<infer R> ? R : never
  const verdicts = [
    holds<Equal<Result<HydraClient['clients']['get']>, StoredOAuth2Client>>(),
    holds<Equal<Result<HydraClient['clients']['delete']>, void>>(),
    holds<Equal<IsAny<Result<HydraClient['tokens']['introspect']>>, false>>(),
    holds<Equal<IsAny<Result<HydraClient['oidc']['discovery']>>, false>>(),
    holds<Equal<IsAny<OAuth2Client['metadata']>, false>>(),
  ]
  expect(verdicts).not.toContain(false)
})

test('what a server may extend is open, what we decide is closed', () => {
  const client: OAuth2Client = { token_endpoint_auth_method: 'tls_client_auth', subject_type: 'public' }
  const options: HydraClientOptions = { adminUrl: 'http://127.0.0.1:4445', serverVersion: '1.11.8' }
  // @ts-expect-error no such line
  options.serverVersion = '3.0'
  // @ts-expect-error a typo
  const typo: HydraClientOptions = { adminURL: 'x' }
  // @ts-expect-error no such code
  const code: HydraErrorCode = 'ERR_HYDRA'
  expect([client, typo, code]).toHaveLength(3)
})

test("undici's dispatchers fit", () => {
  const dispatchers = [
    holds<Agent extends HydraDispatcher ? true : false>(),
    holds<Pool extends HydraDispatcher ? true : false>(),
    holds<ProxyAgent extends HydraDispatcher ? true : false>(),
    holds<RetryAgent extends HydraDispatcher ? true : false>(),
    holds<MockAgent extends HydraDispatcher ? true : false>(),
    holds<Dispatcher extends HydraDispatcher ? true : false>(),
    // @ts-expect-error something else
    holds<{ request: () => void } extends HydraDispatcher ? true : false>(),
  ]
  expect(dispatchers).not.toContain(false)
})

test('arguments are checked by the compiler, too', () => {
  const hydra = createHydraClient({ adminUrl: 'http://127.0.0.1:1' })
  const calls = [
    // @ts-expect-error a subject alone would mean everything on some servers
    () => hydra.consentSessions.revoke({ subject: 'a' }),
    // @ts-expect-error both
    () => hydra.loginSessions.revoke(),
    // @ts-expect-error the code is missing
    () => hydra.tokens.exchange({ grantType: 'authorization_code', clientId: 'c' }),
    // @ts-expect-error a challenge is a text
    () => hydra.loginRequests.get(7),
    // @ts-expect-error a login has a subject
    () => hydra.loginRequests.accept('c', { remember: true }),
  ]
  expect(calls).toHaveLength(5)
})
