/** Requests to sign a user in (admin port). */
import { requestPair } from './request-pair.ts'
import type { CallOptions, HydraCall } from './call.ts'
import type { Caller } from './caller.ts'
import type { ChallengeCompletion, ChallengeLookup } from './challenge.ts'
import type { AcceptLoginRequest, LoginRequest, RejectRequest } from './wire/login-request.ts'

/** `hydra.loginRequests` */
export interface LoginRequests {
  /** What is being asked, by the `login_challenge` of the login page's URL. Changes nothing. */
  get(challenge: string, options?: CallOptions): HydraCall<ChallengeLookup<LoginRequest>>
  /**
   * Lets the user in; only the browser that follows `redirectTo` is signed in. After a lost answer the client asks
   * whether the request is still open before it accepts again.
   */
  accept(challenge: string, body: AcceptLoginRequest, options?: CallOptions): HydraCall<ChallengeCompletion>
  /** Refuses; `redirectTo` takes the error to the client. Lost answers as for accept. */
  reject(challenge: string, body: RejectRequest, options?: CallOptions): HydraCall<ChallengeCompletion>
}

/** @internal */
export function createLoginRequests(caller: Caller): LoginRequests {
  return requestPair<LoginRequest, AcceptLoginRequest>(caller, {
    get: 'loginRequests.get',
    accept: 'loginRequests.accept',
    reject: 'loginRequests.reject',
    parameter: 'login_challenge',
    lists: ['requested_scope', 'requested_access_token_audience'],
  })
}
