import { authenticateThrough, promised } from './at-once.ts'
import { assertTokenLength, bearerTokenReader, hasQueryToken } from './bearer-token.ts'
import { isBearerTokenError } from './errors.ts'
import type { BearerTokenError, VerificationUnavailableError } from './errors.ts'
import { createEventSink } from './events.ts'
import type { EventSink } from './events.ts'
import { createIssuer } from './issuer.ts'
import type { ResourceServerOptions, TokenPlace } from './options.ts'
import { parseOptions } from './parse-options.ts'
import { protectedResourceMetadata } from './protected-resource-metadata.ts'
import type { MetadataAnswer, ProtectedResource } from './protected-resource-metadata.ts'
import type { RequestFacts, Rule, VerifyRule } from './request-facts.ts'
import { authorizeToken } from './requirement.ts'
import type { Requirement } from './requirement.ts'
import { routePolicy } from './rule.ts'
import type { HydratedKeys, Readiness, ResourceServerStats } from './stats.ts'
import { watchClient, watchVerification } from './telemetry.ts'
import type { Telemetry } from './telemetry.ts'
import { toHttpError } from './to-http-error.ts'
import type { HttpAnswer } from './to-http-error.ts'
import type { VerifiedToken } from './verified-token.ts'
import { createVerifier } from './verifier.ts'
import type { Selection, Verifier } from './verifier.ts'

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
  toHttpError(error: BearerTokenError | VerificationUnavailableError, context?: RouteContext): HttpAnswer
  toHttpError(error: unknown, context?: RouteContext): HttpAnswer | undefined
  /**
   * Header fields that belong on the answer to an accepted request: `Cache-Control: private` if its token came in the
   * query (RFC 6750 section 2.3), else none.
   */
  responseHeaders(facts: RequestFacts): Readonly<Record<string, string>>
  /**
   * Fetches the keys of every issuer that JWTs are accepted from, so that the first request need not wait. The result
   * can be saved and given as `savedKeys` at the next start.
   *
   * @throws {@link VerificationUnavailableError} (rejects) when keys are not to be had.
   */
  hydrate(): Promise<readonly HydratedKeys[]>
  /** For a health check: whether tokens can be verified now. Fetches keys if there are none; never rejects. */
  ready(): Promise<Readiness>
  /** Sizes of caches, state of the breakers, names of keys. Cheap. */
  stats(): ResourceServerStats
  /**
   * The answer for `/.well-known/oauth-protected-resource` (RFC 9728): resource, issuers and places of tokens.
   *
   * @throws TypeError `ERR_OPTIONS`.
   */
  protectedResourceMetadata(resource: ProtectedResource): MetadataAnswer
  /** Closes connections that were opened here; a `client` that was handed in stays open. May be called again. */
  close(): Promise<void>
}

/** What the wording of an answer may say about the route. */
export interface RouteContext {
  /** Scopes that the route needs. */
  readonly scope?: string | readonly string[] | undefined
}

/**
 * Creates a resource server. Nothing is sent before the first token.
 *
 * @throws TypeError `ERR_OPTIONS` naming the option and the cure.
 */
export function createResourceServer<Extra = Readonly<Record<string, unknown>>>(
  options: ResourceServerOptions<Extra>,
): ResourceServer<Extra> {
  const resolved = parseOptions(options)
  const { issuers, selectIssuer, telemetry } = resolved
  const known = issuers.map((issuer) => {
    const client = telemetry === undefined ? issuer.client : watchClient(telemetry, issuer.client, issuer.name)
    return createIssuer({ ...issuer, client }, resolved.now)
  })
  const stopWatching = telemetry?.observe(() =>
    known.map((issuer) => ({ name: issuer.options.name, ...issuer.stats() })),
  )
  const events = createEventSink(resolved.onVerified, resolved.onRefused)
  let closed: Promise<void> | undefined
  return assembleResourceServer({
    ...resolved,
    events,
    issuers: issuers.map(({ issuer }) => issuer),
    verifier: createVerifier(known, resolved),
    async hydrate() {
      const asked = known.filter((issuer) => issuer.options.acceptsJwt)
      return Promise.all(asked.map(async (issuer) => ({ issuer: issuer.options.issuer, keys: await issuer.hydrate() })))
    },
    async ready() {
      const problems = (await Promise.all(known.map((issuer) => issuer.ready()))).flat()
      return { ready: problems.length === 0, problems }
    },
    stats: () => ({ issuers: known.map((issuer) => issuer.stats()) }),
    select: selectIssuer && ((facts) => ({ name: selectIssuer(facts) })),
    close() {
      stopWatching?.()
      return (closed ??= Promise.all(issuers.map((issuer) => issuer.close())).then(() => {}))
    },
  })
}

