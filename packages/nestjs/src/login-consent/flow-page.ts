/** Pages of the app's own between login and consent: a second factor, terms of use, the way back from an identity provider. */
import { isFlowError, type LoginConsentProvider } from '@hydra-kit/login-consent'
import {
  createParamDecorator,
  Inject,
  Injectable,
  UseInterceptors,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
  type Type,
} from '@nestjs/common'
import { HttpAdapterHost } from '@nestjs/core'
import { catchError, map, type Observable } from 'rxjs'
import { Public } from '../decorators/public.ts'
import { checked, type HandlerOptions } from './handlers/handler-decorator.ts'
import { factsOf, writeHead } from './http-exchange.ts'
import { isMarkedOutput, markOutput } from './marked-output.ts'
import { getLoginConsentProviderToken } from './tokens.ts'

/**
 * For routes, or a controller, that call `readFlow` and `finishLogin`: what `finishLogin` resolves with may be returned,
 * and the browser goes on to Hydra; a `FlowError` (a flow that is over, or was begun in another browser) becomes the
 * provider's page. Everything else that is returned or thrown is Nest's affair.
 *
 * The routes are open to callers without a token, as by `@Public()`.
 *
 * @example
 * \@Post('second-factor') @FlowPage()
 * async check(@Query('flow') handle: string, @FlowInput() input: HttpInput, @Body() { code }: CodeDto) {
 *   const { data } = await this.provider.readFlow(handle, input)
 *   …
 *   return this.provider.finishLogin(handle, login.accept({ subject, amr: ['pwd', 'otp'] }), input)
 * }
 */
export function FlowPage(options: HandlerOptions = {}): ClassDecorator & MethodDecorator {
  const interceptor = flowInterceptor(checked('@FlowPage', options, ['instance']).instance)
  return ((...target: Parameters<MethodDecorator>) => {
    Public()(...target)
    UseInterceptors(interceptor)(...target)
  }) as ClassDecorator & MethodDecorator
}

/** The request, as `readFlow`, `finishLogin` and `showError` take it (`HttpInput`). */
export const FlowInput: () => ParameterDecorator = createParamDecorator((_data: undefined, context: ExecutionContext) =>
  factsOf(context.getArgByIndex<object>(0)),
)

function flowInterceptor(instance: string | undefined): Type<NestInterceptor> {
  @Injectable()
  class FlowInterceptor implements NestInterceptor {
    readonly #host: HttpAdapterHost
    readonly #provider: LoginConsentProvider

    constructor(
      @Inject(HttpAdapterHost) host: HttpAdapterHost,
      @Inject(getLoginConsentProviderToken(instance)) provider: LoginConsentProvider,
    ) {
      this.#host = host
      this.#provider = provider
    }

    intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
      return next.handle().pipe(
        catchError((error: unknown) => {
          if (!isFlowError(error)) throw error
          return this.#provider.showError(error, factsOf(context.getArgByIndex<object>(0))).then(markOutput)
        }),
        map((result: unknown) => {
          if (!isMarkedOutput(result)) return result
          writeHead(this.#host.httpAdapter, context.getArgByIndex(1), result)
          return result.body
        }),
      )
    }
  }
  return FlowInterceptor
}
