/** Facts about calls that carry their token elsewhere than in an HTTP request. */
import type { RequestFacts } from '@hydra-kit/resource-server'

const nowhere = { method: 'POST', url: '/' } as const

/** Facts with nothing but these `Authorization` values. More than one is a token in two places. */
export function factsOfAuthorization(values: readonly unknown[]): RequestFacts {
  return { ...nowhere, headers: withAuthorization({}, values) }
}

/** Facts with a token that an extractor of the application found, if it found one. */
export function factsOfToken(token: unknown): RequestFacts {
  return factsOfAuthorization(token === undefined || token === null ? [] : [bearer(token)])
}

/** Headers with these `Authorization` values in place of those that they have. */
export function withAuthorization(
  headers: RequestFacts['headers'],
  values: readonly unknown[],
): RequestFacts['headers'] {
  const authorization = values.map((value) => (typeof value === 'string' ? value : malformed))
  return { ...headers, authorization: authorization.length > 1 ? authorization : authorization[0] }
}

/** As the `Authorization` field would carry it. What is no text cannot be a token, and is refused as malformed. */
export function bearer(token: unknown): string {
  if (typeof token !== 'string') return malformed
  return /^bearer /i.test(token) ? token : `Bearer ${token}`
}

/** The scheme alone: a request that meant to carry a token, and carries none (RFC 6750 section 3.1). */
const malformed = 'Bearer'
