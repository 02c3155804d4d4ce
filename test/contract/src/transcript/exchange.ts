/** What a transcript holds: one entry for each request that a case made under a step name. */

/** Any JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** Header and claims of a JWT, as they were before normalisation. */
export interface DecodedJwt {
  readonly header: Json
  readonly payload: Json
}

/** A normalised request. */
export interface RecordedRequest {
  readonly method: string
  /** `public` or `admin` port, and the path with its query as placeholders. */
  readonly url: string
  readonly headers?: { readonly [name: string]: string }
  readonly cookies?: readonly string[]
  readonly form?: Json
  readonly json?: Json
  readonly text?: string
}

/** A normalised answer. */
export interface RecordedResponse {
  readonly status: number
  readonly headers: { readonly [name: string]: string | readonly string[] }
  readonly body?: Json
}

/** One request and its answer. */
export interface RecordedExchange {
  readonly step: string
  readonly request: RecordedRequest
  readonly response: RecordedResponse
  /** The JWTs of the answer, by placeholder. */
  readonly jwts?: { readonly [placeholder: string]: DecodedJwt }
}

/** One case on one server. */
export interface Transcript {
  readonly case: string
  readonly profile: string
  readonly exchanges: readonly RecordedExchange[]
}
