/**
 * What becomes of a login decision, whoever made it: `begin`, `authenticate`, `signUp` or `finishLogin`.
 */
import type { AcceptLoginRequest, ChallengeCompletion, LoginRequest } from '@hydra-kit/client'
import { pageAnswer, redirectAnswer, type Answer } from '../answers.ts'
import { restartUrl, type AuthorizeHints } from '../authorize-request.ts'
import { cleanText } from '../clean-text.ts'
import { clientView } from '../client-view.ts'
import { leadOn } from '../closed-challenge.ts'
import { isDecision, type Account, type LoginAcceptance, type LoginDecision, type Rejection } from '../decisions.ts'
import { FlowError, optionsError } from '../errors.ts'
import { callApp, nowSeconds, type Exchange } from '../exchange.ts'
import { bindLogin } from '../login-binding.ts'
import { newFormToken } from '../open-form.ts'
import { isOwnSession, sessionCookie, type LoginSession } from '../own-session.ts'
import { isLocalPath, parseRedirect, safeRedirect } from '../redirects.ts'
import { storeFlow } from './waiting-flows.ts'

/** A login request that is being decided. */
export interface OpenLogin {
  readonly challenge: string
  /** Path of the login page, as the server sees it. */
  readonly page: string
  readonly request: LoginRequest
  readonly hints: AuthorizeHints
}

/** Who decided; a session that `begin` knows is older than the request, all others are fresh. */
export type DecidedBy = 'begin' | 'authenticate' | 'finishLogin'

/** Shows the login page: `retry` decisions bring a message along. */
export type ShowLogin = (retry?: { message: string; code: string; field: string | undefined }) => Answer

/** Turns a decision into an answer. `remember` is what the user ticked. */
export async function loginOutcome(
  exchange: Exchange,
  open: OpenLogin,
  decision: LoginDecision,
  by: DecidedBy,
  show: ShowLogin,
  remember = false,
): Promise<Answer> {
  if (!isDecision(decision, 'login')) {
    throw new FlowError('no_decision', `${by} returned no login decision: return login.accept(…), login.retry(…), …`)
  }
  switch (decision.type) {
    case 'accept':
      return by === 'begin' && isTooOld(exchange, open, decision.acceptance)
        ? askAnew(exchange, open, show)
        : acceptLogin(exchange, open, decision.acceptance, remember)
    case 'retry':
      return show({
        message: decision.message,
        code: decision.details.code ?? 'credentials_wrong',
        field: decision.details.field,
      })
    case 'reject':
      return rejectLogin(exchange, open, decision.rejection)
    case 'redirect':
      return interrupt(exchange, open) ?? redirectWithHandle(exchange, open, decision)
    case 'show':
      return interrupt(exchange, open) ?? (open.request.skip ? restartWith(exchange, open, ['login']) : show())
    case 'confirmAccount':
      return interrupt(exchange, open) ?? accountAnswer(exchange, open, decision.account)
  }
}

/** `prompt=none` forbids any page (OpenID Connect Core section 3.1.2.1). */
function interrupt(exchange: Exchange, open: OpenLogin): Promise<Answer> | undefined {
  if (!open.hints.prompts.includes('none')) return undefined
  return rejectLogin(exchange, open, { error: 'login_required', description: 'The user has to sign in first.' })
}

/**
 * A session of the app satisfies `prompt=login` never, and `max_age` only when it says how old it is. On skipped
 * logins Hydra has judged the age of its own session.
 */
function isTooOld(exchange: Exchange, { request, hints }: OpenLogin, acceptance: LoginAcceptance): boolean {
  if (hints.mustReauthenticate) return true
  if (hints.maxAgeSeconds === undefined || request.skip) return false
  const age = (exchange.settings.now() - (acceptance.authenticatedAt?.getTime() ?? 0)) / 1000
  return age > hints.maxAgeSeconds
}

function askAnew(exchange: Exchange, open: OpenLogin, show: ShowLogin): Answer | Promise<Answer> {
  if (open.request.skip) return restartWith(exchange, open, ['login'])
  const interrupted = interrupt(exchange, open)
  if (interrupted !== undefined) return interrupted
  if (exchange.settings.authenticate !== undefined) return show()
  throw new FlowError(
    'reauthentication_required',
    'The client asks for a fresh login (hints.mustReauthenticate, or hints.maxAgeSeconds), but begin accepted an older session: return login.redirectTo(your login page) instead.',
  )
}

/** Tells Hydra, and binds the browser to the login. */
export async function acceptLogin(
  exchange: Exchange,
  open: OpenLogin,
  acceptance: LoginAcceptance,
  remember: boolean,
): Promise<Answer> {
  const { settings, browserId } = exchange
  const body = acceptBody(exchange, acceptance, remember)
  const completion = await settings.completions.once(
    `login ${browserId} ${open.challenge} ${JSON.stringify(body)}`,
    () => settings.hydra.loginRequests.accept(open.challenge, body),
  )
  if (completion.state === 'done') {
    exchange.usesBrowserId = true
    const binding = { browserId, subject: acceptance.subject, sessionId: open.request.session_id ?? '' }
    exchange.cookies.push(
      bindLogin(settings.cookies, settings.bindingSigner, exchange.input, binding, nowSeconds(exchange)),
    )
    keepSession(exchange, open, binding, body)
  }
  return completed(exchange, open, completion)
}

