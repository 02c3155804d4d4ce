/** Calls in contexts of which the guard cannot tell who stands behind them, or that look like a stranger's. */
import {
  HydraExceptionFilter,
  HydraGuard,
  HydraModule,
  OptionalAuth,
  RequireToken,
  type HydraModuleOptions,
} from '@hydra-kit/nestjs'
import { fakeResourceServer, signedInAs } from '@hydra-kit/resource-server/testing'
import { expect, test } from '@jest/globals'
import type { ExecutionContext } from '@nestjs/common'
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js'
import { startApp } from '../support/app.ts'

const alice = signedInAs({ subject: 'alice', clientId: 'app' })
const aliceElsewhere = signedInAs({ subject: 'alice', clientId: 'other-app' })
const resourceServer = fakeResourceServer({ tokens: { alice, aliceElsewhere } })

class Jobs {
  @RequireToken() run(): void {}
  @OptionalAuth() look(): void {}
}

async function startGuard(options: Partial<HydraModuleOptions> = {}) {
  const imports = [HydraModule.forRoot({ resourceServer, ...options } as HydraModuleOptions)]
  const app = await startApp({ imports, providers: [HydraExceptionFilter] })
  const guard = app.app.get(HydraGuard)
  return {
    app,
    attempt: async (context: ExecutionContext): Promise<unknown> => guard.canActivate(context),
    [Symbol.asyncDispose]: () => app[Symbol.asyncDispose](),
  }
}

function contextOf(type: string, args: unknown[], method: keyof Jobs = 'run'): ExecutionContextHost {
  const context = new ExecutionContextHost(args as never, Jobs, Jobs.prototype[method])
  context.setType(type)
  return context
}

const wrongSetUp = { code: 'ERR_HYDRA_AUTH_MISSING' }
const tokenFrom = ({ data }: { data: unknown }): string => data as string

test('another token of the same user is another caller', async () => {
  await using guard = await startGuard({ rpc: { tokenFrom } })
  const connection = {}
  expect(await guard.attempt(contextOf('rpc', ['alice', connection]))).toBe(true)
  expect(await guard.attempt(contextOf('rpc', ['alice', connection]))).toBe(true)
  await expect(guard.attempt(contextOf('rpc', ['aliceElsewhere', connection]))).rejects.toMatchObject(wrongSetUp)
})

test('a message with neither a context nor an object is refused: nobody could be asked who sent it', async () => {
  await using guard = await startGuard({ rpc: { tokenFrom } })
  await expect(guard.attempt(contextOf('rpc', ['alice', undefined]))).rejects.toMatchObject(wrongSetUp)
})

test.each([[7], [null], [{}]])('a token that is no text is no missing one: %j', async (value) => {
  await using guard = await startGuard()
  const message = { getMessage: () => ({ headers: { authorization: value } }) }
  await expect(guard.attempt(contextOf('rpc', [{}, message], 'look'))).rejects.toMatchObject({
    error: { error: 'invalid_request' },
  })
  expect(await guard.attempt(contextOf('rpc', [{}, { getMessage: () => ({ headers: {} }) }], 'look'))).toBe(true)
})

test('a client of a WebSocket server that nobody knows is no stranger', async () => {
  await using guard = await startGuard()
  await expect(guard.attempt(contextOf('ws', [{}, 'data'], 'look'))).rejects.toMatchObject(wrongSetUp)
})

test('a reference resolver of a federated graph finds its context one place earlier', async () => {
  await using guard = await startGuard()
  const req = { method: 'POST', url: '/graphql', headers: {}, rawHeaders: [] }
  const [authorization, reference, info] = ['Bearer alice', { id: '1' }, { fieldName: 'photo' }]
  const good = { req: { ...req, headers: { authorization }, rawHeaders: ['authorization', authorization] } }
  expect(await guard.attempt(contextOf('graphql', [reference, good, info]))).toBe(true)
  await expect(guard.attempt(contextOf('graphql', [reference, { req }, info]))).rejects.toMatchObject({ status: 401 })
})

test('the filter hands errors of other contexts than HTTP on as they are', async () => {
  await using guard = await startGuard()
  const filter = guard.app.app.get(HydraExceptionFilter)
  const error = await resourceServer
    .authenticate({ method: 'GET', url: '/', headers: {} })
    .catch((caught: unknown) => caught)
  expect(error).toMatchObject({ reason: 'missing' })
  const caught = new Promise((resolve) => resolve(filter.catch(error, contextOf('rpc', [{}, {}])) as never))
  expect(await caught.catch((thrown: unknown) => thrown)).toBe(error)
})
