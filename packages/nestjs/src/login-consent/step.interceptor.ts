/** Pages whose decisions a method makes. */
import type { Deciding, HttpOutput, LoginConsentProvider, Page } from '@hydra-kit/login-consent'
import { device, login, type AuthenticateContext, type DeviceContext } from '@hydra-kit/login-consent'
import { Inject, Injectable, type NestInterceptor, type Type } from '@nestjs/common'
import { HttpAdapterHost } from '@nestjs/core'
import type { HandledStep } from './handler-declaration.ts'
import { HandlerInterceptor, type AskMethod } from './handler.interceptor.ts'
import { inputOf, replaceBody, type NestNative } from './http-exchange.ts'
import type { LoginConsentSettings } from './options.ts'
import { refusedInputOf, type RefusedInput } from './refused-input.ts'
import { getLoginConsentProviderToken, getLoginConsentSettingsToken } from './tokens.ts'

/** The steps that have a page. */
export type PageStep = Exclude<HandledStep, 'token-hook' | 'refresh-hook'>

/** An interceptor for one step of one instance. */
export function stepInterceptor(step: PageStep, instance: string | undefined): Type<NestInterceptor> {
  @Injectable()
  class StepInterceptor extends HandlerInterceptor {
    readonly #provider: LoginConsentProvider
    readonly #settings: LoginConsentSettings

    constructor(
      @Inject(HttpAdapterHost) host: HttpAdapterHost,
      @Inject(getLoginConsentProviderToken(instance)) provider: LoginConsentProvider,
      @Inject(getLoginConsentSettingsToken(instance)) settings: LoginConsentSettings,
    ) {
      super(host)
      this.#provider = provider
      this.#settings = settings
    }

    protected answer(native: NestNative, ask: AskMethod): Promise<HttpOutput> {
      const deciding = decidingBy[step](ask, native, this.#settings)
      return this.#provider.handleStep(step, inputOf(native), deciding)
    }
  }
  return StepInterceptor
}

const decidingBy: Readonly<
  Record<PageStep, (ask: AskMethod, native: NestNative, settings: LoginConsentSettings) => Deciding>
> = {
  login: (ask, native) => ({
    authenticate(context) {
      replaceBody(native.request, loginFields(context))
      return askForForm(
        () => ask({ step: 'login', told: { ...context } }),
        ({ message, field }) => login.retry(message, { code: 'form_invalid', field }),
      ) as Promise<never>
    },
  }),
  consent: (ask) => ({ consent: (context) => ask({ step: 'consent', told: { ...context } }) as Promise<never> }),
  logout: (ask) => ({ logout: (context) => ask({ step: 'logout', told: { ...context } }) as Promise<never> }),
  device: (ask, native) => ({
    device(context) {
      replaceBody(native.request, { user_code: context.userCode } satisfies DeviceFields)
      return askForForm(
        () => ask({ step: 'device', told: { ...context } }),
        ({ message }) => device.retry(message, { code: 'form_invalid' }),
      ) as Promise<never>
    },
  }),
  error: (ask, _native, { pages }) => ({
    pages: {
      ...pages,
      async error(page: Page<'error'>) {
        const html = await ask({ step: 'error', told: { ...page } })
        return html === undefined ? (pages.error?.(page) ?? page.renderDefault()) : String(html as string)
      },
    },
  }),
}

/** What `@Body()` of a device handler gives. */
interface DeviceFields {
  readonly user_code: DeviceContext['userCode']
}

/**
 * The fields of the login form for `@LoginForm()`, as a class of the app's would describe them: without the token, and
 * without the name of the button, which a pipe that forbids unknown fields would stumble over.
 */
function loginFields({ form }: AuthenticateContext): Record<string, unknown> {
  const { choice: _choice, ...fields } = form.fields
  return {
    ...fields,
    ...('email' in fields && { email: form.email }),
    ...('username' in fields && { username: form.username }),
    ...('remember' in fields && { remember: form.remember }),
  }
}

/** What pipes refuse is an entry to correct. Everything else that is thrown is a mistake, and ends in the error page. */
async function askForForm<T>(ask: () => Promise<T>, retry: (refused: RefusedInput) => T): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    const refused = refusedInputOf(error)
    if (refused === undefined) throw error
    return retry(refused)
  }
}
