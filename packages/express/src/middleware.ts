/** The shape of every middleware of this package. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RequestHandler } from 'express'

/**
 * Fits wherever Express takes a `RequestHandler`. It says nothing about path parameters, so those of a route keep the
 * types that Express reads from its path.
 */
export interface Middleware {
  (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void): void
}

/** Gives a handler the name that stack traces and Express's debug output show. */
export function middleware(name: string, handler: RequestHandler): Middleware {
  return Object.defineProperty(handler, 'name', { value: name }) as Middleware
}
