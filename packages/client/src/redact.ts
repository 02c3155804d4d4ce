/** Keeps the secrets of a request out of what is said about its failure. */

/** Members of forms and JSON bodies (and query parameters) whose value must never be repeated in a text. */
const SECRET_NAMES: ReadonlySet<string> = new Set([
  'token',
  'access_token',
  'refresh_token',
  'id_token',
  'id_token_hint',
  'registration_access_token',
  'client_secret',
  'client_assertion',
  'assertion',
  'code',
  'code_verifier',
  'device_code',
  'user_code',
  'password',
  'jwt',
  'login_challenge',
  'consent_challenge',
  'logout_challenge',
  'device_challenge',
  // Private members of a JWK (RFC 7518 section 6).
  'd',
  'p',
  'q',
  'dp',
  'dq',
  'qi',
  'k',
])

/** Hydra has no secrets this short; blanking out single letters would only garble the texts. */
const SHORTEST = 4

/** What was sent, as far as it can hold a secret. */
export interface SentParts {
  path: string
  body: string | null
  headers: readonly string[]
}

/** Replaces every secret that the request contained wherever a server repeats it in `text`. */
export function redact(text: string, sent: SentParts): string {
  let clean = text
  for (const secret of secretsOf(sent)) {
    if (secret.length >= SHORTEST) clean = clean.replaceAll(secret, '[redacted]')
  }
  return clean
}

function secretsOf({ path, body, headers }: SentParts): Set<string> {
  const found = new Set<string>()
  const query = path.indexOf('?')
  if (query >= 0) collectForm(path.slice(query + 1), found)
  if (body !== null) {
    if (/^\s*[[{"]/.test(body)) collectJson(JSON.parse(body), '', found)
    else collectForm(body, found)
  }
  for (let i = 0; i < headers.length; i += 2) {
    const [name = '', value = ''] = headers.slice(i, i + 2)
    if (name === 'authorization') collectAuthorization(value, found)
    // Extra headers of the user's, such as the key of a gateway.
    else if (/key|token|secret|cookie|auth/.test(name)) found.add(value)
  }
  return found
}

function collectForm(text: string, found: Set<string>): void {
  for (const [name, value] of new URLSearchParams(text)) if (SECRET_NAMES.has(name)) found.add(value)
}

function collectJson(value: unknown, name: string, found: Set<string>): void {
  if (typeof value === 'string') {
    if (SECRET_NAMES.has(name)) found.add(value)
  } else if (Array.isArray(value)) {
    for (const item of value) collectJson(item, name, found)
  } else if (typeof value === 'object' && value !== null) {
    // A JSON Patch names the member in its path and carries it in `value`.
    const { path } = value as { path?: unknown }
    const target = typeof path === 'string' ? path.slice(path.lastIndexOf('/') + 1) : ''
    for (const [key, member] of Object.entries(value)) {
      collectJson(member, key === 'value' && target !== '' ? target : key, found)
    }
  }
}

function collectAuthorization(value: string, found: Set<string>): void {
  const credentials = value.slice(value.indexOf(' ') + 1)
  found.add(credentials)
  if (!value.startsWith('Basic ')) return
  const decoded = Buffer.from(credentials, 'base64').toString()
  found.add(decoded)
  const password = decoded.slice(decoded.indexOf(':') + 1)
  found.add(password)
  // Client credentials are form-encoded before they become Basic (RFC 6749 section 2.3.1).
  found.add([...new URLSearchParams(`p=${password}`).values()][0] ?? '')
}
