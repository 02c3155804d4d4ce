/** For guards of @nestjs/passport, which throw challenge and status away unless told otherwise. */
import { failureOf } from './hydra-failure.ts'

/** What is read of Nest's `ExecutionContext`. */
export interface NestContext {
  switchToHttp(): { getRequest(): unknown; getResponse(): unknown }
}

/** Nest's `HttpException`. It is handed in, so that this package needs nothing of Nest. */
export type HttpExceptionClass = new (body: Record<string, unknown>, status: number) => Error

/**
 * The body of a guard's `handleRequest`: the user, or the exception with the right status, body and headers, among them
 * the challenge. On Express and Fastify.
 *
 * @example
 * class HydraAuthGuard extends AuthGuard('hydra') {
 *   handleRequest(error, user, info, context) {
 *     return userOrException(error, user, context, HttpException)
 *   }
 * }
 *
 * @throws the exception for a request that was refused or could not be judged; any other error as it is
 */
export function userOrException<User>(
  error: unknown,
  user: User | false | null | undefined,
  context: NestContext,
  HttpException: HttpExceptionClass,
): User {
  if (error === undefined || error === null) {
    if (user !== undefined && user !== null && user !== false) return user
  }
  const http = context.switchToHttp()
  const failure = failureOf(error ?? http.getRequest())
  if (failure === undefined) throw error ?? new HttpException({ statusCode: 401, message: 'Unauthorized' }, 401)
  const response = http.getResponse() as { header(name: string, value: string): unknown }
  for (const [name, value] of Object.entries(failure.headers)) response.header(name, value)
  throw new HttpException({ ...failure.body }, failure.status)
}
