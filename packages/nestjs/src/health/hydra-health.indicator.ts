import { Inject, Injectable } from '@nestjs/common'
import { HydraInstances, type HydraInstance } from '../instances.ts'
import type { IssuerClient } from '../issuer-clients.ts'

/** What an indicator answers: by its key, as `@nestjs/terminus` takes it. */
export type HydraHealth<Key extends string = string> = Record<
  Key,
  { readonly status: 'up' | 'down' } & Readonly<Record<string, unknown>>
>

/** Which instance of `HydraModule` an indicator looks at. */
export interface HydraHealthOptions {
  /** Its `name`. Default: the one without. */
  readonly instance?: string | undefined
}

/** A health check waits no longer, in milliseconds. */
const timeoutMs = 2000

/**
 * Health indicators for `@nestjs/terminus`:
 * `health.check([() => hydra.server('hydra'), () => hydra.keys('keys'), () => hydra.breaker('introspection')])`. None of
 * them rejects, and none shows an address.
 */
@Injectable()
export class HydraHealthIndicator {
  readonly #instances: HydraInstances

  constructor(@Inject(HydraInstances) instances: HydraInstances) {
    this.#instances = instances
  }

  /**
   * Whether Hydra answers: its readiness where `adminUrl` is given, else its discovery document. `error` is the code of
   * what happened. An API that verifies JWTs can do its work for an hour without: this is no reason to restart it.
   *
   * @throws Error (rejects) `ERR_HYDRA_AUTH_MISSING` for an instance that is not there, here as everywhere
   */
  async server<Key extends string>(key: Key, options: HydraHealthOptions = {}): Promise<HydraHealth<Key>> {
    const { clients } = this.#instance(options)
    const errors = await Promise.all(clients.map(errorOf))
    const error = errors.find((code) => code !== undefined)
    return health(key, error === undefined, error === undefined ? {} : { error })
  }

  /** Whether there are keys to verify JWTs with; fetches them if there are none. `count`, and `ageSeconds` of the oldest set. */
  async keys<Key extends string>(key: Key, options: HydraHealthOptions = {}): Promise<HydraHealth<Key>> {
    const { resourceServer } = this.#instance(options)
    const { problems } = await resourceServer.ready()
    const { issuers } = resourceServer.stats()
    // Beside missing keys, an open breaker is all that `ready` complains about.
    const up = problems.length <= issuers.filter(({ introspection }) => introspection.breaker === 'open').length
    const ages = issuers.flatMap(({ keys }) => (keys.ageSeconds === undefined ? [] : [Math.round(keys.ageSeconds)]))
    const count = issuers.reduce((sum, { keys }) => sum + keys.kids.length, 0)
    return health(key, up, { count, ...(ages.length > 0 && { ageSeconds: Math.max(...ages) }) })
  }

  /** Whether introspection is tried at all: down while the breaker is open. `breaker` is its state. Asks nobody. */
  async breaker<Key extends string>(key: Key, options: HydraHealthOptions = {}): Promise<HydraHealth<Key>> {
    const states = this.#instance(options)
      .resourceServer.stats()
      .issuers.map(({ introspection }) => introspection.breaker)
    const worst = ['open', 'half_open'].find((state) => states.some((one) => one === state)) ?? 'closed'
    return health(key, worst !== 'open', { breaker: worst })
  }

  #instance({ instance }: HydraHealthOptions): HydraInstance {
    return this.#instances.get(instance)
  }
}

/** The code of what is wrong, such as `ERR_HYDRA_UNREACHABLE`. */
async function errorOf({ client, options }: IssuerClient): Promise<string | undefined> {
  if (client === undefined) return undefined
  try {
    const asksAdmin = options.adminUrl !== undefined || options.client !== undefined
    await (asksAdmin ? client.metadata.ready({ timeoutMs }) : client.oidc.discovery({ timeoutMs }))
    return undefined
  } catch (error) {
    return (error as { code?: string } | null)?.code ?? 'unknown'
  }
}

function health<Key extends string>(
  key: Key,
  up: boolean,
  details: Readonly<Record<string, unknown>>,
): HydraHealth<Key> {
  return { [key]: { status: up ? 'up' : 'down', ...details } } as HydraHealth<Key>
}
