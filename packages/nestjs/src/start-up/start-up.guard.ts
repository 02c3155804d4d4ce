import { Inject, Injectable, Optional, type CanActivate, type ExecutionContext } from '@nestjs/common'
import { HydraGuard } from '../guards/hydra.guard.ts'
import { routeRuleOf } from '../guards/route-rule.ts'
import { HydraInstances } from '../instances.ts'

/**
 * The guard that the start of an application binds to gateways and message handlers, where Nest does not run global
 * guards in every case. It does what a global guard would do. Where one runs as well, it finds the verdict of that.
 *
 * What is bound to a class stays there, so that it is found by other applications in the same process too: there it does
 * what their `HydraModule` says, and nothing without one.
 */
@Injectable()
export class StartUpGuard implements CanActivate {
  readonly #guard: CanActivate | undefined
  readonly #instances: HydraInstances | undefined

  constructor(
    @Optional() @Inject(HydraGuard) guard?: CanActivate,
    @Optional() @Inject(HydraInstances) instances?: HydraInstances,
  ) {
    this.#guard = guard
    this.#instances = instances
  }

  canActivate(context: ExecutionContext): ReturnType<CanActivate['canActivate']> {
    return this.appliesTo(context) ? (this.#guard as CanActivate).canActivate(context) : true
  }

  /** Whether a token is demanded: by the module's `guard: 'global'`, or by a decorator. */
  appliesTo(context: ExecutionContext): boolean {
    if (this.#guard === undefined) return false
    return this.isGlobal || routeRuleOf(context.getClass(), context.getHandler()).annotated
  }

  /** Whether handlers without a decorator need a token. */
  get isGlobal(): boolean {
    return this.#instances?.list().some(({ guard }) => guard === 'global') ?? false
  }
}
