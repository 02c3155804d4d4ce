/**
 * What the user sees when a step cannot be done: refusals, outages, our own mistakes. Three different things.
 */
import {
  isHydraHttpError,
  isHydraTimeoutError,
  isHydraUnreachableError,
  isUnsupportedOperationError,
} from '@hydra-kit/client'
import { pageAnswer, type PageAnswer } from './answers.ts'
import { isFlowError, type FlowError } from './errors.ts'
import { isAppFunctionFailed, translationOf, type Exchange } from './exchange.ts'
import { headerOf } from './http.ts'
import { fill, type MessageKey } from './messages/messages.ts'
import { report } from './reporting.ts'

/** How soon a page that could not be had is worth another try. Unit: s. */
const retryAfterSeconds = 5

/** Whether Hydra could not answer, as opposed to having said no. 429 is an outage too: nobody is to blame. */
export function isOutage(error: unknown): boolean {
  if (isHydraUnreachableError(error) || isHydraTimeoutError(error)) return true
  return isHydraHttpError(error) && (error.status >= 500 || error.status === 429)
}

/** The page for something that was thrown. */
export function troubleAnswer(exchange: Exchange, error: unknown): PageAnswer {
  const { settings, step } = exchange
  if (isFlowError(error)) {
    if (error.status >= 500) report(settings.onError, error, { step, during: 'answering' })
    return refusalAnswer(exchange, error)
  }
  if (isAppFunctionFailed(error)) return errorAnswer(exchange, 'server_error', 500)
  if (isUnsupportedOperationError(error)) return errorAnswer(exchange, 'page_unknown', 404)
  report(settings.onError, error, { step, during: 'asking Hydra' })
  return isOutage(error) ? outageAnswer(exchange) : errorAnswer(exchange, 'server_error', 500)
}

/** The page for an outage. With fields (everything but passwords) the form is posted again, else the page is reloaded. */
export function outageAnswer(
  _exchange: Exchange,
  again?: { fields: readonly (readonly [string, string])[]; formToken: string },
): PageAnswer {
  return pageAnswer(
    'unavailable',
    { fields: again?.fields, retryAfterSeconds },
    { status: 503, formToken: again?.formToken, headers: retryAfter(retryAfterSeconds) },
  )
}

/** The header that says when to come again (RFC 9110 section 10.2.3). */
export function retryAfter(seconds: number): readonly (readonly [string, string])[] {
  return [['Retry-After', String(seconds)]]
}

/** An error page. `restartUrl` leads back into the flow. */
export function errorAnswer(
  exchange: Exchange,
  code: string,
  status: number,
  more: {
    message?: MessageKey
    values?: Record<string, string>
    detail?: string | undefined
    restartUrl?: string | undefined
    headers?: readonly (readonly [string, string])[]
  } = {},
): PageAnswer {
  const { messages } = translationOf(exchange)
  const key = more.message ?? `error_${code}`
  const text = Object.hasOwn(messages, key) ? messages[key as MessageKey] : messages.error_unknown
  return pageAnswer(
    'error',
    {
      code,
      message: fill(text, more.values ?? {}),
      detail: more.detail,
      restartUrl: more.restartUrl,
      homeUrl: exchange.settings.branding.homeUrl,
    },
    { status, headers: more.headers ?? [] },
  )
}

function refusalAnswer(exchange: Exchange, error: FlowError): PageAnswer {
  const { reason, status } = error
  switch (reason) {
    case 'cookie_missing':
      return errorAnswer(exchange, reason, status, { restartUrl: ownAddress(exchange) })
    case 'form_token_missing':
    case 'form_token_invalid':
      return errorAnswer(exchange, reason, status, { message: 'error_form', restartUrl: ownAddress(exchange) })
    case 'body_too_large':
    case 'body_timeout':
      // The rest of the body is not read: the connection cannot carry another request.
      return errorAnswer(exchange, reason, status, { message: 'error_body', headers: [['Connection', 'close']] })
    case 'body_malformed':
      return errorAnswer(exchange, reason, status, { message: 'error_body', restartUrl: ownAddress(exchange) })
    case 'method_not_allowed':
      return errorAnswer(exchange, reason, status, { message: 'error_method', headers: [['Allow', 'GET, HEAD, POST']] })
    default:
      return status >= 500 ? errorAnswer(exchange, 'server_error', status) : errorAnswer(exchange, reason, status)
  }
}

/**
 * The commonest trap on a developer's machine: `localhost` and `127.0.0.1` are two sites to a browser, and a cookie
 * that was set at one is not sent to the other. A login at the wrong name would end in a consent page that knows nobody.
 * Only the same port at another loopback name is surely that; anything else may be a proxy.
 */
export function otherNameAnswer(exchange: Exchange): PageAnswer | undefined {
  const { publicUrl } = exchange.settings
  const seen = (headerOf(exchange.input, 'host') ?? '').toLowerCase()
  const isLoopback = (host: string): boolean => /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(host)
  const portOf = (host: string): string => /:(\d+)$/.exec(host)?.[1] ?? ''
  const { host: configured } = publicUrl
  if (!isLoopback(seen) || !isLoopback(configured)) return undefined
  if (seen === configured || portOf(seen) !== portOf(configured)) return undefined
  return errorAnswer(exchange, 'cookie_host', 400, {
    values: { seen, configured },
    restartUrl: `${publicUrl.origin}${exchange.input.url.replace(/^\/*/, '/')}`,
  })
}

/** This very page, opened anew; relative, because the path in front is the proxy's business. */
function ownAddress({ input }: Exchange): string | undefined {
  const query = input.url.indexOf('?')
  return query === -1 ? undefined : input.url.slice(query)
}