/** What a resource server is put together from; the fake for tests brings its own verifier. */
export interface ResourceServerParts<Extra> {
  readonly verifier: Verifier<Extra>
  readonly events: EventSink
  readonly telemetry?: Telemetry | undefined
  readonly tokenFrom: readonly TokenPlace[]
  readonly realm: string | undefined
  readonly resourceMetadataUrl: string | undefined
  readonly select: ((facts: RequestFacts) => Selection) | undefined
  /** Issuer identifiers, for the metadata. */
  readonly issuers: readonly string[]
  readonly hydrate: () => Promise<readonly HydratedKeys[]>
  readonly ready: () => Promise<Readiness>
  readonly stats: () => ResourceServerStats
  readonly close: () => Promise<void>
}

const noHeaders: Readonly<Record<string, string>> = Object.freeze({})
const privateHeaders: Readonly<Record<string, string>> = Object.freeze({ 'cache-control': 'private' })

/** Puts a resource server together. */
export function assembleResourceServer<Extra>(parts: ResourceServerParts<Extra>): ResourceServer<Extra> {
  const { verifier, events, telemetry, realm, resourceMetadataUrl, select } = parts
  const readToken = bearerTokenReader(parts.tokenFrom)
  const queryAllowed = parts.tokenFrom.includes('query')

  /** Refusals of the verifier are reported there. */
  function reporting<T>(sink: EventSink, decide: () => T): T {
    try {
      return decide()
    } catch (error) {
      if (isBearerTokenError(error)) sink.refused(error)
      throw error
    }
  }

  type Outcome = VerifiedToken<Extra> | Promise<VerifiedToken<Extra>>

  function watched(verify: (sink: EventSink) => Outcome): Outcome {
    return telemetry === undefined ? verify(events) : watchVerification(telemetry, events, verify)
  }

  function findAndVerify(facts: RequestFacts, rule: Rule | undefined): Outcome {
    const route = routePolicy(rule)
    return watched((sink) => {
      const token = reporting(sink, () => readToken(facts))
      return verifier(token, route, select?.(facts), sink)
    })
  }

  return {
    authenticate: authenticateThrough(findAndVerify),
    verify(rawToken, rule) {
      return promised(() => {
        const route = routePolicy(rule)
        return watched((sink) => {
          reporting(sink, () => assertTokenLength(rawToken))
          return verifier(rawToken, route, rule?.issuer === undefined ? undefined : { name: rule.issuer }, sink)
        })
      })
    },
    authorize(token, requirement) {
      try {
        reporting(events, () => authorizeToken(token, requirement))
      } catch (error) {
        if (isBearerTokenError(error)) telemetry?.unauthorized(error.reason)
        throw error
      }
    },
    toHttpError: ((error: unknown, context?: RouteContext) =>
      toHttpError(error, { realm, resourceMetadataUrl, scope: context?.scope })) as ResourceServer['toHttpError'],
    responseHeaders: (facts) => (queryAllowed && hasQueryToken(facts) ? privateHeaders : noHeaders),
    hydrate: parts.hydrate,
    ready: parts.ready,
    stats: parts.stats,
    protectedResourceMetadata: (resource) => protectedResourceMetadata(resource, parts),
    close: parts.close,
  }
}
