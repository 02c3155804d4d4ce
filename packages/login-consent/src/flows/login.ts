/** The login step. */
import { pageAnswer, redirectAnswer, type Answer } from '../answers.ts'
import { authorizeHints, restartUrl } from '../authorize-request.ts'
import { browserHash } from '../browser-id.ts'
import { challengeOf } from '../challenge.ts'
import { cleanText } from '../clean-text.ts'
import { clientView } from '../client-view.ts'
import { leadOn } from '../closed-challenge.ts'
import type { LoginForm } from '../deciding-functions.ts'
import { login, type LoginDecision } from '../decisions.ts'
import { FlowError } from '../errors.ts'
import { callApp, decidingContext, type Exchange } from '../exchange.ts'
import type { FormFields } from '../form.ts'
import { targetOf } from '../http.ts'
import type { Attempt } from '../limiter.ts'
import { formError, tooMany } from '../form-errors.ts'
import { newFormToken, openForm, type OpenedForm } from '../open-form.ts'
import type { FormError } from '../pages/page-models.ts'
import { isOutage, retryAfter } from '../trouble.ts'
import {
  accountAnswer,
  loginOutcome,
  rejectLogin,
  restartWith,
  type OpenLogin,
  type ShowLogin,
} from './login-outcome.ts'
import { report } from '../reporting.ts'
import type { WaitingFlow } from './waiting-flows.ts'

/** Answers a request to the login step. */
export async function loginStep(exchange: Exchange): Promise<Answer> {
  const challenge = challengeOf(exchange.input.url, 'login_challenge')
  return exchange.input.method === 'POST' ? submitLogin(exchange, challenge) : startLogin(exchange, challenge)
}

async function startLogin(exchange: Exchange, challenge: string): Promise<Answer> {
  const open = await openLogin(exchange, challenge, pageOf(exchange))
  return 'type' in open ? open : decideAtStart(exchange, open, false)
}

/** Where this very page is: apps may serve it at a path of their own. */
function pageOf({ input }: Exchange): string {
  return targetOf(input.url)?.pathname ?? '/login'
}

async function openLogin(
  exchange: Exchange,
  challenge: string,
  page: string,
  restart?: string,
): Promise<OpenLogin | Answer> {
  const found = await exchange.settings.hydra.loginRequests.get(challenge)
  if (found.state !== 'open') return leadOn(exchange, found, restart)
  const hints = authorizeHints(found.request)
  exchange.uiLocales = hints.uiLocales
  return { challenge, page, request: found.request, hints }
}

async function decideAtStart(exchange: Exchange, open: OpenLogin, confirmed: boolean): Promise<Answer> {
  const { settings } = exchange
  const { request, hints } = open
  const show: ShowLogin = (retry) =>
    loginAnswer(exchange, open, emptyValues(open), retry === undefined ? [] : [{ ...retry }])
  const chosen = await selectAccount(exchange, open)
  if (chosen !== undefined) return chosen
  const { begin } = settings
  if (begin === undefined) {
    const decision = request.skip ? login.accept({ subject: request.subject }) : login.show()
    return loginOutcome(exchange, open, decision, 'begin', show)
  }
  const decision = await callApp(exchange, 'begin', () =>
    begin({ ...decidingContext(exchange), loginRequest: request, hints, confirmed }),
  )
  return loginOutcome(exchange, open, decision, 'begin', show)
}

/**
 * `prompt=select_account`: Hydra hands it on, and then refuses the finished login because it doesn't know the word.
 * So the choice is made here, and the browser asks again with a prompt that Hydra knows.
 */
async function selectAccount(exchange: Exchange, open: OpenLogin): Promise<Answer | undefined> {
  const { request, hints } = open
  if (!hints.prompts.includes('select_account') || hints.prompts.includes('none')) return undefined
  if (!request.skip) return restartWith(exchange, open, otherPrompts(open, 'login'))
  return accountAnswer(exchange, open, await describe(exchange, request.subject))
}

