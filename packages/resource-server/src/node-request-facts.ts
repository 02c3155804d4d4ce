/** {@link RequestFacts} of the requests of Express and Fastify, for whoever writes an adapter. */
import type { RequestFacts } from './request-facts.ts'

/** What the requests of both frameworks have. */
export interface FrameworkRequest {
  readonly method?: string | undefined
  /** Path and query as they came; `url` is shorter below a router. */
  readonly originalUrl: string
  readonly body?: unknown
}

/**
 * Reads the rest of a request only when it is needed: Express has changed the prototype of each, which makes every look
 * at a property slow. Spreading it (`...`) leaves that rest behind.
 *
 * @param headers see `headersOf`
 */
export function factsOfRequest(
  request: FrameworkRequest,
  headers: RequestFacts['headers'],
  tenant?: string,
): RequestFacts {
  return new FactsOnDemand(request, headers, tenant)
}

class FactsOnDemand implements RequestFacts {
  readonly headers: RequestFacts['headers']
  declare readonly tenant?: string
  readonly #request: FrameworkRequest

  constructor(request: FrameworkRequest, headers: RequestFacts['headers'], tenant: string | undefined) {
    this.headers = headers
    if (tenant !== undefined) this.tenant = tenant
    this.#request = request
  }

  get method(): string {
    return this.#request.method as string
  }

  get url(): string {
    return this.#request.originalUrl
  }

  get form(): unknown {
    return this.#request.body
  }
}
