import type { ErrorRequestHandler } from 'express'
import { answerOf } from './answer.ts'

/**
 * The error handler: answers refusals and outages with a JSON body, and leaves every other error to the app. Goes behind
 * the routes. Without it Express's default handler sends the same status and headers with an HTML body.
 */
export function hydraErrors(): ErrorRequestHandler {
  // Express tells an error handler by its four parameters.
  return function hydraErrors(error: unknown, _request, response, next) {
    const answer = answerOf(error)
    // After the first byte the status can no longer be changed; Express then closes the connection.
    if (answer === undefined || response.headersSent) return next(error)
    response.status(answer.status).set(answer.headers).json(answer.body)
  }
}
