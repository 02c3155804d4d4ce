/** Message handlers of classes on which none of our decorators stands, where Nest runs no global guard. */
import { HydraModule, tokenOf } from '@hydra-kit/nestjs'
import { fakeResourceServer, signedInAs } from '@hydra-kit/resource-server/testing'
import { expect, test } from '@jest/globals'
import { Controller, Injectable, UseGuards, type CanActivate, type ExecutionContext } from '@nestjs/common'
import { MessagePattern } from '@nestjs/microservices'
import { startHybrid } from '../support/microservice.ts'

const rpc = {
  tokenFrom: ({ data }: { data: unknown }): string | undefined => (data as { token?: string }).token,
}
const tokens = { alice: signedInAs({ subject: 'alice' }), bob: signedInAs({ subject: 'bob' }) }
const imports = [HydraModule.forRoot({ resourceServer: fakeResourceServer({ tokens }), rpc })]
const refused = { status: 'error', error: 'unauthorized', challenge: 'Bearer' }

test('need a token', async () => {
  @Controller()
  class Jobs {
    @MessagePattern('run')
    run(): string {
      return 'done'
    }
  }
  await using hybrid = await startHybrid({ imports, controllers: [Jobs] })
  await expect(hybrid.send('run', {})).rejects.toMatchObject(refused)
  expect(await hybrid.send('run', { token: 'alice' })).toBe('done')
})

test('are guarded in front of guards of the application, which can ask for the token', async () => {
  @Injectable()
  class OnlyAlice implements CanActivate {
    canActivate(context: ExecutionContext): boolean {
      return tokenOf(context)?.subject === 'alice'
    }
  }
  @Controller()
  @UseGuards(OnlyAlice)
  class Jobs {
    @MessagePattern('run')
    run(): string {
      return 'done'
    }
  }
  await using hybrid = await startHybrid({ imports, controllers: [Jobs] })
  expect(await hybrid.send('run', { token: 'alice' })).toBe('done')
  await expect(hybrid.send('run', { token: 'bob' })).rejects.toMatchObject({ message: 'Forbidden resource' })
  await expect(hybrid.send('run', {})).rejects.toMatchObject(refused)
})
