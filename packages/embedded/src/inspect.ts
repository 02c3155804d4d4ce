import type { Engine } from './engine.ts'
import { publicClient } from './clients/client.ts'
import type { Port } from './http/request.ts'
import type { TokenTable } from './tokens/token-table.ts'

/** A request that was received. What may hold secrets is there, but does not show when the object is printed. */
export interface ReceivedRequest {
  readonly port: Port
  readonly method: string
  /** As it was routed: with `/admin` on the admin port, without the query. */
  readonly path: string
  /** What was answered; 0 while that is not known. */
  readonly status: number
  /** Milliseconds since 1970, by the server's clock. */
  readonly at: number
  /** Not enumerable. */
  readonly query: URLSearchParams
  /** Not enumerable. */
  readonly headers: Readonly<Record<string, string | undefined>>
  /** Not enumerable. */
  readonly body: string
}

/** A login session, as seen from inside. */
export interface SeenLoginSession {
  readonly id: string
  readonly subject: string
  readonly authenticatedAt: Date
  readonly remembered: boolean
}

/** A finished consent, as seen from inside. */
export interface SeenConsent {
  readonly consentRequestId: string
  readonly subject: string
  readonly clientId: string
  readonly grantedScopes: readonly string[]
  readonly skipped: boolean
  readonly remembered: boolean
}

/** A token, as seen from inside. The token itself is not kept. */
export interface SeenToken {
  readonly kind: 'access_token' | 'refresh_token' | 'authorization_code' | 'device_code'
  readonly clientId: string
  readonly subject: string
  readonly scopes: readonly string[]
  readonly audience: readonly string[]
  /** False once used (codes), rotated (refresh tokens) or expired, and while nobody let the device in (device codes). */
  readonly active: boolean
  readonly expiresAt: Date | undefined
  /** Tokens with the same one came from one grant. */
  readonly grantId: string
}

/** Which requests to show. */
export interface RequestFilter {
  /** Those to this port. Default: both. */
  readonly port?: Port | undefined
  /** Those with this method, in upper case. Default: all. */
  readonly method?: string | undefined
  /** Those to this path, without the query; on the admin port `/admin` may be left out. Default: all. */
  readonly path?: string | undefined
}

/** Looks into a running server. Everything returned is a copy. */
export interface Inspect {
  /** All clients, as the API shows them. */
  clients(): Record<string, unknown>[]
  loginSessions(): SeenLoginSession[]
  consents(): SeenConsent[]
  /** All tokens that are not revoked. */
  tokens(): SeenToken[]
  /** The last 1 000 requests, oldest first, optionally only some. */
  requests(filter?: RequestFilter): ReceivedRequest[]
}

/** The part that the server itself uses. */
export interface RequestLog {
  /** Notes a request; the returned function adds the status. */
  note(request: Omit<ReceivedRequest, 'status'>): (status: number) => void
  clear(): void
  all(): readonly ReceivedRequest[]
}

const maxRequests = 1000

/** An empty log; `onRequest` is called once the status of a request is known. */
export function createRequestLog(onRequest?: (request: ReceivedRequest) => void): RequestLog {
  let entries: { -readonly [Name in keyof ReceivedRequest]: ReceivedRequest[Name] }[] = []
  return {
    note({ port, method, path, at, query, headers, body }) {
      const entry = { port, method, path, status: 0, at } as (typeof entries)[number]
      for (const [name, value] of Object.entries({ query, headers, body })) {
        Object.defineProperty(entry, name, { value, enumerable: false })
      }
      entries.push(entry)
      if (entries.length > maxRequests) entries.shift()
      return (status) => {
        entry.status = status
        onRequest?.(entry)
      }
    },
    clear() {
      entries = []
    },
    all: () => entries,
  }
}

/** Makes the window into one server. */
export function createInspect(engine: Engine, log: RequestLog): Inspect {
  return {
    clients: () => [...engine.state.clients.values()].map(publicClient),
    loginSessions: () =>
      [...engine.state.loginSessions.values()].map(({ id, subject, authenticatedAt, remember }) => ({
        id,
        subject,
        authenticatedAt: new Date(authenticatedAt),
        remembered: remember,
      })),
    consents: () =>
      [...engine.state.consents.values()].map((flow) => ({
        consentRequestId: flow.consentRequestId,
        subject: flow.subject,
        clientId: flow.client?.client_id ?? '',
        grantedScopes: [...(flow.grantedScope ?? [])],
        skipped: flow.consentSkip,
        remembered: flow.consentRemember,
      })),
    tokens: () => [
      ...seen(engine, engine.state.accessTokens, 'access_token', 'access'),
      ...seen(engine, engine.state.refreshTokens, 'refresh_token', 'refresh'),
      ...seen(engine, engine.state.authorizationCodes, 'authorization_code', 'code'),
      ...seenDevices(engine),
    ],
    requests: ({ port, method, path } = {}) =>
      log
        .all()
        .filter(
          (entry) =>
            (port === undefined || entry.port === port) &&
            (method === undefined || entry.method === method) &&
            (path === undefined || entry.path === path || entry.path === `/admin${path}`),
        ),
  }
}

function seenDevices(engine: Engine): SeenToken[] {
  return [...engine.state.deviceCodes.values()].map(({ accepted, expiresAt, request }) => ({
    kind: 'device_code',
    clientId: request.clientId,
    subject: request.session.subject,
    scopes: [...request.grantedScopes],
    audience: [...request.grantedAudience],
    active: accepted && expiresAt >= engine.clock.now(),
    expiresAt: new Date(expiresAt),
    grantId: request.id,
  }))
}

function seen(
  engine: Engine,
  table: TokenTable,
  kind: SeenToken['kind'],
  expiry: 'access' | 'refresh' | 'code',
): SeenToken[] {
  return [...table.all()].map(({ active, request }) => {
    const expiresAt = request.session.expiresAt[expiry]
    return {
      kind,
      clientId: request.clientId,
      subject: request.session.subject,
      scopes: [...request.grantedScopes],
      audience: [...request.grantedAudience],
      active: active && (expiresAt === undefined || expiresAt >= engine.clock.now()),
      expiresAt: expiresAt === undefined ? undefined : new Date(expiresAt),
      grantId: request.id,
    }
  })
}
