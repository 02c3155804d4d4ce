/**
 * Trouble on our side: an app's function that throws, Hydra that does not answer. Told to `onError`, never to the user.
 */

/** Where something went wrong. */
export interface ErrorContext {
  /** `login`, `consent`, `logout`, `device`, `error`, `token-hook`, `refresh-hook`, … */
  readonly step: string
  /** What was being done: a deciding function's name, or a call of Hydra. */
  readonly during: string
}

/** Told about errors; must not throw. */
export type ErrorListener = (error: unknown, context: ErrorContext) => void

/**
 * The default: a process warning with the kind of error and where it was thrown. Its message is left out, because a
 * message may hold what a user typed.
 */
export const onErrorDefault: ErrorListener = (error, { step, during }) => {
  const facts = typeof error === 'object' && error !== null ? error : {}
  const { name, code, stack } = facts as { name?: unknown; code?: unknown; stack?: unknown }
  const kind = typeof name === 'string' ? name : typeof error
  const frames = typeof stack === 'string' ? stack.split('\n').filter((line) => /^\s+at /.test(line)) : []
  process.emitWarning(`${step}: ${during} failed with ${kind}`, {
    type: 'HydraKitWarning',
    code: typeof code === 'string' ? code : 'ERR_FLOW',
    detail: frames.slice(0, 5).join('\n'),
  })
}

/** Calls a listener that might throw itself. */
export function report(listener: ErrorListener, error: unknown, context: ErrorContext): void {
  try {
    listener(error, context)
  } catch (trouble) {
    onErrorDefault(trouble, { step: context.step, during: 'onError' })
  }
}
