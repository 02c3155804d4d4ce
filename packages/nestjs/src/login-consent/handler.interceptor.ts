/** What all handler interceptors share: they answer in place of the method, and ask it only to decide. */
import type { HttpOutput } from '@hydra-kit/login-consent'
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common'
import type { HttpAdapterHost } from '@nestjs/core'
import { defer, lastValueFrom, type Observable } from 'rxjs'
import { notSetUp } from '../not-set-up.ts'
import { keepDecisionContext, type DecisionContext } from './decision-context.ts'
import { sendOutput, type NestNative } from './http-exchange.ts'

/** Asks the method: its pipes run, and it is told what the deciding function is told. */
export type AskMethod = (context: DecisionContext) => Promise<unknown>

/** See the module. Subclasses say what an answer is. */
export abstract class HandlerInterceptor implements NestInterceptor {
  readonly #host: HttpAdapterHost

  constructor(host: HttpAdapterHost) {
    this.#host = host
  }

  /** The answer to a request. `ask` is for when everything that the method relies on has been checked. */
  protected abstract answer(native: NestNative, ask: AskMethod): Promise<HttpOutput>

  /** @throws Error `ERR_HYDRA_AUTH_MISSING` for a method that is called by anything but a request of a browser, or of Hydra */
  intercept(context: ExecutionContext, next: CallHandler): Observable<undefined> {
    if (context.getType() !== 'http') {
      throw notSetUp(
        `${context.getClass().name}.${context.getHandler().name} is a handler of login and consent, and was called as ${JSON.stringify(context.getType())}.`,
        'Give messages a method of their own.',
      )
    }
    const native: NestNative = { request: context.getArgByIndex(0), response: context.getArgByIndex(1) }
    const ask: AskMethod = (told) => {
      keepDecisionContext(native.request, told)
      return lastValueFrom(next.handle(), { defaultValue: undefined })
    }
    return defer(async () => {
      sendOutput(this.#host.httpAdapter, native.response, await this.answer(native, ask))
      return undefined
    })
  }
}
