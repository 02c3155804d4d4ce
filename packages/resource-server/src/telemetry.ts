/** What an observer of a resource server is told. The observer itself is opentelemetry.ts, which nothing here imports. */
import { isPending } from './at-once.ts'
import { isVerificationUnavailableError } from './errors.ts'
import type { RefusalReason } from './errors.ts'
import type { EventSink, VerificationSource } from './events.ts'
import type { IssuerStats } from './stats.ts'
import type { VerificationClient } from './verification-client.ts'

/**
 * Watches a resource server: option `telemetry`. `openTelemetry()` of `@hydra-kit/resource-server/opentelemetry` makes
 * one. It is told nothing of a token, its subject or its client.
 */
export interface Telemetry {
  /** A token of a request is looked for and verified. */
  verification(): Watch<VerificationOutcome>
  /** Hydra is asked for something, all tries included. */
  upstreamCall(call: UpstreamCall): Watch<UpstreamOutcome>
  /** A verified token lacks what a route demands. */
  unauthorized(reason: RefusalReason): void
  /** Reads the state whenever it wants to, until the function that it returns is called. */
  observe(read: () => readonly WatchedIssuer[]): () => void
}

/** A piece of work that is watched. */
export interface Watch<Outcome> {
  /** Starts the work; calls that are made meanwhile belong to it. Called once. */
  run<T>(work: () => T): T
  /** The work is over. Called once. */
  end(outcome: Outcome): void
}

/** How a verification ended. */
export interface VerificationOutcome {
  /** `failed`: neither the caller nor Hydra is to blame, as when a function of the application threw. */
  readonly outcome: 'accepted' | 'refused' | 'unavailable' | 'failed'
  /** Why it was refused. */
  readonly reason?: RefusalReason | undefined
  /** Where the answer came from, as far as there was one. */
  readonly source?: VerificationSource | undefined
  readonly format?: 'jwt' | 'opaque' | undefined
  /** `name` of the issuer in a list of several. */
  readonly issuerName?: string | undefined
}

/** A call to Hydra. */
export interface UpstreamCall {
  readonly operation: 'jwks' | 'introspect'
  /** `name` of the issuer in a list of several. */
  readonly issuerName: string | undefined
}

/** How a call to Hydra ended. */
export interface UpstreamOutcome {
  /** `code` or `name` of the error; undefined after a success. */
  readonly errorType?: string | undefined
  /** Status of an answer that was an error. */
  readonly status?: number | undefined
}

/** The state of an issuer with its `name` in a list of several. */
export interface WatchedIssuer extends IssuerStats {
  readonly name: string | undefined
}

/** Lets the observer watch one verification, which gets a sink of its own to report to. */
export function watchVerification<T extends object>(
  telemetry: Telemetry,
  events: EventSink,
  verify: (events: EventSink) => T | Promise<T>,
): T | Promise<T> {
  const watch = telemetry.verification()
  let outcome: VerificationOutcome = { outcome: 'failed' }
  const watched: EventSink = {
    verified(source, token, issuerName) {
      outcome = { outcome: 'accepted', source, format: token.format, issuerName }
      events.verified(source, token, issuerName)
    },
    refused(error, source, issuerName) {
      outcome = { outcome: 'refused', reason: error.reason, source, issuerName }
      events.refused(error, source, issuerName)
    },
  }
  function endWith<Result>(result: Result): Result {
    watch.end(outcome)
    return result
  }
  function fail(error: unknown): never {
    if (isVerificationUnavailableError(error)) outcome = { outcome: 'unavailable' }
    throw endWith(error)
  }
  let result: T | Promise<T>
  try {
    result = watch.run(() => verify(watched))
  } catch (error) {
    return fail(error)
  }
  return isPending(result) ? result.then(endWith, fail) : endWith(result)
}

/** A client whose calls the observer watches. */
export function watchClient(
  telemetry: Telemetry,
  client: VerificationClient,
  issuerName: string | undefined,
): VerificationClient {
  async function watched<T>(operation: UpstreamCall['operation'], call: () => PromiseLike<T>): Promise<T> {
    const watch = telemetry.upstreamCall({ operation, issuerName })
    let outcome: UpstreamOutcome = {}
    try {
      return await watch.run(call)
    } catch (error) {
      outcome = { errorType: typeOf(error), status: statusOf(error) }
      throw error
    } finally {
      watch.end(outcome)
    }
  }
  return {
    oidc: { jwks: (options) => watched('jwks', () => client.oidc.jwks(options)) },
    tokens: {
      introspect: (parameters, options) => watched('introspect', () => client.tokens.introspect(parameters, options)),
    },
  }
}

/** Never the message: it may quote an address or an answer. */
function typeOf(error: unknown): string {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown }
  if (typeof code === 'string') return code
  return typeof name === 'string' ? name : '_OTHER'
}

function statusOf(error: unknown): number | undefined {
  const status = (error as { status?: unknown } | null | undefined)?.status
  return typeof status === 'number' ? status : undefined
}
