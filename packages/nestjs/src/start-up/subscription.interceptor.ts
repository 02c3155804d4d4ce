import {
  Inject,
  Injectable,
  Optional,
  type CallHandler,
  type CanActivate,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common'
import { map, type Observable } from 'rxjs'
import { assertAllowed } from './assert-allowed.ts'
import { judgedEvents } from './judged-events.ts'
import { StartUpGuard } from './start-up.guard.ts'

/**
 * Judges the token of a GraphQL subscription again for each event: the guard runs once, when the client subscribes. Bound
 * by the start of the application to every method with `@Subscription()`.
 */
@Injectable()
export class SubscriptionInterceptor implements NestInterceptor {
  readonly #guard: CanActivate | undefined

  constructor(@Optional() @Inject(StartUpGuard) guard?: CanActivate) {
    this.#guard = guard
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const guard = this.#guard
    if (guard === undefined) return next.handle()
    // The guard marks a context that it has judged, so each event gets its own.
    const judge = (): Promise<void> => assertAllowed(guard, Object.create(context) as ExecutionContext)
    return next
      .handle()
      .pipe(map((result: unknown) => (isAsyncIterable(result) ? judgedEvents(result, judge) : result)))
  }
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}
