/** Dynamic client registration (public port, RFC 7591 and 7592); since 1.11, and only where the server enables it. */
import type { CallOptions, HydraCall } from './call.ts'
import type { Caller } from './caller.ts'
import { readClient } from './clients.ts'
import type { StoredOAuth2Client } from './clients.ts'
import { optionsError } from './options-error.ts'
import { checkBearer } from './options.ts'
import { isJsonObject } from './reading.ts'
import { fitBody } from './server-versions/body-members.ts'
import type { OAuth2Client } from './wire/oauth2-client.ts'

/** `hydra.registration` */
export interface Registration {
  /**
   * Registers a client. Keep `registration_access_token` and `client_secret`: they are only in this answer. The server
   * makes up id and secret, refuses `client_secret` (403 on 1.11, later 400) and `metadata` (400), and takes everything
   * else as sent. 404 where registration is disabled. Sent once.
   */
  create(client: OAuth2Client, options?: CallOptions): HydraCall<StoredOAuth2Client>
  /** The client itself. Unknown client or wrong token: 401. */
  get(clientId: string, registrationAccessToken: string, options?: CallOptions): HydraCall<StoredOAuth2Client>
  /**
   * Replaces the client; what is left out is reset. The answer has a **new** `registration_access_token`, and the one
   * used stops working: store it before anything else. Sent once.
   */
  set(
    clientId: string,
    registrationAccessToken: string,
    client: OAuth2Client,
    options?: CallOptions,
  ): HydraCall<StoredOAuth2Client>
  /** Deletes the client. Sent once. */
  delete(clientId: string, registrationAccessToken: string, options?: CallOptions): HydraCall<void>
}

/** @internal */
export function createRegistration(caller: Caller): Registration {
  const { onDroppedField } = caller.options
  return {
    create: (client, options) =>
      caller.call(() => ({
        operation: 'registration.create',
        prepare: (features) => ({ json: fitBody('registration.create', object(client), features, onDroppedField) }),
        read: readClient('registration.create'),
        options,
      })),

    get: (clientId, token, options) =>
      caller.call(() => ({
        operation: 'registration.get',
        ids: [clientId],
        authorization: bearer(token),
        read: readClient('registration.get'),
        options,
      })),

    set: (clientId, token, client, options) =>
      caller.call(() => ({
        operation: 'registration.set',
        ids: [clientId],
        authorization: bearer(token),
        prepare: (features) => ({ json: fitBody('registration.set', object(client), features, onDroppedField) }),
        read: readClient('registration.set'),
        options,
      })),

    delete: (clientId, token, options) =>
      caller.call(() => ({
        operation: 'registration.delete',
        ids: [clientId],
        authorization: bearer(token),
        read: () => undefined,
        options,
      })),
  }
}

function bearer(token: string): string {
  return `Bearer ${checkBearer(token, '`registrationAccessToken`')}`
}

function object(client: OAuth2Client): OAuth2Client {
  if (!isJsonObject(client)) throw optionsError('`client` must be an object')
  return client
}
