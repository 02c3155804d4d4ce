/** The consent step. */
import type { AcceptConsentRequest, ChallengeCompletion, ConsentRequest, OAuth2Client } from '@hydra-kit/client'
import { pageAnswer, redirectAnswer, type Answer } from '../answers.ts'
import { authorizeHints, hasRequestObject, restartUrl, type AuthorizeHints } from '../authorize-request.ts'
import { challengeOf } from '../challenge.ts'
import { cleanText } from '../clean-text.ts'
import { clientView } from '../client-view.ts'
import { leadOn } from '../closed-challenge.ts'
import { consent, isDecision, type ConsentDecision, type Rejection } from '../decisions.ts'
import { FlowError, optionsError } from '../errors.ts'
import { callApp, decidingContext, nowSeconds, translationOf, type Exchange } from '../exchange.ts'
import { formError } from '../form-errors.ts'
import { grantable } from '../grants.ts'
import { isBound } from '../login-binding.ts'
import { newFormToken, openForm, type OpenedForm } from '../open-form.ts'
import type { FormError, ScopeView } from '../pages/page-models.ts'
import { parseRedirect, safeRedirect } from '../redirects.ts'
import { report } from '../reporting.ts'
import { allowAudience, mapResources } from '../resources.ts'
import { errorAnswer, isOutage, outageAnswer } from '../trouble.ts'

/** A consent request that is being decided. */
interface OpenConsent {
  readonly challenge: string
  readonly request: ConsentRequest
  readonly hints: AuthorizeHints
  readonly client: OAuth2Client
  readonly subject: string
  /** Audiences that RFC 8707 resources stand for. */
  readonly mappedAudience: readonly string[]
}

/** What the user, or the app, allows. */
interface Grant {
  readonly scopes: readonly string[]
  readonly audience: readonly string[]
  readonly remember: boolean
}

/** Answers a request to the consent step. */
export async function consentStep(exchange: Exchange): Promise<Answer> {
  const challenge = challengeOf(exchange.input.url, 'consent_challenge')
  return exchange.input.method === 'POST' ? submitConsent(exchange, challenge) : startConsent(exchange, challenge)
}

async function startConsent(exchange: Exchange, challenge: string): Promise<Answer> {
  const open = await openConsent(exchange, challenge)
  if ('type' in open) return open
  const { settings, browserId } = exchange
  // Since 2.2 Hydra itself cannot tell: it would let the user choose again, and then refuse the result at the client.
  if (settings.completions.recall('consent', challenge, browserId) !== undefined) {
    const restart = parseRedirect(settings.targets, restartUrl(open.request.request_url ?? ''))?.href
    return errorAnswer(exchange, 'request_handled', 410, { restartUrl: restart })
  }
  return decide(exchange, open)
}

async function openConsent(exchange: Exchange, challenge: string, restart?: string): Promise<OpenConsent | Answer> {
  const found = await exchange.settings.hydra.consentRequests.get(challenge)
  if (found.state !== 'open') return leadOn(exchange, found, restart)
  const { request } = found
  const hints = authorizeHints(request)
  exchange.uiLocales = hints.uiLocales
  const client = request.client ?? {}
  const subject = request.subject ?? ''
  assertBound(exchange, subject, request.login_session_id ?? '')
  const mapped = await mapResources(exchange, hints.resources, client)
  const open: OpenConsent = { challenge, request, hints, client, subject, mappedAudience: [] }
  if (mapped.state === 'refused') {
    return reject(exchange, open, {
      error: 'invalid_target',
      description: 'The requested resource is invalid, missing, unknown, or malformed.',
    })
  }
  return { ...open, mappedAudience: mapped.audience }
}

/** @throws {@link FlowError} `other_subject` unless this browser has just signed in as the subject */
function assertBound(exchange: Exchange, subject: string, sessionId: string): void {
  const { settings, input, browserId, isKnownBrowser } = exchange
  if (!settings.bindConsentToLogin) return
  const binding = { browserId, subject, sessionId }
  const bound =
    isKnownBrowser && isBound(settings.cookies, settings.bindingSigner, input, binding, nowSeconds(exchange))
  if (!bound)
    throw new FlowError('other_subject', 'This browser has not signed in as the subject of the consent request.')
}

async function decide(exchange: Exchange, open: OpenConsent): Promise<Answer> {
  const { settings } = exchange
  const { request, hints, client, subject } = open
  // What Hydra remembers is scopes. An audience that a resource stands for was perhaps never allowed, and Hydra's own
  // list does not hold it back, because granting it puts it there.
  const canSkip = (request.skip === true && open.mappedAudience.length === 0) || client.skip_consent === true
  const own = settings.consent
  const decision: ConsentDecision =
    own === undefined
      ? canSkip
        ? consent.grantAll()
        : consent.ask()
      : await callApp(exchange, 'consent', () =>
          own({ ...decidingContext(exchange), consentRequest: request, hints, subject, client, canSkip }),
        )
  if (!isDecision(decision, 'consent')) {
    throw new FlowError(
      'no_decision',
      'consent returned no consent decision: return consent.ask(), consent.grantAll(), …',
    )
  }
  if (decision.type === 'deny') return reject(exchange, open, decision.rejection)
  // OpenID Connect Core section 3.1.2.1: with prompt=consent the user is asked, whatever was remembered or is our own.
  if (decision.type === 'ask' || hints.prompts.includes('consent')) return ask(exchange, open)
  const scopes = decision.type === 'grantAll' ? (request.requested_scope ?? []) : decision.scopes
  const chosen = decision.type === 'grant' ? decision.audience : undefined
  return grant(exchange, open, { scopes, audience: chosen ?? allAudience(open), remember: false })
}

