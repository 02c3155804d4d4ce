import {
  BearerTokenError,
  isBearerTokenError,
  isVerificationUnavailableError,
  type HttpAnswer,
  type ResourceServer,
  type VerifiedToken,
} from '@hydra-kit/resource-server'
import type { AuthenticateOptions } from 'passport'
import { routeRule } from './authenticate-options.ts'
import { setHidden } from './hidden-property.ts'
import { setFailure, type HydraFailure } from './hydra-failure.ts'
import { factsOf, type PassportRequest } from './passport-request.ts'
import { strategySettings, type HydraBearerStrategyOptions, type StrategySettings } from './strategy-options.ts'
import type { VerifyCallback, VerifyCallbackWithRequest } from './verify.ts'

/** What Passport adds to a strategy for each request (its `StrategyCreated`). */
export interface PassportActions {
  success(user: unknown, info?: object): void
  fail(challenge?: string, status?: number): void
  pass(): void
  error(error: unknown): void
}

/** `info` of a request that was let through: Passport puts it on `req.authInfo`. */
export interface HydraAuthInfo<Extra = Readonly<Record<string, unknown>>> {
  /** The verified token, whatever `verify` made of it. */
  readonly token: VerifiedToken<Extra>
}

/** Read through the prototype of what Passport makes of a strategy for each request; a private field would not be. */
const settings: unique symbol = Symbol('settings')

interface Configured extends PassportActions {
  readonly [settings]: StrategySettings<unknown>
}

/** What became of a request. */
type Outcome =
  | { readonly kind: 'success'; readonly user: unknown; readonly info: HydraAuthInfo<unknown> }
  | { readonly kind: 'pass' }
  | { readonly kind: 'fail'; readonly failure: HydraFailure }

/**
 * A Passport strategy for access tokens that Hydra issued, opaque or JWT.
 *
 * A refused request fails with RFC 6750's challenge and status (401, 403, or 400), so other strategies of the same
 * `passport.authenticate` have their turn. An outage of Hydra is an error with status 503 and `Retry-After`, never a 401.
 *
 * @example
 * passport.use(new HydraBearerStrategy({ issuer: 'https://auth.example.com', introspectionUrl: 'http://hydra-admin:4445/admin/oauth2/introspect', audience: 'https://api.example.com' }))
 * app.get('/photos', passport.authenticate('hydra', { session: false, scope: 'photos.read' }), listPhotos)
 */
export class HydraBearerStrategy<Extra = Readonly<Record<string, unknown>>> {
  /** The name for `passport.authenticate`. */
  readonly name: string
  /** Judges the tokens. Close it when the app stops. */
  readonly resourceServer: ResourceServer<Extra>

  /**
   * @param options those of `createResourceServer`, or `{ resourceServer }`; and the strategy's own
   * @param verify Passport's own kind of verify function, `(token, done)`. In NestJS the method `validate` takes its
   *   place. The option `verify` is simpler
   * @throws TypeError `ERR_OPTIONS` naming the option and the cure
   */
  constructor(
    options: HydraBearerStrategyOptions<Extra> & { readonly passReqToCallback: true },
    verify: VerifyCallbackWithRequest<Extra>,
  )
  constructor(options: HydraBearerStrategyOptions<Extra>, verify?: VerifyCallback<Extra>)
  constructor(
    options: HydraBearerStrategyOptions<Extra>,
    verify?: VerifyCallback<Extra> | VerifyCallbackWithRequest<Extra>,
  ) {
    const own = strategySettings(options, verify)
    this.name = own.name
    this.resourceServer = own.resourceServer
    setHidden(this, settings, own)
  }

  /** Called by Passport, on an object that it made for this request. */
  authenticate(this: PassportActions, request: PassportRequest, options: AuthenticateOptions = {}): void {
    // Two arguments, not a catch: what an app throws from within Passport's callback is not ours to answer.
    decide((this as Configured)[settings], request, options).then(
      (outcome) => {
        if (outcome.kind === 'success') this.success(outcome.user, outcome.info)
        else if (outcome.kind === 'pass') this.pass()
        else refuse(this, request, outcome.failure)
      },
      (error: unknown) => this.error(error),
    )
  }
}

async function decide<Extra>(
  { resourceServer, tenant, findUser }: StrategySettings<Extra>,
  request: PassportRequest,
  options: AuthenticateOptions,
): Promise<Outcome> {
  const { rule, requirement, scope, optional } = routeRule(options)
  const facts = factsOf(request, tenant?.(request))
  try {
    const token = await resourceServer.authenticate(facts, rule)
    if (requirement !== undefined) resourceServer.authorize(token, requirement)
    const { user, info } = await findUser(token, request)
    if (user === undefined || user === null || user === false) {
      return failed('no_user', resourceServer.toHttpError(new BearerTokenError('inactive')))
    }
    for (const [name, value] of Object.entries(resourceServer.responseHeaders(facts)))
      request.res?.setHeader(name, value)
    return { kind: 'success', user, info: { ...info, token } }
  } catch (error) {
    if (isBearerTokenError(error)) {
      // RFC 6750 section 3.1: only a request without credentials is no error of the caller.
      if (optional && error.reason === 'missing') return { kind: 'pass' }
      return failed(error.reason, resourceServer.toHttpError(error, { scope }))
    }
    if (isVerificationUnavailableError(error)) setAnswer(error, resourceServer.toHttpError(error))
    throw error
  }
}

function failed(reason: HydraFailure['reason'], answer: HttpAnswer): Outcome {
  return { kind: 'fail', failure: { ...answer, reason } }
}

function refuse(actions: PassportActions, request: PassportRequest, failure: HydraFailure): void {
  setFailure(request, failure)
  const challenge = failure.headers['www-authenticate']
  // Passport writes challenges of a 401 only, and RFC 6750 section 3.1 wants one with 400 and 403 as well.
  if (failure.status !== 401 && challenge !== undefined && request.res?.headersSent === false) {
    request.res.appendHeader('WWW-Authenticate', challenge)
  }
  actions.fail(challenge, failure.status)
}

/** What Express's default handler and Nest's exception filter read of an error. All of it is hidden from logs. */
function setAnswer(error: object, answer: HttpAnswer): void {
  setFailure(error, { ...answer, reason: 'unavailable' })
  setHidden(error, 'status', answer.status)
  setHidden(error, 'statusCode', answer.status)
  setHidden(error, 'headers', answer.headers)
  // Nest then answers with the name of the status instead of the message, which is for the log.
  setHidden(error, 'expose', false)
}
