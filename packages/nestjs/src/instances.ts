/** Every instance of `HydraModule` in an application. */
import type { ResourceServer } from '@hydra-kit/resource-server'
import { Injectable } from '@nestjs/common'
import type { IssuerClient } from './issuer-clients.ts'
import { notSetUp } from './not-set-up.ts'
import { optionsError } from './options-error.ts'
import type { GuardMode, ResolvedSettings } from './options.ts'

/** What the guard needs of an instance. */
export interface HydraInstance {
  readonly name: string | undefined
  readonly guard: GuardMode
  readonly resourceServer: ResourceServer<unknown>
  readonly settings: ResolvedSettings
  /** One for each issuer of the options. */
  readonly clients: readonly IssuerClient[]
}

/** The instances of one application, by name. */
@Injectable()
export class HydraInstances {
  readonly #instances = new Map<string | undefined, HydraInstance>()

  /** @throws TypeError `ERR_OPTIONS` for a name that is taken, or a mode that differs from the others' */
  add(instance: HydraInstance): void {
    const { name, guard } = instance
    if (this.#instances.has(name)) {
      const which = name === undefined ? 'without a name' : `named ${JSON.stringify(name)}`
      throw optionsError('name', `HydraModule is imported twice ${which}.`, 'Give each instance a name of its own.')
    }
    for (const other of this.#instances.values()) {
      if (other.guard === guard) continue
      throw optionsError(
        'guard',
        'Two instances of HydraModule differ in guard, so it is not clear whether a route without decorators is open.',
        'Give all of them the same.',
      )
    }
    this.#instances.set(name, instance)
  }

  /** All instances, in the order of their creation. */
  list(): readonly HydraInstance[] {
    return [...this.#instances.values()]
  }

  /**
   * The instance of that name; without a name the one that has none, or the only one.
   *
   * @throws Error `ERR_HYDRA_AUTH_MISSING` if there is none
   */
  get(name: string | undefined): HydraInstance {
    const found = this.#instances.get(name) ?? this.#onlyOne(name)
    if (found !== undefined) return found
    const names = this.list().map((instance) => JSON.stringify(instance.name))
    const known = names.length === 0 ? 'HydraModule is not imported' : `those here are named ${names.join(', ')}`
    throw notSetUp(
      name === undefined
        ? `No instance of HydraModule is without a name: ${known}.`
        : `No instance of HydraModule is named ${JSON.stringify(name)}: ${known}.`,
      'Say which one by @UseHydra(name), or import HydraModule.forRoot({ name, … }).',
    )
  }

  #onlyOne(name: string | undefined): HydraInstance | undefined {
    return name === undefined && this.#instances.size === 1 ? this.list()[0] : undefined
  }
}
