/** User codes of the device grant (admin port); since 25.4. */
import type { CallOptions, HydraCall } from './call.ts'
import type { Caller } from './caller.ts'
import { readClosedChallenge } from './challenge.ts'
import type { ChallengeCompletion } from './challenge.ts'
import { requireText } from './arguments.ts'
import { readObject, readStringMember } from './reading.ts'
import type { AcceptDeviceUserCode } from './wire/device-authorization.ts'

/** `hydra.deviceRequests` */
export interface DeviceRequests {
  /**
   * Takes the code that the user typed. A wrong, expired or used code is a HydraHttpError with status 400: let the
   * user try again. Codes are case-sensitive by default: trim, but never fold. There is no way to look a challenge up
   * or to reject it.
   */
  accept(challenge: string, body: AcceptDeviceUserCode, options?: CallOptions): HydraCall<ChallengeCompletion>
}

/** @internal */
export function createDeviceRequests(caller: Caller): DeviceRequests {
  const { publicUrl } = caller.options
  return {
    accept: (challenge, body, options) =>
      caller.call<ChallengeCompletion>(() => ({
        operation: 'deviceRequests.accept',
        query: { device_challenge: requireText(challenge, 'challenge') },
        json: { user_code: requireText(body?.user_code, 'user_code') },
        read: (answer) => {
          const found = readObject(answer, 'deviceRequests.accept')
          return { state: 'done', redirectTo: readStringMember(found, 'redirect_to', answer, 'deviceRequests.accept') }
        },
        readRefusal: (status, refusal) => readClosedChallenge(status, refusal, publicUrl),
        options,
      })),
  }
}
