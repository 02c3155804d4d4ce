/** Options of `hydraAuth`, checked when it is called. */
import {
  resourceServerFrom,
  type OptionsError,
  type ResourceServer,
  type ResourceServerOptions,
  type SharedResourceServer,
} from '@hydra-kit/resource-server'
import type { Request } from 'express'

/** How `hydraAuth` treats requests, whatever the resource server. Unknown names are refused. */
export interface HydraAuthOptions {
  /**
   * Let a request without a token pass; `req.accessToken` is then undefined. A request with a bad token never passes.
   * Default false.
   */
  readonly optional?: boolean | undefined
  /**
   * With several issuers: what `selectIssuer` sees as `facts.tenant`, for example `(req) => req.hostname`, which follows
   * Express's `trust proxy` setting. Default: nothing.
   */
  readonly tenant?: ((request: Request) => string | undefined) | undefined
}

/**
 * The resource server that was given, or a new one.
 * @throws TypeError `ERR_OPTIONS` naming the option and the cure
 */
export function serverOf<Extra>(
  options: ResourceServerOptions<Extra> | SharedResourceServer<Extra>,
): ResourceServer<Extra> {
  if (typeof options !== 'object' || options === null) {
    throw optionsError(
      'options',
      'hydraAuth needs options.',
      'Give { issuer, adminUrl, audience } or { resourceServer }.',
    )
  }
  return resourceServerFrom(options)
}

/**
 * Fills in the defaults.
 * @throws TypeError `ERR_OPTIONS` naming the option and the cure
 */
export function adapterOptions(options: HydraAuthOptions): { optional: boolean; tenant: HydraAuthOptions['tenant'] } {
  const { optional = false, tenant, ...unknown } = options
  for (const name of Object.keys(unknown)) {
    throw optionsError(
      name,
      `hydraAuth has no option ${JSON.stringify(name)} beside the resource server's.`,
      'The second argument takes optional and tenant.',
    )
  }
  if (typeof optional !== 'boolean') {
    throw optionsError('optional', 'optional must be true or false.', 'Leave it out to demand a token.')
  }
  if (tenant !== undefined && typeof tenant !== 'function') {
    throw optionsError('tenant', 'tenant must be a function of the request.', 'For example (req) => req.hostname.')
  }
  return { optional, tenant }
}

/** Only names and sentences of ours go in: a received value could be a secret. */
export function optionsError(option: string, problem: string, cure: string): OptionsError {
  const error = new TypeError(`${problem} ${cure}`)
  return Object.assign(error, { code: 'ERR_OPTIONS' as const, option })
}
