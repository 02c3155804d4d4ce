/** Requests to sign a user out (admin port). */
import type { CallOptions, HydraCall } from './call.ts'
import type { Caller, OperationCall } from './caller.ts'
import { readClosedChallenge } from './challenge.ts'
import type { ChallengeCompletion, ChallengeLookup, ClosedChallenge } from './challenge.ts'
import { callConfirmed } from './confirm.ts'
import { requireText } from './arguments.ts'
import { readObject, readStringMember } from './reading.ts'
import type { LogoutRequest } from './wire/logout-request.ts'

/** What rejecting a logout gives: the user stays signed in, and the browser stays with you. */
export type LogoutRejection =
  | {
      /** The server took it. */
      state: 'done'
    }
  | ClosedChallenge

/** `hydra.logoutRequests` */
export interface LogoutRequests {
  /** What is being asked, by the `logout_challenge` of the logout page's URL. Rejected ones are `unknown`. */
  get(challenge: string, options?: CallOptions): HydraCall<ChallengeLookup<LogoutRequest>>
  /** Agrees; the browser that follows `redirectTo` is signed out. The same answer every time. */
  accept(challenge: string, options?: CallOptions): HydraCall<ChallengeCompletion>
  /** Declines. 1.x says `done` for unknown challenges, too. */
  reject(challenge: string, options?: CallOptions): HydraCall<LogoutRejection>
}

/** @internal */
export function createLogoutRequests(caller: Caller): LogoutRequests {
  const { publicUrl } = caller.options
  const lookUp = (challenge: string): OperationCall<ChallengeLookup<LogoutRequest>> => ({
    operation: 'logoutRequests.get',
    query: { logout_challenge: requireText(challenge, 'challenge') },
    read(answer) {
      const request = readObject(answer, 'logoutRequests.get')
      readStringMember(request, 'request_url', answer, 'logoutRequests.get')
      request['challenge'] ??= challenge
      return { state: 'open', request: request as unknown as LogoutRequest }
    },
    readRefusal: (status, body) => readClosedChallenge(status, body, publicUrl),
  })

  return {
    get: (challenge, options) => caller.call(() => ({ ...lookUp(challenge), options })),

    accept: (challenge, options) =>
      callConfirmed<ChallengeCompletion>(caller, () => {
        const question = lookUp(challenge)
        return {
          request: () => ({
            operation: 'logoutRequests.accept',
            query: { logout_challenge: challenge },
            read: (answer) => {
              const found = readObject(answer, 'logoutRequests.accept')
              return {
                state: 'done',
                redirectTo: readStringMember(found, 'redirect_to', answer, 'logoutRequests.accept'),
              }
            },
            readRefusal: (status, body) => readClosedChallenge(status, body, publicUrl),
          }),
          confirm: {
            ...question,
            read: (answer) => void question.read(answer),
            readRefusal: (status, body) => readClosedChallenge(status, body, publicUrl),
          },
          operation: 'logoutRequests.accept',
          options,
        }
      }),

    reject: (challenge, options) =>
      caller.call<LogoutRejection>(() => ({
        operation: 'logoutRequests.reject',
        query: { logout_challenge: requireText(challenge, 'challenge') },
        read: () => ({ state: 'done' }),
        readRefusal: (status, body) => readClosedChallenge(status, body, publicUrl),
        options,
      })),
  }
}
