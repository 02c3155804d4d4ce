import { type Client, grantTypes } from '../clients/client.ts'
import { checkAudience } from '../audience.ts'
import type { Engine } from '../engine.ts'
import {
  type HydraError,
  insufficientEntropy,
  invalidGrant,
  invalidRequest,
  unsupportedResponseMode,
  unsupportedResponseType,
} from '../errors.ts'
import { type Answer, html, noStore, seeOther } from '../http/answer.ts'
import { templateText, templateUrl } from '../http/go-template.ts'
import { queryParameters } from '../http/request.ts'
import { encodeSorted, splitUrl } from '../http/urls.ts'
import { checkChallenge } from '../grants/pkce.ts'
import { accessTokenKid, issueAccessToken } from '../tokens/access-token.ts'
import { type IdTokenForm, halfHash, issueIdToken, minEntropy } from '../tokens/id-token.ts'
import { expiresIn, expiry, lifespan } from '../tokens/lifespans.ts'
import { newOpaqueToken } from '../tokens/opaque.ts'
import { type IdTokenClaims, type TokenRequest, copyTokenRequest, emptySession } from '../tokens/session.ts'
import { type AuthorizeRequest, checkRequestedScopes, setDefaultResponseMode } from './authorize-request.ts'
import type { Flow } from './flow.ts'
import { checkPrompt } from './prompt.ts'
import { subjectFor } from './subject-identifier.ts'
import { hasScope } from '../scopes.ts'

/** What is being issued. */
interface Issue {
  readonly engine: Engine
  readonly ar: AuthorizeRequest
  readonly client: Client
  readonly request: TokenRequest
  readonly params: URLSearchParams
  readonly form: IdTokenForm
}

/**
 * Issues what the response type asks for. Here come the checks that Hydra makes only after sign-in and consent.
 *
 * @throws HydraError
 */
export async function authorizeResponse(engine: Engine, ar: AuthorizeRequest, flow: Flow): Promise<URLSearchParams> {
  const client = ar.client as Client
  const request = await tokenRequestOf(engine, ar, flow, client)
  const issue: Issue = { engine, ar, client, request, params: new URLSearchParams(), form: idTokenForm(ar.form) }
  const types = new Set(ar.responseTypes)
  const wants = (...names: string[]): boolean => types.size === names.length && names.every((name) => types.has(name))
  const openid = hasScope(request.grantedScopes, 'openid')
  if (wants('code')) await codeResponse(issue, openid)
  else if (wants('token')) await implicitTokenResponse(issue)
  else if (types.has('code') && [...types].every((type) => ['code', 'token', 'id_token'].includes(type))) {
    await hybridResponse(issue, types, openid)
  } else if (openid && (wants('id_token') || wants('token', 'id_token'))) await implicitIdTokenResponse(issue, types)
  else {
    // Nothing is responsible; without openid that is how Hydra refuses an ID token.
    setDefaultResponseMode(ar, 'fragment')
    throw unsupportedResponseType()
  }
  if (ar.defaultResponseMode === 'fragment' && ar.responseMode === 'query') {
    throw unsupportedResponseMode('Tokens must not travel in a query.')
  }
  return issue.params
}

/** The session that all tokens of this consent share. */
async function tokenRequestOf(engine: Engine, ar: AuthorizeRequest, flow: Flow, client: Client): Promise<TokenRequest> {
  const now = engine.clock.now()
  return {
    id: flow.consentRequestId,
    requestedAt: now,
    clientId: client.client_id,
    requestedScopes: ar.requestedScopes,
    grantedScopes: [...new Set(flow.grantedScope ?? [])],
    requestedAudience: ar.requestedAudience,
    grantedAudience: [...new Set(flow.grantedAudience ?? [])],
    session: await sessionOf(engine, flow, client, ar.form.get('nonce') ?? ''),
  }
}

