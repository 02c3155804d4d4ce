/** The part of `@hydra-kit/client` that verification uses. A `HydraClient` fits; so does a small object in a test. */
export interface VerificationClient {
  readonly oidc: {
    /** `GET /.well-known/jwks.json`. */
    jwks(callOptions?: VerificationCallOptions): PromiseLike<unknown>
  }
  readonly tokens: {
    /** `POST …/oauth2/introspect` (RFC 7662). */
    introspect(parameters: { token: string }, callOptions?: VerificationCallOptions): PromiseLike<unknown>
  }
}

/** Limits of a single call. */
export interface VerificationCallOptions {
  /** Milliseconds over all tries and the body. */
  timeoutMs?: number | undefined
}
