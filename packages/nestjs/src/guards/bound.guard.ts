import { Inject, Injectable, Optional, type CanActivate, type ExecutionContext } from '@nestjs/common'
import { notSetUp } from '../not-set-up.ts'
import { HydraGuard } from './hydra.guard.ts'

/**
 * The guard that our decorators bind. It hands on to the one {@link HydraGuard} of the app, so that a test overrides one
 * provider. Where the guard runs globally as well, the second run finds the verdict of the first.
 */
@Injectable()
export class BoundGuard implements CanActivate {
  readonly #guard: CanActivate | undefined

  constructor(@Optional() @Inject(HydraGuard) guard?: CanActivate) {
    this.#guard = guard
  }

  canActivate(context: ExecutionContext): ReturnType<CanActivate['canActivate']> {
    if (this.#guard === undefined) {
      throw notSetUp(
        'A decorator of @hydra-kit/nestjs demands a token here, but HydraModule is not imported in this application.',
        'Add HydraModule.forRoot({ … }) to the imports of the root module.',
      )
    }
    return this.#guard.canActivate(context)
  }
}
