/** Requests to let a client act for a user (admin port). */
import { requestPair } from './request-pair.ts'
import type { CallOptions, HydraCall } from './call.ts'
import type { Caller } from './caller.ts'
import type { ChallengeCompletion, ChallengeLookup } from './challenge.ts'
import type { AcceptConsentRequest, ConsentRequest, RejectRequest } from './wire/login-request.ts'

/** `hydra.consentRequests` */
export interface ConsentRequests {
  /** What is being asked, by the `consent_challenge` of the consent page's URL. Changes nothing. */
  get(challenge: string, options?: CallOptions): HydraCall<ChallengeLookup<ConsentRequest>>
  /**
   * Grants exactly what the body lists, whether it was asked for or not: compare with the request yourself. Lost
   * answers as for login requests.
   */
  accept(challenge: string, body: AcceptConsentRequest, options?: CallOptions): HydraCall<ChallengeCompletion>
  /** Refuses; `redirectTo` takes the error to the client. */
  reject(challenge: string, body: RejectRequest, options?: CallOptions): HydraCall<ChallengeCompletion>
}

/** @internal */
export function createConsentRequests(caller: Caller): ConsentRequests {
  return requestPair<ConsentRequest, AcceptConsentRequest>(caller, {
    get: 'consentRequests.get',
    accept: 'consentRequests.accept',
    reject: 'consentRequests.reject',
    parameter: 'consent_challenge',
    lists: ['requested_scope', 'requested_access_token_audience', 'amr'],
  })
}