function otherPrompts({ hints }: OpenLogin, added?: string): string[] {
  const kept = hints.prompts.filter((prompt) => !['select_account', 'none', 'login'].includes(prompt))
  return added === undefined ? kept : [added, ...kept]
}

async function describe(exchange: Exchange, subject: string): Promise<{ name: string; detail?: string | undefined }> {
  return callApp(exchange, 'describeAccount', () =>
    exchange.settings.describeAccount({ ...decidingContext(exchange), subject }),
  )
}

async function submitLogin(exchange: Exchange, challenge: string): Promise<Answer> {
  const opened = await openForm(exchange, challenge, (form) =>
    ['continue', 'other'].includes(form.one('choice') ?? '') ? 'account' : 'login',
  )
  try {
    const open = await openLogin(exchange, challenge, pageOf(exchange), opened.restartUrl)
    if ('type' in open) return open
    return opened.purpose === 'account'
      ? await submitAccount(exchange, open, opened)
      : await submitCredentials(exchange, open, opened)
  } catch (error) {
    if (!isOutage(error) || opened.purpose !== 'login') throw error
    // The page stays as it is, so that what was typed stays; only the client's name is not to be had now.
    report(exchange.settings.onError, error, { step: 'login', during: 'asking Hydra' })
    return outagePage(exchange, challenge, opened)
  }
}

async function submitAccount(exchange: Exchange, open: OpenLogin, { form, isExpired }: OpenedForm): Promise<Answer> {
  if (form.one('choice') === 'other') return restartWith(exchange, open, otherPrompts(open, 'login'))
  if (isExpired) return decideAtStart(exchange, open, false)
  if (open.hints.prompts.includes('select_account')) return restartWith(exchange, open, otherPrompts(open))
  return decideAtStart(exchange, open, true)
}

async function submitCredentials(exchange: Exchange, open: OpenLogin, opened: OpenedForm): Promise<Answer> {
  const { settings } = exchange
  const { form } = opened
  const values = typedValues(exchange, form)
  const again = (
    errors: readonly FormError[],
    status = 422,
    headers: readonly (readonly [string, string])[] = [],
  ): Answer => loginAnswer(exchange, open, values, errors, status, headers)
  const tooOften = (seconds: number): Answer => again([tooMany(exchange, seconds)], 429, retryAfter(seconds))
  const choice = form.one('choice')
  if (choice === 'cancel') return rejectLogin(exchange, open, { description: 'The user cancelled the login.' })
  if (opened.isExpired) return again([formError(exchange, 'form_expired')])
  const show: ShowLogin = (retry) => again(retry === undefined ? [] : [{ ...retry }])
  const context = { ...decidingContext(exchange), form: loginForm(form), loginRequest: open.request, hints: open.hints }
  const { signUp, authenticate } = settings
  if (choice === 'sign-up' && signUp !== undefined) {
    const attempt = { ...attemptOf(exchange, values.identifier), kind: 'signUp' } as const
    const refused = await callApp(exchange, 'limit', () => settings.limit({ ...attempt, phase: 'try' }))
    if (refused) return tooOften(refused.retryAfterSeconds)
    const decision: LoginDecision = await callApp(exchange, 'signUp', () => signUp(context))
    if (isSuccess(decision)) await callApp(exchange, 'limit', () => settings.limit({ ...attempt, phase: 'succeeded' }))
    return loginOutcome(exchange, open, decision, 'authenticate', show)
  }
  if (authenticate === undefined) {
    throw new FlowError('no_decision', 'The login page was sent, but there is no authenticate function.')
  }
  const missing = settings.requiredFields.filter((field) => (form.one(field) ?? '').trim() === '')
  if (missing.length > 0) return again(missing.map((field) => formError(exchange, 'required', field)))
  const attempt = attemptOf(exchange, values.identifier)
  const refused = await callApp(exchange, 'limit', () => settings.limit({ ...attempt, phase: 'try' }))
  if (refused) return tooOften(refused.retryAfterSeconds)
  const decision: LoginDecision = await callApp(exchange, 'authenticate', () => authenticate(context))
  if (isSuccess(decision)) await callApp(exchange, 'limit', () => settings.limit({ ...attempt, phase: 'succeeded' }))
  return loginOutcome(exchange, open, decision, 'authenticate', show, values.remember)
}

