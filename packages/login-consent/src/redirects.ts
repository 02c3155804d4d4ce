/**
 * Where the browser may be sent: Hydra's origin, and origins that the configuration names. Nothing that a request
 * says can add to the list.
 */
import { FlowError } from './errors.ts'

/** Hydra as the browser sees it, and what else is allowed. */
export interface RedirectTargets {
  readonly issuer: URL
  readonly origins: ReadonlySet<string>
}

/**
 * An address that Hydra named, checked. A path alone (logout's answer to a used challenge) is resolved against the issuer.
 *
 * @throws {@link FlowError} `foreign_redirect` for another origin, another scheme, credentials in the address
 */
export function safeRedirect(targets: RedirectTargets, location: string): string {
  const url = parseRedirect(targets, location)
  if (url === undefined) {
    throw new FlowError(
      'foreign_redirect',
      'Hydra named a redirect outside the configured origins: check `issuer` and `redirectOrigins`.',
    )
  }
  return url.href
}

/** As {@link safeRedirect}, but `undefined` where that throws. */
export function parseRedirect(targets: RedirectTargets, location: string): URL | undefined {
  // The parser reads an address as browsers do (backslashes, tabs, line breaks), and what is sent on is its result.
  let url: URL
  try {
    url = new URL(location, targets.issuer)
  } catch {
    return undefined
  }
  return targets.origins.has(url.origin) && url.username === '' && url.password === '' ? url : undefined
}

/** A path of this site that a link may name: one slash, no host hidden behind it. */
export function isLocalPath(location: string): boolean {
  return /^\/(?![/\\])[^\\\s]*$/.test(location)
}
