/** A hybrid application: HTTP, and a microservice on TCP. */
import type { ModuleMetadata } from '@nestjs/common'
import { ClientProxyFactory, Transport, type ClientProxy } from '@nestjs/microservices'
import type { AddressInfo, Server } from 'node:net'
import { firstValueFrom } from 'rxjs'
import { startApp, type AppOptions, type TestApp } from './app.ts'

export interface HybridOptions extends ModuleMetadata, Pick<AppOptions, 'platform' | 'override' | 'logger'> {
  /** As the second argument of `connectMicroservice`. Default: none, as most people write it. */
  readonly inheritAppConfig?: boolean
}

/** A running application. */
export interface Hybrid extends TestApp {
  /** Sends a message by Nest's own client; rejects with what the microservice answered. */
  send(pattern: unknown, data: unknown): Promise<unknown>
  /** Sends an event, which nobody answers. */
  emit(pattern: unknown, data: unknown): Promise<unknown>
}

export async function startHybrid(options: HybridOptions): Promise<Hybrid> {
  const { inheritAppConfig, ...rest } = options
  let server: Server | undefined
  const started = await startApp({
    ...rest,
    async prepare(app) {
      const microservice = app.connectMicroservice(
        { transport: Transport.TCP, options: { host: '127.0.0.1', port: 0 } },
        inheritAppConfig === undefined ? undefined : { inheritAppConfig },
      )
      await app.startAllMicroservices()
      server = (microservice as unknown as { unwrap(): Server }).unwrap()
    },
  })
  const { port } = (server as Server).address() as AddressInfo
  const client: ClientProxy = ClientProxyFactory.create({
    transport: Transport.TCP,
    options: { host: '127.0.0.1', port },
  })
  return {
    ...started,
    send: (pattern, data) => firstValueFrom(client.send(pattern, data)),
    emit: (pattern, data) => firstValueFrom(client.emit(pattern, data), { defaultValue: undefined }),
    async [Symbol.asyncDispose]() {
      await client.close()
      await started[Symbol.asyncDispose]()
    },
  }
}
