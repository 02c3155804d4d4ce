/** Turns a recorded request into the call of this client that sends it, where there is one. */
import type { CallOptions, HydraCall, HydraClient, OperationName } from '@hydra-kit/client'
import { operations } from '../../src/operations.ts'
import { isAtLeast } from '../../src/server-versions/release.ts'
import { routesOf } from '../../src/server-versions/routes.ts'

/** A request as a transcript has it, with values in place of placeholders. */
export interface FilledRequest {
  port: string
  method: string
  path: string
  query: Record<string, string>
  form?: Record<string, string>
  json?: Record<string, unknown>
  authorization?: string
}

interface Call {
  operation: OperationName
  run: () => HydraCall<unknown>
}

/** The call, or `undefined` for what this client doesn't send: other paths, odd bodies, missing parameters. */
export function callFor(hydra: HydraClient, release: string, request: FilledRequest): Call | undefined {
  // Without its prefix a kid takes several requests on 1.x, which no transcript has.
  if (release.startsWith('1.') && /^\/keys\/[^/]+\/(?!private|public)/.test(request.path)) return undefined
  for (const operation of Object.keys(operations) as OperationName[]) {
    const { method, port, since = '1.4', until } = operations[operation]
    if (method !== request.method || port !== request.port) continue
    if (!isAtLeast(release, since) || (until !== undefined && isAtLeast(release, until))) continue
    const ids = match(routesOf(release)[operation], request.path)
    if (ids === undefined) continue
    const run = calls[operation](hydra, { ...request, ids }, { retries: 0 })
    if (run !== undefined) return { operation, run }
  }
  return undefined
}

function match(route: string, path: string): string[] | undefined {
  const pattern = route.split('{}').map((part) => part.replaceAll('.', '\\.'))
  const found = new RegExp(`^${pattern.join('([^/]+)')}$`).exec(path)
  const ids = found?.slice(1).map(decodeURIComponent)
  return ids?.every((id) => !id.includes('/')) === true || ids?.length === 0 ? ids : undefined
}

type Matched = FilledRequest & { ids: string[] }
type Runner = (hydra: HydraClient, request: Matched, options: CallOptions) => (() => HydraCall<unknown>) | undefined

const only = (fields: object, ...names: string[]): boolean => Object.keys(fields).every((name) => names.includes(name))
const has = (fields: object | undefined, ...names: string[]): boolean =>
  names.every((name) => Boolean((fields as Record<string, unknown> | undefined)?.[name]))
const bodiless = ({ json, form, query }: Matched): boolean => !json && !form && Object.keys(query).length === 0

/** Credentials as they stood in the form; a secret that stood in a header is made up. */
function client({ form = {}, authorization }: Matched): object {
  const { client_id: clientId, client_secret: clientSecret, client_assertion: clientAssertion } = form
  if (authorization !== undefined || (clientId === undefined && clientAssertion === undefined)) {
    return { clientId: 'someone', clientSecret: 'something' }
  }
  if (clientAssertion !== undefined) return { clientId, clientAssertion }
  return clientSecret === undefined ? { clientId } : { clientId, clientSecret, authMethod: 'client_secret_post' }
}

function challenge(parameter: string): (request: Matched) => string | undefined {
  return ({ query }) => (only(query, parameter) && query[parameter] !== '' ? query[parameter] : undefined)
}

function lookUp(kind: 'loginRequests' | 'consentRequests' | 'logoutRequests', parameter: string): Runner {
  return (hydra, request, options) => {
    const value = challenge(parameter)(request)
    return value === undefined ? undefined : () => hydra[kind].get(value, options)
  }
}

function decide(
  kind: 'loginRequests' | 'consentRequests',
  verb: 'accept' | 'reject',
  parameter: string,
  known: string[],
): Runner {
  return (hydra, request, options) => {
    const value = challenge(parameter)(request)
    const { json } = request
    if (value === undefined || json === undefined || !only(json, ...known)) return undefined
    return () => hydra[kind][verb](value, json as never, options)
  }
}

