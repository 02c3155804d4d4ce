import type { ResourceServerOptions } from './options.ts'
import type { RequestFacts, Rule, VerifyRule } from './request-facts.ts'
import type { Requirement } from './requirement.ts'
import type { HttpAnswer } from './to-http-error.ts'
import type { BearerTokenError, VerificationUnavailableError } from './errors.ts'
import type { VerifiedToken } from './verified-token.ts'

/** Decides whether requests are allowed. Made by {@link createResourceServer}. */
export interface ResourceServer<Extra = Readonly<Record<string, unknown>>> {
  /**
   * Finds the token of a request and verifies it.
   *
   * @throws {@link BearerTokenError} (rejects) when the request is refused.
   * @throws {@link VerificationUnavailableError} (rejects) when Hydra cannot answer.
   */
  authenticate(facts: RequestFacts, rule?: Rule): Promise<VerifiedToken<Extra>>
  /** Verifies a token from anywhere else: a queue, a socket, a script. Rejects as {@link ResourceServer.authenticate}. */
  verify(rawToken: string, rule?: VerifyRule): Promise<VerifiedToken<Extra>>
  /**
   * Checks scopes and claims of a verified token.
   *
   * @throws {@link BearerTokenError} 403 `insufficient_scope` or `claim_mismatch`.
   */
  authorize(token: VerifiedToken<unknown>, requirement: Requirement): void
  /**
   * Words the answer to an error; undefined for errors that are not about tokens. `scope` names what the route needs,
   * for the challenge of a request without a token.
   */
  toHttpError(
    error: BearerTokenError | VerificationUnavailableError,
    context?: { readonly scope?: string | readonly string[] | undefined },
  ): HttpAnswer
  toHttpError(
    error: unknown,
    context?: { readonly scope?: string | readonly string[] | undefined },
  ): HttpAnswer | undefined
  /**
   * Header fields that belong on the answer to an accepted request: `Cache-Control: private` if its token came in the
   * query (RFC 6750 section 2.3), else none.
   */
  responseHeaders(facts: RequestFacts): Readonly<Record<string, string>>
  /** Closes connections that were opened here; a `client` that was handed in stays open. */
  close(): Promise<void>
}

/**
 * Creates a resource server.
 *
 * @throws TypeError `ERR_OPTIONS` naming the option and the cure.
 */
export function createResourceServer<Extra = Readonly<Record<string, unknown>>>(
  options: ResourceServerOptions<Extra>,
): ResourceServer<Extra> {
  throw new Error(`not built yet: ${Object.keys(options).length}`)
}
