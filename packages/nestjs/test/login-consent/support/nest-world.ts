/** The world of login-consent's own tests, with an application of the test's own in front. */
import type { LoginConsentModuleOptions, LoginConsentOptions } from '@hydra-kit/nestjs'
import { LoginConsentModule } from '@hydra-kit/nestjs'
import type { INestApplication, ModuleMetadata } from '@nestjs/common'
import { afterAll, beforeAll, beforeEach } from '@jest/globals'
import {
  startWorld,
  type Serving,
  type World,
  type WorldOptions,
} from '../../../../login-consent/test/support/world.ts'
import { serveApp, type ServeOptions } from './serving.ts'

/** See the module. */
export interface NestWorld {
  readonly world: World
  /** The application that answered last. */
  readonly app: INestApplication
  /** Puts an application in front: `LoginConsentModule` with these options, and the rest of the module. */
  use(metadata: ModuleMetadata, serve: ServeOptions, options?: Options): void
  /** The same, with a module that the test makes itself. */
  useModule(
    make: (given: LoginConsentModuleOptions) => ModuleMetadata,
    serve: ServeOptions,
    options?: WorldOptions,
  ): void
}

/** Options that replace those of the world; `undefined` leaves one out. */
export type Options = Partial<LoginConsentModuleOptions> & { readonly name?: string }

/** Starts it for the tests of a file, or a group of them. */
export function nestWorld(worldOptions: WorldOptions = {}): NestWorld {
  let build: (given: LoginConsentOptions) => Promise<Serving & { app: INestApplication }>
  let world: World
  let app: INestApplication
  const serve = async (given: LoginConsentOptions): Promise<Serving> => {
    const serving = await build(given)
    app = serving.app
    return serving
  }
  beforeAll(async () => {
    world = await startWorld({ ...worldOptions, serve })
  })
  beforeEach(async () => {
    await world.hydra.reset()
    world.reported.length = 0
    world.sent.length = 0
  })
  afterAll(() => world.stop())
  const useModule: NestWorld['useModule'] = (make, options, given = {}) => {
    build = (complete) => serveApp(make(complete as LoginConsentModuleOptions), options)
    world.configure(given)
  }
  return {
    get world() {
      return world
    },
    get app() {
      return app
    },
    useModule,
    use(metadata, options, given = {}) {
      useModule((complete) => {
        const all = Object.fromEntries(
          Object.entries({ ...complete, ...given }).filter(([, value]) => value !== undefined),
        )
        const module = LoginConsentModule.forRoot(all as unknown as LoginConsentModuleOptions)
        return { ...metadata, imports: [module, ...(metadata.imports ?? [])] }
      }, options)
    },
  }
}

/** For applications whose methods decide about logins. */
export const byHandler = { authenticate: undefined } as const
