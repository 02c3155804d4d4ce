/** Carries the answer that resource-server worded to whichever error handler of the app comes first. */
import type { HttpAnswer, ResourceServer } from '@hydra-kit/resource-server'
import { setHidden } from './hidden-property.ts'

const answer: unique symbol = Symbol.for('@hydra-kit/express/answer') as never

/**
 * Gives an error of resource-server what Express's default handler reads: `status` and `headers`. Other errors stay as
 * they are. All of it is hidden from logs.
 *
 * What is thrown and is no object becomes an error: `next()` takes `undefined` for "go on", and `'route'` for "skip the
 * rest".
 */
export function withAnswer(error: unknown, server: ResourceServer<unknown>, scope?: readonly string[]): unknown {
  if (typeof error !== 'object' || error === null) return new Error('A function of the application threw no error.')
  const worded = server.toHttpError(error, { scope })
  if (worded === undefined) return error
  setHidden(error, 'status', worded.status)
  setHidden(error, 'headers', worded.headers)
  setHidden(error, answer, worded)
  return error
}

/** The answer of an error that went through {@link withAnswer}, in any copy of this package. */
export function answerOf(error: unknown): HttpAnswer | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  return (error as { [answer]?: HttpAnswer })[answer]
}
