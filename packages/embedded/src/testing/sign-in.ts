import { createHash, randomBytes } from 'node:crypto'
import { type Browser, type BrowserResponse, browser } from './browser.ts'

/** The addresses of a server: an embedded one, or a real one beside it. */
export interface HydraAddresses {
  readonly publicUrl: string
  readonly adminUrl: string
}

/** Who signs in where, and what is granted. */
export interface SignInOptions {
  /** A client that is registered. */
  readonly clientId: string
  /** For a confidential client. Default: it has none. */
  readonly clientSecret?: string | undefined
  /** The user. */
  readonly subject: string
  /** Requested and granted. Default `openid offline`. */
  readonly scope?: string | readonly string[] | undefined
  /** Granted instead of `scope`. Default: `scope`. */
  readonly grantScope?: readonly string[] | undefined
  /** Requested and granted. Default none. */
  readonly audience?: string | readonly string[] | undefined
  /** Default: the first that the client registered. */
  readonly redirectUri?: string | undefined
  /** Whether the login is remembered. Default false. */
  readonly remember?: boolean | undefined
  /** What the consent adds to the tokens. Default: nothing. */
  readonly session?:
    | {
        /** Members of `ext` of the access token. */
        readonly accessToken?: Readonly<Record<string, unknown>> | undefined
        /** Claims of the ID token. */
        readonly idToken?: Readonly<Record<string, unknown>> | undefined
      }
    | undefined
  /** How well the login app says it knows the user: claim `acr` of the ID token. Default: none. */
  readonly acr?: string | undefined
  /** By what means: claim `amr` of the ID token. Default: none. */
  readonly amr?: readonly string[] | undefined
  /** More parameters of the authorization request. Default: none. */
  readonly params?: Readonly<Record<string, string>> | undefined
  /** Signs in there, so that a remembered login is found again. Default: a new one. */
  readonly browser?: Browser | undefined
}

/** What came out of a sign-in. */
export interface SignedIn {
  readonly accessToken: string
  /** If `offline` was granted. */
  readonly refreshToken: string | undefined
  /** If `openid` was granted. */
  readonly idToken: string | undefined
  readonly expiresIn: number
  readonly scope: string
  /** The code that was redeemed. */
  readonly code: string
  /** Login session (`sid`). */
  readonly sessionId: string
  readonly browser: Browser
}

/**
 * Signs a user in: authorize, login, consent, code with PKCE, tokens, all over real HTTP. This function plays the
 * login and consent app.
 *
 * @throws Error that names the step and the error code when one is refused
 */
export async function signIn(hydra: HydraAddresses, options: SignInOptions): Promise<SignedIn> {
  const user = options.browser ?? browser()
  const scopes = list(options.scope ?? 'openid offline')
  const audience = list(options.audience ?? [])
  const client = await admin(hydra, 'GET', `/clients/${encodeURIComponent(options.clientId)}`)
  const redirectUri = options.redirectUri ?? (client['redirect_uris'] as string[] | undefined)?.[0] ?? ''
  const verifier = randomBytes(32).toString('base64url')
  const params = new URLSearchParams({
    client_id: options.clientId,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: scopes.join(' '),
    state: randomBytes(16).toString('hex'),
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...(audience.length === 0 ? {} : { audience: audience.join(' ') }),
    ...options.params,
  })
  const begun = await user.open(`${hydra.publicUrl}/oauth2/auth?${params.toString()}`)
  const loginChallenge = parameter(begun, 'login_challenge', 'authorize')
  const loginQuery = `login_challenge=${encodeURIComponent(loginChallenge)}`
  const login = await admin(hydra, 'GET', `/oauth2/auth/requests/login?${loginQuery}`)
  const accepted = await admin(hydra, 'PUT', `/oauth2/auth/requests/login/accept?${loginQuery}`, {
    subject: options.subject,
    remember: options.remember ?? false,
    ...(options.acr === undefined ? {} : { acr: options.acr }),
    ...(options.amr === undefined ? {} : { amr: options.amr }),
  })
  const afterLogin = await user.open(String(accepted['redirect_to']))
  const consentChallenge = parameter(afterLogin, 'consent_challenge', 'login')
  const granted = await admin(
    hydra,
    'PUT',
    `/oauth2/auth/requests/consent/accept?consent_challenge=${encodeURIComponent(consentChallenge)}`,
    {
      grant_scope: options.grantScope ?? scopes,
      grant_access_token_audience: audience,
      session: { access_token: options.session?.accessToken ?? {}, id_token: options.session?.idToken ?? {} },
    },
  )
  const code = parameter(await user.open(String(granted['redirect_to'])), 'code', 'consent')
  const method = String(client['token_endpoint_auth_method'])
  const tokens = await redeem(hydra, options, method, { code, redirect_uri: redirectUri, code_verifier: verifier })
  return {
    accessToken: String(tokens['access_token']),
    refreshToken: tokens['refresh_token'] as string | undefined,
    idToken: tokens['id_token'] as string | undefined,
    expiresIn: Number(tokens['expires_in']),
    scope: String(tokens['scope']),
    code,
    sessionId: String(login['session_id']),
    browser: user,
  }
}

function list(value: string | readonly string[]): string[] {
  return typeof value === 'string' ? value.split(' ').filter((item) => item !== '') : [...value]
}

async function admin(
  { adminUrl }: HydraAddresses,
  method: string,
  path: string,
  body?: unknown,
): Promise<Record<string, unknown>> {
  const response = await fetch(`${adminUrl}/admin${path}`, {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
  return answer(response, `${method} ${path.split('?')[0]}`)
}

async function answer(response: Response, step: string): Promise<Record<string, unknown>> {
  const body = (await response.json()) as Record<string, unknown>
  if (response.ok) return body
  throw new Error(
    `signIn: ${step} was refused: ${response.status} ${String(body['error'])} (${String(body['error_description'])})`,
  )
}

/** A parameter of the address that a step redirected to. */
function parameter(response: BrowserResponse, name: string, step: string): string {
  const params = response.location?.searchParams
  const value = params?.get(name)
  if (value) return value
  const reason =
    params?.has('error') === true
      ? `${params.get('error')} (${params.get('error_description')})`
      : `status ${response.status}`
  throw new Error(`signIn: no ${name} after the step ${step}: ${reason}`)
}

async function redeem(
  { publicUrl }: HydraAddresses,
  { clientId, clientSecret }: SignInOptions,
  method: string,
  fields: Record<string, string>,
): Promise<Record<string, unknown>> {
  const form = new URLSearchParams({ grant_type: 'authorization_code', ...fields })
  const headers: Record<string, string> = {}
  if (clientSecret !== undefined && method === 'client_secret_basic') {
    const pair = `${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`
    headers['authorization'] = `Basic ${Buffer.from(pair).toString('base64')}`
  } else {
    form.set('client_id', clientId)
    if (clientSecret !== undefined) form.set('client_secret', clientSecret)
  }
  return answer(await fetch(`${publicUrl}/oauth2/token`, { method: 'POST', headers, body: form }), 'POST /oauth2/token')
}
