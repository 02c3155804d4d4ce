import type { HydraOptions } from '../options.ts'
import { type EmbeddedHydra, startHydra } from '../start.ts'

/** A server whose life follows the tests. */
export interface HydraLifecycle {
  /** The server. Only usable between `start` and `stop`. */
  readonly hydra: EmbeddedHydra
  /** Before all tests of a file. */
  readonly start: () => Promise<void>
  /** Before each test: forgets what the last one did. */
  readonly reset: () => Promise<void>
  /** After all tests of a file. */
  readonly stop: () => Promise<void>
}

/** What {@link useHydra} returns: the server, usable inside tests. */
export type HydraHandle = EmbeddedHydra

/**
 * A server for any test runner: call `start`, `reset` and `stop` from its hooks.
 *
 * ```ts
 * const life = hydraLifecycle()
 * before(life.start); beforeEach(life.reset); after(life.stop)   // node:test
 * ```
 */
export function hydraLifecycle(options: HydraOptions = {}): HydraLifecycle {
  let running: EmbeddedHydra | undefined
  const server = (): EmbeddedHydra => {
    if (running === undefined) throw new Error('The embedded Hydra is not running: use it inside tests only.')
    return running
  }
  return {
    get hydra() {
      return server()
    },
    async start() {
      running = await startHydra(options)
    },
    reset: () => server().reset(),
    async stop() {
      const stopped = running
      running = undefined
      await stopped?.stop()
    },
  }
}

type Hook = (action: () => Promise<void>) => void

/**
 * A server for a Jest (or vitest, with globals) test file: started before all tests, reset before each, stopped after
 * all. Call it at the top of the file or of a `describe`; use what it returns inside tests.
 *
 * @throws Error where the hooks are not global: use {@link hydraLifecycle} there
 */
export function useHydra(options: HydraOptions = {}): HydraHandle {
  const life = hydraLifecycle(options)
  hook('beforeAll')(life.start)
  hook('beforeEach')(life.reset)
  hook('afterAll')(life.stop)
  return new Proxy({} as EmbeddedHydra, {
    get: (_target, name) => Reflect.get(life.hydra, name) as unknown,
  })
}

function hook(name: string): Hook {
  const found = (globalThis as Record<string, unknown>)[name]
  if (typeof found === 'function') return found as Hook
  throw new Error(
    `useHydra: there is no global ${name} here. Use hydraLifecycle() and call its functions from your hooks.`,
  )
}
