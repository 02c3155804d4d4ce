/**
 * The part of an undici dispatcher that this package uses, described in types of our own: a dispatcher of another
 * undici major (6, 7, 8: Agent, Pool, ProxyAgent, MockAgent, RetryAgent …) fits without a type clash.
 */

/** One request, as handed to {@link HydraDispatcher.dispatch}. */
export interface HydraDispatchOptions {
  origin: string
  path: string
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Name, value, name, value … */
  headers: string[]
  body: string | null
}

/** What undici 7 and 8 hand to a handler to stop a request. */
export interface HydraDispatchController {
  abort(reason: Error): void
}

/** Callbacks for one request: those of undici 7 and 8 first, then those of undici 6. */
export interface HydraDispatchHandler {
  onRequestStart(controller: HydraDispatchController, context: unknown): void
  onResponseStart(
    controller: HydraDispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void
  onResponseData(controller: HydraDispatchController, chunk: Buffer): void
  onResponseEnd(controller: HydraDispatchController, trailers: unknown): void
  onResponseError(controller: HydraDispatchController, error: Error): void
  onConnect(abort: (reason?: Error) => void): void
  onHeaders(status: number, headers: Buffer[]): boolean
  onData(chunk: Buffer): boolean
  onComplete(trailers: unknown): void
  onError(error: Error): void
}

/** Anything that sends HTTP requests the way undici's dispatchers do. */
export interface HydraDispatcher {
  dispatch(options: HydraDispatchOptions, handler: HydraDispatchHandler): boolean
}
