import type { ErrorListener } from '@hydra-kit/login-consent'
import { Logger } from '@nestjs/common'

/**
 * The default of `onError`: Nest's logger is told what kind of error it was and where it was thrown. Its message is left
 * out, because a message may hold what a user typed.
 */
export const logErrors: ErrorListener = (error, { step, during }) => {
  const { name, stack } = (typeof error === 'object' && error !== null ? error : {}) as {
    name?: unknown
    stack?: unknown
  }
  const kind = typeof name === 'string' ? name : typeof error
  // The lines above the frames hold the message.
  const frames = typeof stack === 'string' ? stack.split('\n').filter((line) => /^\s+at /.test(line)) : []
  new Logger('LoginConsentModule').error(`${step}: ${during} failed with ${kind}`, frames.slice(0, 8).join('\n'))
}
