/** What the guard tells the log of an application: reasons, and never a token. */
import { isBearerTokenError, isVerificationUnavailableError } from '@hydra-kit/resource-server'
import { Logger, type ExecutionContext } from '@nestjs/common'

/** A log of refusals. */
export interface RefusalLog {
  /**
   * A refusal with its precise reason at level `debug`; nothing for a request without a token, which every crawler sends.
   * An outage with its cause at level `warn`, once a minute: it would fill the log when that is needed most. Tokens that
   * pass meanwhile, by a cache or by other keys, say nothing about its end.
   */
  refused(error: unknown, context: ExecutionContext): void
}

const outageEveryMs = 60_000

/** @param now the time in milliseconds since the epoch */
export function createRefusalLog(now: () => number = Date.now): RefusalLog {
  const logger = new Logger('HydraGuard')
  let quietUntil = -Infinity
  return {
    refused(error, context) {
      if (isBearerTokenError(error)) {
        if (error.reason !== 'missing')
          logger.debug(`${at(context)}: ${error.status} ${error.reason}. ${error.message}`)
      } else if (isVerificationUnavailableError(error) && now() >= quietUntil) {
        quietUntil = now() + outageEveryMs
        logger.warn(`${at(context)}: 503. ${error.message}${causeOf(error)} Told again in a minute if it lasts.`)
      }
    },
  }
}

/** What the client of Hydra said: an operation, a host and a reason, never what was sent. */
function causeOf({ cause }: { readonly cause?: unknown }): string {
  const message = (cause as { message?: unknown } | null | undefined)?.message
  return typeof message === 'string' ? ` ${message.replace(/\.?$/, '.')}` : ''
}

function at(context: ExecutionContext): string {
  return `${context.getClass().name}.${context.getHandler().name}`
}
