/** Embedded Hydra with the same profile as a real one. */
import { startHydra } from '@hydra-kit/embedded'
import { AppServer } from '../app-server.ts'
import type { ProfileName } from '../profiles.ts'
import type { RunningServer } from '../running-server.ts'
import { embeddedOptions } from './embedded-options.ts'

/** Starts embedded Hydra; it is measured against 26.2. */
export async function startEmbedded(profile: ProfileName): Promise<RunningServer> {
  const app = await AppServer.start()
  const hydra = await startHydra(embeddedOptions(profile, app.url))
  return {
    kind: 'embedded',
    version: '26.2',
    profile,
    publicUrl: hydra.publicUrl,
    adminUrl: hydra.adminUrl,
    app,
    async passTime(seconds) {
      hydra.clock.advance(seconds * 1000)
    },
    async reset() {
      await hydra.reset()
    },
    async stop() {
      await hydra.stop()
      await app.stop()
      return undefined
    },
  }
}
