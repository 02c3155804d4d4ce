import { headersOf, type RequestFacts } from '@hydra-kit/resource-server'
import type { Request } from 'express'

/**
 * Reads the rest of a request only when it is needed: Express has changed the prototype of each, which makes every look
 * at a property slow.
 */
export class ExpressFacts implements RequestFacts {
  readonly headers: RequestFacts['headers']
  declare readonly tenant?: string
  readonly #request: Request

  constructor(request: Request, tenant: string | undefined) {
    this.headers = headersOf(request)
    if (tenant !== undefined) this.tenant = tenant
    this.#request = request
  }

  get method(): string {
    return this.#request.method
  }

  get url(): string {
    return this.#request.originalUrl
  }

  get form(): unknown {
    return this.#request.body as unknown
  }
}
