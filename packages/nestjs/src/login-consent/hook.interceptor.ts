/** Hooks whose decisions a method makes. */
import { refreshHook, tokenHook } from '@hydra-kit/login-consent'
import type { HookHandler, HookOptions, HookReceiver, HttpOutput } from '@hydra-kit/login-consent'
import { Inject, Injectable, Optional, type NestInterceptor, type Type } from '@nestjs/common'
import { HttpAdapterHost } from '@nestjs/core'
import { HandlerInterceptor, type AskMethod } from './handler.interceptor.ts'
import { inputOf, type NestNative } from './http-exchange.ts'
import { logErrors } from './log-errors.ts'
import type { LoginConsentSettings } from './options.ts'
import { getLoginConsentSettingsToken } from './tokens.ts'

/** What goes through the receiver to its handler. */
interface HookNative extends NestNative {
  readonly ask: AskMethod
}

/** An interceptor for one hook. Without a key, here or in the module's options, the application does not start. */
export function hookInterceptor(
  step: 'token-hook' | 'refresh-hook',
  instance: string | undefined,
  options: Partial<HookOptions>,
): Type<NestInterceptor> {
  const handler: HookHandler = (told, { native }) =>
    (native as HookNative).ask({ step, told: { hookRequest: told } }) as Promise<never>

  @Injectable()
  class HookInterceptor extends HandlerInterceptor {
    readonly #receiver: HookReceiver

    constructor(
      @Inject(HttpAdapterHost) host: HttpAdapterHost,
      // A hook needs no page, and so no LoginConsentModule.
      @Optional() @Inject(getLoginConsentSettingsToken(instance)) settings?: LoginConsentSettings,
    ) {
      super(host)
      const all = { onError: logErrors, ...settings?.hooks, ...options } as HookOptions
      this.#receiver = step === 'token-hook' ? tokenHook(handler, all) : refreshHook(handler, all)
    }

    protected answer(native: NestNative, ask: AskMethod): Promise<HttpOutput> {
      return this.#receiver.handle({ ...inputOf(native), native: { ...native, ask } satisfies HookNative })
    }
  }
  return HookInterceptor
}
