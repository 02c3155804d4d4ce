/** Whatever goes wrong on the way, every operation ends in a typed error within its time, and says no secret. */
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import { expect, test } from '@jest/globals'
import { createHydraClient } from '@hydra-kit/client'
import type { HydraError, HydraHttpError, HydraProtocolError, OperationName } from '@hydra-kit/client'
import { operations } from '../src/operations.ts'
import { everyOperation, operationNames, secrets } from './support/every-operation.ts'
import { json, startStub } from './support/stub-server.ts'
import type { Handler, SeenRequest } from './support/stub-server.ts'

interface Outcome {
  name: OperationName
  error: HydraError
  seen: SeenRequest[]
}

const RETRIES = 1

/** Calls every operation against a server of its own that always does the same. */
async function everyOutcome(handlerOf: (name: OperationName) => Handler, timeoutMs = 30_000): Promise<Outcome[]> {
  return Promise.all(
    operationNames.map(async (name) => {
      const server = await startStub(handlerOf(name))
      const error = await outcome(name, server.url, timeoutMs)
      await server.close()
      return { name, error, seen: server.seen }
    }),
  )
}

async function outcome(name: OperationName, url: string, timeoutMs: number): Promise<HydraError> {
  const serverVersion = name === 'tokens.flushInactive' ? '1.11' : '26.2'
  const hydra = createHydraClient({ publicUrl: url, adminUrl: url, serverVersion, timeoutMs, retries: RETRIES })
  const error: unknown = await everyOperation[name].call(hydra).then(
    (result) => new Error(`${name} gave ${inspect(result)}`),
    (reason: unknown) => reason,
  )
  await hydra.close()
  const said = `${inspect(error, { depth: 10, showHidden: true })} ${JSON.stringify(error)} ${(error as Error).stack}`
  expect([name, secrets.filter((secret) => said.includes(secret))]).toEqual([name, []])
  return error as HydraError
}

const codes = (outcomes: Outcome[]): Record<string, string> =>
  Object.fromEntries(outcomes.map(({ name, error }) => [name, error.code ?? error.message]))
const all = (code: string): Record<string, string> => Object.fromEntries(operationNames.map((name) => [name, code]))

/** How often an operation is sent when each try fails and could be followed by another. */
function expectedTries(name: OperationName): string[] {
  const { method, retry } = operations[name]
  if (retry === 'never') return [method]
  if (retry === 'safe') return [method, method]
  // After a lost answer requests are looked up first; deletions are their own question.
  return method === 'DELETE' ? [method, method] : [method, 'GET']
}

test('connection refused', async () => {
  const server = await startStub()
  await server.close()
  const outcomes = await Promise.all(
    operationNames.map(async (name) => ({ name, error: await outcome(name, server.url, 5_000), seen: [] })),
  )
  expect(codes(outcomes)).toEqual(all('ERR_HYDRA_UNREACHABLE'))
  expect(outcomes[0]?.error.message).toBe(`metadata.version: no answer from ${server.url} (ECONNREFUSED)`)
})

test('the connection is lost in the middle of the body: only what may be repeated is, accepts are confirmed first', async () => {
  const outcomes = await everyOutcome((name) => (_request, response, socket) => {
    response.writeHead(operations[name].success === 204 ? 200 : operations[name].success, { 'content-length': '1000' })
    response.write('{"a":', () => socket.destroy())
  })
  expect(codes(outcomes)).toEqual(all('ERR_HYDRA_UNREACHABLE'))
  for (const { name, seen } of outcomes) {
    expect([name, seen.map(({ method }) => method)]).toEqual([name, expectedTries(name)])
  }
})

test('the server never answers', async () => {
  const outcomes = await everyOutcome(() => () => undefined, 1_500)
  expect(codes(outcomes)).toEqual(all('ERR_HYDRA_TIMEOUT'))
  for (const { name, error, seen } of outcomes) {
    expect([name, error.message, seen.length]).toEqual([name, `${name}: no complete answer within 1500 ms`, 1])
  }
})

test('the server never finishes the body', async () => {
  const outcomes = await everyOutcome(
    (name) => (_request, response) => {
      response.writeHead(operations[name].success === 204 ? 200 : operations[name].success)
      response.write('{"a":')
    },
    150,
  )
  expect(codes(outcomes)).toEqual(all('ERR_HYDRA_TIMEOUT'))
})

