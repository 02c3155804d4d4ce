/**
 * The errors of this package: recognised by brand and `code`, never by class.
 * A process may hold two copies of a package (ESM and CJS, two versions), and then `instanceof` lies.
 */
import type { OptionsError } from '@hydra-kit/client'

const brand: unique symbol = Symbol.for('@hydra-kit/login-consent/FlowError') as never

/** Why a step of a flow was refused; stable, safe to log and to switch on. */
export type FlowErrorReason =
  | 'challenge_missing'
  | 'challenge_malformed'
  | 'request_unknown'
  | 'request_expired'
  | 'request_handled'
  | 'cookie_missing'
  | 'form_token_missing'
  | 'form_token_invalid'
  | 'cross_site'
  | 'other_subject'
  | 'other_browser'
  | 'flow_unknown'
  | 'body_too_large'
  | 'body_timeout'
  | 'body_malformed'
  | 'method_not_allowed'
  | 'foreign_redirect'
  | 'reauthentication_required'
  | 'no_decision'
  | 'page_unknown'

const statuses: Partial<Record<FlowErrorReason, number>> = {
  cross_site: 403,
  cookie_missing: 403,
  form_token_missing: 403,
  form_token_invalid: 403,
  other_subject: 403,
  other_browser: 403,
  request_unknown: 404,
  page_unknown: 404,
  request_expired: 410,
  request_handled: 410,
  flow_unknown: 410,
  method_not_allowed: 405,
  body_too_large: 413,
  body_timeout: 408,
  foreign_redirect: 502,
  reauthentication_required: 500,
  no_decision: 500,
}

/**
 * A step of a flow was refused.
 *
 * `provider.handle` never throws it for something that the browser did: it answers with a page. It is thrown by
 * functions that the app calls itself (`finishLogin`, `readFlow`, `readBody`) and handed to `onError`.
 * Neither its message nor a field holds a challenge, a token, a cookie or a form value.
 */
export class FlowError extends Error {
  override readonly name: 'FlowError' = 'FlowError' as const
  /** Always `ERR_FLOW`. */
  readonly code: 'ERR_FLOW' = 'ERR_FLOW' as const
  /** Why, as a stable word. */
  readonly reason: FlowErrorReason
  /** The HTTP status that fits. */
  readonly status: number

  constructor(reason: FlowErrorReason, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.reason = reason
    this.status = statuses[reason] ?? 400
    Object.defineProperty(this, brand, { value: true })
  }
}

/** Whether a caught value is a {@link FlowError}, also one of another copy of this package. */
export function isFlowError(value: unknown): value is FlowError {
  return typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[brand] === true
}

/** The `TypeError` for a wrong option: names the option and says what to do. The value is never part of it. */
export function optionsError(option: string, cure: string): OptionsError & { readonly option: string } {
  return Object.assign(new TypeError(`${option}: ${cure}`), { code: 'ERR_OPTIONS' as const, option })
}
