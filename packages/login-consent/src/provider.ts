/**
 * The provider: one function that turns a request into an answer, and the few that an app calls itself.
 */
import { pageAnswer, writeAnswer, type Answer } from './answers.ts'
import { authorizeHints, type AuthorizeHints } from './authorize-request.ts'
import { readBrowserId } from './browser-id.ts'
import type {
  AuthenticateFunction,
  BeginFunction,
  ClaimsFunction,
  ConsentFunction,
  DeviceFunction,
  EndSessionFunction,
  LogoutFunction,
} from './deciding-functions.ts'
import type { LoginDecision } from './decisions.ts'
import { FlowError } from './errors.ts'
import { createExchange, type Exchange, type StepName } from './exchange.ts'
import { consentStep } from './flows/consent.ts'
import { deviceStep } from './flows/device.ts'
import { errorStep } from './flows/error-step.ts'
import { finishStep, loginStep } from './flows/login.ts'
import { logoutStep } from './flows/logout.ts'
import { findFlow, forgetFlow } from './flows/waiting-flows.ts'
import { targetOf, type HttpInput, type HttpOutput } from './http.ts'
import { assertSameOrigin } from './open-form.ts'
import { parseOptions, type Settings } from './settings.ts'
import type { LoginConsentOptions } from './options.ts'
import type { PageRenderers } from './pages/page-renderers.ts'
import { report } from './reporting.ts'
import { errorAnswer, otherNameAnswer, troubleAnswer } from './trouble.ts'
import type { LoginRequest } from '@hydra-kit/client'

/** Deciding functions for one request, in place of the provider's own: a framework's decorated methods. */
export interface Deciding {
  readonly begin?: BeginFunction | undefined
  readonly authenticate?: AuthenticateFunction | undefined
  readonly signUp?: AuthenticateFunction | undefined
  readonly consent?: ConsentFunction | undefined
  readonly claims?: ClaimsFunction | undefined
  readonly logout?: LogoutFunction | undefined
  readonly endSession?: EndSessionFunction | undefined
  readonly device?: DeviceFunction | undefined
  /** Replaces all of `pages`, not single ones. */
  readonly pages?: PageRenderers | undefined
}

/** A flow that waits while the browser is at a page of the app's own. */
export interface PendingLogin {
  /** What `login.redirectTo` was given as `data`. */
  readonly data: unknown
  readonly loginRequest: LoginRequest
  readonly hints: AuthorizeHints
}

/** What {@link createLoginConsentProvider} makes. */
export interface LoginConsentProvider {
  /**
   * Answers a request to one of the pages, by its path: `/login`, `/consent`, `/logout`, `/device`, `/device/done`,
   * `/signed-out`, `/error`, each with or without the path of `publicUrl` in front. Never throws.
   */
  handle(input: HttpInput): Promise<HttpOutput>
  /** The step that a path belongs to; `undefined` if it is none of ours. */
  stepOf(url: string): StepName | undefined
  /** Answers one step, whatever the path, with other deciding functions if given. Never throws. */
  handleStep(step: StepName, input: HttpInput, deciding?: Deciding): Promise<HttpOutput>
  /**
   * A flow that {@link login.redirectTo} sent away, for the app's own page: who is signing in, and what was kept.
   *
   * @throws FlowError `flow_unknown` `other_browser` `request_expired` `request_unknown` `request_handled`
   */
  readFlow(handle: string, input: HttpInput): Promise<PendingLogin>
  /**
   * Ends such a flow: `login.accept`, `login.reject`, or `login.redirectTo` for one more step. `login.show` and
   * `login.retry` lead back to the login page. Only server code can call this, and only for the browser that began.
   * Whether the browser may (the code was right, the identity provider vouches) is the app's to know.
   *
   * @throws FlowError `flow_unknown` `other_browser`
   */
  finishLogin(handle: string, decision: LoginDecision, input: HttpInput): Promise<HttpOutput>
  /** Our page for what `readFlow` or `finishLogin` threw: it tells the user how to go on. Never throws. */
  showError(error: unknown, input: HttpInput): Promise<HttpOutput>
}

const paths: Readonly<Record<string, StepName>> = {
  '/login': 'login',
  '/consent': 'consent',
  '/logout': 'logout',
  '/device': 'device',
  '/device/done': 'device-done',
  '/signed-out': 'signed-out',
  '/error': 'error',
}

const steps: Readonly<Record<StepName, (exchange: Exchange) => Answer | Promise<Answer>>> = {
  login: loginStep,
  consent: consentStep,
  logout: logoutStep,
  device: deviceStep,
  'device-done': () => pageAnswer('device-done', {}),
  'signed-out': () => pageAnswer('signed-out', {}),
  error: errorStep,
}

const stepsWithForms: readonly StepName[] = ['login', 'consent', 'logout', 'device']

