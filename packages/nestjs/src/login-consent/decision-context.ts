/** What a decorated method is told: kept at the request for the parameter decorators while the method decides. */
import type { HandledStep } from './handler-declaration.ts'

/** The step that is being decided, and what its deciding function is told. */
export interface DecisionContext {
  readonly step: HandledStep
  readonly told: Readonly<Record<string, unknown>>
}

/** In the global registry, so that two copies of this package understand each other. A request's data cannot be named by it. */
const key: unique symbol = Symbol.for('@hydra-kit/nestjs/decision-context') as never

/** Keeps it, hidden from logs of the request. */
export function keepDecisionContext(request: object, context: DecisionContext): void {
  Object.defineProperty(request, key, { value: context, configurable: true })
}

/** What is kept; undefined outside of a decision. */
export function decisionContextOf(request: object): DecisionContext | undefined {
  return (request as { [key]?: DecisionContext })[key]
}
