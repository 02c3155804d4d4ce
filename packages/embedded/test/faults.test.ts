import { createServer } from 'node:http'
import { describe, expect, test } from '@jest/globals'
import { browser, useHydra } from '@hydra-kit/embedded/testing'
import { introspect } from './user-agent.ts'
import type { Fault } from '@hydra-kit/embedded'

const hydra = useHydra()
const alive = (init: RequestInit = {}): Promise<Response> => fetch(`${hydra.publicUrl}/health/alive`, init)

test('a status, with body and headers, as often as it says', async () => {
  const fault = hydra.faults.add({
    kind: 'status',
    route: 'GET /health/alive',
    status: 503,
    headers: { 'Retry-After': '7' },
    body: 'down',
    times: 2,
  })
  for (const _ of [1, 2]) {
    const response = await alive()
    expect([response.status, response.headers.get('retry-after'), await response.text()]).toEqual([503, '7', 'down'])
  }
  expect((await alive()).status).toBe(200)
  expect(fault.hits).toBe(2)
})

test('a fault ends when it is removed', async () => {
  const fault = hydra.faults.add({ kind: 'status', route: '*', status: 500 })
  expect((await alive()).status).toBe(500)
  fault.remove()
  expect((await alive()).status).toBe(200)
})

test.each([
  ['POST /oauth2/introspect', true],
  ['/oauth2/introspect', true],
  ['/admin/oauth2/introspect', true],
  ['/oauth2/*', true],
  ['GET /oauth2/introspect', false],
  ['/oauth2', false],
])('the route "%s" fits: %s', async (route, fits) => {
  hydra.faults.add({ kind: 'status', route, status: 500, body: '{"broken":true}' })
  expect('broken' in (await introspect(hydra, 'x'))).toBe(fits)
})

test('the newest that fits wins, and a port may be named', async () => {
  hydra.faults.add({ kind: 'status', route: '/health/alive', status: 500, port: 'admin' })
  hydra.faults.add({ kind: 'status', route: '*', status: 501, port: 'admin' })
  expect((await alive()).status).toBe(200)
  expect((await fetch(`${hydra.adminUrl}/health/alive`)).status).toBe(501)
})

test('a delay answers rightly, later', async () => {
  hydra.faults.add({ kind: 'delay', route: '*', delayMs: 60 })
  const begun = performance.now()
  expect(await (await alive()).json()).toEqual({ status: 'ok' })
  expect(performance.now() - begun).toBeGreaterThan(50)
})

test('a hang never answers', async () => {
  hydra.faults.add({ kind: 'hang', route: '*' })
  await expect(alive({ signal: AbortSignal.timeout(150) })).rejects.toMatchObject({ name: 'TimeoutError' })
  expect(hydra.inspect.requests({ path: '/health/alive' })).toMatchObject([{ status: 0 }])
})

test.each(['headers', 'body'] as const)('a reset cuts the connection at its %s', async (at) => {
  hydra.faults.add({ kind: 'reset', route: '*', at })
  const response = browser().open(`${hydra.publicUrl}/health/alive`)
  await expect(response).rejects.toThrow(at === 'headers' ? 'socket hang up' : 'aborted')
})

test('garbage is no JSON, a huge body is as long as it says', async () => {
  hydra.faults.add({ kind: 'garbage', route: '*', times: 1 })
  await expect(alive().then((response) => response.json())).rejects.toThrow(/JSON/)
  hydra.faults.add({ kind: 'huge', route: '*', bytes: 100_000 })
  const text = await (await alive()).text()
  expect(text).toHaveLength(100_000)
  expect(() => JSON.parse(text) as unknown).not.toThrow()
})

test('a drip comes byte by byte', async () => {
  hydra.faults.add({ kind: 'drip', route: '*', intervalMs: 2 })
  let chunks = 0
  const { body } = await alive()
  for await (const _ of body ?? []) chunks += 1
  expect(chunks).toBeGreaterThan(1)
})

describe('a paused port', () => {
  test('refuses connections until it is resumed, on the same number', async () => {
    await hydra.faults.pause('admin')
    await expect(fetch(`${hydra.adminUrl}/health/alive`)).rejects.toThrow('fetch failed')
    expect((await alive()).status).toBe(200)
    await hydra.faults.resume('admin')
    expect((await fetch(`${hydra.adminUrl}/health/alive`)).status).toBe(200)
  })

  test('whatever is asked meanwhile happens in turn', async () => {
    const steps = [
      hydra.faults.pause(),
      hydra.faults.resume(),
      hydra.faults.resume(),
      hydra.faults.pause(),
      hydra.reset(),
    ]
    await Promise.all(steps)
    expect((await alive()).status).toBe(200)
  })

  test('waits for its number while something else has it', async () => {
    await hydra.faults.pause('admin')
    const squatter = createServer()
    await new Promise<void>((resolve) => squatter.listen(Number(new URL(hydra.adminUrl).port), '127.0.0.1', resolve))
    const resumed = hydra.faults.resume('admin')
    await new Promise((resolve) => squatter.close(resolve))
    await resumed
    expect((await fetch(`${hydra.adminUrl}/health/alive`)).status).toBe(200)
  })

  test('is put back by a reset', async () => {
    await hydra.faults.pause()
    await hydra.reset()
    expect((await alive()).status).toBe(200)
  })
})

test.each([
  [{ kind: 'explode', route: '*' }, /"kind" must be one of/],
  [{ kind: 'hang', route: 'health' }, /"route" must be a path/],
  [{ kind: 'hang', route: '*', times: 0 }, /"times" must be at least 1/],
  [{ kind: 'hang', route: '*', port: 'both' }, /"port" must be "public" or "admin"/],
  [{ kind: 'hang', route: '*', delayMs: 1 }, /"hang" knows no "delayMs"/],
  [{ kind: 'delay', route: '*' }, /"delayMs" must be milliseconds/],
  [{ kind: 'drip', route: '*', intervalMs: -1 }, /"intervalMs" must be milliseconds/],
  [{ kind: 'status', route: '*', status: 99 }, /"status" must be a status/],
  [{ kind: 'reset', route: '*' }, /"at" must be "headers" or "body"/],
  [{ kind: 'huge', route: '*', bytes: '1' }, /"bytes" must be a number of bytes/],
])('%j is refused', (fault, message) => {
  expect(() => hydra.faults.add(fault as unknown as Fault)).toThrow(
    expect.objectContaining({ code: 'ERR_OPTIONS', message: expect.stringMatching(message) }),
  )
})
