import { randomUUID } from 'node:crypto'
import { publicClient } from '../clients/client.ts'
import type { Client } from '../clients/client.ts'
import type { Engine } from '../engine.ts'
import { type HydraError, hydraError, invalidRequest, isHydraError, loginRequired, untypedError } from '../errors.ts'
import { type Answer, found } from '../http/answer.ts'
import type { HydraRequest } from '../http/request.ts'
import { below, setQuery, splitUrl } from '../http/urls.ts'
import { splitScopes } from '../scopes.ts'
import { parseInteger } from '../tokens/id-token.ts'
import type { AuthorizeRequest } from './authorize-request.ts'
import { openVerifier, sealFlow } from './challenge.ts'
import { checkCsrfCookie, loginCsrfCookie, setCsrfCookie } from './csrf.ts'
import { type DeniedError, type Flow, type LoginSession, type OidcContext, newFlow } from './flow.ts'
import { checkPrompt, hintClaims, prompts } from './prompt.ts'
import { deleteSession } from './login-sessions.ts'
import { clearSessionCookie, rememberedSession, sessionIdFromCookie, setSessionCookie } from './session-cookie.ts'
import { subjectFor } from './subject-identifier.ts'

/** One visit of a browser to the authorization endpoint. */
export interface Visit {
  readonly engine: Engine
  readonly request: HydraRequest
  readonly authorize: AuthorizeRequest
  /** `Set-Cookie` values for the answer, also for one that tells an error. */
  readonly cookies: string[]
}

/** 32 hex digits, the form of ids inside a flow. */
export function hexId(): string {
  return randomUUID().replaceAll('-', '')
}

/**
 * First step: sends the browser to the login page, with `skip` if a remembered session may be used. `device` is the
 * flow so far when a device began it.
 *
 * @throws HydraError `login_required` when nobody may be asked
 */
export async function requestLogin(visit: Visit, device?: Flow): Promise<Answer> {
  const session = await usableSession(visit)
  return forwardToLogin(visit, session, device)
}

async function usableSession({ engine, request, authorize }: Visit): Promise<LoginSession | undefined> {
  const wanted = prompts(authorize)
  if (wanted.includes('login')) return undefined
  const session = rememberedSession(engine, request)
  if (session === undefined) return undefined
  const given = authorize.form.get('max_age') ?? ''
  const maxAge = given === '' ? -1 : parseInteger(given)
  if (maxAge === undefined) throw untypedError()
  if (maxAge > -1 && session.authenticatedAt + maxAge * 1000 < engine.clock.now()) {
    if (wanted.includes('none')) throw loginRequired('prompt=none, but the session is older than max_age.')
    return undefined
  }
  const hint = authorize.form.get('id_token_hint') ?? ''
  if (hint !== '') await checkHintAgainstSession(engine, authorize, hint, session)
  return session
}

async function checkHintAgainstSession(
  engine: Engine,
  { client }: AuthorizeRequest,
  hint: string,
  session: LoginSession,
): Promise<void> {
  const subject = (await hintClaims(engine, hint))['sub']
  if (typeof subject !== 'string' || subject === '') throw invalidRequest('The id_token_hint has no subject.')
  if (client === undefined) return
  const forced = engine.state.forcedSubjects.get(forcedSubjectKey(client.client_id, subject))
  const known = [session.subject, subjectFor(engine, client, session.subject, '')]
  if (!known.includes(subject) && forced !== session.subject) {
    throw loginRequired('The id_token_hint names another subject.')
  }
}

/** Key of {@link State.forcedSubjects}. */
export function forcedSubjectKey(clientId: string, chosen: string): string {
  return JSON.stringify([clientId, chosen])
}

async function forwardToLogin(
  visit: Visit,
  session: LoginSession | undefined,
  device: Flow | undefined,
): Promise<Answer> {
  const { engine, request, authorize, cookies } = visit
  const { config } = engine
  const wanted = prompts(authorize)
  if (wanted.includes('none') && session === undefined) throw loginRequired('prompt=none, but nobody is signed in.')
  const client = authorize.client as Client
  const begun = {
    id: hexId(),
    state: 'login-unused' as const,
    loginSkip: session !== undefined,
    subject: session?.subject ?? '',
    sessionId: session?.id ?? randomUUID(),
    authenticatedAt: session?.authenticatedAt,
    loginCsrf: hexId(),
    requestedAt: Math.floor(engine.clock.now() / 1000) * 1000,
  }
  const flow: Flow =
    device === undefined
      ? newFlow({
          ...begun,
          requestUrl: `${below(config.publicUrl, '/oauth2/auth')}${request.rawQuery === '' ? '' : `?${request.rawQuery}`}`,
          requestedScope: authorize.requestedScopes,
          requestedAudience: authorize.requestedAudience,
          oidcContext: await oidcContext(engine, authorize),
          client: { ...client, client_secret: '' },
        })
      : { ...device, ...begun }
  cookies.push(setCsrfCookie(engine, loginCsrfCookie(client.client_id), flow.loginCsrf))
  const page = wanted.includes('registration') ? config.urls.registration : config.urls.login
  return found(loginPage(page, sealFlow(engine, flow, 'login_challenge'), authorize), [], request.method)
}

