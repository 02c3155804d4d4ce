/** Since when servers know the members of request bodies. Members that aren't listed are known to all. */
import type { OperationName } from '../operations.ts'
import type { DroppedField } from '../options.ts'
import type { ServerFeatures } from './features.ts'
import { isAtLeast } from './release.ts'

/** First release that knows the member; `never` for members that only the server may set. */
type Members = Readonly<Record<string, string>>

const acceptLogin: Members = {
  amr: '1.10.7',
  extend_session_lifespan: '2.1.0',
  identity_provider_session_id: '2.2.0',
}

const acceptConsent: Members = {
  context: '2.2.0',
  // Accepted up to 2.3, but overwritten by the server.
  handled_at: 'never',
}

const members: Partial<Record<OperationName, Members>> = {
  'loginRequests.accept': acceptLogin,
  'consentRequests.accept': acceptConsent,
}

/**
 * Leaves out what the server doesn't know, where it would refuse or ignore it.
 *
 * @param onDropped told about each member left out
 */
export function fitBody<T extends object>(
  operation: OperationName,
  body: T,
  { version }: ServerFeatures,
  onDropped: ((dropped: DroppedField) => void) | undefined,
): Partial<T> {
  const since = members[operation]
  if (since === undefined) return body
  const fitted: Partial<T> = { ...body }
  for (const [field, release] of Object.entries(since)) {
    const value = (body as Record<string, unknown>)[field]
    if (value === undefined || (release !== 'never' && isAtLeast(version.release, release))) continue
    delete (fitted as Record<string, unknown>)[field]
    const serverVersion = version.release
    onDropped?.({ operation, field, serverVersion, ...(release === 'never' ? {} : { since: release }) })
  }
  return fitted
}
