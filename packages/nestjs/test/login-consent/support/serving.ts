/** Nest applications behind the world of login-consent's own tests. */
import { once } from 'node:events'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import {
  consent,
  ConsentHandler,
  device,
  DeviceHandler,
  ErrorPage,
  FlowContext,
  getLoginConsentProviderToken,
  LoginConsentModule,
  LoginHandler,
  logout,
  LogoutHandler,
  type AuthenticateContext,
  type ConsentContext,
  type LoginConsentModuleOptions,
  type LoginConsentOptions,
} from '@hydra-kit/nestjs'
import { Controller, type INestApplication, type LoggerService, type ModuleMetadata } from '@nestjs/common'
import { ExpressAdapter } from '@nestjs/platform-express'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import { Test } from '@nestjs/testing'
import type { Serving } from '../../../../login-consent/test/support/world.ts'
import type { Platform } from '../../support/app.ts'

/** What a test adds to an application. */
export interface ServeOptions {
  readonly platform: Platform
  readonly metadata?: ModuleMetadata
  /** What `NestFactory.create` is given. */
  readonly app?: { readonly rawBody?: boolean; readonly bodyParser?: boolean }
  /** What `main.ts` would do, before `listen`. */
  readonly prepare?: (app: INestApplication) => void | Promise<void>
  readonly logger?: LoggerService
}

/** Starts an application without listening: requests are handed to it. */
export async function serveApp(
  metadata: ModuleMetadata,
  options: ServeOptions,
): Promise<Serving & { app: INestApplication }> {
  const { platform, prepare, logger = false, app: settings } = options
  const module = await Test.createTestingModule(metadata)
    .setLogger(logger as LoggerService)
    .compile()
  const adapter = platform === 'express' ? new ExpressAdapter() : new FastifyAdapter()
  const app = module.createNestApplication(adapter as never, { ...settings, logger } as never) as INestApplication
  try {
    await prepare?.(app)
    await app.init()
  } catch (error) {
    await app.close()
    throw error
  }
  const listener = await listenerOf(app, platform)
  return {
    app,
    provider: app.get(getLoginConsentProviderToken()),
    async answer(request: IncomingMessage, response: ServerResponse) {
      const closed = once(response, 'close')
      listener(request, response)
      await closed
    },
    close: () => app.close(),
  }
}

async function listenerOf(app: INestApplication, platform: Platform): Promise<RequestListener> {
  const instance: unknown = app.getHttpAdapter().getInstance()
  if (platform === 'express') return instance as RequestListener
  const fastify = instance as { ready(): Promise<void>; routing: RequestListener }
  await fastify.ready()
  return fastify.routing
}

/** Our pages, without a controller. */
export function servePages(options: ServeOptions): (given: LoginConsentOptions) => Promise<Serving> {
  return (given) => {
    const { metadata = {} } = options
    const imports = [LoginConsentModule.forRoot(given as LoginConsentModuleOptions), ...(metadata.imports ?? [])]
    return serveApp({ ...metadata, imports }, options)
  }
}

/** Every page by a handler, which decides as the options would have decided. */
export function serveHandlers(options: ServeOptions): (given: LoginConsentOptions) => Promise<Serving> {
  return ({ authenticate, consent: decideConsent, ...given }) => {
    @Controller()
    class Handlers {
      @LoginHandler()
      authenticate(@FlowContext() context: AuthenticateContext) {
        return authenticate?.(context) as never
      }
      @ConsentHandler()
      consent(@FlowContext() context: ConsentContext) {
        return decideConsent?.(context) ?? (context.canSkip ? consent.grantAll() : consent.ask())
      }
      @LogoutHandler()
      logout() {
        return logout.ask()
      }
      @DeviceHandler()
      device() {
        return device.accept()
      }
      @ErrorPage()
      error() {
        return undefined
      }
    }
    return serveApp(
      { imports: [LoginConsentModule.forRoot(given as LoginConsentModuleOptions)], controllers: [Handlers] },
      options,
    )
  }
}
