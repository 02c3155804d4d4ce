/** URL work as Go does it. Hydra rebuilds many URLs, and what it changes on the way can be seen. */

/** Encodes parameters sorted by name, as Go's `Values.Encode`. */
export function encodeSorted(params: URLSearchParams): string {
  const sorted = [...params].map(([name, value], at) => ({ name, value, at }))
  sorted.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.at - b.at))
  return sorted.map(({ name, value }) => `${escapeQuery(name)}=${escapeQuery(value)}`).join('&')
}

/** Go's `QueryEscape`: everything but letters, digits and `-_.~`, a space as `+`. */
export function escapeQuery(value: string): string {
  return encodeURIComponent(value)
    .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')
}

/** Sets query parameters of an absolute URL or a path; the whole query comes out sorted. */
export function setQuery(url: string, params: Readonly<Record<string, string>>): string {
  const { before, query, fragment } = splitUrl(url)
  const all = new URLSearchParams(query)
  for (const [name, value] of Object.entries(params)) all.set(name, value)
  const encoded = encodeSorted(all)
  return `${before}${encoded === '' ? '' : `?${encoded}`}${fragment}`
}

/** Cuts a URL into what stands before the query, the query and the fragment (with its `#`). */
export function splitUrl(url: string): { before: string; query: string; fragment: string } {
  const hash = url.indexOf('#')
  const fragment = hash < 0 ? '' : url.slice(hash)
  const rest = hash < 0 ? url : url.slice(0, hash)
  const at = rest.indexOf('?')
  return { before: at < 0 ? rest : rest.slice(0, at), query: at < 0 ? '' : rest.slice(at + 1), fragment }
}

/**
 * How Go writes a URL that it has read: the scheme in lower case, and characters that don't belong into a host or path
 * percent-encoded. The query stays as it is. A URL without `//` or `/` after its scheme is not touched.
 */
export function asGoUrl(url: string): string {
  const [, scheme, authority = '', path, rest] = /^([a-z][a-z0-9+.-]*:)(\/\/[^/?#]*)?([^?#]*)(.*)$/is.exec(url) ?? []
  if (scheme === undefined || path === undefined || (authority === '' && !path.startsWith('/'))) return url
  const host = authority.replace(/[^\0-\x7f]/gu, (char) => encodeURIComponent(char))
  return `${scheme.toLowerCase()}${host}${goPath(path)}${rest}`
}

/** Stays as sent if it is a valid path; otherwise the whole of it is encoded anew. */
function goPath(path: string): string {
  if (/^(?:[\w.~!$&'()*+,;=:@/[\]-]|%[0-9a-f]{2})*$/i.test(path)) return path
  try {
    return encodeURIComponent(decodeURIComponent(path))
      .replace(/%(?:24|26|2B|2C|2F|3A|3B|3D|40)/g, decodeURIComponent)
      .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
  } catch {
    return path
  }
}

/** The absolute URL of a path below a base, whose own trailing slashes don't count. */
export function below(base: string, path: string): string {
  return base.replace(/\/+$/, '') + path
}
