import { type HydraError, invalidRequest } from './errors.ts'

/**
 * Checks requested audiences against what the client registered. URLs match by scheme, host and a path at or below
 * the registered one; a string that is no URL is compared as a path.
 *
 * @throws HydraError `invalid_request`
 */
export function checkAudience(registered: readonly string[], requested: readonly string[]): void {
  for (const audience of requested) {
    if (!audienceCovered(registered, audience)) throw notRegistered(audience)
  }
}

/** Whether one requested audience lies below a registered one. */
export function audienceCovered(registered: readonly string[], requested: string): boolean {
  const needle = parts(requested)
  return registered.some((candidate) => {
    const allowed = parts(candidate)
    if (needle.origin !== allowed.origin) return false
    const path = allowed.path.replace(/\/+$/, '')
    return needle.path === allowed.path || needle.path === path || needle.path.startsWith(`${path}/`)
  })
}

/** The audiences of a form: one value is split at spaces, repeated values are taken as they are. */
export function requestedAudiences(values: readonly string[]): string[] {
  const list = values.length === 1 ? (values[0] ?? '').split(' ') : values
  return list.filter((value) => value !== '')
}

/**
 * Scheme and host, and the path, of something that may be a URL. Query and fragment play no part. What follows the
 * scheme without a slash (`urn:x:y`) is no path for Hydra, so there all names of one scheme are equal.
 */
function parts(value: string): { origin: string; path: string } {
  const match = /^([a-z][a-z0-9+.-]*:)?(\/\/[^/?#]*)?([^?#]*)/i.exec(value)
  const [, scheme = '', host = '', path = ''] = match ?? []
  const opaque = scheme !== '' && host === '' && !path.startsWith('/')
  return { origin: `${scheme.toLowerCase()}${host}`, path: opaque ? '' : path }
}

function notRegistered(audience: string): HydraError {
  return invalidRequest(`The client has not registered the audience '${audience}'.`)
}
