/** What login and consent requests have in common: looked up, accepted or rejected by their challenge. */
import type { CallOptions, HydraCall } from './call.ts'
import type { Caller, OperationCall } from './caller.ts'
import { readClosedChallenge } from './challenge.ts'
import type { ChallengeCompletion, ChallengeLookup } from './challenge.ts'
import { callConfirmed } from './confirm.ts'
import { requireText } from './arguments.ts'
import { optionsError } from './options-error.ts'
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
          readRefusal: (status, refusal) => readClosedChallenge(status, refusal, publicUrl),
        }),
        confirm: {
          ...question,
          read: (answer) => void question.read(answer),
          readRefusal: (status, refusal) => readClosedChallenge(status, refusal, publicUrl),
        },
        // 409 doesn't say how to go on: looking the request up does (410), or else its own URL restarts the flow.
        async complete(result, rest) {
          if (result.state !== 'handled' || result.redirectTo !== undefined) return result
          const found = await caller.run({ ...question, options: rest }, {}).catch(() => result)
          return found.state === 'open' ? handledAt(found.request.request_url) : found
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

function handledAt(restartUrl: string | undefined): ChallengeCompletion {
  return { state: 'handled', ...(restartUrl !== undefined ? { redirectTo: restartUrl } : {}) }
}
