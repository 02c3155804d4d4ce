import { HydraModule } from '@hydra-kit/nestjs'
import { fakeResourceServer } from '@hydra-kit/resource-server/testing'
import { expect, test } from '@jest/globals'
import { Controller } from '@nestjs/common'
import { MessagePattern } from '@nestjs/microservices'
import { startApp } from '../support/app.ts'

test('an application does not start when the guard of a message handler was taken away', async () => {
  @Controller()
  class Jobs {
    @MessagePattern('run') run(): void {}
  }
  const imports = [HydraModule.forRoot({ resourceServer: fakeResourceServer({ tokens: {} }) })]
  // As a tool does that writes the guards of a class anew when everything is made.
  const prepare = (): void => Reflect.defineMetadata('__guards__', [], Jobs)
  await expect(startApp({ imports, controllers: [Jobs], prepare })).rejects.toMatchObject({
    code: 'ERR_HYDRA_AUTH_MISSING',
    message: expect.stringContaining('Jobs has handlers'),
  })
})
