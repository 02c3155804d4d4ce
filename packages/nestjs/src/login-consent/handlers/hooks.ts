import type { HookDecision, HookOptions } from '@hydra-kit/login-consent'
import { declareHandler } from '../handler-declaration.ts'
import { hookInterceptor } from '../hook.interceptor.ts'
import { checked, type HandlerDecorator, type HandlerOptions } from './handler-decorator.ts'

/** Options of {@link TokenHook} and {@link RefreshHook}; those left out are `hooks` of the module's options. */
export type HookHandlerOptions = HandlerOptions & Partial<HookOptions>

/**
 * Answers `oauth2.token_hook` (Hydra ≥ 2.1) at this path of the controller: which claims go into tokens, for every grant
 * at the token endpoint. The method is asked when the key is right: it returns `hook.keep`, `hook.set` or `hook.deny`.
 *
 * The route is open to callers without a token, as by `@Public()`: Hydra sends the key instead. Without a key, here or in
 * the module's `hooks`, the application does not start.
 *
 * @throws TypeError `ERR_OPTIONS` beside another handler decorator
 * @example
 * \@TokenHook('hooks/token')
 * async claims(@HookRequest('subject') subject: string) {
 *   return hook.set({ accessToken: { roles: await this.users.rolesOf(subject) } })
 * }
 */
export function TokenHook(path: string | string[], options: HookHandlerOptions = {}): HandlerDecorator<HookDecision> {
  return hookHandler('@TokenHook', 'token-hook', path, options)
}

/** Answers `oauth2.refresh_token_hook` (Hydra ≥ 1.10.7): the same, on refresh only. See {@link TokenHook}. */
export function RefreshHook(path: string | string[], options: HookHandlerOptions = {}): HandlerDecorator<HookDecision> {
  return hookHandler('@RefreshHook', 'refresh-hook', path, options)
}

function hookHandler(
  decorator: string,
  step: 'token-hook' | 'refresh-hook',
  path: string | string[],
  options: HookHandlerOptions,
): HandlerDecorator<HookDecision> {
  const names = ['instance', 'apiKey', 'in', 'name', 'timeoutMs', 'maxBodyBytes', 'onError'] as const
  const { instance, ...rest } = checked(decorator, options, names)
  return (target, method, descriptor) => {
    const interceptor = hookInterceptor(step, instance, rest)
    declareHandler(target, method, descriptor, path, { decorator, step, instance }, interceptor)
  }
}
