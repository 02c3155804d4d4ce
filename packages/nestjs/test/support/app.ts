/** Whole applications on port 0, on both HTTP adapters. */
import type { INestApplication, LoggerService, ModuleMetadata } from '@nestjs/common'
import { ExpressAdapter } from '@nestjs/platform-express'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import { Test, type TestingModuleBuilder } from '@nestjs/testing'

/** The HTTP adapters that Nest has. */
export const platforms = ['express', 'fastify'] as const
export type Platform = (typeof platforms)[number]

export interface AppOptions extends ModuleMetadata {
  readonly platform?: Platform
  /** Overrides, before the module is compiled. */
  readonly override?: (builder: TestingModuleBuilder) => TestingModuleBuilder
  /** What `main.ts` would do, before `listen`. */
  readonly prepare?: (app: INestApplication) => void | Promise<void>
  readonly logger?: LoggerService | false
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: string
}

/** A running application. */
export interface TestApp extends AsyncDisposable {
  readonly app: INestApplication
  readonly url: string
  /** Calls with a token, or without. */
  call(path: string, token?: string, init?: RequestInit): Promise<Answer>
}

/** Starts an application of these modules and controllers. */
export async function startApp(options: AppOptions): Promise<TestApp> {
  const { platform = 'express', override, prepare, logger = false, ...metadata } = options
  const builder = Test.createTestingModule(metadata)
  const module = await (override?.(builder) ?? builder).setLogger(logger as LoggerService).compile()
  const adapter = platform === 'express' ? new ExpressAdapter() : new FastifyAdapter()
  const app = module.createNestApplication(adapter as never, { logger } as never) as unknown as INestApplication
  await prepare?.(app)
  await app.listen(0, '127.0.0.1')
  const url = (await app.getUrl()).replace('[::1]', '127.0.0.1')
  return {
    app,
    url,
    async call(path, token, init = {}) {
      const headers = new Headers(init.headers)
      if (token !== undefined) headers.set('authorization', `Bearer ${token}`)
      const response = await fetch(url + path, { ...init, headers })
      return { status: response.status, headers: response.headers, body: await response.text() }
    },
    [Symbol.asyncDispose]: () => app.close(),
  }
}
