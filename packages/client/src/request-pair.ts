/** What login and consent requests have in common: looked up, accepted or rejected by their challenge. */
import type { CallOptions, HydraCall } from './call.ts'
import type { Caller, OperationCall } from './caller.ts'
import { readClosedChallenge } from './challenge.ts'
import type { ChallengeCompletion, ChallengeLookup } from './challenge.ts'
import { callConfirmed } from './confirm.ts'
import { requireText } from './arguments.ts'
import { optionsError } from './errors.ts'
import type { OperationName } from './operations.ts'
import { nullListsToEmpty, readObject, readStringMember } from './reading.ts'
import { fitBody } from './server-versions/body-members.ts'
import type { RejectRequest } from './wire/login-request.ts'

interface RequestKind {
  get: OperationName
  accept: OperationName
  reject: OperationName
  /** The query parameter of the challenge. */
  parameter: string
  /** Members of the request that are lists. */
  lists: readonly string[]
}

interface RequestPair<R, A> {
  get(challenge: string, options?: CallOptions): HydraCall<ChallengeLookup<R>>
  accept(challenge: string, body: A, options?: CallOptions): HydraCall<ChallengeCompletion>
  reject(challenge: string, body: RejectRequest, options?: CallOptions): HydraCall<ChallengeCompletion>
}

/** The three methods of a kind of request. */
export function requestPair<R extends { request_url?: string }, A extends object>(
  caller: Caller,
  kind: RequestKind,
): RequestPair<R, A> {
  const { publicUrl } = caller.options

  const lookUp = (challenge: string): OperationCall<ChallengeLookup<R>> => ({
    operation: kind.get,
    query: { [kind.parameter]: requireText(challenge, 'challenge') },
    read(answer) {
      const request = readObject(answer, kind.get)
      readStringMember(request, 'challenge', answer, kind.get)
      nullListsToEmpty(request, kind.lists)
      return { state: 'open', request: request as unknown as R }
    },
    readRefusal: (status, body) => readClosedChallenge(status, body, publicUrl),
  })

  const complete = (
    operation: OperationName,
    challenge: string,
    body: object,
    options: CallOptions | undefined,
  ): HydraCall<ChallengeCompletion> => {
    return callConfirmed<ChallengeCompletion>(caller, () => {
      const question = lookUp(challenge)
      if (typeof body !== 'object' || body === null) throw optionsError(`\`${operation}\` needs an object as its body`)
      let restartUrl: string | undefined
      let fitted: object | undefined
      return {
        operation,
        options,
        request: () => ({
          operation,
          query: question.query!,
          prepare: (features) => {
            fitted ??= fitBody(operation, body, features, caller.options.onDroppedField)
            return { json: fitted }
          },
          read: (answer) => {
            const redirectTo = readStringMember(readObject(answer, operation), 'redirect_to', answer, operation)
            return { state: 'done', redirectTo }
          },
          readRefusal: (status, refusal) => {
            const closed = readClosedChallenge(status, refusal, publicUrl)
            // Handled by a try of ours whose answer was lost: the way on is to restart, as 410 answers have it.
            if (
              closed?.result.state === 'handled' &&
              closed.result.redirectTo === undefined &&
              restartUrl !== undefined
            ) {
              return { result: { state: 'handled', redirectTo: restartUrl } }
            }
            return closed
          },
        }),
        confirm: {
          ...question,
          read(answer) {
            const found = question.read(answer)
            if (found.state === 'open') restartUrl = found.request.request_url
            return undefined
          },
          readRefusal: (status, refusal) => readClosedChallenge(status, refusal, publicUrl),
        },
      }
    })
  }

  return {
    get: (challenge, options) => caller.call(() => ({ ...lookUp(challenge), options })),
    accept: (challenge, body, options) => complete(kind.accept, challenge, body, options),
    reject: (challenge, body, options) => complete(kind.reject, challenge, body, options),
  }
}