/** So that logout knows the session again. A login that was skipped goes on with the session that the browser has. */
function keepSession(
  { settings, input, cookies }: Exchange,
  open: OpenLogin,
  session: LoginSession,
  body: AcceptLoginRequest,
): void {
  const { cookies: style, sessionSigner } = settings
  if (
    open.request.skip &&
    body.extend_session_lifespan !== true &&
    isOwnSession(style, sessionSigner, input, session)
  ) {
    return
  }
  // 0 means 30 days to one server and until the browser closes to another: only the shorter is right for both.
  cookies.push(sessionCookie(style, sessionSigner, session, body.remember_for || undefined))
}

/** Everything is stated: what is left out means different things to different servers. */
function acceptBody({ settings }: Exchange, acceptance: LoginAcceptance, ticked: boolean): AcceptLoginRequest {
  const wanted = acceptance.remember ?? (ticked && settings.rememberLoginSeconds !== undefined)
  const seconds = acceptance.rememberForSeconds ?? settings.rememberLoginSeconds
  if (wanted && seconds === undefined) {
    throw optionsError(
      'login.accept rememberForSeconds',
      'is needed with remember: true; left out, it is 30 days on one server and a browser session on another',
    )
  }
  const extend = acceptance.extendSession === true
  return {
    subject: acceptance.subject,
    remember: wanted,
    remember_for: wanted || extend ? (seconds ?? 0) : 0,
    ...(extend && { extend_session_lifespan: true }),
    ...(acceptance.acr !== undefined && { acr: acceptance.acr }),
    ...(acceptance.amr !== undefined && { amr: [...acceptance.amr] }),
    ...(acceptance.context !== undefined && { context: acceptance.context }),
    ...(acceptance.forceSubjectIdentifier !== undefined && {
      force_subject_identifier: acceptance.forceSubjectIdentifier,
    }),
    ...(acceptance.identityProviderSessionId !== undefined && {
      identity_provider_session_id: acceptance.identityProviderSessionId,
    }),
  }
}

/** A reject always has a registered code: Hydra's default is a sentence that no client knows. */
export async function rejectLogin(exchange: Exchange, open: OpenLogin, rejection: Rejection): Promise<Answer> {
  const completion = await exchange.settings.hydra.loginRequests.reject(open.challenge, {
    error: rejection.error ?? 'access_denied',
    error_description: rejection.description ?? 'The login was refused.',
  })
  // Hydra shows a bare JSON text at the end of a refused device flow, and the redirect changes nothing there.
  if (completion.state === 'done' && open.hints.isDeviceFlow) return pageAnswer('device-denied', {})
  return completed(exchange, open, completion)
}

function completed(exchange: Exchange, open: OpenLogin, completion: ChallengeCompletion): Answer {
  const { settings, browserId } = exchange
  if (completion.state === 'done') {
    const location = safeRedirect(settings.targets, completion.redirectTo)
    settings.completions.remember('login', open.challenge, browserId, location)
    return redirectAnswer(location)
  }
  // Servers up to 1.11 answer a second accept with 409 and no address: the first one's is the right one.
  const earlier =
    completion.state === 'handled' ? settings.completions.recall('login', open.challenge, browserId) : undefined
  return earlier === undefined
    ? leadOn(exchange, completion, restartUrl(open.request.request_url))
    : redirectAnswer(earlier)
}

/** The browser asks Hydra again, with another `prompt`: the way to a fresh login on every server. */
export function restartWith(exchange: Exchange, { request }: OpenLogin, prompt: readonly string[]): Answer {
  const url = parseRedirect(exchange.settings.targets, restartUrl(request.request_url, { prompt }))
  if (url === undefined) {
    throw new FlowError('foreign_redirect', 'request_url is not an address of the configured issuer.')
  }
  return redirectAnswer(url.href)
}

/** Asks whether to go on as somebody. */
export function accountAnswer(exchange: Exchange, open: OpenLogin, account: Account): Answer {
  const { request, challenge } = open
  return pageAnswer(
    'account',
    {
      client: clientView(request.client, false),
      account: { name: cleanText(account.name, 100), detail: account.detail && cleanText(account.detail, 100) },
    },
    { formToken: newFormToken(exchange, 'account', challenge, restartUrl(request.request_url)) },
  )
}

async function redirectWithHandle(
  exchange: Exchange,
  open: OpenLogin,
  { target, data }: Extract<LoginDecision, { type: 'redirect' }>,
): Promise<Answer> {
  const { settings } = exchange
  const handle = await storeFlow(exchange, { challenge: open.challenge, page: open.page, data })
  exchange.usesBrowserId = true
  if (typeof target === 'function') {
    const location = await callApp(exchange, 'redirectTo', () => target(handle))
    return redirectAnswer(new URL(location, settings.publicUrl).href)
  }
  // The handle goes to this site only. Anywhere else it would be in somebody's logs: a function says where it belongs.
  if (!isLocalPath(target) && new URL(target, settings.publicUrl).origin !== settings.publicUrl.origin) {
    throw optionsError('login.redirectTo', 'for another site, give a function that puts the handle into its `state`')
  }
  const url = new URL(target, settings.publicUrl)
  url.searchParams.set('flow', handle)
  return redirectAnswer(url.href)
}
