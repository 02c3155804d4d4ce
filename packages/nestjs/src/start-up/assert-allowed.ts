import { ForbiddenException, type CanActivate, type ExecutionContext } from '@nestjs/common'
import { firstValueFrom, isObservable } from 'rxjs'

/**
 * Runs a guard as Nest does, outside of its pipeline.
 *
 * @throws (rejects with) what the guard throws
 * @throws ForbiddenException (rejects) if it says no without throwing, as a guard in its place may
 */
export async function assertAllowed(guard: CanActivate, context: ExecutionContext): Promise<void> {
  const verdict = guard.canActivate(context)
  if (!(await (isObservable(verdict) ? firstValueFrom(verdict) : verdict))) throw new ForbiddenException()
}
