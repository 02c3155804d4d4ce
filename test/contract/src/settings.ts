/** Turns a profile into what a server is told: configuration keys by version, a file, or environment lines. */
import { appPages } from './app-server.ts'
import { profiles, type ProfileName, type Setting, type Settings } from './profiles.ts'
import type { TestedVersion } from './server-version.ts'

/** Where everything lives. */
export interface Places {
  readonly publicUrl: string
  readonly app: string
}

/** Keys that 1.11 does not know; its schema refuses unknown members. */
const laterThan111: readonly string[] = [
  'urls.registration',
  'urls.device.verification',
  'urls.device.success',
  'strategies.jwt.scope_claim',
  'oauth2.mirror_top_level_claims',
  'oauth2.token_hook',
  'ttl.device_user_code',
]

/** All keys of a profile, the applications' URLs included. */
export function settingsOf(profile: ProfileName, { publicUrl, app }: Places): Settings {
  if (profile === 'bare') return { 'urls.self.issuer': publicUrl }
  return {
    'urls.self.issuer': publicUrl,
    'urls.login': `${app}${appPages.login}`,
    'urls.consent': `${app}${appPages.consent}`,
    'urls.logout': `${app}${appPages.logout}`,
    'urls.error': `${app}${appPages.error}`,
    'urls.registration': `${app}${appPages.registration}`,
    'urls.post_logout_redirect': `${app}${appPages.postLogoutRedirect}`,
    'urls.device.verification': `${app}${appPages.deviceVerification}`,
    'urls.device.success': `${app}${appPages.deviceSuccess}`,
    ...profiles[profile](app),
  }
}

/** The keys that this version understands. 1.11 takes a hook as a plain URL and ends its issuer with a slash. */
export function settingsFor(version: TestedVersion, profile: ProfileName, places: Places): Settings {
  const all = settingsOf(profile, places)
  if (version === '26.2') return all
  const known = Object.entries(all).filter(([key]) => !laterThan111.includes(key))
  return Object.fromEntries(
    known.map(([key, value]) => {
      if (key === 'urls.self.issuer') return [key, `${places.publicUrl}/`]
      if (key === 'oauth2.refresh_token_hook') return [key, (value as { readonly url: string }).url]
      return [key, value]
    }),
  )
}

/** A configuration file's content: JSON, which is YAML too. */
export function configurationFile(settings: Settings): string {
  const tree: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(settings)) place(tree, key.split('.'), value)
  return JSON.stringify(tree, null, 2)
}

/** Lines for people: environment variables, and a file's content for the keys that no variable can hold. */
export function advice(settings: Settings): string {
  const nested = Object.entries(settings).filter(([, value]) => variable(value) === undefined)
  const lines = Object.entries(settings).flatMap(([key, value]) => {
    const text = variable(value)
    return text === undefined ? [] : [`  ${key.toUpperCase().replaceAll('.', '_')}=${text}`]
  })
  if (nested.length === 0) return lines.join('\n')
  return `${lines.join('\n')}\nand in a configuration file (-c hydra.yml):\n${configurationFile(Object.fromEntries(nested))}`
}

/** A value as an environment variable holds it, `undefined` for objects. */
function variable(value: Setting): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return `${value}`
  return isList(value) ? value.join(',') : undefined
}

function isList(value: Setting): value is readonly string[] {
  return Array.isArray(value)
}

function place(tree: Record<string, unknown>, path: readonly string[], value: Setting): void {
  const [head = '', ...rest] = path
  if (rest.length === 0) {
    tree[head] = value
    return
  }
  const branch = (tree[head] ?? {}) as Record<string, unknown>
  tree[head] = branch
  place(branch, rest, value)
}
