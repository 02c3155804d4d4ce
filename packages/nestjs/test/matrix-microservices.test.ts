/** Decorators × messages of a microservice that an application connects, with and without its configuration. */
import { CurrentToken, HydraModule, type RefusalFacts } from '@hydra-kit/nestjs'
import { Controller } from '@nestjs/common'
import { MessagePattern } from '@nestjs/microservices'
import { Guarded, operations, testMatrix, type Channel } from './support/matrix.ts'
import { startHybrid } from './support/microservice.ts'
import { statusOfError } from './support/refusal-status.ts'

type Token = { readonly subject?: string } | undefined

/** A controller with a message for each operation. */
function controllerOf(): new () => object {
  @Controller()
  class Operations {}
  for (const operation of operations) {
    const method = { [operation]: (token: Token) => token?.subject ?? 'anonymous' }[operation]
    Object.defineProperty(Operations.prototype, operation, { value: method, configurable: true, writable: true })
    const descriptor = Object.getOwnPropertyDescriptor(Operations.prototype, operation) as PropertyDescriptor
    CurrentToken()(Operations.prototype, operation, 0)
    MessagePattern(operation)(Operations.prototype, operation, descriptor)
    Guarded(operation)(Operations.prototype, operation, descriptor)
  }
  return Operations
}

const channels = [undefined, true].map((inheritAppConfig): Channel => ({
  name: `microservice TCP, ${inheritAppConfig === true ? 'inherits the configuration' : 'own configuration'}`,
  async start(resourceServer) {
    const rpc = { tokenFrom: ({ data }: { data: unknown }) => (data as { accessToken?: string }).accessToken }
    const hybrid = await startHybrid({
      imports: [HydraModule.forRoot({ resourceServer, rpc })],
      controllers: [controllerOf()],
      ...(inheritAppConfig !== undefined && { inheritAppConfig }),
    })
    return {
      async attempt(operation, token) {
        try {
          return { who: (await hybrid.send(operation, { accessToken: token })) as string }
        } catch (refused) {
          const { error, challenge, retryAfterSeconds } = refused as RefusalFacts
          return { status: statusOfError(error), error, challenge, retryAfter: retryAfterSeconds?.toString() }
        }
      },
      [Symbol.asyncDispose]: () => hybrid[Symbol.asyncDispose](),
    }
  },
}))

testMatrix(channels)
