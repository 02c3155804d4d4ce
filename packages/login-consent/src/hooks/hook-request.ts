/**
 * What Hydra tells a token hook, in one shape for all servers and grants.
 */

/** Any JSON object. */
export type Claims = Readonly<Record<string, unknown>>

/** The session behind the tokens, as Hydra keeps it. Times are RFC 3339; unset ones are the year 1. */
export interface HookSession {
  readonly id_token?:
    | {
        readonly id_token_claims?: (Claims & { readonly ext?: Claims | null }) | null
        readonly subject?: string
        readonly username?: string
        readonly expires_at?: Claims | null
        readonly headers?: Claims | null
      }
    | null
    | undefined
  readonly extra?: Claims | null | undefined
  readonly client_id?: string
  /** The `consent_request_id` of Hydra 25.4 and later, a consent challenge before. */
  readonly consent_challenge?: string
  readonly allowed_top_level_claims?: readonly string[] | null
}

/** A request to a token hook (Hydra ≥ 2.1) or a refresh token hook (≥ 1.10.7). */
export interface HookRequest {
  /** `authorization_code`, `refresh_token`, `client_credentials`, …; the first one if there are several. */
  readonly grantType: string
  readonly clientId: string
  /** Whom the tokens are about; the client's or the assertion's subject where there is no user; `undefined` if unknown. */
  readonly subject: string | undefined
  /** What was asked for. Hydra ≥ 2.3, token hook only; `undefined` otherwise. */
  readonly requestedScopes: readonly string[] | undefined
  /**
   * What is granted; `undefined` where Hydra does not say. It sends an empty list for codes and device codes whatever
   * was granted, so there an empty list is "not said".
   */
  readonly grantedScopes: readonly string[] | undefined
  /** As {@link HookRequest.grantedScopes}. */
  readonly grantedAudience: readonly string[] | undefined
  /** What Hydra passes on of the token request's form: `grant_type`, `scope`, `client_id`, `assertion`, … */
  readonly payload: Readonly<Record<string, readonly string[]>>
  /** The access token's claims so far (`session.access_token` of the consent). */
  readonly accessTokenClaims: Claims
  /** The ID token's extra claims so far, with `sid`. */
  readonly idTokenClaims: Claims
  /** Whether Hydra told the claims so far. 1.10.7 to 1.11.8 do not: there `hook.keep()` cannot be answered. */
  readonly hasSession: boolean
  /** The whole session, as sent. */
  readonly session: HookSession
}

const grantsWithoutGrantedScopes = ['authorization_code', 'urn:ietf:params:oauth:grant-type:device_code']

/** Reads a hook's body, of any server; `undefined` if it is not one. */
export function parseHookRequest(body: unknown): HookRequest | undefined {
  if (!isObject(body)) return undefined
  // `request` is the token hook's, `requester` the refresh hook's of 1.11.9 and later, flat members that of before.
  const request = [body['request'], body['requester'], body].find(isObject) ?? {}
  const session = isObject(body['session']) ? (body['session'] as HookSession) : undefined
  const clientId = text(request['client_id']) ?? text(body['client_id'])
  if (clientId === undefined) return undefined
  const isRefreshHook = !isObject(body['request'])
  const grantType = list(request['grant_types'])?.[0] ?? (isRefreshHook ? 'refresh_token' : '')
  const isSilent = grantsWithoutGrantedScopes.includes(grantType)
  const idToken = isObject(session?.id_token) ? session.id_token : {}
  const claims = isObject(idToken['id_token_claims']) ? idToken['id_token_claims'] : {}
  return {
    grantType,
    clientId,
    subject: text(claims['sub']) ?? text(idToken['subject']) ?? text(body['subject']),
    requestedScopes: list(request['requested_scopes']),
    grantedScopes: spoken(list(request['granted_scopes']), isSilent),
    grantedAudience: spoken(list(request['granted_audience']), isSilent),
    payload: payloadOf(request['payload']),
    accessTokenClaims: isObject(session?.extra) ? session.extra : {},
    idTokenClaims: isObject(claims['ext']) ? claims['ext'] : {},
    hasSession: session !== undefined,
    session: session ?? {},
  }
}

function spoken(scopes: readonly string[] | undefined, isSilent: boolean): readonly string[] | undefined {
  return isSilent && (scopes?.length ?? 0) === 0 ? undefined : scopes
}

function payloadOf(value: unknown): Readonly<Record<string, readonly string[]>> {
  if (!isObject(value)) return {}
  return Object.fromEntries(Object.entries(value).map(([name, values]) => [name, list(values) ?? []]))
}

function list(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : undefined
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
