/** The choice that every adapter gives: a resource server that exists, or options for a new one. */
import { optionsError } from './options-error.ts'
import type { ResourceServerOptions } from './options.ts'
import { createResourceServer, type ResourceServer } from './resource-server.ts'

/** A resource server that exists already, instead of options for a new one. */
export interface SharedResourceServer<Extra = Readonly<Record<string, unknown>>> {
  /** Made by `createResourceServer`, or by `fakeResourceServer` in a test. An adapter does not close it. */
  readonly resourceServer: ResourceServer<Extra>
}

/**
 * The resource server that was given, or a new one.
 *
 * @throws TypeError `ERR_OPTIONS` naming the option and the cure
 */
export function resourceServerFrom<Extra>(
  options: ResourceServerOptions<Extra> | SharedResourceServer<Extra>,
): ResourceServer<Extra> {
  if (!('resourceServer' in options)) return createResourceServer(options)
  assertSharedResourceServer(options)
  return options.resourceServer
}

/**
 * Refuses options beside `resourceServer`, which would have no effect, and what is no resource server.
 *
 * @throws TypeError `ERR_OPTIONS` naming the option and the cure
 */
export function assertSharedResourceServer(options: SharedResourceServer<never> | SharedResourceServer<unknown>): void {
  const others = Object.keys(options).filter((name) => name !== 'resourceServer')
  if (others.length > 0) {
    throw optionsError(
      'resourceServer',
      `resourceServer and ${others.join(', ')} are both given, so it is not clear which of them holds.`,
      'Give the others to createResourceServer, or leave resourceServer out.',
    )
  }
  const given = options.resourceServer as { authenticate?: unknown } | null | undefined
  if (typeof given?.authenticate !== 'function') {
    throw optionsError(
      'resourceServer',
      'resourceServer is not a resource server.',
      'Make it with createResourceServer.',
    )
  }
}
