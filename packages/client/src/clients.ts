/** OAuth 2.0 clients (admin port). */
import type { Answer } from './answer.ts'
import { refuseUnknown } from './arguments.ts'
import type { CallOptions, HydraCall } from './call.ts'
import type { Caller } from './caller.ts'
import { callConfirmed } from './confirm.ts'
import { UnsupportedOperationError } from './errors.ts'
import { optionsError } from './options-error.ts'
import { checkPatch } from './json-patch.ts'
import type { JsonPatchOperation } from './json-patch.ts'
import type { OperationName } from './operations.ts'
import { createList } from './paging.ts'
import type { HydraList } from './paging.ts'
import { isJsonObject, nullListsToEmpty, readObject, readObjects, readStringMember } from './reading.ts'
import type { JsonObject } from './reading.ts'
import { fitBody } from './server-versions/body-members.ts'
import type { ServerFeatures } from './server-versions/features.ts'
import type { OAuth2Client, OAuth2ClientLifespans } from './wire/oauth2-client.ts'

/** A client as the server answers it: always with its id. */
export interface StoredOAuth2Client extends OAuth2Client {
  /** Its id. */
  client_id: string
}

/** Which clients to list. Both filters match exactly; since 1.10.5. */
export interface ClientFilter {
  /** Its name. Default: any. */
  clientName?: string | undefined
  /** Its owner. Default: any. */
  owner?: string | undefined
  /** Clients a request, 1 – 500. Default 100. */
  pageSize?: number | undefined
}

/** `hydra.clients` */
export interface Clients {
  /**
   * Makes a client. `client_secret` is only ever in this answer. A `client_id` of your choice isn't possible on 2.0
   * and 2.1. Sent once: after a lost answer look for the client by its name, or by the id you chose.
   */
  create(client: OAuth2Client, options?: CallOptions): HydraCall<StoredOAuth2Client>
  /** One client, without its secret. Unknown: status 404. */
  get(clientId: string, options?: CallOptions): HydraCall<StoredOAuth2Client>
  /** All clients, or those that match. */
  list(filter?: ClientFilter, options?: CallOptions): HydraList<StoredOAuth2Client>
  /** Replaces a client: what is left out is reset, except the secret, which stays. Unknown: 404. */
  set(clientId: string, client: OAuth2Client, options?: CallOptions): HydraCall<StoredOAuth2Client>
  /**
   * Changes a client by JSON Patch (RFC 6902); since 1.10.2, where up to 1.10.7 it also makes a new secret. A malformed
   * patch is status 500 in all versions. `client_id` can't be patched: the server would write over another client.
   * Sent once.
   */
  patch(clientId: string, patch: readonly JsonPatchOperation[], options?: CallOptions): HydraCall<StoredOAuth2Client>
  /**
   * Deletes a client, and with it its tokens. Unknown: 404 (up to 1.8: no error). After a lost answer it is deleted
   * again, and 404 then means that the first time worked.
   */
  delete(clientId: string, options?: CallOptions): HydraCall<void>
  /** Replaces **all** lifetimes of a client's tokens: those that are left out become the server's defaults. Since 1.11.9. */
  setLifespans(clientId: string, lifespans: OAuth2ClientLifespans, options?: CallOptions): HydraCall<StoredOAuth2Client>
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
  const { onDroppedField } = caller.options
  const fit = (operation: OperationName, body: object) => (features: ServerFeatures | undefined) => {
    if (!isJsonObject(body)) throw optionsError(`\`${operation}\` needs an object`)
    return { json: withoutEmptyKeys(fitBody(operation, body, features, onDroppedField)) }
  }
  return {
    create: (client, options) =>
      caller.call(() => ({
        operation: 'clients.create',
        prepare(features) {
          if (client?.client_id !== undefined) refuseChosenId(features)
          return fit('clients.create', client)(features)
        },
        read: readClient('clients.create'),
        options,
      })),

    get: (clientId, options) =>
      caller.call(() => ({
        operation: 'clients.get',
        ids: [clientId],
        read: readClient('clients.get'),
        normaliseStatus: (status, body, features) =>
          status === 401 && body.isHydras && features?.unknownClientIs401 === true ? 404 : status,
        options,
      })),

    list: (filter = {}, options) => {
      refuseUnknown(filter, ['clientName', 'owner', 'pageSize'])
      const { clientName, owner, pageSize } = filter
      return createList(caller, {
        operation: 'clients.list',
        query: { client_name: clientName, owner },
        pageSize,
        check({ version, clientFilters }) {
          if (clientFilters || (clientName === undefined && owner === undefined)) return
          const argument = clientName === undefined ? 'owner' : 'clientName'
          const facts = { serverVersion: version.release, since: '1.10.5', argument }
          throw new UnsupportedOperationError('clients.list', facts)
        },
        key: ({ client_id }) => client_id,
        read: (answer) => readObjects(answer, 'clients.list').map(toClient(answer, 'clients.list')),
        options,
      })
    },

    set: (clientId, client, options) =>
      caller.call(() => ({
        operation: 'clients.set',
        ids: [clientId],
        prepare: fit('clients.set', client),
        read: readClient('clients.set'),
        options,
      })),

    patch: (clientId, patch, options) =>
      caller.call(() => ({
        operation: 'clients.patch',
        ids: [clientId],
        prepare(features) {
          checkPatch(patch, features)
          return { json: patch }
        },
        read: readClient('clients.patch'),
        options,
      })),

    delete: (clientId, options) =>
      callConfirmed<void>(caller, () => ({
        operation: 'clients.delete',
        options,
        request: (lost) => ({
          operation: 'clients.delete',
          ids: [clientId],
          read: () => undefined,
          readRefusal: (status, body) =>
            lost > 0 && status === 404 && body.isHydras ? { result: undefined } : undefined,
        }),
      })),

    setLifespans: (clientId, lifespans, options) =>
      caller.call(() => ({
        operation: 'clients.setLifespans',
        ids: [clientId],
        prepare: fit('clients.setLifespans', lifespans),
        read: readClient('clients.setLifespans'),
        options,
      })),
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

function refuseChosenId(features: ServerFeatures | undefined): void {
  if (features === undefined || features.chosenClientId) return
  const facts = { serverVersion: features.version.release, since: '2.2.0', argument: 'client_id' }
  throw new UnsupportedOperationError('clients.create', facts)
}

/** Clients without keys are answered with `jwks: {}`, which servers up to 2.3 refuse to take back beside `jwks_uri`. */
function withoutEmptyKeys(client: OAuth2Client): OAuth2Client {
  const { jwks, ...rest } = client
  // Hydra takes `null`, too, which a program without types may send.
  return typeof jwks === 'object' && jwks !== null && Object.keys(jwks).length === 0 ? rest : client
}