const rejection = ['error', 'error_description', 'error_hint', 'error_debug', 'status_code']
/** The page that was asked for, if it was asked for as the server's generation wants it. */
const page = ({ query, path }: Matched): { pageSize: number; pageToken?: string } | undefined => {
  const [sizeName, tokenName] = path.startsWith('/admin/') ? ['page_size', 'page_token'] : ['limit', 'offset']
  const size = Number(query[sizeName!])
  if (!Number.isInteger(size) || size < 1 || size > 500) return undefined
  const others = paging.filter((name) => name !== sizeName && name !== tokenName)
  if (others.some((name) => name in query)) return undefined
  const pageToken = query[tokenName!]
  if (tokenName === 'offset' && (pageToken === undefined || !/^\d+$/.test(pageToken))) return undefined
  return { pageSize: size, ...(pageToken !== undefined ? { pageToken } : {}) }
}
const paging = ['limit', 'offset', 'page_size', 'page_token']

const exchanges: Record<string, (form: Record<string, string>) => object | undefined> = {
  authorization_code: ({ code, redirect_uri, code_verifier, ...rest }) =>
    code && only(rest, ...shared) ? { code, redirectUri: redirect_uri, codeVerifier: code_verifier } : undefined,
  refresh_token: ({ refresh_token, ...rest }) =>
    refresh_token && only(rest, ...shared) ? { refreshToken: refresh_token } : undefined,
  client_credentials: ({ scope, audience, ...rest }) => (only(rest, ...shared) ? { scope, audience } : undefined),
  'urn:ietf:params:oauth:grant-type:jwt-bearer': ({ assertion, scope, audience, ...rest }) =>
    assertion && only(rest, ...shared) ? { assertion, scope, audience } : undefined,
  'urn:ietf:params:oauth:grant-type:device_code': ({ device_code, ...rest }) =>
    device_code && only(rest, ...shared) ? { deviceCode: device_code } : undefined,
}
const shared = ['grant_type', 'client_id', 'client_secret', 'client_assertion', 'client_assertion_type']

