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

/** The absolute URL of a path below a base, whose own trailing slashes don't count. */
export function below(base: string, path: string): string {
  return base.replace(/\/+$/, '') + path
}
