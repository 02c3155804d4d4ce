/** Reads the error bodies that Hydra's versions, and the proxies in front of them, send. */

/** What an error body says. */
export interface ErrorBody {
  error: string
  description: string
  hint?: string
  /**
   * It is the body of one of Hydra's own handlers (flat, with a description, since 1.4), and not the page of some
   * proxy or the answer to an unknown route.
   */
  isHydras: boolean
  /** The whole object, for the few refusals that carry more. */
  members: Readonly<Record<string, unknown>>
  /** Where a handled request says the browser belongs (409, 410). */
  redirectTo?: string
}

/** Longest text that is taken over from an answer. */
const MAX_TEXT = 2_000

/**
 * The shapes, by the code of the servers:
 * 1.4 – 1.8 `{error, error_description, error_hint?, status_code, error_debug?, request_id, error_verbose?}`;
 * later `{error, error_description}`; `{error: {code, status, message, reason}}` for unknown routes (and from the
 * hosted product); `{redirect_to}` with 410; a bare `{error}` or HTML or text for unknown routes. 1.11 answers a bad
 * body of key creation with two JSON documents in a row, of which the first counts.
 */
export function readErrorBody(status: number, text: string): ErrorBody {
  const body = parse(text)
  const fallback = `http_${status}`
  if (body === undefined) return { error: fallback, description: '', isHydras: false, members: {} }
  if (isRecord(body['error'])) {
    const { message, reason, status: name } = body['error']
    return {
      error: words(name) ?? words(message) ?? fallback,
      description: words(reason) ?? words(message) ?? '',
      isHydras: false,
      members: body,
    }
  }
  const error = words(body['error'])
  const redirectTo = words(body['redirect_to'])
  const hint = words(body['error_hint'])
  return {
    error: error ?? fallback,
    description: words(body['error_description']) ?? '',
    members: body,
    isHydras: redirectTo !== undefined || (error !== undefined && typeof body['error_description'] === 'string'),
    ...(hint !== undefined ? { hint } : {}),
    ...(typeof body['redirect_to'] === 'string' && redirectTo !== undefined ? { redirectTo: body['redirect_to'] } : {}),
  }
}

function parse(text: string): Record<string, unknown> | undefined {
  for (const candidate of [text, text.slice(0, text.indexOf('}{') + 1), text.slice(0, text.indexOf('}\n{') + 1)]) {
    try {
      const value: unknown = JSON.parse(candidate)
      if (isRecord(value)) return value
    } catch {
      // Not JSON: the next candidate, or a proxy's page.
    }
  }
  return undefined
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function words(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, MAX_TEXT) : undefined
}
