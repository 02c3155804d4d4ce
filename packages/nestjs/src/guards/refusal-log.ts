/** What the guard tells the log of an application: reasons and scopes, and never a token or whose it is. */
import { isBearerTokenError, isVerificationUnavailableError, type Requirement } from '@hydra-kit/resource-server'
import { Logger, type ExecutionContext } from '@nestjs/common'

/** What a missing scope is told with: what the route needs, and what the token has. */
export interface ScopesOfCall {
  readonly needed: Requirement | undefined
  readonly held: readonly string[]
}

/** A log of refusals. */
export interface RefusalLog {
  /**
   * A refusal with its precise reason at level `debug`, a missing scope with `scopes`; nothing for a request without a
   * token, which every crawler sends.
   * An outage with its cause at level `warn`, once a minute: it would fill the log when that is needed most. Tokens that
   * pass meanwhile, by a cache or by other keys, say nothing about its end.
   */
  refused(error: unknown, context: ExecutionContext, scopes?: ScopesOfCall): void
}

const outageEveryMs = 60_000

/** A token may have thousands of scopes, and nobody reads a line of that length. */
const longestList = 500

/** @param now the time in milliseconds since the epoch */
export function createRefusalLog(now: () => number = Date.now): RefusalLog {
  const logger = new Logger('HydraGuard')
  let quietUntil = -Infinity
  return {
    refused(error, context, scopes) {
      if (isBearerTokenError(error)) {
        if (error.reason === 'missing') return
        const which = error.reason === 'insufficient_scope' && scopes !== undefined ? told(scopes) : ''
        logger.debug(`${at(context)}: ${error.status} ${error.reason}. ${error.message}${which}`)
      } else if (isVerificationUnavailableError(error) && now() >= quietUntil) {
        quietUntil = now() + outageEveryMs
        logger.warn(`${at(context)}: 503. ${error.message}${causeOf(error)} Told again in a minute if it lasts.`)
      }
    },
  }
}

function told({ needed: { all = [], any = [] } = {}, held }: ScopesOfCall): string {
  const needed = [...(all.length > 0 ? [list(all)] : []), ...(any.length > 0 ? [`one of ${list(any)}`] : [])]
  return ` Needed: ${needed.join(', and ')}. Held: ${held.length > 0 ? list(held) : 'none'}.`
}

/** Safe on a line of a log: a resource server takes no scope with other characters than RFC 6749 section 3.3 allows. */
function list(scopes: readonly string[]): string {
  const text = scopes.join(' ')
  return text.length > longestList ? `${text.slice(0, longestList)} …` : text
}

/** What the client of Hydra said: an operation, a host and a reason, never what was sent. */
function causeOf({ cause }: { readonly cause?: unknown }): string {
  const message = (cause as { message?: unknown } | null | undefined)?.message
  return typeof message === 'string' ? ` ${message.replace(/\.?$/, '.')}` : ''
}

function at(context: ExecutionContext): string {
  return `${context.getClass().name}.${context.getHandler().name}`
}
