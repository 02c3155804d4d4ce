import { randomUUID } from 'node:crypto'
import type { Client } from '../clients/client.ts'
import type { Engine } from '../engine.ts'
import { challengeNotFound, invalidRequest, isHydraError, requestUnauthorized, untypedError } from '../errors.ts'
import { type Answer, found, html } from '../http/answer.ts'
import { type HydraRequest, mergedForm } from '../http/request.ts'
import { encodeSorted, setQuery, splitUrl } from '../http/urls.ts'
import type { LogoutRequest } from './flow.ts'
import { frontChannelPage } from './front-channel-page.ts'
import { endSession, frontChannelUrls } from './logout-channels.ts'
import { hintClaims } from './prompt.ts'
import { clearSessionCookie, findRemembered, rememberedSession } from './session-cookie.ts'

/**
 * `/oauth2/sessions/logout`: the browser comes here twice.
 *
 * ```
 *   nothing or an id_token_hint   begin     ──▶ logout page (or straight on, if there is no session to end)
 *   logout_verifier               complete  ──▶ post-logout address, by way of a page of iframes if clients want that
 * ```
 */
export async function logout(engine: Engine, request: HydraRequest): Promise<Answer> {
  try {
    const verifier = request.query.get('logout_verifier') ?? ''
    return verifier === '' ? await begin(engine, request) : await complete(engine, request, verifier)
  } catch (error) {
    if (!isHydraError(error)) throw error
    const params = { error: error.error, error_description: error.description }
    return found(setQuery(engine.config.urls.error, params), [], request.method)
  }
}

async function begin(engine: Engine, request: HydraRequest): Promise<Answer> {
  const form = await mergedForm(request)
  const hint = form.get('id_token_hint') ?? ''
  return hint === '' ? beginByCookie(engine, request, form) : beginByHint(engine, request, form, hint)
}

/** OP-initiated: the browser's own session is to end. */
function beginByCookie(engine: Engine, request: HydraRequest, form: URLSearchParams): Answer {
  for (const name of ['state', 'post_logout_redirect_uri']) {
    if ((form.get(name) ?? '') !== '') throw invalidRequest(`${name} needs an id_token_hint beside it.`)
  }
  const session = rememberedSession(engine, request)
  const { postLogoutRedirect } = engine.config.urls
  if (session === undefined) return found(postLogoutRedirect, [], request.method)
  const requestedAt = Math.round(engine.clock.now() / 1000) * 1000
  return toLogoutPage(engine, request, {
    subject: session.subject,
    sessionId: session.id,
    rpInitiated: false,
    client: null,
    postLogoutRedirectUri: postLogoutRedirect,
    requestedAt,
    expiresAt: requestedAt + engine.config.ttl.loginConsentRequest,
  })
}

/** RP-initiated (OpenID Connect RP-Initiated Logout): the session that the ID token names is to end. */
async function beginByHint(
  engine: Engine,
  request: HydraRequest,
  form: URLSearchParams,
  hint: string,
): Promise<Answer> {
  const claims = await hintClaims(engine, hint)
  const { iss, iat, sid, sub, aud } = claims
  if (iss !== engine.config.issuer) throw invalidRequest('The id_token_hint has another issuer.')
  if (typeof iat !== 'number' || iat > engine.clock.now() / 1000)
    throw invalidRequest('The iat of the id_token_hint lies ahead.')
  if (typeof sid !== 'string' || sid === '') throw invalidRequest('The id_token_hint has no sid.')
  if (typeof sub !== 'string' || sub === '') throw invalidRequest('The id_token_hint has no sub.')
  const client = clientOf(engine, aud)
  const target = postLogoutTarget(engine, client, form)
  // Without a session to end there is nothing to ask or to tell.
  const session = findRemembered(engine, sid)
  if (session === undefined) return found(target, [], request.method)
  return toLogoutPage(engine, request, {
    subject: session.subject,
    sessionId: sid,
    rpInitiated: true,
    client,
    postLogoutRedirectUri: target,
    requestedAt: undefined,
    expiresAt: undefined,
  })
}

/** Only the first audience counts: Hydra stops with an error of no type when that is no client (any more). */
function clientOf(engine: Engine, aud: unknown): Client {
  const audiences: unknown[] = Array.isArray(aud) ? aud : [aud]
  if (audiences.length === 0) throw invalidRequest('The id_token_hint was made for no client.')
  const client = typeof audiences[0] === 'string' ? engine.state.clients.get(audiences[0]) : undefined
  if (client === undefined) throw untypedError()
  return client
}

function postLogoutTarget(engine: Engine, client: Client, form: URLSearchParams): string {
  const requested = form.get('post_logout_redirect_uri') ?? ''
  if (requested === '') return engine.config.urls.postLogoutRedirect
  if (!(client.post_logout_redirect_uris ?? []).includes(requested)) {
    throw invalidRequest('The client has not registered this post_logout_redirect_uri.')
  }
  const state = form.get('state') ?? ''
  const { before, query, fragment } = splitUrl(requested)
  const params = new URLSearchParams(query)
  if (state !== '') params.set('state', state)
  const encoded = encodeSorted(params)
  return `${before}${encoded === '' ? '' : `?${encoded}`}${fragment}`
}

type Begun = Omit<LogoutRequest, 'challenge' | 'verifier' | 'requestUrl' | 'accepted' | 'rejected' | 'used'>

function toLogoutPage(engine: Engine, request: HydraRequest, begun: Begun): Answer {
  const challenge = randomUUID()
  engine.state.logoutRequests.set(challenge, {
    ...begun,
    challenge,
    verifier: randomUUID(),
    requestUrl: `${request.path}${request.rawQuery === '' ? '' : `?${request.rawQuery}`}`,
    accepted: false,
    rejected: false,
    used: false,
  })
  return found(setQuery(engine.config.urls.logout, { logout_challenge: challenge }), [], request.method)
}

async function complete(engine: Engine, request: HydraRequest, verifier: string): Promise<Answer> {
  const logoutRequest = useVerifier(engine, verifier)
  const { subject, sessionId, postLogoutRedirectUri, rpInitiated } = logoutRequest
  // Without a hint only the browser that asked may end the session; in another one the verifier is spent for nothing.
  if (!rpInitiated && rememberedSession(engine, request)?.subject !== subject) {
    return found(postLogoutRedirectUri, [], request.method)
  }
  const cookie = ['Set-Cookie', clearSessionCookie(engine)] as const
  const urls = frontChannelUrls(engine, subject, sessionId)
  await endSession(engine, subject, sessionId)
  if (urls.length === 0) return found(postLogoutRedirectUri, [cookie], request.method)
  return html(frontChannelPage(urls, postLogoutRedirectUri), 200, [cookie])
}

function useVerifier(engine: Engine, verifier: string): LogoutRequest {
  const request = [...engine.state.logoutRequests.values()].find((candidate) => candidate.verifier === verifier)
  if (request === undefined || !request.accepted || request.rejected) throw challengeNotFound()
  request.used = true
  if (request.expiresAt !== undefined && request.expiresAt < engine.clock.now()) {
    throw requestUnauthorized('The logout request has expired.')
  }
  return request
}