/** The app may return anything: what is no decision is found out later. */
function isSuccess(decision: LoginDecision | undefined): boolean {
  return decision?.type === 'accept' || decision?.type === 'redirect'
}

function attemptOf(exchange: Exchange, account: string): Omit<Attempt, 'phase'> {
  const { input, browserId } = exchange
  return { kind: 'login', account: account.toLowerCase(), ip: input.ip, browser: browserHash(browserId) }
}

interface Values {
  readonly identifier: string
  readonly remember: boolean
}

function emptyValues({ hints }: OpenLogin): Values {
  return { identifier: cleanText(hints.loginHint, 254), remember: false }
}

function typedValues({ settings }: Exchange, form: FormFields): Values {
  const identifier = cleanText(form.one(settings.identifier), 254)
  return { identifier, remember: form.one('remember') === 'true' }
}

function loginForm(form: FormFields): LoginForm {
  const fields = Object.assign(
    Object.create(null) as Record<string, string>,
    Object.fromEntries(form.names.flatMap((name) => singleField(form, name))),
  )
  return {
    email: (form.one('email') ?? '').trim(),
    username: (form.one('username') ?? '').trim(),
    password: form.one('password') ?? '',
    remember: form.one('remember') === 'true',
    fields,
  }
}

function singleField(form: FormFields, name: string): [string, string][] {
  const value = form.one(name)
  return value === undefined || ['form_token', 'formToken', '__proto__'].includes(name) ? [] : [[name, value]]
}

function loginAnswer(
  exchange: Exchange,
  open: OpenLogin,
  values: Values,
  errors: readonly FormError[],
  status = 200,
  headers: readonly (readonly [string, string])[] = [],
): Answer {
  const { settings } = exchange
  return pageAnswer(
    'login',
    {
      ...fixedModel(exchange),
      client: clientView(open.request.client, settings.clientLogos),
      values,
      errors,
    },
    {
      status,
      headers,
      formToken: newFormToken(exchange, 'login', open.challenge, restartUrl(open.request.request_url)),
    },
  )
}

function outagePage(exchange: Exchange, challenge: string, { form, restartUrl: restart }: OpenedForm): Answer {
  const values = typedValues(exchange, form)
  return pageAnswer(
    'login',
    { ...fixedModel(exchange), client: undefined, values, errors: [formError(exchange, 'unavailable')] },
    { status: 503, headers: retryAfter(5), formToken: newFormToken(exchange, 'login', challenge, restart) },
  )
}

function fixedModel({ settings }: Exchange): {
  identifier: 'email' | 'username'
  offersRemember: boolean
  offersSignUp: boolean
  forgotPasswordUrl: string | undefined
} {
  return {
    identifier: settings.identifier,
    offersRemember: settings.rememberLoginSeconds !== undefined,
    offersSignUp: settings.signUp !== undefined,
    forgotPasswordUrl: settings.forgotPasswordUrl,
  }
}

/** Ends a flow that waited elsewhere. */
export async function finishStep(
  exchange: Exchange,
  { challenge, page }: WaitingFlow,
  decision: LoginDecision,
): Promise<Answer> {
  const open = await openLogin(exchange, challenge, page)
  if ('type' in open) return open
  // There is no page of ours under the app's address: the browser goes back to the login page.
  const back: ShowLogin = () => redirectAnswer(addressOf(exchange, page, challenge))
  return loginOutcome(exchange, open, decision, 'finishLogin', back)
}

/** As the browser reaches that path: routers and proxies may have stripped the path of `publicUrl` from it. */
function addressOf({ settings: { publicUrl, basePath } }: Exchange, page: string, challenge: string): string {
  const url = new URL(publicUrl)
  url.pathname = page.startsWith(`${basePath}/`) ? page : `${basePath}${page}`
  url.searchParams.set('login_challenge', challenge)
  return url.href
}
