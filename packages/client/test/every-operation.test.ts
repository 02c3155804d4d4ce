/** Each operation sends the request that its server generation expects, and reads the answer. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { createHydraClient } from '@hydra-kit/client'
import type { HydraClient, OperationName } from '@hydra-kit/client'
import { operations } from '../src/operations.ts'
import { isAtLeast } from '../src/server-versions/release.ts'
import { everyOperation, operationNames } from './support/every-operation.ts'
import { startStub } from './support/stub-server.ts'
import type { StubServer } from './support/stub-server.ts'

let server: StubServer

beforeAll(async () => {
  server = await startStub()
})
afterAll(() => server.close())
beforeEach(() => {
  server.seen.length = 0
})

function answer(name: OperationName): void {
  const { status, body, text } = everyOperation[name].answer
  server.handle((_request, response) => {
    response.writeHead(status, {
      'content-type': body === undefined ? 'text/plain; version=0.0.4' : 'application/json',
    })
    response.end(body === undefined ? text : JSON.stringify(body))
  })
}

test.each(['1.11.10', '2.3.0', '26.2.0'] as const)(
  '%s: method, path and result of every operation it has',
  async (release) => {
    const hydra = createHydraClient({ publicUrl: server.url, adminUrl: server.url, serverVersion: release })
    const called: string[] = []
    for (const name of operationNames) {
      const { since = '1.4', until } = operations[name]
      if (!isAtLeast(release, since) || (until !== undefined && isAtLeast(release, until))) continue
      answer(name)
      server.seen.length = 0
      const { data, response } = await everyOperation[name].call(hydra).withResponse()
      const { method, url } = server.seen[0]!
      const expected = everyOperation[name].request[release.startsWith('1.') ? 'v1' : 'v2']
      const offset = release === '2.3.0' ? `&page_token=${btoa('{"offset":"0","v":2}').replaceAll('=', '')}` : ''
      expect([name, `${method} ${url}`]).toEqual([name, expected.includes('page_size') ? expected + offset : expected])
      expect([name, response.status]).toEqual([name, everyOperation[name].answer.status])
      expect([name, data]).toMatchSnapshot()
      called.push(name)
    }
    expect(called.length).toBeGreaterThan(40)
    await hydra.close()
  },
)

describe('an operation that the server lacks', () => {
  const rows: [string, OperationName, string][] = [
    ['1.4.10', 'tokens.deleteByClient', '1.8.5'],
    ['1.10.1', 'clients.patch', '1.10.2'],
    ['1.10.7', 'trustedIssuers.create', '1.11.0'],
    ['1.10.7', 'registration.create', '1.11.0'],
    ['1.11.8', 'clients.setLifespans', '1.11.9'],
    ['2.1.2', 'credentials.create', '2.2.0'],
    ['2.3.0', 'device.authorize', '25.4.0'],
    ['2.3.0', 'deviceRequests.accept', '25.4.0'],
  ]
  test.each(rows)('Hydra %s has no %s: since %s, and nothing is sent', async (serverVersion, name, since) => {
    const hydra = client(serverVersion)
    await expect(everyOperation[name].call(hydra)).rejects.toMatchObject({
      code: 'ERR_HYDRA_UNSUPPORTED',
      operation: name,
      serverVersion,
      since,
    })
    expect(server.seen).toEqual([])
  })

  test('Hydra 2.0.0 has no tokens.flushInactive any more', async () => {
    const call = client('2.0.0').tokens.flushInactive()
    await expect(call).rejects.toMatchObject({ code: 'ERR_HYDRA_UNSUPPORTED', until: '2.0.0', serverVersion: '2.0.0' })
    await expect(call).rejects.toThrow('tokens.flushInactive: not supported by Hydra 2.0.0, it was removed in 2.0.0')
    expect(server.seen).toEqual([])
  })
})

describe('an address that is missing', () => {
  test.each(operationNames)('%s without its port is a configuration error', async (name) => {
    const { port } = operations[name]
    const hydra = createHydraClient({
      ...(port === 'admin' ? { publicUrl: server.url } : { adminUrl: server.url }),
      serverVersion: name === 'tokens.flushInactive' ? '1.11' : '26.2',
    })
    await expect(everyOperation[name].call(hydra)).rejects.toMatchObject({
      code: 'ERR_OPTIONS',
      message: expect.stringContaining(`${port}Url`),
    })
    expect(server.seen).toEqual([])
  })
})

test('every operation says in one table how it may be repeated', () => {
  const table = operationNames.map((name) => `${operations[name].retry} ${operations[name].method} ${name}`)
  expect(table).toMatchSnapshot()
  const unsafe = operationNames.filter((name) => operations[name].method === 'PATCH')
  expect(unsafe.every((name) => operations[name].retry === 'never')).toBe(true)
})

function client(serverVersion: string): HydraClient {
  return createHydraClient({ publicUrl: server.url, adminUrl: server.url, serverVersion: serverVersion as '26.2' })
}
