/**
 * Since when servers know the members of request bodies. Servers up to 2.3 refuse accept and reject bodies with
 * members that they don't know (400); all servers ignore such members of clients and trusted issuers without a word.
 * Members that aren't listed are known to every server.
 */
import type { OperationName } from '../operations.ts'
import type { DroppedField } from '../options.ts'
import type { ServerFeatures } from './features.ts'
import { isAtLeast } from './release.ts'

/** When a member is known. */
interface Known {
  /** First release that knows it; absent: none does, or all do up to `until`. */
  since?: string
  /** First release that no longer knows it. */
  until?: string
}

type Members = Readonly<Record<string, Known>>

const lifespans: Members = {
  authorization_code_grant_access_token_lifespan: { since: '1.11.9' },
  authorization_code_grant_id_token_lifespan: { since: '1.11.9' },
  authorization_code_grant_refresh_token_lifespan: { since: '1.11.9' },
  client_credentials_grant_access_token_lifespan: { since: '1.11.9' },
  implicit_grant_access_token_lifespan: { since: '1.11.9' },
  implicit_grant_id_token_lifespan: { since: '1.11.9' },
  jwt_bearer_grant_access_token_lifespan: { since: '1.11.9' },
  refresh_token_grant_access_token_lifespan: { since: '1.11.9' },
  refresh_token_grant_id_token_lifespan: { since: '1.11.9' },
  refresh_token_grant_refresh_token_lifespan: { since: '1.11.9' },
  password_grant_access_token_lifespan: { since: '1.11.9', until: '2.0.0' },
  password_grant_refresh_token_lifespan: { since: '1.11.9', until: '2.0.0' },
  device_authorization_grant_access_token_lifespan: { since: '25.4.0' },
  device_authorization_grant_id_token_lifespan: { since: '25.4.0' },
  device_authorization_grant_refresh_token_lifespan: { since: '25.4.0' },
}

const client: Members = {
  ...lifespans,
  token_endpoint_auth_signing_alg: { since: '1.5.0' },
  access_token_strategy: { since: '2.1.0' },
  skip_consent: { since: '2.1.0' },
  skip_logout_consent: { since: '2.2.0' },
}

const members: Partial<Record<OperationName, Members>> = {
  'loginRequests.accept': {
    amr: { since: '1.10.7' },
    extend_session_lifespan: { since: '2.1.0' },
    identity_provider_session_id: { since: '2.2.0' },
  },
  'consentRequests.accept': {
    context: { since: '2.2.0' },
    // Up to 2.3 it was taken but overwritten by the server.
    handled_at: {},
  },
  'clients.create': client,
  'clients.set': client,
  'clients.setLifespans': lifespans,
  'registration.create': client,
  'registration.set': client,
  'trustedIssuers.create': { allow_any_subject: { since: '1.11.8' } },
}

/**
 * Leaves out of a body what the server doesn't know.
 *
 * @param features absent if the server's version can't be known: nothing is left out then
 * @param onDropped told about each member left out
 */
export function fitBody<T extends object>(
  operation: OperationName,
  body: T,
  features: ServerFeatures | undefined,
  onDropped: ((dropped: DroppedField) => void) | undefined,
): Partial<T> {
  const table = members[operation]
  if (table === undefined || features === undefined) return body
  const serverVersion = features.version.release
  const fitted: Partial<T> = { ...body }
  for (const [field, known] of Object.entries(table)) {
    if ((body as Record<string, unknown>)[field] === undefined || isKnown(known, serverVersion)) continue
    delete (fitted as Record<string, unknown>)[field]
    const { since } = known
    onDropped?.({ operation, field, serverVersion, ...(since !== undefined ? { since } : {}) })
  }
  return fitted
}

function isKnown({ since, until }: Known, release: string): boolean {
  if (since === undefined || !isAtLeast(release, since)) return false
  return until === undefined || !isAtLeast(release, until)
}
