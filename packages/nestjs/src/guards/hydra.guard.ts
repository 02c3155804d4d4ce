import { isBearerTokenError, type VerifiedToken } from '@hydra-kit/resource-server'
import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common'
import { adapterOf } from '../contexts/registry.ts'
import { remember } from '../contexts/remembered.ts'
import { HydraInstances } from '../instances.ts'
import { createRefusalLog } from './refusal-log.ts'
import { routeRuleOf, type RouteRule } from './route-rule.ts'

/** Marks a context that was judged already: Nest hands the same one to all guards of a call. */
const judged: unique symbol = Symbol.for('@hydra-kit/nestjs/judged') as never

/**
 * Lets a call pass if its token is good and allows what the decorators of the handler and its class demand. Anything
 * that it does not understand is refused.
 *
 * There is one of it in an application: `overrideProvider(HydraGuard)` in a test replaces it everywhere.
 */
@Injectable()
export class HydraGuard implements CanActivate {
  readonly #instances: HydraInstances
  readonly #log = createRefusalLog()

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
    if (!route.annotated && adapter.isInner?.(context) === true) return true
    const { resourceServer, settings } = this.#instances.get(route.instance)
    let token: VerifiedToken<unknown> | undefined
    try {
      const tenant = settings.tenant?.(context)
      const read = adapter.factsOf(context, settings)
      const facts = tenant === undefined ? read : { ...read, tenant }
      token = await resourceServer.authenticate(facts, route.rule)
      if (route.requirement !== undefined) resourceServer.authorize(token, route.requirement)
      adapter.accepted?.(resourceServer.responseHeaders(facts), context)
      this.#log.accepted()
    } catch (error) {
      if (route.access !== 'optional' || !isMissing(error)) {
        this.#log.refused(error, context)
        const answer = resourceServer.toHttpError(error, { scope: route.scope })
        throw answer === undefined ? error : await adapter.refusal(error, answer, context)
      }
    }
    remember(adapter.carrierOf(context), route.instance, { token })
    Object.defineProperty(context, judged, { value: true })
    return true
  }
}

/** RFC 6750 section 3.1: a request without credentials is no error of the caller; only this one can be let through. */
function isMissing(error: unknown): boolean {
  return isBearerTokenError(error) && error.reason === 'missing'
}