/** What a finished consent puts into the session of its tokens. */
export async function sessionOf(
  engine: Engine,
  flow: Flow,
  client: Client,
  nonce: string,
): Promise<TokenRequest['session']> {
  const session = emptySession()
  session.idTokenClaims = {
    ...session.idTokenClaims,
    sub: subjectFor(engine, client, flow.subject, flow.forceSubjectIdentifier),
    iss: engine.config.issuer,
    aud: [client.client_id],
    nonce,
    iat: Math.floor(engine.clock.now() / 1000) * 1000,
    rat: flow.requestedAt,
    authTime: flow.authenticatedAt,
    acr: flow.acr,
    amr: flow.amr ?? [],
    ext: { ...flow.sessionIdToken, sid: flow.sessionId },
  }
  session.subject = flow.subject
  session.extra = flow.sessionAccessToken ?? {}
  session.kid = await accessTokenKid(engine, client)
  session.clientId = client.client_id
  session.consentChallenge = flow.consentRequestId
  return session
}

async function codeResponse(issue: Issue, openid: boolean): Promise<void> {
  const { engine, ar, client, request, params } = issue
  setDefaultResponseMode(ar, 'query')
  checkRequestedScopes(engine, client, ar.requestedScopes)
  checkAudience(client.audience ?? [], ar.requestedAudience)
  if (openid) await checkOpenId(issue)
  const pkce = checkChallenge(engine, client, ar.form)
  params.set('code', issueCode(issue, pkce))
  params.set('state', ar.state)
  params.set('scope', request.grantedScopes.join(' '))
}

async function implicitTokenResponse(issue: Issue): Promise<void> {
  const { engine, ar, client } = issue
  setDefaultResponseMode(ar, 'fragment')
  checkImplicitGrant(client)
  checkRequestedScopes(engine, client, ar.requestedScopes)
  checkAudience(client.audience ?? [], ar.requestedAudience)
  await issueImplicitToken(issue)
}

async function hybridResponse(issue: Issue, types: ReadonlySet<string>, openid: boolean): Promise<void> {
  const { engine, ar, client, request, params } = issue
  const { idTokenClaims: claims } = request.session
  setDefaultResponseMode(ar, 'fragment')
  const nonce = ar.form.get('nonce') ?? ''
  if (nonce === '' && types.has('id_token')) throw invalidRequest('A hybrid request for an ID token needs a nonce.')
  if (nonce !== '') checkNonceLength(nonce)
  await checkOpenId(issue)
  checkRequestedScopes(engine, client, ar.requestedScopes)
  if (!grantTypes(client).includes('authorization_code')) {
    throw invalidGrant('The client has not registered the grant authorization_code.')
  }
  const pkce = checkChallenge(engine, client, ar.form)
  params.set('code', issueCode(issue, pkce, claims))
  if (types.has('token')) {
    checkImplicitGrant(client)
    await issueImplicitToken(issue)
    claims.atHash = halfHash(params.get('access_token') ?? '')
  }
  params.set('state', ar.state)
  if (openid && types.has('id_token')) await issueImplicitIdToken(issue)
}

async function implicitIdTokenResponse(issue: Issue, types: ReadonlySet<string>): Promise<void> {
  const { engine, ar, client, request, params } = issue
  setDefaultResponseMode(ar, 'fragment')
  checkImplicitGrant(client)
  const nonce = ar.form.get('nonce') ?? ''
  if ((ar.form.get('redirect_uri') ?? '') === '') throw invalidRequest('OpenID Connect requests need a redirect_uri.')
  if (nonce === '') throw invalidRequest('An implicit request for an ID token needs a nonce.')
  checkNonceLength(nonce)
  checkRequestedScopes(engine, client, ar.requestedScopes)
  await checkOpenId(issue)
  if (types.has('token')) {
    await issueImplicitToken(issue)
    request.session.idTokenClaims.atHash = halfHash(params.get('access_token') ?? '')
  } else params.set('state', ar.state)
  await issueImplicitIdToken(issue)
}

function checkImplicitGrant(client: Client): void {
  if (!grantTypes(client).includes('implicit')) throw invalidGrant('The client has not registered the grant implicit.')
}

function checkNonceLength(nonce: string): void {
  if (nonce.length < minEntropy) throw insufficientEntropy(`The nonce needs at least ${minEntropy} characters.`)
}

