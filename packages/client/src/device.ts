/** The device grant as the device sees it (public port, RFC 8628); since 25.4. */
import type { CallOptions, HydraCall } from './call.ts'
import type { Caller } from './caller.ts'
import { browserUrl } from './browser-urls.ts'
import { clientCredentials } from './client-credentials.ts'
import type { ClientCredentials } from './client-credentials.ts'
import { requireText } from './arguments.ts'
import { readObject, readStringMember, wrongShape } from './reading.ts'
import type { DeviceAuthorization } from './wire/device-authorization.ts'

/** What a device asks for. */
export interface DeviceAuthorizationRequest extends ClientCredentials {
  /** Needed in any case. */
  clientId: string
  /** What is asked for. Default: not sent. */
  scope?: string | readonly string[] | undefined
  /** The audiences that are asked for. Default: not sent. */
  audience?: string | readonly string[] | undefined
}

/** `hydra.device` */
export interface Device {
  /** Starts the grant: show `user_code` and `verification_uri`, then poll with `tokens.exchange`. Sent once. */
  authorize(request: DeviceAuthorizationRequest, options?: CallOptions): HydraCall<DeviceAuthorization>
  /**
   * Where the user's browser enters the code, for when the device's own answer isn't at hand.
   *
   * @throws TypeError `ERR_OPTIONS` without `issuer` and `publicUrl`
   */
  verificationUrl(request?: { userCode?: string | undefined; issuer?: string | undefined }): string
}

/** @internal */
export function createDevice(caller: Caller): Device {
  return {
    authorize: (request, options) =>
      caller.call(() => {
        const { scope, audience, ...client } = request
        const { form, authorization } = clientCredentials(client)
        // Hydra wants the id in the form even beside an Authorization header.
        const client_id = requireText(client.clientId, 'clientId')
        return {
          operation: 'device.authorize',
          form: { ...form, client_id, scope, audience },
          authorization,
          read: (answer) => {
            const found = readObject(answer, 'device.authorize')
            for (const member of ['device_code', 'user_code', 'verification_uri']) {
              readStringMember(found, member, answer, 'device.authorize')
            }
            if (typeof found['expires_in'] !== 'number') {
              throw wrongShape(answer, 'device.authorize', 'an object with the number `expires_in`')
            }
            // 25.4 and 26.2 send a stray member.
            delete found['Header']
            return found as unknown as DeviceAuthorization
          },
          options,
        }
      }),

    verificationUrl: ({ userCode, issuer } = {}) =>
      browserUrl(caller, 'device.verificationUrl', issuer, '/oauth2/device/verify', { user_code: userCode }),
  }
}
