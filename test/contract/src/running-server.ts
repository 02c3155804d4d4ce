/** A Hydra that cases can talk to, wherever it came from. */
import type { AppServer } from './app-server.ts'
import type { ProfileName } from './profiles.ts'
import type { TestedVersion } from './server-version.ts'

export interface RunningServer {
  readonly kind: 'embedded' | 'real'
  readonly version: TestedVersion
  readonly profile: ProfileName
  readonly publicUrl: string
  readonly adminUrl: string
  /** The applications around this Hydra. */
  readonly app: AppServer
  /** Lets lifetimes run down: by the clock of embedded Hydra, by waiting for a real one. */
  passTime(seconds: number): Promise<void>
  /** Forgets everything, where that is possible; cases must not count on it. */
  reset(): Promise<void>
  /** Ends what was started; tells where logs are kept when `failed`. */
  stop(failed: boolean): Promise<string | undefined>
}
