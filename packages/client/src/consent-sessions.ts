/** Consents that users gave (admin port). */
import type { CallOptions, HydraCall } from './call.ts'
import type { Caller } from './caller.ts'
import { refuseUnknown, requireText } from './arguments.ts'
import type { FieldValue } from './encoding.ts'
import { UnsupportedOperationError } from './errors.ts'
import { optionsError } from './options-error.ts'
import { createList } from './paging.ts'
import type { HydraList } from './paging.ts'
import { isJsonObject, nullListsToEmpty, readObjects, wrongShape } from './reading.ts'
import type { ServerFeatures } from './server-versions/features.ts'
import type { GrantedConsent } from './wire/consent-session.ts'

/** Whose consents to list. */
export interface ConsentFilter {
  /** Who gave them. */
  subject: string
  /** Only those of one login session; since 2.0.3. Default: of all. */
  loginSessionId?: string | undefined
  /** Consents a request, 1 – 500. Default 100. */
  pageSize?: number | undefined
}

/** Which consents to revoke. */
export type ConsentRevocation =
  /** Those of a subject for one client. */
  | {
      /** Who gave them. */
      subject: string
      /** To whom. */
      client: string
    }
  /** All of a subject. */
  | {
      /** Who gave them. */
      subject: string
      /** To anybody. */
      all: true
    }
  /** A single one, and only its tokens; since 25.4. */
  | {
      /** `consent_request_id` of the consent. */
      consentRequestId: string
    }

/** `hydra.consentSessions` */
export interface ConsentSessions {
  /** All consents of a subject: accepted, not skipped, not expired. An unknown subject has none. */
  list(filter: ConsentFilter, options?: CallOptions): HydraList<GrantedConsent>
  /** Revokes consents; their access and refresh tokens become inactive at once. No error if there are none. */
  revoke(which: ConsentRevocation, options?: CallOptions): HydraCall<void>
}

const OPERATION = 'consentSessions.revoke'

/** @internal */
export function createConsentSessions(caller: Caller): ConsentSessions {
  return {
    list: (filter, options) => {
      refuseUnknown(filter, ['subject', 'loginSessionId', 'pageSize'])
      const { subject, loginSessionId, pageSize } = filter
      requireText(subject, 'subject')
      return createList(caller, {
        operation: 'consentSessions.list',
        query: { subject, login_session_id: loginSessionId },
        pageSize,
        check({ version, consentsByLoginSession }) {
          if (loginSessionId === undefined || consentsByLoginSession) return
          const facts = { serverVersion: version.release, since: '2.0.3', argument: 'loginSessionId' }
          throw new UnsupportedOperationError('consentSessions.list', facts)
        },
        read: (answer) =>
          readObjects(answer, 'consentSessions.list').map((found) => {
            if (!isJsonObject(found['consent_request'])) {
              throw wrongShape(answer, 'consentSessions.list', 'a list of consents')
            }
            nullListsToEmpty(found, ['grant_scope', 'grant_access_token_audience'])
            nullListsToEmpty(found['consent_request'], ['requested_scope', 'requested_access_token_audience', 'amr'])
            return found as unknown as GrantedConsent
          }),
        shortPagesGoOn: true,
        // Since 25.4 it is empty, but there nothing is listed twice.
        key: ({ consent_request }) => consent_request.challenge,
        options,
      })
    },

    revoke: (which, options) =>
      caller.call(() => {
        const parameters = checkRevocation(which)
        return {
          operation: OPERATION,
          prepare: (features) => ({ query: fitRevocation(parameters, features) }),
          read: () => undefined,
          readRefusal: (status, body) => {
            const nothingThere = status === 404 && body.isHydras
            return nothingThere && caller.server.knownFeatures?.nothingToRevokeIs404 ? { result: undefined } : undefined
          },
          options,
        }
      }),
  }
}

type RevocationParameters = Readonly<Record<string, FieldValue>>

/** Since 25.4 any other combination is 400; older servers take the wider of two, so it is refused here for all. */
function checkRevocation(which: ConsentRevocation): RevocationParameters {
  const { subject, client, all, consentRequestId, ...rest } = which as Record<string, unknown>
  const given = [client, all, consentRequestId].filter((value) => value !== undefined)
  const cure = 'needs exactly one of { subject, client }, { subject, all: true } and { consentRequestId }'
  if (given.length !== 1 || Object.keys(rest).length > 0 || (all !== undefined && all !== true)) {
    throw optionsError(`\`${OPERATION}\` ${cure}`)
  }
  if (consentRequestId !== undefined) {
    if (subject !== undefined) throw optionsError(`\`${OPERATION}\` ${cure}`)
    return { consent_request_id: requireText(consentRequestId, 'consentRequestId') }
  }
  const whose = requireText(subject, 'subject')
  return all === true ? { subject: whose, all: true } : { subject: whose, client: requireText(client, 'client') }
}

function fitRevocation(parameters: RevocationParameters, features: ServerFeatures | undefined): RevocationParameters {
  if (features === undefined) return parameters
  if (parameters['consent_request_id'] !== undefined && !features.revokesConsentById) {
    const serverVersion = features.version.release
    throw new UnsupportedOperationError(OPERATION, { serverVersion, since: '25.4.0', argument: 'consentRequestId' })
  }
  return features.revokesAllBySubjectAlone ? { ...parameters, all: undefined } : parameters
}
