/**
 * Asks a running Hydra where it sends its users. Its configuration cannot be read over HTTP, so a sign-in is begun and
 * the redirects are looked at.
 */
import type { HydraClient } from '@hydra-kit/client'
import { DemoError } from './demo-error.ts'

/** Where the pages of the login & consent app are. */
export interface ExpectedUrls {
  login: string
  consent: string
  error: string
}

/**
 * Begins a sign-in, looks at the login redirect, accepts, looks at the consent redirect, and denies.
 * @param authorizeUrl a complete authorization request
 * @throws {@link DemoError} with the lines to set
 */
export async function checkUrls(hydra: HydraClient, authorizeUrl: string, expected: ExpectedUrls): Promise<void> {
  const authorize = await redirectOf(authorizeUrl, [])
  assertSentTo(authorize.location, expected.login, 'urls.login', expected)
  const login = authorize.location.searchParams.get('login_challenge') ?? ''
  const subject = 'hydra-kit-demo-check'
  const accepted = await hydra.loginRequests.accept(login, { subject, remember: false })
  if (accepted.state !== 'done') {
    throw new DemoError('--admin-url does not know a sign-in that was just begun at --public-url: are they one Hydra?')
  }
  const consent = await redirectOf(accepted.redirectTo, authorize.cookies)
  assertSentTo(consent.location, expected.consent, 'urls.consent', expected)
  const challenge = consent.location.searchParams.get('consent_challenge') ?? ''
  await hydra.consentRequests.reject(challenge, { error: 'access_denied', error_description: 'Only a check.' })
}

async function redirectOf(url: string, cookies: string[]): Promise<{ location: URL; cookies: string[] }> {
  const headers = cookies.length > 0 ? { cookie: cookies.join('; ') } : {}
  const answer = await fetch(url, { redirect: 'manual', headers }).catch(() => {
    throw new DemoError(`Hydra says that browsers reach it at ${new URL(url).origin}, but nothing answers there.`)
  })
  await answer.body?.cancel()
  const location = answer.headers.get('location')
  if (location === null) {
    throw new DemoError(
      `${new URL(url).origin} answered an authorization request with ${answer.status}, not a redirect.`,
    )
  }
  const set = answer.headers.getSetCookie().map((line) => line.split(';')[0] ?? '')
  return { location: new URL(location, url), cookies: [...cookies, ...set] }
}

function assertSentTo(location: URL, wanted: string, setting: string, expected: ExpectedUrls): void {
  const sentTo = location.origin + location.pathname
  if (sentTo === wanted) return
  // The client was created a moment ago, so a Hydra that does not know it is not the one of the admin port.
  if (location.searchParams.get('error') === 'invalid_client') {
    throw new DemoError(
      '--admin-url and --public-url are not of one Hydra: a client made at the one is unknown to the other.',
    )
  }
  const error = location.searchParams.get('error')
  throw new DemoError(
    `This Hydra sends its users to ${sentTo}${error ? ` (${error})` : ''}; the demo needs them at ${wanted} (${setting}).
Set these and start Hydra again:

  URLS_LOGIN=${expected.login}
  URLS_CONSENT=${expected.consent}
  URLS_ERROR=${expected.error}

or, in its configuration file:

  urls:
    login: ${expected.login}
    consent: ${expected.consent}
    error: ${expected.error}`,
  )
}
