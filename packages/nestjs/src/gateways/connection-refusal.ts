/** How a refused connection is told to the client. */
import { Logger } from '@nestjs/common'
import type { RefusalFacts } from '../contexts/refusal-facts.ts'

/**
 * Close codes of plain WebSockets. Those from 4000 on are for applications (RFC 6455 section 7.4.2), and these are what
 * graphql-ws and others took to: the last digits are the status of HTTP.
 */
const closeCodes: Readonly<Record<string, number>> = {
  invalid_request: 4400,
  unauthorized: 4401,
  invalid_token: 4401,
  insufficient_scope: 4403,
  // "Try again later" of the IANA registry.
  temporarily_unavailable: 1013,
}

/** "Internal error" (RFC 6455 section 7.4.1). */
const internalError = 1011

const logger = new Logger('HydraGuard')

/** The close code that tells a refusal. */
export function closeCodeOf({ error }: RefusalFacts): number {
  return closeCodes[error] ?? internalError
}

/** The facts in what the guard threw; a fault of the application is logged, and the client learns nothing of it. */
export function refusalOf(error: unknown): RefusalFacts {
  const facts = (error as { getError?(): unknown } | null)?.getError?.() as RefusalFacts | undefined
  if (typeof facts?.error === 'string' && typeof facts.message === 'string') return facts
  logger.error(error)
  return { error: 'server_error', message: 'The connection could not be judged.' }
}
