/**
 * A client as it may be shown. Names and links are the client's own words, and dynamic registration takes them from
 * anybody.
 */
import type { OAuth2Client } from '@hydra-kit/client'
import { cleanLink, cleanText } from './clean-text.ts'
import type { ClientView } from './pages/page-models.ts'

/** Cleans it. */
export function clientView(client: OAuth2Client | null | undefined, showLogo: boolean): ClientView {
  const name = cleanText(client?.client_name, 64)
  const logo = showLogo ? cleanLink(client?.logo_uri) : undefined
  return {
    id: cleanText(client?.client_id, 128),
    name: name === '' ? undefined : name,
    logoUrl: logo !== undefined && isPlainHttps(logo) ? logo : undefined,
    websiteUrl: cleanLink(client?.client_uri),
    privacyPolicyUrl: cleanLink(client?.policy_uri),
    termsOfServiceUrl: cleanLink(client?.tos_uri),
  }
}

/**
 * The logo's origin goes into the Content-Security-Policy, where `;` and `,` begin something new and `*` means any. The
 * URL parser lets all three into a host name.
 */
function isPlainHttps(link: string): boolean {
  const { protocol, hostname } = new URL(link)
  return protocol === 'https:' && /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])$/.test(hostname)
}
