import { isIP } from 'node:net'
import { type Client } from '../clients/client.ts'
import { invalidRequest } from '../errors.ts'
import { splitUrl } from '../http/urls.ts'

/**
 * The redirect URI that a request may use: one the client registered, letter by letter, except that a loopback IP
 * may have any port (RFC 8252 section 7.3). If none was sent and exactly one is registered, that one.
 *
 * @throws HydraError `invalid_request`
 */
export function matchRedirectUri(client: Client, requested: string): string {
  const registered = client.redirect_uris ?? []
  const match =
    requested === ''
      ? registered.length === 1
        ? registered[0]
        : undefined
      : registered.find((uri) => uri === requested || matchesAsLoopback(requested, uri)) && requested
  if (match === undefined || match === '') {
    throw invalidRequest('The redirect_uri is not one that the client registered.')
  }
  if (/#./.test(match) || !hasScheme(match)) throw invalidRequest('The redirect_uri is not a valid absolute URL.')
  return match
}

/** Whether a redirect URI still is a registered one once it was read and written: only such a client is told errors. */
export function isRegisteredRedirect(client: Client, uri: string): boolean {
  return (client.redirect_uris ?? []).some((registered) => registered === uri || matchesAsLoopback(uri, registered))
}

function hasScheme(uri: string): boolean {
  return /^[a-z][a-z0-9+.-]*:/i.test(uri)
}

function matchesAsLoopback(requested: string, registered: string): boolean {
  if (!/^http:\/\//i.test(requested) || !isLoopbackIp(hostOf(requested))) return false
  if (hostOf(registered) !== hostOf(requested)) return false
  const [a, b] = [pathAndQuery(requested), pathAndQuery(registered)]
  return a === b
}

/** The path is compared decoded, the query as it stands; an empty one is none. */
function pathAndQuery(uri: string): string {
  const { before, query } = splitUrl(uri)
  return `${decoded(before.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, ''))}?${query}`
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

/** Host without port of a URL, "" if it has none. */
export function hostOf(uri: string): string {
  const authority = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(uri)?.[1] ?? ''
  const host = authority.slice(authority.lastIndexOf('@') + 1)
  return host.startsWith('[') ? host.slice(1, host.indexOf(']')) : (host.split(':')[0] ?? '')
}

function isLoopbackIp(host: string): boolean {
  return (isIP(host) === 4 && host.startsWith('127.')) || host === '::1'
}

/** Whether a host is this machine: `localhost`, a name below it, or a loopback IP. */
export function isLocalhost(uri: string): boolean {
  const host = hostOf(uri)
  return host === 'localhost' || host.endsWith('.localhost') || isLoopbackIp(host)
}

/** https, or http to this machine: the redirects by which a public client counts as known. */
export function isStrictlySecureRedirect(uri: string): boolean {
  return /^https:/i.test(uri) || (/^http:/i.test(uri) && isLocalhost(uri))
}
