import { HydraModule } from '@hydra-kit/nestjs'
import { fakeResourceServer } from '@hydra-kit/resource-server/testing'
import { expect, test } from '@jest/globals'
import { Controller, Get } from '@nestjs/common'
import { startApp } from './support/app.ts'

@Controller('photos')
class Photos {
  @Get() list(): string {
    return 'photos'
  }
}

test('where every instance has a name, a route must name one', async () => {
  const resourceServer = fakeResourceServer({ tokens: {} })
  const imports = ['a', 'b'].map((name) => HydraModule.forRoot({ resourceServer, name }))
  await expect(startApp({ imports, controllers: [Photos] })).rejects.toMatchObject({
    code: 'ERR_HYDRA_AUTH_MISSING',
    message: expect.stringMatching(/without a name: those here are named "a", "b"/),
  })
})
