/** What parameter decorators of handlers have in common. */
import { createParamDecorator, type ExecutionContext } from '@nestjs/common'
import { notSetUp } from '../../not-set-up.ts'
import { decisionContextOf, type DecisionContext } from '../decision-context.ts'
import type { HandledStep } from '../handler-declaration.ts'
import type { ParamPipe } from './param-pipe.ts'

/** A parameter decorator: all of it, or one member, through pipes. */
export type DecisionParam = (property?: string, ...pipes: ParamPipe[]) => ParameterDecorator

/**
 * A parameter decorator that gives a part of what the method is told.
 *
 * @param decorator as written in code, such as `@LoginRequest`
 * @param handler whose methods may use it, such as `@LoginHandler`
 * @throws Error `ERR_HYDRA_AUTH_MISSING` when any other method is called
 */
export function decisionParam(
  decorator: string,
  handler: string,
  steps: readonly HandledStep[] | undefined,
  part: (context: DecisionContext) => unknown,
): DecisionParam {
  const create = createParamDecorator((property: string | undefined, context: ExecutionContext) => {
    const decision = decisionContextOf(context.getArgByIndex<object>(0))
    if (decision === undefined || steps?.includes(decision.step) === false) {
      throw notSetUp(
        `${context.getClass().name}.${context.getHandler().name} uses ${decorator}, which it is not told.`,
        `Put ${handler} on it.`,
      )
    }
    const whole = part(decision)
    return property === undefined ? whole : (whole as Readonly<Record<string, unknown>> | undefined)?.[property]
  })
  return (property, ...pipes) => create(property, ...pipes)
}
