/** What the guard must know about a kind of execution context: where a token stands, and how a refusal is said. */
import type { HttpAnswer, RequestFacts } from '@hydra-kit/resource-server'
import type { ExecutionContext } from '@nestjs/common'
import type { ResolvedSettings } from '../options.ts'

/** One kind of execution context, such as HTTP. It only translates; the guard decides. */
export interface ContextAdapter {
  /** What `context.getType()` says. */
  readonly type: string
  /** The facts that the token is read from. Called once for each guarded call. */
  factsOf(context: ExecutionContext, settings: ResolvedSettings): RequestFacts
  /**
   * The object that stands for the caller as long as the call lasts: a request, a GraphQL context, a socket, a message's
   * context. The token is remembered by it.
   */
  carrierOf(context: ExecutionContext): object
  /**
   * True where two calls never have one carrier, unless a transport of the application hands the same objects to them:
   * then a call with another token is refused, because handlers could not tell whose it is.
   */
  readonly isPerCall?: boolean | undefined
  /**
   * What the guard throws in place of `error`, so that this kind of context answers in its own form with the facts of
   * `answer` in it. `error` should be its `cause`. A promise of it is waited for.
   */
  refusal(error: unknown, answer: HttpAnswer, context: ExecutionContext): unknown
  /**
   * True for a call inside of another that the guard judges, such as a field of a GraphQL object: it is only judged on its
   * own where a decorator says something about it.
   */
  isInner?(context: ExecutionContext): boolean
  /** Header fields for the answer to an accepted call, if there are any (RFC 6750 section 2.3). */
  accepted?(headers: Readonly<Record<string, string>>, context: ExecutionContext): void
}
