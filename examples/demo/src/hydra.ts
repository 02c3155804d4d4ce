/** The Hydra that the demo runs on: an embedded one, or one that is running somewhere. */
import { startHydra } from '@hydra-kit/embedded'
import { setTimeout as wait } from 'node:timers/promises'

/** What the rest of the demo needs to know of it. */
export interface DemoHydra {
  embedded: boolean
  publicUrl: string
  adminUrl: string
  /** The clock that its tokens live by, in milliseconds. */
  now: () => number
  /** Lets time pass. An embedded Hydra's clock is moved, for a real one we wait. */
  pass(seconds: number): Promise<void>
  /** How long the API keeps an answer of Hydra: the revocation delay. Short where it has to be waited for. */
  maxAgeSeconds: number
  stop(): Promise<void>
}

/** Starts a Hydra in this process. */
export async function embeddedHydra(urls: { login: string; consent: string; error: string }): Promise<DemoHydra> {
  const hydra = await startHydra({ urls })
  return {
    embedded: true,
    publicUrl: hydra.publicUrl,
    adminUrl: hydra.adminUrl,
    now: hydra.now,
    pass: async (seconds) => hydra.clock.advance(seconds * 1000),
    maxAgeSeconds: 10,
    stop: () => hydra.stop(),
  }
}

/** A server that somebody else started, and that stays when we go. */
export function runningHydra({ publicUrl, adminUrl }: { publicUrl: string; adminUrl: string }): DemoHydra {
  return {
    embedded: false,
    publicUrl,
    adminUrl,
    now: Date.now,
    pass: (seconds) => wait(seconds * 1000),
    maxAgeSeconds: 3,
    stop: async () => {},
  }
}
