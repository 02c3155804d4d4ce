/** Decorators × HTTP on both adapters: plain answers, a stream, server-sent events. */
import { Readable } from 'node:stream'
import { CurrentToken, HydraModule } from '@hydra-kit/nestjs'
import { Controller, Get, Sse, StreamableFile, type MessageEvent } from '@nestjs/common'
import { of, type Observable } from 'rxjs'
import { platforms, startApp } from './support/app.ts'
import { Guarded, operations, testMatrix, type Channel, type Operation } from './support/matrix.ts'

type Token = { readonly subject?: string } | undefined

const kinds = {
  plain: { mount: Get, answer: (who: string): unknown => who },
  stream: { mount: Get, answer: (who: string): unknown => new StreamableFile(Readable.from([who])) },
  events: { mount: Sse, answer: (who: string): Observable<MessageEvent> => of({ data: who }) },
} as const

/** A controller with a route for each operation. */
function controllerOf(kind: keyof typeof kinds): new () => object {
  @Controller()
  class Operations {}
  for (const operation of operations) {
    const method = { [operation]: (token: Token) => kinds[kind].answer(token?.subject ?? 'anonymous') }[operation]
    Object.defineProperty(Operations.prototype, operation, { value: method, configurable: true, writable: true })
    const descriptor = Object.getOwnPropertyDescriptor(Operations.prototype, operation) as PropertyDescriptor
    CurrentToken()(Operations.prototype, operation, 0)
    kinds[kind].mount(operation)(Operations.prototype, operation, descriptor)
    Guarded(operation)(Operations.prototype, operation, descriptor)
  }
  return Operations
}

const channels = platforms.flatMap((platform) =>
  (Object.keys(kinds) as (keyof typeof kinds)[]).map((kind): Channel => ({
    name: `HTTP ${kind}, ${platform}`,
    async start(resourceServer) {
      const imports = [HydraModule.forRoot({ resourceServer })]
      const app = await startApp({ platform, imports, controllers: [controllerOf(kind)] })
      return {
        async attempt(operation: Operation, token) {
          const { status, headers, body } = await app.call(`/${operation}`, token)
          const challenge = headers.get('www-authenticate') ?? undefined
          const retryAfter = headers.get('retry-after') ?? undefined
          if (status === 200) return { who: /[a-z]+\s*$/.exec(body)?.[0].trim(), challenge, retryAfter }
          return { status, error: (JSON.parse(body) as { error: string }).error, challenge, retryAfter }
        },
        [Symbol.asyncDispose]: () => app[Symbol.asyncDispose](),
      }
    },
  })),
)

testMatrix(channels)
