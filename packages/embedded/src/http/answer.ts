import type { HydraError } from '../errors.ts'

/** What goes back to the caller. */
export interface Answer {
  readonly status: number
  /** A name may occur more than once (`Set-Cookie`). */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string
}

/** A JSON answer of the admin API and the OpenID Connect endpoints. */
export function json(value: unknown, status = 200, headers: Answer['headers'] = []): Answer {
  return {
    status,
    headers: [['Content-Type', 'application/json; charset=utf-8'], ...headers],
    body: JSON.stringify(value),
  }
}

/** 204. */
export function noContent(): Answer {
  return { status: 204, headers: [], body: '' }
}

/** An HTML page. */
export function html(body: string, status = 200, headers: Answer['headers'] = []): Answer {
  return { status, headers: [['Content-Type', 'text/html; charset=utf-8'], ...headers], body }
}

/** Plain text, as Go's server writes it. */
export function text(body: string, status: number, headers: Answer['headers'] = []): Answer {
  return { status, headers: [['Content-Type', 'text/plain; charset=utf-8'], ...headers], body: `${body}\n` }
}

/** 302 with the small page that Go's server puts beside it (for GET only). */
export function found(location: string, headers: Answer['headers'] = [], method = 'GET'): Answer {
  const all: Answer['headers'] = [...headers, ['Location', location]]
  if (method !== 'GET' && method !== 'HEAD') return { status: 302, headers: all, body: '' }
  return html(`<a href="${escapeHtml(location)}">Found</a>.\n\n`, 302, all)
}

/** 303 to the client, never to be cached (RFC 6749 section 5.1). */
export function seeOther(location: string, headers: Answer['headers'] = []): Answer {
  return { status: 303, headers: [...headers, ...noStore, ['Location', location]], body: '' }
}

/** The cache headers of answers that carry tokens (RFC 6749 section 5.1). */
export const noStore: Answer['headers'] = [
  ['Cache-Control', 'no-store'],
  ['Pragma', 'no-cache'],
]

/** An answer of the token endpoint and its siblings: another spelling of the content type, never cached. */
export function oauthJson(value: unknown, status = 200, headers: Answer['headers'] = noStore): Answer {
  return {
    status,
    headers: [['Content-Type', 'application/json;charset=UTF-8'], ...headers],
    body: JSON.stringify(value),
  }
}

/** The two members of every error body. */
export function errorMembers(error: HydraError): { error: string; error_description: string } {
  return { error: error.error, error_description: error.description }
}

/** An error of the admin API and the OpenID Connect endpoints. */
export function adminError(error: HydraError, headers: Answer['headers'] = []): Answer {
  return {
    status: error.status,
    headers: [['Content-Type', 'application/json'], ...headers],
    body: JSON.stringify(errorMembers(error)),
  }
}

/** An error of the token endpoint and its siblings. */
export function oauthError(error: HydraError): Answer {
  return oauthJson(errorMembers(error), error.status)
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
}

/** Makes text safe inside an HTML attribute or element; spelled as Go's templates do. */
export function escapeHtml(value: string): string {
  return value.replace(/[&<>"']/g, (char) => entities[char] ?? char)
}
