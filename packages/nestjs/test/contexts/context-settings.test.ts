import { HydraModule, type HydraModuleOptions } from '@hydra-kit/nestjs'
import { fakeResourceServer } from '@hydra-kit/resource-server/testing'
import { expect, test } from '@jest/globals'
import { startApp } from '../support/app.ts'

const resourceServer = fakeResourceServer({ tokens: {} })

const wrong: [string, object, RegExp][] = [
  ['websocket.tokenFrom', { websocket: { tokenFrom: 'auth' } }, /must be a function that returns a token/],
  ['websocket.recheckSeconds', { websocket: { recheckSeconds: 0 } }, /from 1 to 86400/],
  ['websocket.recheckSeconds', { websocket: { recheckSeconds: 86_401 } }, /from 1 to 86400/],
  ['websocket.recheckSeconds', { websocket: { recheckSeconds: Number.NaN } }, /from 1 to 86400/],
  ['websocket.tokenfrom', { websocket: { tokenfrom: () => undefined } }, /It may have tokenFrom and recheckSeconds/],
  ['websocket', { websocket: null }, /must be an object/],
  ['rpc.tokenFrom', { rpc: { tokenFrom: {} } }, /must be a function/],
  ['rpc.header', { rpc: { header: 'x' } }, /It may have tokenFrom/],
  ['graphql.tokenFrom', { graphql: { tokenFrom: 1 } }, /must be a function/],
  ['graphql.context', { graphql: { context: {} } }, /It may have tokenFrom/],
]

test.each(wrong)('%s: %j', async (option, given, message) => {
  const options = { resourceServer, ...given } as HydraModuleOptions
  await expect(startApp({ imports: [HydraModule.forRoot(options)] })).rejects.toMatchObject({
    code: 'ERR_OPTIONS',
    option,
    message: expect.stringMatching(message),
  })
})
