/**
 * Cross-site requests: refused before anything else is looked at. The form token would refuse them too; this is the
 * second lock, and the only one for JSON reads.
 */
import { headerOf, type HttpInput } from './http.ts'

/**
 * Whether a request can only come from a page of our own origin, or from the user.
 *
 * `Sec-Fetch-Site` (Fetch Metadata, section 2.3) is set by the browser and out of reach of scripts. Where it is
 * missing (old browsers), `Origin` decides; `Origin: null` alone says nothing, because our own pages send it too:
 * they carry `Referrer-Policy: no-referrer`, for which Fetch prescribes a null origin on form posts. Then the form
 * token, which needs our `SameSite=Lax` cookie, has the last word.
 */
export function isSameOrigin(input: Pick<HttpInput, 'headers'>, ownOrigin: string): boolean {
  const origin = headerOf(input, 'origin')
  if (origin !== undefined && origin !== 'null' && origin !== ownOrigin) return false
  const site = headerOf(input, 'sec-fetch-site')
  return site === undefined || site === 'same-origin' || site === 'none'
}