async function checkOpenId({ engine, ar, request }: Issue): Promise<void> {
  if ((ar.form.get('redirect_uri') ?? '') === '') throw invalidRequest('OpenID Connect requests need a redirect_uri.')
  const { sub, authTime, rat } = request.session.idTokenClaims
  await checkPrompt(engine, ar, { subject: sub, authenticatedAt: authTime, requestedAt: rat ?? 0 })
}

/** Stores a code with everything that its redemption is checked against. Hybrid ID tokens name its hash. */
function issueCode(
  { engine, ar, request, form }: Issue,
  pkce: Record<string, string>,
  hybridClaims?: IdTokenClaims,
): string {
  const { token, signature } = newOpaqueToken(engine, 'code')
  if (hybridClaims !== undefined) hybridClaims.cHash = halfHash(token)
  const stored = copyTokenRequest(request)
  stored.session.expiresAt.code = engine.clock.now() + engine.config.ttl.authCode
  engine.state.authorizationCodes.add({
    signature,
    active: true,
    request: stored,
    form: { ...form, ...pkce, redirect_uri: ar.form.get('redirect_uri') ?? '' },
  })
  return token
}

async function issueImplicitToken({ engine, ar, client, request, params }: Issue): Promise<void> {
  const now = engine.clock.now()
  const lifetime = lifespan(engine.config, client, 'implicit', 'access_token')
  request.session.expiresAt.access ??= expiry(now, lifetime)
  const { token } = await issueAccessToken(engine, client, request)
  params.set('access_token', token)
  params.set('expires_in', String(expiresIn(request.session.expiresAt.access, now, lifetime)))
  params.set('token_type', 'bearer')
  params.set('state', ar.state)
  params.set('scope', request.grantedScopes.join(' '))
}

async function issueImplicitIdToken({ engine, client, request, params, form }: Issue): Promise<void> {
  const lifespanMs = lifespan(engine.config, client, 'implicit', 'id_token')
  const claims = structuredClone(request.session.idTokenClaims)
  params.set('id_token', await issueIdToken(engine, { claims, clientId: client.client_id, lifespanMs, form }))
}

const idTokenParameters = ['prompt', 'max_age', 'acr_values', 'id_token_hint', 'nonce'] as const

/** The parameters of a request that are kept for its ID token. */
export function idTokenForm(form: URLSearchParams): IdTokenForm {
  return Object.fromEntries(idTokenParameters.map((name) => [name, form.get(name) ?? '']))
}

/** Sends the parameters to the client. */
export function writeAuthorizeResponse(ar: AuthorizeRequest, params: URLSearchParams): Answer {
  const uri = ar.redirectUri ?? ''
  if (ar.responseMode === 'form_post') return formPost(uri, params)
  if (ar.responseMode === 'fragment') return seeOther(`${uri}#${encodeSorted(params)}`)
  const { before, query } = splitUrl(uri)
  const all = queryParameters(query)
  for (const [name, value] of params) all.set(name, value)
  return seeOther(`${before}?${encodeSorted(all)}`)
}

/** Tells the client an error. Without a known response mode it travels in the query, whatever the response type. */
export function writeAuthorizeError(ar: AuthorizeRequest, error: HydraError): Answer {
  const uri = ar.redirectUri ?? ''
  const params = new URLSearchParams({
    error: error.error,
    error_description: error.description,
    state: ar.state,
  })
  if (ar.responseMode === 'form_post') return formPost(uri, params)
  if (ar.responseMode === 'fragment') return seeOther(`${uri}#${encodeSorted(params)}`)
  const { before, query } = splitUrl(uri)
  for (const [name, value] of queryParameters(query)) params.append(name, value)
  return seeOther(`${before}?${encodeSorted(params)}`)
}

/** A page that posts the parameters by itself (OAuth 2.0 Form Post Response Mode). */
function formPost(uri: string, params: URLSearchParams): Answer {
  const fields = [...params].map(
    ([name, value]) => `<input type="hidden" name="${templateText(name)}" value="${templateText(value)}"/>`,
  )
  const page = html(
    `<html><head><title>Submit This Form</title></head><body onload="javascript:document.forms[0].submit()"><form method="post" action="${templateUrl(uri)}">${fields.join('')}</form></body></html>`,
  )
  return { ...page, headers: [['Content-Type', 'text/html;charset=UTF-8'], ...noStore] }
}
