import type { VerifiedToken } from '@hydra-kit/resource-server'
import type { ExecutionContext } from '@nestjs/common'
import { adapterOf } from './contexts/registry.ts'
import { recall } from './contexts/remembered.ts'
import { routeRuleOf } from './guards/route-rule.ts'
import { notSetUp } from './not-set-up.ts'

/**
 * The verified token of a call, for guards, interceptors and decorators of your own: what `@CurrentToken()` gives to
 * handlers. Undefined under `@Public()`, and under `@OptionalAuth()` for a call without a token.
 *
 * @throws Error `ERR_HYDRA_AUTH_MISSING`, answered with 500, if the guard did not run: whoever asks would take the caller
 *   for anonymous
 */
export function tokenOf<Extra = Readonly<Record<string, unknown>>>(
  context: ExecutionContext,
): VerifiedToken<Extra> | undefined {
  const { access, instance } = routeRuleOf(context.getClass(), context.getHandler())
  if (access === 'public') return undefined
  const outcome = recall(adapterOf(context).carrierOf(context), instance)
  if (outcome !== undefined) return outcome.token as VerifiedToken<Extra> | undefined
  throw notSetUp(
    `The token of ${context.getClass().name}.${context.getHandler().name} is asked for, but HydraGuard did not run.`,
    'Import HydraModule; under guard: per-route, put a decorator such as @RequireToken() on the route.',
  )
}
