/** What the guard tells the log of an application: reasons, and never a token. */
import { isBearerTokenError, isVerificationUnavailableError } from '@hydra-kit/resource-server'
import { Logger, type ExecutionContext } from '@nestjs/common'

/** A log of refusals. */
export interface RefusalLog {
  /** A token was good: an outage is over. */
  accepted(): void
  /**
   * A refusal with its precise reason at level `debug`; nothing for a request without a token, which every crawler sends.
   * An outage at level `warn`, once until it is over: it would fill the log when it is needed most.
   */
  refused(error: unknown, context: ExecutionContext): void
}

export function createRefusalLog(): RefusalLog {
  const logger = new Logger('HydraGuard')
  let outage = false
  return {
    accepted() {
      if (!outage) return
      outage = false
      logger.log('Access tokens can be verified again.')
    },
    refused(error, context) {
      if (isBearerTokenError(error)) {
        if (error.reason !== 'missing')
          logger.debug(`${at(context)}: ${error.status} ${error.reason}. ${error.message}`)
      } else if (isVerificationUnavailableError(error) && !outage) {
        outage = true
        logger.warn(`${at(context)}: 503, and so for every call until Hydra answers again. ${error.message}`)
      }
    },
  }
}

function at(context: ExecutionContext): string {
  return `${context.getClass().name}.${context.getHandler().name}`
}