test('500 with a body that repeats the whole request', async () => {
  const outcomes = await everyOutcome(() => (request, response) => {
    const error_description = `${request.url} ${request.body} ${JSON.stringify(request.headers)}`
    json(response, 500, { error: `error ${request.body}`, error_description, error_hint: request.body })
  })
  expect(codes(outcomes)).toEqual(all('ERR_HYDRA_HTTP'))
  for (const { name, error, seen } of outcomes) {
    expect([name, (error as HydraHttpError).status]).toEqual([name, 500])
    expect([name, seen.map(({ method }) => method)]).toEqual([name, expectedTries(name)])
  }
})

test('502 with the HTML page of a proxy', async () => {
  const outcomes = await everyOutcome(() => (_request, response) => {
    response.writeHead(502, { 'content-type': 'text/html' })
    response.end('<html><h1>Bad Gateway</h1></html>')
  })
  expect(codes(outcomes)).toEqual(all('ERR_HYDRA_HTTP'))
  for (const { name, error } of outcomes)
    expect([name, error]).toMatchObject([name, { error: 'http_502', description: '' }])
})

test('429 that asks for more patience than there is time: not repeated, and says how long', async () => {
  const outcomes = await everyOutcome(
    () => (_request, response) => {
      json(response, 429, { error: 'rate_limit' }, { 'retry-after': '7' })
    },
    5_000,
  )
  expect(codes(outcomes)).toEqual(all('ERR_HYDRA_HTTP'))
  for (const { name, error, seen } of outcomes) {
    expect([name, (error as HydraHttpError).retryAfterMs, seen.length]).toEqual([name, 7_000, 1])
  }
})

test('10 MB of body', async () => {
  const outcomes = await everyOutcome((name) => (_request, response) => {
    response.writeHead(operations[name].success === 204 ? 200 : operations[name].success)
    response.on('error', () => undefined)
    response.end(Buffer.alloc(10_485_760, 32))
  })
  expect(codes(outcomes)).toEqual(all('ERR_HYDRA_PROTOCOL'))
  for (const { name, error } of outcomes)
    expect([name, (error as HydraProtocolError).reason]).toEqual([name, 'too_large'])
})

test.each([
  ['text instead of an object or list', '"text"'],
  ['an object or list with the wrong members', '{"keys":7,"active":"yes","redirect_to":7}'],
  ['a list of the wrong things', '[7]'],
  ['HTML', '<html>Please sign in</html>'],
  ['JSON that ends too early', '{"active":tr'],
])('success with %s', async (_title, body) => {
  const outcomes = await everyOutcome((name) => (_request, response) => {
    response.writeHead(operations[name].success === 204 ? 200 : operations[name].success, {
      'content-type': 'application/json',
    })
    response.end(body)
  })
  // Userinfo has no member that must be there.
  const expected = all('ERR_HYDRA_PROTOCOL')
  if (body.startsWith('{"keys"')) {
    expect(outcomes.find(({ name }) => name === 'oidc.userinfo')?.error.message).toContain('oidc.userinfo gave')
    delete expected['oidc.userinfo']
  }
  expect(codes(outcomes)).toMatchObject(expected)
})

test('a redirect is not followed', async () => {
  const elsewhere = await startStub()
  const outcomes = await everyOutcome(() => (_request, response) => {
    response.writeHead(307, { location: `${elsewhere.url}/login?token=x` })
    response.end()
  })
  expect(codes(outcomes)).toEqual(all('ERR_HYDRA_PROTOCOL'))
  for (const { name, error, seen } of outcomes) {
    expect([name, (error as HydraProtocolError).reason, seen.length]).toEqual([name, 'redirect', 1])
  }
  expect(elsewhere.seen).toEqual([])
  await elsewhere.close()
})

test('something that is not HTTP', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.on('data', () => socket.end('SSH-2.0-OpenSSH secret-banner\r\n'))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const error = (await outcome('tokens.introspect', url, 5_000)) as HydraProtocolError
  expect(error).toMatchObject({ code: 'ERR_HYDRA_PROTOCOL', reason: 'not_http' })
  expect(inspect(error, { depth: 10 })).not.toContain('secret-banner')
  await new Promise((resolve) => server.close(resolve))
})
