import {
  authenticateAtOnce,
  isBearerTokenError,
  isPending,
  type RequestFacts,
  type VerifiedToken,
} from '@hydra-kit/resource-server'
import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common'
import { isDeepStrictEqual } from 'node:util'
import type { ContextAdapter } from '../contexts/context-adapter.ts'
import { adapterOf } from '../contexts/registry.ts'
import { recall, remember, type Outcome } from '../contexts/remembered.ts'
import { HydraInstances, type HydraInstance } from '../instances.ts'
import { notSetUp } from '../not-set-up.ts'
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
    const adapter = adapterOf(context)
    if (!route.annotated && adapter.isInner?.(context) === true) return true
    const call = { context, route, adapter, instance: this.#instances.get(route.instance) }
    let facts: RequestFacts
    let outcome: VerifiedToken<unknown> | Promise<VerifiedToken<unknown>>
    try {
      facts = factsOf(call)
      outcome = authenticateAtOnce(call.instance.resourceServer, facts, route.rule)
    } catch (error) {
      return this.#refuse(call, error)
    }
    // Not async: nearly every token is remembered, and a promise for it would cost more than all the rest.
    if (!isPending(outcome)) return this.#accept(call, facts, outcome)
    return outcome.then(
      (token) => this.#accept(call, facts, token),
      (error: unknown) => this.#refuse(call, error),
    )
  }

  #accept(call: Call, facts: RequestFacts, token: VerifiedToken<unknown>): boolean | Promise<boolean> {
    const { context, adapter, route, instance } = call
    try {
      if (route.requirement !== undefined) instance.resourceServer.authorize(token, route.requirement)
      adapter.accepted?.(instance.resourceServer.responseHeaders(facts), context)
    } catch (error) {
      return this.#refuse(call, error, token)
    }
    return pass(call, token)
  }

  #refuse(call: Call, error: unknown, token?: VerifiedToken<unknown>): boolean | Promise<boolean> {
    const { context, adapter, route, instance } = call
    if (route.access === 'optional' && isMissing(error)) return pass(call, undefined)
    this.#log.refused(error, context, token && { needed: route.requirement, held: token.scopes })
    const answer = instance.resourceServer.toHttpError(error, { scope: route.scope })
    return refusal(answer === undefined ? error : adapter.refusal(error, answer, context))
  }
}

/** What the guard knows of a call. */
interface Call {
  readonly context: ExecutionContext
  readonly route: RouteRule
  readonly adapter: ContextAdapter
  readonly instance: HydraInstance
}

function factsOf({ context, adapter, instance }: Call): RequestFacts {
  const { settings } = instance
  const facts = adapter.factsOf(context, settings)
  const tenant = settings.tenant?.(context)
  if (tenant === undefined) return facts
  // Not by `...`: what is read only when it is needed would be left behind.
  const { method, url, headers, form } = facts
  return { method, url, headers, form, tenant }
}

function pass({ context, adapter, route }: Call, token: VerifiedToken<unknown> | undefined): true {
  const carrier = adapter.carrierOf(context)
  if (adapter.isPerCall === true) assertSameCaller(context, recall(carrier, route.instance), token)
  remember(carrier, route.instance, token)
  ;(context as { [judged]?: true })[judged] = true
  return true
}

/** Several handlers of one event are several calls, with one token. */
function assertSameCaller(context: ExecutionContext, before: Outcome | undefined, token: Outcome['token']): void {
  if (before === undefined || isDeepStrictEqual(before.token?.claims, token?.claims)) return
  throw notSetUp(
    `${context.getClass().name}.${context.getHandler().name} gets the same context with several messages, so it could take one caller for another.`,
    'Let the transport hand over a context of its own with each message, or an object as its payload.',
  )
}

async function refusal(error: unknown): Promise<never> {
  throw await error
}

/** RFC 6750 section 3.1: a request without credentials is no error of the caller; only this one can be let through. */
function isMissing(error: unknown): boolean {
  return isBearerTokenError(error) && error.reason === 'missing'
}