/**
 * Makes the provider.
 *
 * @throws TypeError `ERR_OPTIONS`, naming the option and the cure
 * @example
 * const provider = createLoginConsentProvider({
 *   hydra: createHydraClient({ adminUrl: 'http://hydra-admin:4445' }),
 *   issuer: 'https://auth.example.com',
 *   publicUrl: 'https://login.example.com',
 *   secret: process.env.SECRET ?? '',
 *   async authenticate({ form }) {
 *     const user = await users.check(form.email, form.password)
 *     return user ? login.accept({ subject: user.id, amr: ['pwd'] }) : login.retry('Wrong e-mail or password.')
 *   },
 * })
 */
export function createLoginConsentProvider(options: LoginConsentOptions): LoginConsentProvider {
  const settings = parseOptions(options)
  return {
    stepOf: (url) => stepOf(settings, url),
    handle(input) {
      const step = stepOf(settings, input.url)
      return step === undefined ? unknownPage(settings, input) : answer(settings, input, step)
    },
    handleStep: (step, input, deciding = {}) => answer({ ...settings, ...given(deciding) }, input, step),
    readFlow: (handle, input) => readFlow(settings, handle, input),
    finishLogin: (handle, decision, input) => finishLogin(settings, handle, decision, input),
    showError(error, input) {
      const exchange = createExchange(settings, input, 'error')
      return write(exchange, () => Promise.resolve(troubleAnswer(exchange, error)))
    },
  }
}

/** An explicit `undefined` means not given, and must not take away what the provider was made with. */
function given(deciding: Deciding): Partial<Settings> {
  return Object.fromEntries(Object.entries(deciding).filter(([, value]) => value !== undefined))
}

function stepOf({ basePath }: Settings, url: string): StepName | undefined {
  const pathname = targetOf(url)?.pathname ?? ''
  const path = pathname.length > 1 ? pathname.replace(/\/$/, '') : pathname
  const inner = basePath !== '' && path.startsWith(`${basePath}/`) ? path.slice(basePath.length) : path
  return Object.hasOwn(paths, inner) ? paths[inner] : undefined
}

async function answer(settings: Settings, input: HttpInput, step: StepName): Promise<HttpOutput> {
  const method = input.method.toUpperCase()
  const exchange = createExchange(settings, { ...input, method: method === 'HEAD' ? 'GET' : method }, step)
  return write(exchange, async () => {
    assertMethod(method, step)
    // Whoever asks with HEAD wants to know whether there is a page. It must not decide anything.
    if (method === 'HEAD') return pageAnswer('signed-out', {})
    if (exchange.isJson) assertSameOrigin(exchange)
    return (stepsWithForms.includes(step) ? otherNameAnswer(exchange) : undefined) ?? steps[step](exchange)
  }).then((output) => (method === 'HEAD' ? { ...output, body: '' } : output))
}

function assertMethod(method: string, step: StepName): void {
  const isAllowed = method === 'GET' || method === 'HEAD' || (method === 'POST' && stepsWithForms.includes(step))
  if (!isAllowed) throw new FlowError('method_not_allowed', `${step} cannot be asked with this method.`)
}

/** Runs a step, and makes sure that there is an answer: a page of trouble, and a bare one if even that cannot be rendered. */
async function write(exchange: Exchange, run: () => Promise<Answer>): Promise<HttpOutput> {
  try {
    let result: Answer
    try {
      result = await run()
    } catch (error) {
      result = troubleAnswer(exchange, error)
    }
    return await writeAnswer(exchange, result)
  } catch (error) {
    report(exchange.settings.onError, error, { step: exchange.step, during: 'rendering' })
    return {
      status: 500,
      headers: [
        ['Content-Type', 'text/plain; charset=utf-8'],
        ['Cache-Control', 'no-store'],
      ],
      body: 'Something went wrong.',
    }
  }
}

function unknownPage(settings: Settings, input: HttpInput): Promise<HttpOutput> {
  const exchange = createExchange(settings, input, 'error')
  return write(exchange, () => Promise.resolve(errorAnswer(exchange, 'page_unknown', 404)))
}

async function readFlow(settings: Settings, handle: string, input: HttpInput): Promise<PendingLogin> {
  const flow = await findFlow(settings, readBrowserId(settings.cookies, input), handle)
  const found = await settings.hydra.loginRequests.get(flow.challenge)
  if (found.state !== 'open') {
    throw new FlowError(`request_${found.state}`, 'Hydra no longer waits for this login.')
  }
  return { data: flow.data, loginRequest: found.request, hints: authorizeHints(found.request) }
}

async function finishLogin(
  settings: Settings,
  handle: string,
  decision: LoginDecision,
  input: HttpInput,
): Promise<HttpOutput> {
  const flow = await findFlow(settings, readBrowserId(settings.cookies, input), handle)
  const exchange = createExchange(settings, input, 'login')
  return write(exchange, async () => {
    const result = await finishStep(exchange, flow, decision)
    // Only now: an outage on the way must leave the flow for another try.
    await forgetFlow(settings, handle)
    return result
  })
}
