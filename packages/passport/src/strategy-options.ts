import {
  resourceServerFrom,
  type ResourceServer,
  type ResourceServerOptions,
  type SharedResourceServer,
} from '@hydra-kit/resource-server'
import { optionsError } from './options-error.ts'
import type { PassportRequest } from './passport-request.ts'
import {
  findUser,
  type FindUser,
  type VerifyCallback,
  type VerifyCallbackWithRequest,
  type VerifyFunction,
} from './verify.ts'

/** What the strategy itself can be told. Unknown names are refused. */
export interface StrategyOptions<Extra> {
  /** The name for `passport.authenticate`. Default `hydra`. */
  readonly name?: string | undefined
  /**
   * Finds your user for a verified token; it becomes `req.user`. `false`, `null` or `undefined`: nobody, 401
   * `invalid_token`. Default: the token itself is `req.user`.
   */
  readonly verify?: VerifyFunction<Extra> | undefined
  /** Whether the strategy's second argument gets the request in front of the token, as Passport calls it. Default false. */
  readonly passReqToCallback?: boolean | undefined
  /** With several issuers: what `selectIssuer` sees as `facts.tenant`. Default: nothing. */
  readonly tenant?: ((request: PassportRequest) => string | undefined) | undefined
}

/** Options of `HydraBearerStrategy`: those of a resource server, or `{ resourceServer }`; and the strategy's own. */
export type HydraBearerStrategyOptions<Extra = Readonly<Record<string, unknown>>> = (
  | ResourceServerOptions<Extra>
  | SharedResourceServer<Extra>
) &
  StrategyOptions<Extra>

/** The same, with defaults filled in. */
export interface StrategySettings<Extra> {
  readonly name: string
  readonly resourceServer: ResourceServer<Extra>
  readonly tenant: StrategyOptions<Extra>['tenant']
  readonly findUser: FindUser<Extra>
}

/** @throws TypeError `ERR_OPTIONS` naming the option and the cure */
export function strategySettings<Extra>(
  options: HydraBearerStrategyOptions<Extra>,
  callback: VerifyCallback<Extra> | VerifyCallbackWithRequest<Extra> | undefined,
): StrategySettings<Extra> {
  if (typeof options !== 'object' || options === null) {
    throw optionsError(
      'options',
      'HydraBearerStrategy needs options.',
      'Give { issuer, adminUrl, audience } or { resourceServer }.',
    )
  }
  const { name = 'hydra', verify, passReqToCallback = false, tenant, ...server } = options
  if (typeof name !== 'string' || name === '') {
    throw optionsError('name', 'name must be a text.', "Leave it out for 'hydra'.")
  }
  for (const [option, value] of Object.entries({ verify, tenant })) {
    if (value !== undefined && typeof value !== 'function') {
      throw optionsError(option, `${option} must be a function.`, 'Leave it out, or give a function.')
    }
  }
  if (typeof passReqToCallback !== 'boolean') {
    throw optionsError('passReqToCallback', 'passReqToCallback must be true or false.', 'Leave it out for false.')
  }
  if (callback !== undefined && typeof callback !== 'function') {
    throw optionsError('verify', 'The second argument must be a function (token, done).', 'Leave it out, or give one.')
  }
  if (verify !== undefined && callback !== undefined) {
    throw optionsError(
      'verify',
      'Both the option verify and a second argument are given (in NestJS the second is the method validate).',
      'Leave one of them out.',
    )
  }
  if (passReqToCallback && callback === undefined) {
    throw optionsError(
      'passReqToCallback',
      'passReqToCallback has no effect without a second argument.',
      'The option verify always gets the request: verify(token, request).',
    )
  }
  return {
    name,
    resourceServer: resourceServerFrom(server as ResourceServerOptions<Extra> | SharedResourceServer<Extra>),
    tenant,
    findUser: findUser(verify, callback, passReqToCallback),
  }
}
