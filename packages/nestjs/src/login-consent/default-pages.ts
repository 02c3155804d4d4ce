/** Our pages as a controller, for the steps that have no handler. */
import type { LoginConsentProvider, StepName } from '@hydra-kit/login-consent'
import { All, Controller, Inject, Req, Res, type Type, VERSION_NEUTRAL } from '@nestjs/common'
import { HttpAdapterHost } from '@nestjs/core'
import { Public } from '../decorators/public.ts'
import { inputOf, sendOutput } from './http-exchange.ts'
import { getLoginConsentProviderToken } from './tokens.ts'

const paths: Readonly<Record<StepName, string>> = {
  login: 'login',
  consent: 'consent',
  logout: 'logout',
  device: 'device',
  'device-done': 'device/done',
  'signed-out': 'signed-out',
  error: 'error',
}

/** The steps that have a page of ours. */
export const defaultSteps: readonly StepName[] = Object.keys(paths) as StepName[]

/** What {@link createDefaultPages} makes. */
export type DefaultPages = Type<DefaultPagesController>

/** An instance of it. */
export interface DefaultPagesController {
  answer(step: StepName, request: object, response: object): Promise<void>
}

/** A controller without routes yet: {@link mountDefaultPages} gives it those that are needed. */
export function createDefaultPages(instance: string | undefined): DefaultPages {
  @Public()
  @Controller({ version: VERSION_NEUTRAL })
  class LoginConsentPages implements DefaultPagesController {
    readonly #host: HttpAdapterHost
    readonly #provider: LoginConsentProvider

    constructor(
      @Inject(HttpAdapterHost) host: HttpAdapterHost,
      @Inject(getLoginConsentProviderToken(instance)) provider: LoginConsentProvider,
    ) {
      this.#host = host
      this.#provider = provider
    }

    async answer(step: StepName, request: object, response: object): Promise<void> {
      const input = inputOf({ request, response })
      sendOutput(this.#host.httpAdapter, response, await this.#provider.handleStep(step, input))
    }
  }
  for (const step of defaultSteps) {
    define(LoginConsentPages, step)
    Req()(LoginConsentPages.prototype, step, 0)
    Res()(LoginConsentPages.prototype, step, 1)
  }
  return LoginConsentPages
}

/**
 * Gives the controller a route for each of these steps, and takes away those that it has. What is handled elsewhere is
 * known only when the application starts, and an application may be started twice.
 *
 * @param below paths that the routes lie below
 */
export function mountDefaultPages(pages: DefaultPages, steps: readonly StepName[], below: readonly string[]): void {
  for (const step of defaultSteps) {
    const descriptor = define(pages, step)
    if (steps.includes(step)) All(below.map((path) => `${path}/${paths[step]}`))(pages.prototype, step, descriptor)
  }
}

/** A method without a route, new each time: what decorators write stays with a function. */
function define({ prototype }: DefaultPages, step: StepName): PropertyDescriptor {
  const descriptor: PropertyDescriptor = {
    configurable: true,
    writable: true,
    value(this: DefaultPagesController, request: object, response: object): Promise<void> {
      return this.answer(step, request, response)
    },
  }
  Object.defineProperty(prototype, step, descriptor)
  return descriptor
}
