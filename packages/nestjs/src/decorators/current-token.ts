import type { VerifiedToken } from '@hydra-kit/resource-server'
import { createParamDecorator, type ExecutionContext, type PipeTransform, type Type } from '@nestjs/common'
import { tokenOf } from '../token-of.ts'

/** A pipe as Nest takes it. */
export type Pipe = PipeTransform | Type<PipeTransform>

type Build = (property: keyof VerifiedToken | undefined, ...pipes: Pipe[]) => ParameterDecorator

const currentToken: Build = createParamDecorator(
  (property: keyof VerifiedToken | undefined, context: ExecutionContext) => {
    const token = tokenOf(context)
    return property === undefined ? token : token?.[property]
  },
)

/**
 * The verified token of the call, or one property of it, which may go through pipes:
 * `@CurrentToken() token: VerifiedToken`, `@CurrentToken('subject', UserBySubjectPipe) user: User`. Undefined under
 * `@Public()`, and under `@OptionalAuth()` for a call without a token.
 *
 * @throws Error `ERR_HYDRA_AUTH_MISSING`, answered with 500, where the guard did not run
 */
export function CurrentToken(...pipes: Pipe[]): ParameterDecorator
export function CurrentToken(property: keyof VerifiedToken, ...pipes: Pipe[]): ParameterDecorator
export function CurrentToken(first?: keyof VerifiedToken | Pipe, ...pipes: Pipe[]): ParameterDecorator {
  if (first === undefined || typeof first === 'string') return currentToken(first, ...pipes)
  return currentToken(undefined, first, ...pipes)
}
