/** Issuers whose assertions the JWT bearer grant takes (RFC 7523), on the admin port; since 1.11. */
import type { Answer } from './answer.ts'
import type { CallOptions, HydraCall } from './call.ts'
import type { Caller } from './caller.ts'
import { callConfirmed } from './confirm.ts'
import { refuseUnknown, requireText } from './arguments.ts'
import { optionsError } from './options-error.ts'
import type { OperationName } from './operations.ts'
import { createList } from './paging.ts'
import type { HydraList } from './paging.ts'
import { nullListsToEmpty, readObject, readObjects, readStringMember } from './reading.ts'
import type { JsonObject } from './reading.ts'
import { fitBody } from './server-versions/body-members.ts'
import type { TrustedIssuer, TrustIssuerRequest } from './wire/trusted-issuer.ts'

/** Which issuers to list. */
export interface IssuerFilter {
  /** Matches exactly. Default: any. */
  issuer?: string | undefined
  /** Issuers a request, 1 – 500. Default 100. */
  pageSize?: number | undefined
}

/** `hydra.trustedIssuers` */
export interface TrustedIssuers {
  /** Trusts an issuer. The same issuer, subject and `kid` again: 409. Sent once. */
  create(trust: TrustIssuerRequest, options?: CallOptions): HydraCall<TrustedIssuer>
  /** One trust. Unknown: 404; since 25.4 an id that isn't a UUID: 400. */
  get(id: string, options?: CallOptions): HydraCall<TrustedIssuer>
  /** All trusts, or those of one issuer. */
  list(filter?: IssuerFilter, options?: CallOptions): HydraList<TrustedIssuer>
  /**
   * Ends a trust, **and with it every other one of the same issuer and `kid`**: the server deletes the key. Unknown:
   * 404. After a lost answer it is deleted again, and 404 then means that the first time worked.
   */
  delete(id: string, options?: CallOptions): HydraCall<void>
}

/** A trust stores its key in the set that is named like the issuer: under these names it would become Hydra's own. */
const SYSTEM_SETS = new Set(['hydra.openid.id-token', 'hydra.jwt.access-token', 'hydra.https-tls'])

/** @internal */
export function createTrustedIssuers(caller: Caller): TrustedIssuers {
  return {
    create: (trust, options) =>
      caller.call(() => {
        checkTrust(trust)
        return {
          operation: 'trustedIssuers.create',
          prepare: (features) => ({
            json: fitBody('trustedIssuers.create', trust, features, caller.options.onDroppedField),
          }),
          read: readIssuer('trustedIssuers.create'),
          options,
        }
      }),

    get: (id, options) =>
      caller.call(() => ({
        operation: 'trustedIssuers.get',
        ids: [id],
        read: readIssuer('trustedIssuers.get'),
        options,
      })),

    list: (filter = {}, options) => {
      refuseUnknown(filter, ['issuer', 'pageSize'])
      return createList(caller, {
        operation: 'trustedIssuers.list',
        query: { issuer: filter.issuer },
        pageSize: filter.pageSize,
        key: ({ id }) => id,
        read: (answer) =>
          readObjects(answer, 'trustedIssuers.list').map((found) => toIssuer(found, answer, 'trustedIssuers.list')),
        options,
      })
    },

    delete: (id, options) =>
      callConfirmed<void>(caller, () => ({
        operation: 'trustedIssuers.delete',
        options,
        request: (lost) => ({
          operation: 'trustedIssuers.delete',
          ids: [id],
          read: () => undefined,
          readRefusal: (status, body) =>
            lost > 0 && status === 404 && body.isHydras ? { result: undefined } : undefined,
        }),
      })),
  }
}

function checkTrust({ issuer, jwk }: TrustIssuerRequest): void {
  requireText(issuer, 'issuer')
  if (SYSTEM_SETS.has(issuer)) {
    throw optionsError('`issuer` is the name of a key set of Hydra: its key would be published as one of Hydra’s own')
  }
  if (typeof jwk !== 'object' || jwk === null || typeof jwk.kid !== 'string') {
    throw optionsError('`jwk` must be a public key with a `kid`')
  }
  if (jwk.d !== undefined || jwk.k !== undefined) {
    throw optionsError('`jwk` is a private key, which the server would store and hand out: send its public half')
  }
}

function readIssuer(operation: OperationName): (answer: Answer) => TrustedIssuer {
  return (answer) => toIssuer(readObject(answer, operation), answer, operation)
}

function toIssuer(found: JsonObject, answer: Answer, operation: OperationName): TrustedIssuer {
  readStringMember(found, 'id', answer, operation)
  nullListsToEmpty(found, ['scope'])
  return found as unknown as TrustedIssuer
}
