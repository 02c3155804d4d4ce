/** Sessions of signed-in users (admin port). */
import type { CallOptions, HydraCall } from './call.ts'
import type { Caller } from './caller.ts'
import { requireText } from './arguments.ts'
import { UnsupportedOperationError } from './errors.ts'
import { optionsError } from './options-error.ts'

/** Which sessions to end. */
export type LoginRevocation =
  /** All of a subject: they must sign in again. No logout is sent to clients, and tokens live on. */
  | {
      /** Whose. */
      subject: string
    }
  /**
   * One, by the `sid` of its ID tokens; since 2.1. For a remembered session also back-channel logout is sent and the
   * session at the identity provider is revoked.
   */
  | {
      /** `session_id` of the login request. */
      sid: string
    }

/** `hydra.loginSessions` */
export interface LoginSessions {
  /** Ends sessions. No error if there are none. */
  revoke(which: LoginRevocation, options?: CallOptions): HydraCall<void>
}

const OPERATION = 'loginSessions.revoke'

/** @internal */
export function createLoginSessions(caller: Caller): LoginSessions {
  return {
    revoke: (which, options) =>
      caller.call(() => {
        const { subject, sid, ...rest } = which as Record<string, unknown>
        // If both are sent, Hydra ends the one session and leaves the others.
        if ((subject === undefined) === (sid === undefined) || Object.keys(rest).length > 0) {
          throw optionsError(`\`${OPERATION}\` needs exactly one of { subject } and { sid }`)
        }
        const query =
          sid === undefined ? { subject: requireText(subject, 'subject') } : { sid: requireText(sid, 'sid') }
        return {
          operation: OPERATION,
          prepare(features) {
            if (sid !== undefined && features?.revokesLoginBySid === false) {
              const serverVersion = features.version.release
              throw new UnsupportedOperationError(OPERATION, { serverVersion, since: '2.1.0', argument: 'sid' })
            }
            return { query }
          },
          read: () => undefined,
          options,
        }
      }),
  }
}
