/** What a refusal tells a caller that cannot see headers: the facts of RFC 6750 section 3, as fields. */
import type { HttpAnswer } from '@hydra-kit/resource-server'

/** The facts of a refusal. Never the precise reason: a caller must not learn which check failed. */
export interface RefusalFacts {
  /** `invalid_token`, `insufficient_scope` …; `unauthorized` without a token, `temporarily_unavailable` in an outage. */
  readonly error: string
  /** As text for people. */
  readonly message: string
  /** The scopes that are needed, separated by spaces. */
  readonly scope?: string
  /** The `WWW-Authenticate` value that HTTP would answer with. Absent in an outage: the token may be good. */
  readonly challenge?: string
  /** In an outage: when another try makes sense. */
  readonly retryAfterSeconds?: number
}

/** The facts of an answer. */
export function refusalFacts({ headers, body }: HttpAnswer): RefusalFacts {
  const challenge = headers['www-authenticate']
  // Written by the resource server, quotes and backslashes left out.
  const scope = challenge === undefined ? undefined : /[ ,]scope="([^"]*)"/.exec(challenge)?.[1]
  const retryAfter = headers['retry-after']
  return {
    error: body.error,
    message: body.error_description,
    ...(scope !== undefined && { scope }),
    ...(challenge !== undefined && { challenge }),
    ...(retryAfter !== undefined && { retryAfterSeconds: Number(retryAfter) }),
  }
}
