/**
 * The part of an undici dispatcher that this package uses, described in types of our own: a dispatcher of another
 * undici major (6, 7, 8: Agent, Pool, ProxyAgent, MockAgent, RetryAgent …) fits without a type clash.
 */

/** One request, as handed to {@link HydraDispatcher.dispatch}. */
export interface HydraDispatchOptions {
  /** Scheme, host and port. */
  origin: string
  /** Path and query. */
  path: string
  /** The HTTP method. */
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Name, value, name, value … */
  headers: string[]
  /** The whole body. */
  body: string | null
}

/** What undici 7 and 8 hand to a handler to stop a request. */
export interface HydraDispatchController {
  /** Ends the request. */
  abort(reason: Error): void
}

/** Callbacks for one request: those of undici 7 and 8 first, then those of undici 6. */
export interface HydraDispatchHandler {
  /** The request has a connection. */
  onRequestStart(controller: HydraDispatchController, context: unknown): void
  /** Status and headers are there; also for 1xx. */
  onResponseStart(
    controller: HydraDispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void
  /** A piece of the body is there. */
  onResponseData(controller: HydraDispatchController, chunk: Buffer): void
  /** The answer is complete. */
  onResponseEnd(controller: HydraDispatchController, trailers: unknown): void
  /** There is no (complete) answer. */
  onResponseError(controller: HydraDispatchController, error: Error): void
  /** The request has a connection (undici 6). */
  onConnect(abort: (reason?: Error) => void): void
  /** Status and headers are there (undici 6). */
  onHeaders(status: number, headers: Buffer[]): boolean
  /** A piece of the body is there (undici 6). */
  onData(chunk: Buffer): boolean
  /** The answer is complete (undici 6). */
  onComplete(trailers: unknown): void
  /** There is no (complete) answer (undici 6). */
  onError(error: Error): void
}

/** Anything that sends HTTP requests the way undici's dispatchers do. */
export interface HydraDispatcher {
  /** Sends a request and reports to the handler. */
  dispatch(options: HydraDispatchOptions, handler: HydraDispatchHandler): boolean
}