const calls: Record<OperationName, Runner> = {
  'metadata.version': (hydra, request, options) =>
    bodiless(request) ? () => hydra.metadata.version(options) : undefined,
  'metadata.alive': (hydra, _request, options) => () => hydra.metadata.alive(options),
  'metadata.ready': (hydra, _request, options) => () => hydra.metadata.ready(options),
  'metadata.metrics': (hydra, _request, options) => () => hydra.metadata.metrics(options),
  'oidc.discovery': (hydra, _request, options) => () => hydra.oidc.discovery(options),
  'oidc.jwks': (hydra, _request, options) => () => hydra.oidc.jwks(options),
  'oidc.userinfo': (hydra, request, options) => {
    const token = /^Bearer (\S+)$/.exec(request.authorization ?? '')?.[1]
    return token !== undefined && only(request.query) ? () => hydra.oidc.userinfo(token, options) : undefined
  },
  'tokens.introspect': (hydra, { form, query }, options) => {
    if (!form || !has(form, 'token') || !only(form, 'token', 'scope', 'token_type_hint') || !only(query))
      return undefined
    const { token = '', scope, token_type_hint } = form
    return () => hydra.tokens.introspect({ token, scope, tokenTypeHint: token_type_hint as 'access_token' }, options)
  },
  'tokens.revoke': (hydra, request, options) => {
    const { token, token_type_hint, ...rest } = request.form ?? {}
    if (!token || !only(rest, 'client_id', 'client_secret') || !only(request.query)) return undefined
    const hint = { tokenTypeHint: token_type_hint as 'access_token' }
    return () => hydra.tokens.revoke({ token, ...hint, ...client(request) }, options)
  },
  'tokens.exchange': (hydra, request, options) => {
    const { form = {} } = request
    const grant = exchanges[form['grant_type'] ?? '']?.(form)
    if (grant === undefined) return undefined
    return () =>
      hydra.tokens.exchange({ grantType: form['grant_type'], ...grant, ...client(request) } as never, options)
  },
  'tokens.deleteByClient': (hydra, { query }, options) =>
    has(query, 'client_id') ? () => hydra.tokens.deleteByClient(query['client_id']!, options) : undefined,
  'tokens.flushInactive': (hydra, { json }, options) => {
    if (json === undefined || !only(json, 'notAfter')) return undefined
    const notAfter = json['notAfter'] === undefined ? undefined : new Date(json['notAfter'] as string)
    return Number.isNaN(notAfter?.getTime()) ? undefined : () => hydra.tokens.flushInactive({ notAfter }, options)
  },
  // An empty `jwks` is not sent.
  'clients.create': (hydra, { json }, options) =>
    json && JSON.stringify(json['jwks']) !== '{}' ? () => hydra.clients.create(json, options) : undefined,
  'clients.get':
    (hydra, { ids }, options) =>
    () =>
      hydra.clients.get(ids[0]!, options),
  'clients.list': (hydra, request, options) => {
    const request_ = page(request)
    const { client_name: clientName, owner } = request.query
    if (!request_ || !only(request.query, ...paging, 'client_name', 'owner')) return undefined
    return () => hydra.clients.list({ clientName, owner }).page(request_, options)
  },
  'clients.set': (hydra, { ids, json }, options) =>
    json ? () => hydra.clients.set(ids[0]!, json, options) : undefined,
  'clients.patch': (hydra, { ids, json }, options) =>
    Array.isArray(json) ? () => hydra.clients.patch(ids[0]!, json as never, options) : undefined,
  'clients.delete':
    (hydra, { ids }, options) =>
    () =>
      hydra.clients.delete(ids[0]!, options),
  'clients.setLifespans': (hydra, { ids, json }, options) =>
    json ? () => hydra.clients.setLifespans(ids[0]!, json, options) : undefined,
  'loginRequests.get': lookUp('loginRequests', 'login_challenge'),
  'loginRequests.accept': decide('loginRequests', 'accept', 'login_challenge', [
    'subject',
    'remember',
    'remember_for',
    'acr',
    'amr',
    'context',
    'force_subject_identifier',
    'extend_session_lifespan',
    'identity_provider_session_id',
  ]),
  'loginRequests.reject': decide('loginRequests', 'reject', 'login_challenge', rejection),
  'consentRequests.get': lookUp('consentRequests', 'consent_challenge'),
  'consentRequests.accept': decide('consentRequests', 'accept', 'consent_challenge', [
    'grant_scope',
    'grant_access_token_audience',
    'session',
    'remember',
    'remember_for',
    'context',
  ]),
  'consentRequests.reject': decide('consentRequests', 'reject', 'consent_challenge', rejection),
  'logoutRequests.get': lookUp('logoutRequests', 'logout_challenge'),
  'logoutRequests.accept': (hydra, request, options) => {
    const value = challenge('logout_challenge')(request)
    return value === undefined || request.json ? undefined : () => hydra.logoutRequests.accept(value, options)
  },
  'logoutRequests.reject': (hydra, request, options) => {
    const value = challenge('logout_challenge')(request)
    return value === undefined || request.json ? undefined : () => hydra.logoutRequests.reject(value, options)
  },
  'deviceRequests.accept': (hydra, request, options) => {
    const value = challenge('device_challenge')(request)
    const { json } = request
    if (value === undefined || !has(json, 'user_code') || !only(json!, 'user_code')) return undefined
    return () => hydra.deviceRequests.accept(value, { user_code: String(json!['user_code']) }, options)
  },
  'consentSessions.list': (hydra, request, options) => {
    const request_ = page(request)
    const { subject, login_session_id: loginSessionId } = request.query
    if (!request_ || !subject || !only(request.query, ...paging, 'subject', 'login_session_id')) return undefined
    return () => hydra.consentSessions.list({ subject, loginSessionId }).page(request_, options)
  },
  'consentSessions.revoke': (hydra, { query }, options) => {
    const { subject, client: clientId, all, consent_request_id: consentRequestId, ...rest } = query
    if (Object.keys(rest).length > 0) return undefined
    if (consentRequestId && !subject && !clientId && !all) {
      return () => hydra.consentSessions.revoke({ consentRequestId }, options)
    }
    if (!subject || consentRequestId) return undefined
    if (clientId && !all) return () => hydra.consentSessions.revoke({ subject, client: clientId }, options)
    return all === 'true' && !clientId ? () => hydra.consentSessions.revoke({ subject, all: true }, options) : undefined
  },
  'loginSessions.revoke': (hydra, { query }, options) => {
    const { subject, sid, ...rest } = query
    if (Object.keys(rest).length > 0 || Boolean(subject) === Boolean(sid)) return undefined
    return () => hydra.loginSessions.revoke(subject ? { subject } : { sid: sid! }, options)
  },
  'keySets.create': (hydra, { ids, json }, options) =>
    has(json, 'alg') && Object.keys(json!).toSorted().join() === 'alg,kid,use'
      ? () => hydra.keySets.create(ids[0]!, json as never, options)
      : undefined,
  'keySets.get':
    (hydra, { ids }, options) =>
    () =>
      hydra.keySets.get(ids[0]!, options),
  'keySets.set': (hydra, { ids, json }, options) =>
    Array.isArray(json?.['keys']) ? () => hydra.keySets.set(ids[0]!, json as never, options) : undefined,
  'keySets.delete':
    (hydra, { ids }, options) =>
    () =>
      hydra.keySets.delete(ids[0]!, options),
  'keySets.getKey':
    (hydra, { ids }, options) =>
    // Without its prefix a kid may take a second request on 1.x, which no transcript has.
    () =>
      hydra.keySets.getKey(ids[0]!, ids[1]!, options),
  'keySets.setKey': (hydra, { ids, json }, options) =>
    json?.['kid'] === ids[1] ? () => hydra.keySets.setKey(ids[0]!, ids[1]!, json as never, options) : undefined,
  'keySets.deleteKey':
    (hydra, { ids }, options) =>
    () =>
      hydra.keySets.deleteKey(ids[0]!, ids[1]!, options),
  'trustedIssuers.create': (hydra, { json }, options) =>
    has(json, 'issuer', 'jwk') && has(json!['jwk'] as object, 'kid') && !has(json!['jwk'] as object, 'd')
      ? () => hydra.trustedIssuers.create(json as never, options)
      : undefined,
  'trustedIssuers.get':
    (hydra, { ids }, options) =>
    () =>
      hydra.trustedIssuers.get(ids[0]!, options),
  'trustedIssuers.list': (hydra, request, options) => {
    const request_ = page(request)
    if (!request_ || !only(request.query, ...paging, 'issuer')) return undefined
    return () => hydra.trustedIssuers.list({ issuer: request.query['issuer'] }).page(request_, options)
  },
  'trustedIssuers.delete':
    (hydra, { ids }, options) =>
    () =>
      hydra.trustedIssuers.delete(ids[0]!, options),
  'registration.create': (hydra, { json }, options) =>
    json ? () => hydra.registration.create(json, options) : undefined,
  'registration.get': registered((hydra, id, token, _json, options) => hydra.registration.get(id, token, options)),
  'registration.set': registered((hydra, id, token, json, options) =>
    hydra.registration.set(id, token, json ?? {}, options),
  ),
  'registration.delete': registered((hydra, id, token, _json, options) =>
    hydra.registration.delete(id, token, options),
  ),
  'device.authorize': (hydra, request, options) => {
    const { client_id: clientId, client_secret: clientSecret, scope, audience, ...rest } = request.form ?? {}
    if (!clientId || !only(rest)) return undefined
    const secret = clientSecret === undefined ? {} : { clientSecret, authMethod: 'client_secret_post' as const }
    return () => hydra.device.authorize({ clientId, ...secret, scope, audience }, options)
  },
  'credentials.create': (hydra, { json, authorization }, options) => {
    const token = /^Bearer (\S+)$/.exec(authorization ?? '')?.[1]
    return json && token ? () => hydra.credentials.create(token, json as never, options) : undefined
  },
}

function registered(
  call: (
    hydra: HydraClient,
    id: string,
    token: string,
    json: Record<string, unknown> | undefined,
    options: CallOptions,
  ) => HydraCall<unknown>,
): Runner {
  return (hydra, { ids, authorization, json }, options) => {
    const token = /^Bearer (\S+)$/.exec(authorization ?? '')?.[1]
    return token ? () => call(hydra, ids[0]!, token, json, options) : undefined
  }
}