async function ask(exchange: Exchange, open: OpenConsent): Promise<Answer> {
  if (open.hints.prompts.includes('none')) {
    return reject(exchange, open, { error: 'consent_required', description: 'The user has to allow this first.' })
  }
  return consentAnswer(exchange, open, { checked: undefined, remember: false, errors: [], status: 200 })
}

interface Shown {
  /** What the user has ticked; `undefined`: nothing yet. */
  readonly checked: readonly string[] | undefined
  readonly remember: boolean
  readonly errors: readonly FormError[]
  readonly status: number
}

async function consentAnswer(exchange: Exchange, open: OpenConsent, shown: Shown): Promise<Answer> {
  const { settings } = exchange
  const { subject, request, challenge, client } = open
  const account = await callApp(exchange, 'describeAccount', () =>
    settings.describeAccount({ ...decidingContext(exchange), subject }),
  )
  const view = clientView(client, settings.clientLogos)
  return pageAnswer(
    'consent',
    {
      client: view,
      account: { name: cleanText(account.name, 100), detail: account.detail && cleanText(account.detail, 100) },
      scopes: scopeViews(exchange, request.requested_scope ?? [], shown.checked),
      audience: allAudience(open).map((name) => cleanText(name, 200)),
      offersRemember: settings.rememberConsentSeconds !== undefined,
      remember: shown.remember,
      returnHost: returnHostOf(request.request_url, open.hints.isDeviceFlow),
      errors: shown.errors,
    },
    {
      status: shown.status,
      formToken: newFormToken(exchange, 'consent', challenge, restartUrl(request.request_url ?? '')),
      images: view.logoUrl === undefined ? [] : [new URL(view.logoUrl).origin],
    },
  )
}

function scopeViews(
  exchange: Exchange,
  requested: readonly string[],
  checked: readonly string[] | undefined,
): ScopeView[] {
  const { settings } = exchange
  const { messages, locale } = translationOf(exchange)
  // Hydra knows both names of the scope for refresh tokens.
  const standard: Record<string, string> = {
    openid: messages.scope_openid,
    offline: messages.scope_offline_access,
    offline_access: messages.scope_offline_access,
    profile: messages.scope_profile,
    email: messages.scope_email,
    address: messages.scope_address,
    phone: messages.scope_phone,
  }
  return grantable(requested, requested).map((name) => {
    const own = settings.scopes.get(name)
    const described =
      typeof own?.description === 'object'
        ? (own.description[locale] ?? own.description[settings.defaultLocale])
        : own?.description
    const required = own?.required ?? name === 'openid'
    return {
      name,
      description: described ?? (Object.hasOwn(standard, name) ? (standard[name] ?? name) : cleanText(name, 100)),
      required,
      checked: required || (checked === undefined ? (own?.preselected ?? true) : checked.includes(name)),
    }
  })
}

function allAudience({ request, mappedAudience }: OpenConsent): string[] {
  return [...new Set([...(request.requested_access_token_audience ?? []), ...mappedAudience])]
}

/** Where the browser returns to, to recognise a client that only has a trusted name. */
function returnHostOf(requestUrl: string | undefined, isDeviceFlow: boolean): string | undefined {
  if (isDeviceFlow || requestUrl === undefined || !URL.canParse(requestUrl)) return undefined
  // A request object may name another address than the one that would be shown.
  if (hasRequestObject(requestUrl)) return undefined
  const redirectUri = new URL(requestUrl).searchParams.get('redirect_uri') ?? ''
  if (!URL.canParse(redirectUri)) return undefined
  const { protocol, host } = new URL(redirectUri)
  return /^https?:$/.test(protocol) ? host : undefined
}

async function submitConsent(exchange: Exchange, challenge: string): Promise<Answer> {
  const { settings, browserId } = exchange
  const opened = await openForm(exchange, challenge, () => 'consent')
  // A double click: both clicks get the first one's answer, for the server would accept only one of two.
  const earlier = settings.completions.recall('consent', challenge, browserId)
  if (earlier !== undefined) return redirectAnswer(earlier)
  return settings.completions.once(`consent ${browserId} ${challenge}`, async () => {
    try {
      const open = await openConsent(exchange, challenge, opened.restartUrl)
      return 'type' in open ? open : await choose(exchange, open, opened)
    } catch (error) {
      if (!isOutage(error)) throw error
      report(settings.onError, error, { step: 'consent', during: 'asking Hydra' })
      return outageAnswer(exchange, {
        fields: choicesOf(opened),
        formToken: newFormToken(exchange, 'consent', challenge, opened.restartUrl),
      })
    }
  })
}

