/** What an issuer identifier must look like (RFC 8414 section 2). */
import { optionsError } from './options-error.ts'

/**
 * Checks an issuer. Keys are fetched from there unless other addresses are given, and browsers send users there, so
 * plain http is for this machine only.
 *
 * @throws TypeError `ERR_OPTIONS`.
 */
export function assertIssuerUrl(issuer: string, option: string, allowInsecureHttp: boolean): void {
  const url = parseUrl(issuer)
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw optionsError(option, `${option} must be an absolute URL.`, 'As https://auth.example.com.')
  }
  if (url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '') {
    throw optionsError(
      option,
      `${option} must not have a query, fragment or credentials.`,
      "Give what Hydra's iss says.",
    )
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname) && !allowInsecureHttp) {
    throw optionsError(
      option,
      `${option} is plain http on a host that is not this machine: anybody on the way could exchange the keys.`,
      'Use https, or set allowInsecureHttp: true if the network is trusted.',
    )
  }
}

/** The `URL` of a text; undefined if it is none. */
export function parseUrl(value: string): URL | undefined {
  return URL.canParse(value) ? new URL(value) : undefined
}

function isLoopback(hostname: string): boolean {
  if (hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]') return true
  return /^127(\.\d{1,3}){3}$/.test(hostname)
}
