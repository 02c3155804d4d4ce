import { isBearerTokenError, isVerificationUnavailableError } from '@hydra-kit/resource-server'
import { Catch, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common'
import { BaseExceptionFilter, HttpAdapterHost } from '@nestjs/core'
import { httpException, setHeaders, type HttpResponse } from '../contexts/http.ts'
import { instanceThatJudged } from '../contexts/remembered.ts'
import { HydraInstances, type HydraInstance } from '../instances.ts'

/** Stands for the errors of `@hydra-kit/resource-server` of any copy: `@Catch` asks `instanceof`. */
abstract class TokenError {
  static [Symbol.hasInstance](error: unknown): boolean {
    return isBearerTokenError(error) || isVerificationUnavailableError(error)
  }
}

/**
 * Answers a `BearerTokenError` or `VerificationUnavailableError` that a handler threw, as from
 * `resourceServer.authorize(token, …)`, with its status, header fields and body. What the guard refuses needs no filter.
 *
 * For HTTP: `{ provide: APP_FILTER, useClass: HydraExceptionFilter }`, or `@UseFilters(HydraExceptionFilter)`.
 */
@Catch(TokenError)
export class HydraExceptionFilter extends BaseExceptionFilter implements ExceptionFilter {
  readonly #instances: HydraInstances

  constructor(@Inject(HttpAdapterHost) host: HttpAdapterHost, @Inject(HydraInstances) instances: HydraInstances) {
    super(host.httpAdapter)
    this.#instances = instances
  }

  /** In other contexts than HTTP the error goes on as it is. */
  override catch(error: unknown, host: ArgumentsHost): void {
    if (host.getType() !== 'http') throw error
    const answer = this.#instanceOf(host)?.resourceServer.toHttpError(error)
    if (answer === undefined) return super.catch(error, host)
    const response = host.getArgByIndex<HttpResponse>(1)
    if (response.headersSent !== true) setHeaders(response, answer.headers)
    super.catch(httpException(error, answer), host)
  }

  /** That which judged the request: the challenge names its realm and its metadata. */
  #instanceOf(host: ArgumentsHost): HydraInstance | undefined {
    const judge = instanceThatJudged(host.getArgByIndex<object>(0))
    const instances = this.#instances.list()
    return instances.find(({ name }) => name === judge) ?? instances[0]
  }
}