function choicesOf({ form }: OpenedForm): [string, string][] {
  return ['choice', 'scope', 'remember'].flatMap((name) =>
    form.all(name).map((value): [string, string] => [name, value]),
  )
}

async function choose(exchange: Exchange, open: OpenConsent, { form, isExpired }: OpenedForm): Promise<Answer> {
  const { settings } = exchange
  const choice = form.one('choice')
  if (choice === 'switch') return switchAccount(exchange, open)
  if (choice === 'deny') return reject(exchange, open, { description: 'The user did not allow this.' })
  // One field a box, or one text with spaces, as OAuth writes scopes (RFC 6749 section 3.3).
  const checked = form.all('scope').flatMap((value) => value.split(' '))
  const remember = form.one('remember') === 'true'
  if (isExpired || choice !== 'allow') {
    return consentAnswer(exchange, open, {
      checked,
      remember,
      errors: [formError(exchange, 'form_expired')],
      status: 422,
    })
  }
  const requested = open.request.requested_scope ?? []
  const required = scopeViews(exchange, requested, []).filter((scope) => scope.required)
  const scopes = grantable([...checked, ...required.map(({ name }) => name)], requested)
  if (scopes.length === 0 && requested.length > 0) {
    return consentAnswer(exchange, open, {
      checked,
      remember,
      errors: [formError(exchange, 'no_scope')],
      status: 422,
    })
  }
  return grant(exchange, open, {
    scopes,
    audience: allAudience(open),
    remember: remember && settings.rememberConsentSeconds !== undefined,
  })
}

/** "Not you?": a fresh login. The device flow knows no prompt; there the way leads over signing out. */
function switchAccount(exchange: Exchange, { request, hints }: OpenConsent): Answer {
  const { targets } = exchange.settings
  if (hints.isDeviceFlow) return redirectAnswer(new URL('oauth2/sessions/logout', targets.issuer).href)
  const kept = hints.prompts.filter((prompt) => prompt === 'consent')
  return redirectAnswer(safeRedirect(targets, restartUrl(request.request_url ?? '', { prompt: ['login', ...kept] })))
}

async function grant(exchange: Exchange, open: OpenConsent, wanted: Grant): Promise<Answer> {
  const { settings } = exchange
  const { request, client, challenge, mappedAudience } = open
  const scopes = grantable(wanted.scopes, request.requested_scope)
  const audience = grantable(wanted.audience, allAudience(open))
  const session = await claimsOf(exchange, open, scopes, audience)
  await allowAudience(exchange, client.client_id ?? '', grantable(audience, mappedAudience))
  const body: AcceptConsentRequest = {
    grant_scope: scopes,
    grant_access_token_audience: audience,
    session,
    remember: wanted.remember,
    remember_for: wanted.remember ? (settings.rememberConsentSeconds ?? 0) : 0,
  }
  return completed(exchange, open, await settings.hydra.consentRequests.accept(challenge, body))
}

async function claimsOf(
  exchange: Exchange,
  { request, client, subject }: OpenConsent,
  scopes: readonly string[],
  audience: readonly string[],
): Promise<{ access_token: Record<string, unknown>; id_token: Record<string, unknown> }> {
  const { claims } = exchange.settings
  if (claims === undefined) return { access_token: {}, id_token: {} }
  const given = await callApp(exchange, 'claims', async () => {
    const result = await claims({
      ...decidingContext(exchange),
      subject,
      scopes,
      audience,
      client,
      consentRequest: request,
    })
    if (typeof result !== 'object' || result === null) {
      throw optionsError('claims', 'must return an object with accessToken and idToken')
    }
    return result
  })
  return { access_token: { ...given.accessToken }, id_token: { ...given.idToken } }
}

async function reject(exchange: Exchange, open: OpenConsent, rejection: Rejection): Promise<Answer> {
  const completion = await exchange.settings.hydra.consentRequests.reject(open.challenge, {
    error: rejection.error ?? 'access_denied',
    error_description: rejection.description ?? 'The request was refused.',
  })
  // See rejectLogin: in the device flow the redirect would end on a bare JSON text.
  if (completion.state === 'done' && open.hints.isDeviceFlow) return pageAnswer('device-denied', {})
  return completed(exchange, open, completion)
}

function completed(exchange: Exchange, open: OpenConsent, completion: ChallengeCompletion): Answer {
  const { settings, browserId } = exchange
  if (completion.state !== 'done') return leadOn(exchange, completion, restartUrl(open.request.request_url ?? ''))
  const location = safeRedirect(settings.targets, completion.redirectTo)
  settings.completions.remember('consent', open.challenge, browserId, location)
  return redirectAnswer(location)
}
