import type { EmbeddedHydra } from '@hydra-kit/embedded'
import { type Browser, type BrowserResponse, browser } from '@hydra-kit/embedded/testing'

/** Steps of a sign-in, one call each, so that a test can leave the way between any two of them. */
export interface UserAgent {
  readonly browser: Browser
  /** Opens the authorization endpoint. */
  authorize(params?: Record<string, string | undefined>): Promise<BrowserResponse>
  /** The login app accepts; where it sends the browser. */
  acceptLogin(at: BrowserResponse, body?: Record<string, unknown>): Promise<string>
  acceptConsent(at: BrowserResponse, body?: Record<string, unknown>): Promise<string>
  /** From the authorization endpoint back to the client. */
  signIn(params?: Record<string, string | undefined>, bodies?: SignInBodies): Promise<BrowserResponse>
}

/** What the two apps answer with. */
export interface SignInBodies {
  readonly login?: Record<string, unknown>
  readonly consent?: Record<string, unknown>
}

/** Redirect URI of {@link appClient}. */
export const callback = 'http://127.0.0.1:9/callback'

/** A client that may do everything. */
export const appClient: Readonly<Record<string, unknown>> = {
  client_id: 'app',
  client_secret: 'app-secret',
  redirect_uris: [callback],
  grant_types: ['authorization_code', 'refresh_token', 'client_credentials', 'implicit'],
  response_types: ['code', 'token', 'id_token', 'token id_token', 'code id_token', 'code id_token token'],
  scope: 'openid offline photos.read photos.write',
  audience: ['https://api.example'],
  token_endpoint_auth_method: 'client_secret_post',
}

/** A browser together with the two apps. */
export function userAgent(hydra: EmbeddedHydra, own: Browser = browser()): UserAgent {
  const agent: UserAgent = {
    browser: own,
    authorize(params = {}) {
      const all = {
        client_id: 'app',
        response_type: 'code',
        redirect_uri: callback,
        scope: 'openid offline',
        state: 'a-long-enough-state',
        nonce: 'a-long-enough-nonce',
        ...params,
      }
      const given = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined)
      return own.open(`${hydra.publicUrl}/oauth2/auth?${new URLSearchParams(given).toString()}`)
    },
    acceptLogin: (at, body = {}) => accept(hydra, 'login', at, { subject: 'alice', ...body }),
    acceptConsent: (at, body = {}) => accept(hydra, 'consent', at, { grant_scope: ['openid', 'offline'], ...body }),
    async signIn(params, bodies = {}) {
      const atLogin = await agent.authorize(params)
      const atConsent = await own.open(await agent.acceptLogin(atLogin, bodies.login))
      return own.open(await agent.acceptConsent(atConsent, bodies.consent))
    },
  }
  return agent
}

async function accept(
  hydra: EmbeddedHydra,
  step: 'login' | 'consent',
  at: BrowserResponse,
  body: Record<string, unknown>,
): Promise<string> {
  const path = `/oauth2/auth/requests/${step}/accept?${step}_challenge=${encodeURIComponent(sent(at, `${step}_challenge`))}`
  const answer = await admin(hydra, 'PUT', path, body)
  return String(answer.body['redirect_to'])
}

/** A parameter with which a redirect leads on, "" if it has none. */
export function sent(response: BrowserResponse, name: string): string {
  const { location } = response
  return location?.searchParams.get(name) ?? new URLSearchParams(location?.hash.slice(1)).get(name) ?? ''
}

/** An answer with a JSON body (an empty one if there is none). */
export interface JsonAnswer {
  readonly status: number
  readonly headers: Headers
  readonly body: Record<string, unknown>
}

async function jsonAnswer(response: Response): Promise<JsonAnswer> {
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true
  const body = isJson ? (JSON.parse(text) as Record<string, unknown>) : {}
  return { status: response.status, headers: response.headers, body }
}

/** Calls the admin API. */
export async function admin(hydra: EmbeddedHydra, method: string, path: string, body?: unknown): Promise<JsonAnswer> {
  const init = body === undefined ? { method } : { method, body: JSON.stringify(body) }
  return jsonAnswer(await fetch(`${hydra.adminUrl}/admin${path}`, init))
}

/** Posts a form to the public port. */
export async function form(
  hydra: EmbeddedHydra,
  path: string,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<JsonAnswer> {
  return jsonAnswer(
    await fetch(`${hydra.publicUrl}${path}`, { method: 'POST', headers, body: new URLSearchParams(fields) }),
  )
}

const credentials = { client_id: 'app', client_secret: 'app-secret' }

/** Redeems the code of a redirect. */
export function redeem(
  hydra: EmbeddedHydra,
  at: BrowserResponse,
  fields: Record<string, string> = {},
): Promise<JsonAnswer> {
  return form(hydra, '/oauth2/token', {
    grant_type: 'authorization_code',
    code: sent(at, 'code'),
    redirect_uri: callback,
    ...credentials,
    ...fields,
  })
}

/** Refreshes. */
export function refresh(
  hydra: EmbeddedHydra,
  token: unknown,
  fields: Record<string, string> = {},
): Promise<JsonAnswer> {
  const own = { grant_type: 'refresh_token', refresh_token: String(token) }
  return form(hydra, '/oauth2/token', { ...own, ...credentials, ...fields })
}

/** Introspects. */
export async function introspect(
  hydra: EmbeddedHydra,
  token: unknown,
  fields: Record<string, string> = {},
): Promise<Record<string, unknown>> {
  const body = new URLSearchParams({ token: String(token), ...fields })
  const response = await fetch(`${hydra.adminUrl}/admin/oauth2/introspect`, { method: 'POST', body })
  return (await response.json()) as Record<string, unknown>
}

/** The claims of a JWT, unverified. */
export function claimsOf(jwt: unknown): Record<string, unknown> {
  return JSON.parse(Buffer.from(String(jwt).split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>
}
