/** OAuth 2.0 clients (admin port). */
import type { Answer } from './answer.ts'
import type { CallOptions, HydraCall } from './call.ts'
import type { Caller } from './caller.ts'
import { callConfirmed } from './confirm.ts'
import type { OperationName } from './operations.ts'
import { createList } from './paging.ts'
import type { HydraList } from './paging.ts'
import { nullListsToEmpty, readObject, readObjects, readStringMember } from './reading.ts'
import type { JsonObject } from './reading.ts'
import type { OAuth2Client } from './wire/oauth2-client.ts'

/** A client as the server answers it: always with its id. */
export type StoredOAuth2Client = OAuth2Client & { client_id: string }

/** Which clients to list. Both filters match exactly; servers before 1.10.5 ignore them. */
export interface ClientFilter {
  clientName?: string | undefined
  owner?: string | undefined
  /** Clients a request, 1 – 500. Default 100. */
  pageSize?: number | undefined
}

/** `hydra.clients` */
export interface Clients {
  /**
   * Makes a client. `client_secret` is only ever in this answer. Sent once: after a lost answer look for the client
   * by name or by the id you chose.
   */
  create(client: OAuth2Client, options?: CallOptions): HydraCall<StoredOAuth2Client>
  /** One client, without its secret. Unknown: 404 (up to 1.10.7: 401). */
  get(clientId: string, options?: CallOptions): HydraCall<StoredOAuth2Client>
  /** All clients, or those that match. */
  list(filter?: ClientFilter, options?: CallOptions): HydraList<StoredOAuth2Client>
  /**
   * Deletes a client, and with it its tokens. Unknown: 404 (up to 1.8: no error). After a lost answer it is deleted
   * again, and 404 then means that the first time worked.
   */
  delete(clientId: string, options?: CallOptions): HydraCall<void>
}

/** Members that may be `null` in answers. */
const LISTS = [
  'redirect_uris',
  'grant_types',
  'response_types',
  'audience',
  'allowed_cors_origins',
  'contacts',
  'post_logout_redirect_uris',
  'request_uris',
]

/** @internal */
export function createClients(caller: Caller): Clients {
  return {
    create: (client, options) =>
      caller.call({ operation: 'clients.create', json: client, read: readClient('clients.create'), options }),

    get: (clientId, options) =>
      caller.call({ operation: 'clients.get', ids: [clientId], read: readClient('clients.get'), options }),

    list: ({ clientName, owner, pageSize } = {}, options) =>
      createList(caller, {
        operation: 'clients.list',
        query: { client_name: clientName, owner },
        pageSize,
        read: (answer) => readObjects(answer, 'clients.list').map(toClient(answer, 'clients.list')),
        options,
      }),

    delete: (clientId, options) =>
      callConfirmed<void>(caller, {
        operation: 'clients.delete',
        options,
        request: (lost) => ({
          operation: 'clients.delete',
          ids: [clientId],
          read: () => undefined,
          readRefusal: (status, body) =>
            lost > 0 && status === 404 && body.isHydras ? { result: undefined } : undefined,
        }),
      }),
  }
}

/** Reads one client. */
export function readClient(operation: OperationName): (answer: Answer) => StoredOAuth2Client {
  return (answer) => toClient(answer, operation)(readObject(answer, operation))
}

function toClient(answer: Answer, operation: OperationName): (found: JsonObject) => StoredOAuth2Client {
  return (found) => {
    readStringMember(found, 'client_id', answer, operation)
    nullListsToEmpty(found, LISTS)
    return found as unknown as StoredOAuth2Client
  }
}
