import { isBearerTokenError, type BearerTokenError, type VerifiedToken } from '@hydra-kit/resource-server'
import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common'
import type { ContextAdapter } from '../contexts/context-adapter.ts'
import { adapterOf } from '../contexts/registry.ts'
import { remember } from '../contexts/remembered.ts'
import { HydraInstances, type HydraInstance } from '../instances.ts'
import { routeRuleOf, type RouteRule } from './route-rule.ts'

/** Marks a context that was judged already: Nest hands the same one to all guards of a call. */
const judged: unique symbol = Symbol('judged')

/**
 * Lets a call pass if its token is good and allows what the decorators of the handler and its class demand. Anything
 * that it does not understand is refused.
 *
 * There is one of it in an application: `overrideProvider(HydraGuard)` in a test replaces it everywhere.
 */
@Injectable()
export class HydraGuard implements CanActivate {
  readonly #instances: HydraInstances

  constructor(@Inject(HydraInstances) instances: HydraInstances) {
    this.#instances = instances
  }

  /**
   * @throws (rejects with) what the kind of context answers a refusal (400, 401, 403) or an outage (503) with
   * @throws Error `ERR_HYDRA_AUTH_MISSING`, answered with 500, if the application is wired up wrongly
   */
  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const route = routeRuleOf(context.getClass(), context.getHandler())
    if (route.access === 'public' || judged in context) return true
    return this.#judge(context, route)
  }

  async #judge(context: ExecutionContext, route: RouteRule): Promise<boolean> {
    const adapter = adapterOf(context)
    const instance = this.#instances.get(route.instance)
    const token = await authenticate(context, adapter, instance, route)
    remember(adapter.carrierOf(context), route.instance, { token })
    Object.defineProperty(context, judged, { value: true })
    return true
  }
}

async function authenticate(
  context: ExecutionContext,
  adapter: ContextAdapter,
  { resourceServer, settings }: HydraInstance,
  { access, rule, requirement, scope }: RouteRule,
): Promise<VerifiedToken<unknown> | undefined> {
  try {
    const facts = adapter.factsOf(context, settings)
    const selected = settings.tenant?.(context)
    const all = selected === undefined ? facts : { ...facts, tenant: selected }
    const token = await resourceServer.authenticate(all, rule)
    if (requirement !== undefined) resourceServer.authorize(token, requirement)
    adapter.accepted?.(resourceServer.responseHeaders(all), context)
    return token
  } catch (error) {
    if (access === 'optional' && isMissing(error)) return undefined
    const answer = resourceServer.toHttpError(error, { scope })
    throw answer === undefined ? error : adapter.refusal(error, answer, context)
  }
}

/** RFC 6750 section 3.1: a request without credentials is no error of the caller; only this one can be let through. */
function isMissing(error: unknown): error is BearerTokenError {
  return isBearerTokenError(error) && error.reason === 'missing'
}
