/** Errors of entries that are the library's own: codes with a text in every language. */
import { translationOf, type Exchange } from './exchange.ts'
import { fill } from './messages/messages.ts'
import type { FormError } from './pages/page-models.ts'

/** The error of too many tries, in minutes: nobody counts seconds. */
export function tooMany(exchange: Exchange, retryAfterSeconds: number): FormError {
  return formError(exchange, 'too_many_attempts', undefined, { minutes: String(Math.ceil(retryAfterSeconds / 60)) })
}

/** An error of our own, in the user's language. */
export function formError(
  exchange: Exchange,
  code: 'required' | 'form_expired' | 'too_many_attempts' | 'unavailable' | 'code_wrong' | 'no_scope',
  field?: string,
  values: Record<string, string> = {},
): FormError {
  return { code, field, message: fill(translationOf(exchange).messages[`form_${code}`], values) }
}
