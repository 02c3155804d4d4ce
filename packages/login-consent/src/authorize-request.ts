/**
 * What the client asked for in its authorize request. `oidc_context` carries only a part of it; `prompt`, `max_age`
 * and `resource` have to be read from `request_url`.
 */

/** The request parameters that concern login and consent (OpenID Connect Core section 3.1.2.1, RFC 8707). */
export interface AuthorizeHints {
  /** `login`, `consent`, `none`, `select_account`, `registration`, …; `[]` if none was given. */
  readonly prompts: readonly string[]
  /** Oldest acceptable login. Unit: s. `undefined` if none was given, or not a number. */
  readonly maxAgeSeconds: number | undefined
  /** Authentication context classes the client would like, best first. */
  readonly acrValues: readonly string[]
  /** Languages the client asks for, best first (BCP 47). */
  readonly uiLocales: readonly string[]
  /** `page`, `popup`, `touch` or `wap`. */
  readonly display: string | undefined
  /** Whom the client expects: often an e-mail address. Untrusted text. */
  readonly loginHint: string | undefined
  /** Claims of the ID token that the client sent as hint; Hydra has verified it. */
  readonly idTokenHintClaims: Readonly<Record<string, unknown>>
  /** RFC 8707 resource indicators. Untrusted text. */
  readonly resources: readonly string[]
  /** The client wants a fresh login: `prompt=login`, or `max_age=0`. */
  readonly mustReauthenticate: boolean
  /** The flow was started on a device (RFC 8628), not by a redirect of a client. */
  readonly isDeviceFlow: boolean
}

/** The members of login and consent requests that hints are made of. */
export interface HintSource {
  readonly request_url?: string | undefined
  readonly oidc_context?:
    | {
        readonly acr_values?: readonly string[] | null | undefined
        readonly ui_locales?: readonly string[] | null | undefined
        readonly display?: string | undefined
        readonly login_hint?: string | undefined
        readonly id_token_hint_claims?: Readonly<Record<string, unknown>> | null | undefined
      }
    | null
    | undefined
}

/** The hints of a login or consent request. Never throws: a missing or odd member is "not asked for". */
export function authorizeHints(source: HintSource): AuthorizeHints {
  const parameters = queryOf(source.request_url)
  const context = source.oidc_context ?? {}
  const inside = requestObjectOf(parameters)
  // Our choice of an account starts the flow again with another `prompt`, which the object would replace, for ever.
  const prompts = words(inside('prompt') ?? parameters.get('prompt')).filter(
    (prompt) => prompt !== 'select_account' || inside('prompt') === undefined,
  )
  const maxAge = inside('max_age') ?? parameters.get('max_age') ?? ''
  const maxAgeSeconds = /^\d{1,9}$/.test(maxAge) ? Number(maxAge) : undefined
  return {
    prompts,
    maxAgeSeconds,
    acrValues: context.acr_values ?? [],
    uiLocales: context.ui_locales ?? [],
    display: context.display,
    loginHint: context.login_hint,
    idTokenHintClaims: context.id_token_hint_claims ?? {},
    resources: parameters.getAll('resource'),
    mustReauthenticate: prompts.includes('login') || maxAgeSeconds === 0,
    isDeviceFlow: isDeviceUrl(source.request_url),
  }
}

/**
 * The address that starts a flow again, with another `prompt`. Works on every server: the browser simply asks anew.
 * The device flow has no prompt and masks the user code, so it starts at the code page.
 */
export function restartUrl(requestUrl: string, change?: { prompt: readonly string[] }): string {
  let url: URL
  try {
    url = new URL(requestUrl)
  } catch {
    return ''
  }
  if (isDeviceUrl(requestUrl)) {
    url.search = ''
  } else if (change !== undefined) {
    if (change.prompt.length === 0) url.searchParams.delete('prompt')
    else url.searchParams.set('prompt', change.prompt.join(' '))
  }
  return url.href
}

/**
 * Whether the client sent its parameters, or some of them, in a request object (OpenID Connect Core section 6). What
 * stands there replaces what stands in the address, so the address alone proves nothing.
 */
export function hasRequestObject(requestUrl: string | undefined): boolean {
  const parameters = queryOf(requestUrl)
  return parameters.has('request') || parameters.has('request_uri')
}

/**
 * Reads a parameter of the request object; `undefined` if there is none. Hydra has verified the object, and looks at it
 * only with the scope `openid` in the address. One behind a `request_uri` is not seen here.
 */
function requestObjectOf(parameters: URLSearchParams): (name: string) => string | undefined {
  const payload = parameters.get('request')?.split('.')[1]
  if (payload === undefined || !words(parameters.get('scope')).includes('openid')) return () => undefined
  let claims: unknown
  try {
    claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'))
  } catch {
    return () => undefined
  }
  const members = new Map(Object.entries(typeof claims === 'object' && claims !== null ? claims : {}))
  return (name) => {
    const value: unknown = members.get(name)
    return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
  }
}

function isDeviceUrl(requestUrl: string | undefined): boolean {
  // The path alone: what stands in the query is the client's.
  return (requestUrl ?? '').split(/[?#]/)[0]?.endsWith('/oauth2/device/verify') === true
}

function queryOf(url: string | undefined): URLSearchParams {
  const query = (url ?? '').split('#')[0]?.split('?').slice(1).join('?')
  return new URLSearchParams(query)
}

function words(text: string | null): string[] {
  return (text ?? '').split(' ').filter((word) => word !== '')
}
