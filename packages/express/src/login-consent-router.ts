/** The login and consent pages in an Express app: requests in, answers out, nothing decided here. */
import { isFlowError } from '@hydra-kit/login-consent'
import type {
  Deciding,
  HttpInput,
  HttpOutput,
  LoginConsentProvider,
  LoginDecision,
  PendingLogin,
  StepName,
} from '@hydra-kit/login-consent'
import type { ErrorRequestHandler, Request, Response } from 'express'
import { middleware, type Middleware } from './middleware.ts'

/** What deciding functions get as `native`. */
export interface ExpressNative {
  readonly req: Request
  readonly res: Response
}

/**
 * Serves all pages of a provider: `/login`, `/consent`, `/logout`, `/device`, `/device/done`, `/signed-out`, `/error`,
 * below the path that it is mounted at, which is the path of the provider's `publicUrl`. Other requests pass.
 *
 * Works with and without a body parser in front. The limiter counts by `req.ip`: set Express's `trust proxy` behind a
 * proxy, and not elsewhere, or callers choose their address themselves.
 *
 * @example
 * app.use(loginConsentRouter(provider))
 */
export function loginConsentRouter(provider: LoginConsentProvider): Middleware {
  return middleware('loginConsentRouter', (req, res, next) => {
    if (provider.stepOf(req.url) === undefined) return next()
    answer(res, provider.handle(httpInput(req, res)), next)
  })
}

/**
 * Serves one step at a path of your own, with deciding functions of its own if given.
 *
 * @example
 * app.all('/sign-in', loginConsentHandler(provider, 'login'))
 */
export function loginConsentHandler(
  provider: LoginConsentProvider,
  step: StepName,
  deciding: Deciding = {},
): Middleware {
  return middleware(`loginConsentHandler:${step}`, (req, res, next) => {
    answer(res, provider.handleStep(step, httpInput(req, res), deciding), next)
  })
}

/**
 * The login that `login.redirectTo` sent to this page.
 *
 * @param handle from the page's address (`flow`), or the identity provider's `state`
 * @throws FlowError `flow_unknown` `other_browser` `request_expired` `request_unknown` `request_handled`
 */
export function readFlow(provider: LoginConsentProvider, req: Request, handle: string): Promise<PendingLogin> {
  return provider.readFlow(handle, factsOf(req))
}

/**
 * Ends that login, and answers the request: the browser goes on to Hydra.
 *
 * @throws FlowError `flow_unknown` `other_browser`
 */
export async function finishLogin(
  provider: LoginConsentProvider,
  req: Request,
  res: Response,
  handle: string,
  decision: LoginDecision,
): Promise<void> {
  sendOutput(res, await provider.finishLogin(handle, decision, factsOf(req)))
}

/**
 * The error handler for pages that call {@link readFlow} and {@link finishLogin}: a flow that is over, or was begun in
 * another browser, gets the provider's page. Every other error passes.
 */
export function loginConsentErrors(provider: LoginConsentProvider): ErrorRequestHandler {
  // Express tells an error handler by its four parameters.
  return function loginConsentErrors(error: unknown, req, res, next) {
    if (!isFlowError(error) || res.headersSent) return next(error)
    answer(res, provider.showError(error, factsOf(req)), next)
  }
}

/** The request and response behind `native`. @throws TypeError if the provider is not served by this package */
export function expressOf(native: unknown): ExpressNative {
  const { req, res } = (typeof native === 'object' && native !== null ? native : {}) as Partial<ExpressNative>
  if (req === undefined || res === undefined) {
    throw new TypeError('expressOf: this is not the `native` that loginConsentRouter hands on')
  }
  return { req, res }
}

/** A request as a provider or a hook receiver takes it. A body that nobody has read yet goes along as a stream. */
export function httpInput(req: Request, res: Response): HttpInput {
  const native: ExpressNative = { req, res }
  // Express 4 leaves `{}` for bodies that no parser wanted, so the property says nothing.
  const body: unknown = req.readableDidRead ? req.body : req
  return { ...factsOf(req), body: body as HttpInput['body'], native }
}

/** Writes an answer of a provider or a hook receiver. Headers that others have set stay, but for CORS. */
export function sendOutput(res: Response, output: HttpOutput): void {
  // `cors()` of the app may let other origins read answers. Ours hold form tokens, and are for their own origin.
  res.removeHeader('Access-Control-Allow-Origin')
  res.removeHeader('Access-Control-Allow-Credentials')
  res.status(output.status)
  for (const [name, value] of output.headers) {
    if (name === 'Set-Cookie') res.append(name, value)
    else res.setHeader(name, value)
  }
  // Not `send`: it would add an ETag, and turn pages that must not be stored into 304.
  res.end(output.body)
}

function factsOf(req: Request): HttpInput {
  return { method: req.method, url: req.url, headers: req.headers, ip: req.ip }
}

function answer(res: Response, output: Promise<HttpOutput>, next: (error: unknown) => void): void {
  // Not an async handler: Express 4 would not see its rejection.
  output.then((done) => sendOutput(res, done)).catch(next)
}
