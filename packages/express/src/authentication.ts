/** What `hydraAuth` leaves on a request for the middleware behind it. */
import type { BearerTokenError, ResourceServer, VerifiedToken } from '@hydra-kit/resource-server'
import { IncomingMessage } from 'node:http'
import { setHidden } from './hidden-property.ts'

/** The outcome of `hydraAuth` for a request. It must not lead to the request: see {@link Shared.outcomes}. */
export interface Authentication {
  readonly resourceServer: ResourceServer<unknown>
  /** Needed again by rules that a single route adds. */
  readonly tenant: string | undefined
  /** Undefined only in optional mode. */
  readonly token: VerifiedToken<unknown> | undefined
  /** In optional mode: why there is no token, for a route that needs one after all. */
  readonly missing: BearerTokenError | undefined
}

/** Records the outcome, and shows the token as `req.accessToken`. */
export function setAuthentication(request: IncomingMessage, outcome: Authentication): void {
  shared.outcomes.set(request, outcome)
  showToken(request, outcome.token)
}

/** Drops the outcome of an outer `hydraAuth`, and whatever else stood in `req.accessToken` before. */
export function dropAuthentication(request: IncomingMessage): void {
  shared.outcomes.delete(request)
  showToken(request, undefined)
}

/**
 * Finds the outcome.
 * @throws Error `ERR_HYDRA_AUTH_MISSING`, status 500, when `hydraAuth` did not run: the route is wired up wrongly, and an
 * answer that blames the caller would hide that.
 */
export function authenticationOf(request: IncomingMessage, askedBy: string): Authentication {
  const outcome = shared.outcomes.get(request)
  if (outcome !== undefined) return outcome
  const error = new Error(
    `${askedBy} needs hydraAuth in front of it, but hydraAuth did not run for this request. ` +
      'Add app.use(hydraAuth({ … })) before the route.',
  )
  setHidden(error, 'code', 'ERR_HYDRA_AUTH_MISSING')
  setHidden(error, 'status', 500)
  throw error
}

/** What all copies of this package in a process share. */
interface Shared {
  /**
   * By request, and not on it: no log shows them, nothing in an HTTP request gets there, and a property that is added to
   * a request costs more than the verification, because Express has changed its prototype. Values that lead back to the
   * request would keep it, and all that belongs to it, from being collected while it is young.
   */
  readonly outcomes: WeakMap<object, Authentication>
  /** `accessToken` as requests inherit it. */
  readonly accessToken: PropertyDescriptor
}

/** In the global registry, so that a CommonJS and an ES module copy of this package understand each other. */
const place: unique symbol = Symbol.for('@hydra-kit/express/authentications') as never

const shared: Shared = findShared()

function findShared(): Shared {
  const known = (globalThis as { [place]?: Shared })[place]
  if (known !== undefined) return known
  const outcomes = new WeakMap<object, Authentication>()
  const accessToken: PropertyDescriptor & ThisType<object> = {
    get() {
      return outcomes.get(this)?.token
    },
    set(value: unknown) {
      setHidden(this, 'accessToken', value)
    },
    enumerable: false,
    configurable: true,
  }
  const own: Shared = { outcomes, accessToken }
  setHidden(globalThis, place, own)
  return own
}

/** Prototypes through which a request inherits our accessor. */
const prepared = new WeakSet<object>()

/** Makes `req.accessToken` give this token, whatever stood there before. */
function showToken(request: IncomingMessage, token: VerifiedToken<unknown> | undefined): void {
  const shown = request as IncomingMessage & { accessToken?: VerifiedToken<unknown> | undefined }
  // Nobody else's accessor has this very token. That it is missing, another one may say now and not later.
  if (token !== undefined && shown.accessToken === token) return
  if (Object.hasOwn(shown, 'accessToken')) delete shown.accessToken
  const prototype: unknown = Object.getPrototypeOf(shown)
  const inherits = prepared.has(prototype as object) || prepare(prototype)
  // Someone may have defined another since then.
  if (!inherits || shown.accessToken !== token) setHidden(shown, 'accessToken', token)
}

/**
 * Puts the accessor on the prototype that all requests of Express applications have (`express.request`; those of single
 * applications, mounted ones too, inherit from it). False if there is none: then it is no request of Express; or if a
 * nearer prototype has an `accessToken` already.
 */
function prepare(prototype: unknown): boolean {
  let last: object | undefined
  let next = prototype
  while (next !== IncomingMessage.prototype) {
    if (next === null) return false
    last = next as object
    const found = Object.getOwnPropertyDescriptor(last, 'accessToken')
    if (found !== undefined && found.get !== shared.accessToken.get) return false
    next = Object.getPrototypeOf(last)
  }
  if (last === undefined) return false
  if (!Reflect.defineProperty(last, 'accessToken', shared.accessToken)) return false
  prepared.add(prototype as object)
  return true
}
