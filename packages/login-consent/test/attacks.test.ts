/** The attack table in process, and the rows that are about bodies that nobody has read yet. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { tokenHook, hook } from '../src/index.ts'
import { attackTable } from './support/attack-table.ts'
import { rawRequest } from './support/raw-request.ts'
import type { Got } from './support/visitor.ts'
import { inputOf, startWorld, visitor, write, type World } from './support/world.ts'

describe('attacks', () => attackTable(startWorld))

describe('attacks by streams', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld()
  })
  beforeEach(async () => {
    await world.hydra.reset()
    world.reported.length = 0
    world.configure({})
  })
  afterAll(() => world.stop())

  const post = { 'content-type': 'application/x-www-form-urlencoded' }

  test('5 MiB is refused before it is read, 413', async () => {
    const user = visitor()
    const page = await world.begin(user)
    const got = await rawRequest(
      world.loginUrl,
      `POST ${page.url.pathname}${page.url.search} HTTP/1.1\r\nHost: x\r\nContent-Type: ${post['content-type']}\r\nContent-Length: 5242880\r\n\r\n`,
    )
    expect(got).toMatch(/^HTTP\/1\.1 413 /)
  })

  test('5 MiB without a length is refused at the limit', async () => {
    const user = visitor()
    const page = await world.begin(user)
    const chunk = `10000\r\n${'a'.repeat(65_536)}\r\n`
    const got = await rawRequest(
      world.loginUrl,
      `POST ${page.url.pathname}${page.url.search} HTTP/1.1\r\nHost: x\r\nContent-Type: ${post['content-type']}\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}${chunk}`,
    )
    expect(got).toMatch(/^HTTP\/1\.1 413 /)
  })

  test('a slow one is given up, 408', async () => {
    world.configure({ limits: { bodyTimeoutMs: 50 } })
    const page = await world.begin(visitor())
    const got = await rawRequest(
      world.loginUrl,
      `POST ${page.url.pathname}${page.url.search} HTTP/1.1\r\nHost: x\r\nContent-Type: ${post['content-type']}\r\nContent-Length: 100\r\n\r\nform`,
    )
    expect(got).toMatch(/^HTTP\/1\.1 408 /)
  })

  test('one that breaks off is 400, and no trouble of ours', async () => {
    const { url } = await world.begin(visitor())
    async function* body(): AsyncGenerator<string> {
      yield 'form'
      throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' })
    }
    const target = url.pathname + url.search
    const got = await world.provider.handle({ method: 'POST', url: target, headers: post, body: body() })
    expect(got.status).toBe(400)
    expect(world.reported).toEqual([])
  })

  describe('hooks', () => {
    const key = 'a key of sixteen characters'

    test('without a key, with a wrong one, with a cookie in place of the header: 401, and the handler is not asked', async () => {
      let asked = 0
      const receiver = tokenHook(() => ((asked += 1), hook.keep()), { apiKey: key })
      world.configure({
        ownPages: async (request, response) => (write(response, await receiver.handle(inputOf(request))), true),
      })
      const call = (headers: Record<string, string>): Promise<Got> =>
        visitor().send(`${world.loginUrl}/hook`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body: JSON.stringify({ session: {}, request: { client_id: 'photos', grant_types: ['client_credentials'] } }),
        })
      for (const headers of [
        {},
        { 'x-api-key': '' },
        { 'x-api-key': `${key}x` },
        { cookie: `X-Api-Key=${encodeURIComponent(key)}` },
      ]) {
        expect((await call(headers as Record<string, string>)).status).toBe(401)
      }
      expect(asked).toBe(0)
      expect((await call({ 'x-api-key': key })).status).toBe(204)
    })

    test('a body of 5 MiB is refused at the limit', async () => {
      const receiver = tokenHook(() => hook.keep(), { apiKey: key, onError: () => {} })
      world.configure({
        ownPages: async (request, response) => (write(response, await receiver.handle(inputOf(request))), true),
      })
      const got = await rawRequest(
        world.loginUrl,
        `POST /hook HTTP/1.1\r\nHost: x\r\nX-Api-Key: ${key}\r\nContent-Length: 5242880\r\n\r\n`,
      )
      expect(got).toMatch(/^HTTP\/1\.1 413 /)
      const chunk = `100000\r\n${'a'.repeat(1_048_576)}\r\n`
      const chunked = await rawRequest(
        world.loginUrl,
        `POST /hook HTTP/1.1\r\nHost: x\r\nX-Api-Key: ${key}\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}${chunk}`,
      )
      expect(chunked).toMatch(/^HTTP\/1\.1 413 /)
    })

    test('a slow body is given up', async () => {
      const receiver = tokenHook(() => hook.keep(), { apiKey: key, timeoutMs: 50, onError: () => {} })
      world.configure({
        ownPages: async (request, response) => (write(response, await receiver.handle(inputOf(request))), true),
      })
      const got = await rawRequest(
        world.loginUrl,
        `POST /hook HTTP/1.1\r\nHost: x\r\nX-Api-Key: ${key}\r\nContent-Length: 100\r\n\r\n{`,
      )
      expect(got).toMatch(/^HTTP\/1\.1 408 /)
    })
  })
})
