/** The same login and consent app, in each framework. */
import 'reflect-metadata'
import type { RequestListener } from 'node:http'
import { createLoginConsentProvider, loginConsentRouter, type LoginConsentOptions } from '@hydra-kit/express'
import {
  consent,
  ConsentHandler,
  device,
  DeviceHandler,
  FlowContext,
  LoginConsentModule,
  LoginForm,
  LoginHandler,
  logout,
  LogoutHandler,
  type AuthenticateContext,
  type ConsentContext,
} from '@hydra-kit/nestjs'
import { Controller, Module, type INestApplication } from '@nestjs/common'
import { NestFactory, type AbstractHttpAdapter } from '@nestjs/core'
import { ExpressAdapter } from '@nestjs/platform-express'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import express from 'express'

/** An app that runs. */
export interface App {
  readonly listener: RequestListener
  close(): Promise<void>
}

/** Starts one. */
export type StartApp = (options: LoginConsentOptions) => Promise<App>

/** Express, with the router. */
export const expressApp: StartApp = async (options) => {
  const provider = createLoginConsentProvider(options)
  return { listener: express().use(loginConsentRouter(provider)) as RequestListener, async close() {} }
}

/** Nest on Express, with a method for each page that has something to decide. */
export const nestOnExpress: StartApp = async (options) => {
  const app = await nestApp(options, new ExpressAdapter())
  return { listener: app.getHttpAdapter().getInstance() as RequestListener, close: () => app.close() }
}

/** The same on Fastify. */
export const nestOnFastify: StartApp = async (options) => {
  const app = await nestApp(options, new FastifyAdapter())
  const fastify = app.getHttpAdapter().getInstance() as { ready(): Promise<unknown>; routing: RequestListener }
  await fastify.ready()
  return { listener: fastify.routing, close: () => app.close() }
}

/** All of them. */
export const apps: readonly (readonly [name: string, start: StartApp])[] = [
  ['Express', expressApp],
  ['Nest on Express', nestOnExpress],
  ['Nest on Fastify', nestOnFastify],
]

async function nestApp(
  { authenticate, ...options }: LoginConsentOptions,
  adapter: AbstractHttpAdapter,
): Promise<INestApplication> {
  @Controller()
  class Pages {
    @LoginHandler()
    authenticate(@FlowContext() context: AuthenticateContext, @LoginForm() form: { email: string; password: string }) {
      return authenticate?.({ ...context, form: { ...context.form, ...form } }) as never
    }
    @ConsentHandler()
    consent(@FlowContext() { canSkip }: ConsentContext) {
      return canSkip ? consent.grantAll() : consent.ask()
    }
    @LogoutHandler()
    logout() {
      return logout.ask()
    }
    @DeviceHandler()
    device() {
      return device.accept()
    }
  }
  @Module({ imports: [LoginConsentModule.forRoot(options)], controllers: [Pages] })
  class AppModule {}
  const app = await NestFactory.create(AppModule, adapter, { logger: false })
  await app.init()
  return app
}
