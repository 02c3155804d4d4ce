/** What a framework adapter hands over about a request. Nothing here is kept after the answer. */
export interface RequestFacts {
  /** HTTP method, upper case. */
  readonly method: string
  /** Path and query, or an absolute URL. Only read when tokens in the query are switched on. */
  readonly url: string
  /** Header fields with lower-case names, as `IncomingMessage.headers`. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** The parsed body of a form POST. Only read when tokens in the form are switched on. Default: none. */
  readonly form?: unknown
  /** Whatever tells tenants apart, for `selectIssuer`. Default: none. */
  readonly tenant?: string | undefined
}

/**
 * What a single route asks of a token beyond the server's options. A member that is `undefined` is refused: the route
 * would ask for less than is written there.
 */
export interface Rule {
  /** Replaces the server's `audience` for this route. */
  readonly audience?: string | readonly string[]
  /**
   * How old, in seconds, the proof that the token is still good may be; 0 asks Hydra each time. A JWT is then checked
   * by introspection as well; where none is configured it must have been issued within this time.
   */
  readonly freshWithinSeconds?: number
}

/** A {@link Rule} for a token that did not come with an HTTP request. */
export interface VerifyRule extends Rule {
  /** With several issuers: the `name` of the one to ask about an opaque token. */
  readonly issuer?: string | undefined
}