/** A query that is configured in the page's URL is lost here, unlike at the other pages. */
function loginPage(page: string, challenge: string, authorize: AuthorizeRequest): string {
  const schema = authorize.form.get('identity_schema') ?? ''
  const params = { login_challenge: challenge, ...(schema === '' ? {} : { identity_schema: schema }) }
  return setQuery(splitUrl(page).before, params)
}

async function oidcContext(engine: Engine, { form }: AuthorizeRequest): Promise<OidcContext> {
  const context: OidcContext = {}
  const acrValues = splitScopes(form.get('acr_values'))
  const uiLocales = splitScopes(form.get('ui_locales'))
  const hint = form.get('id_token_hint') ?? ''
  if (hint !== '') context.id_token_hint_claims = await hintClaims(engine, hint)
  if (acrValues.length > 0) context.acr_values = acrValues
  if (uiLocales.length > 0) context.ui_locales = uiLocales
  const display = form.get('display') ?? ''
  const loginHint = form.get('login_hint') ?? ''
  if (display !== '') context.display = display
  if (loginHint !== '') context.login_hint = loginHint
  return context
}

/**
 * Second step: the browser comes back with what the login app decided. Stores the session and the session cookie.
 *
 * @throws HydraError the app's own error when it rejected; `request_forbidden` in another browser
 */
export async function verifyLogin(visit: Visit, verifier: string): Promise<Flow> {
  const { engine, request, authorize } = visit
  const flow = openVerifier(engine, verifier, 'login_verifier')
  flow.state = flow.state === 'login-error' ? 'login-error' : 'login-used'
  if (flow.loginError !== undefined) throw deniedError(flow.loginError)
  const clientId = flow.client?.client_id ?? ''
  checkCsrfCookie(engine, request, loginCsrfCookie(clientId), flow.loginCsrf)
  const client = authorize.client as Client
  const subject = subjectFor(engine, client, flow.subject, flow.forceSubjectIdentifier)
  await checkPromptOrForget(visit, flow, subject)
  if (flow.forceSubjectIdentifier !== '') {
    engine.state.forcedSubjects.set(forcedSubjectKey(client.client_id, flow.forceSubjectIdentifier), flow.subject)
  }
  if (!flow.loginSkip) storeSession(engine, flow)
  updateSessionCookie(visit, flow)
  return flow
}

async function checkPromptOrForget(visit: Visit, flow: Flow, subject: string): Promise<void> {
  const { engine, authorize } = visit
  try {
    const { authenticatedAt, requestedAt } = flow
    await checkPrompt(engine, authorize, { subject, authenticatedAt, requestedAt })
  } catch (error) {
    // Somebody else than expected may sit at this browser: its session is ended to be safe.
    if (isHydraError(error) && error.error === 'login_required') forgetSession(visit)
    throw error
  }
}

function forgetSession({ engine, request, cookies }: Visit): void {
  const id = sessionIdFromCookie(engine, request)
  cookies.push(clearSessionCookie(engine))
  // Hydra stumbles over the cookie of a session that an administrator has deleted: the flow ends in an error.
  if (id !== undefined && !deleteSession(engine, id)) throw untypedError()
}

function storeSession(engine: Engine, flow: Flow): void {
  engine.state.loginSessions.set(flow.sessionId, {
    id: flow.sessionId,
    subject: flow.subject,
    authenticatedAt: flow.authenticatedAt ?? engine.clock.now(),
    remember: flow.loginRemember,
    identityProviderSessionId: flow.identityProviderSessionId,
  })
}

function updateSessionCookie(visit: Visit, flow: Flow): void {
  const { engine, cookies } = visit
  if (!flow.loginRemember && !flow.loginSkip) forgetSession(visit)
  // A skipped login leaves cookie and expiry as they are, unless the app extends them.
  if (!flow.loginRemember || (flow.loginSkip && !flow.extendSessionLifespan)) return
  const seconds =
    flow.loginRememberFor > 0 ? flow.loginRememberFor : Math.floor(engine.config.ttl.authenticationSession / 1000)
  cookies.push(setSessionCookie(engine, flow.sessionId, seconds))
}

/** The error an app rejected with, as the client gets it: the hint joins the description, nothing else is passed on. */
export function deniedError(denied: DeniedError): HydraError {
  const description =
    denied.error_hint === '' ? denied.error_description : `${denied.error_description} ${denied.error_hint}`
  return hydraError(denied.status_code || 400, denied.error, description)
}

/** A client inside a login, consent or logout request. */
export function shownClient(client: Client): Record<string, unknown> {
  return publicClient(client)
}
