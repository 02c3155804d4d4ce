/** Three paging schemes behind one iterator, against servers that page as each generation does. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { createHydraClient } from '@hydra-kit/client'
import type { HydraClient, HydraList } from '@hydra-kit/client'
import { json, startStub } from './support/stub-server.ts'
import type { Handler, StubServer } from './support/stub-server.ts'

let server: StubServer
beforeEach(async () => {
  server = await startStub()
})
afterEach(() => server.close())

interface Row {
  client_id: string
  consent_request: { challenge: string }
  id: string
}
const row = (n: number): Row => ({ client_id: `c${n}`, consent_request: { challenge: `c${n}` }, id: `c${n}` })
const rowsOf = (count: number): Row[] => Array.from({ length: count }, (_, n) => row(n))

/**
 * 1.x as its source has it: `limit` (default 100, at most 500), `offset` rounded down to whole pages since 1.9, a
 * dropped connection for a limit of 0 or less, an unfiltered total, links that tell nothing certain.
 */
function version1(rows: () => Row[], expired: (row: Row) => boolean = () => false): Handler {
  return ({ url }, response, socket) => {
    const query = new URL(url, server.url).searchParams
    const limit = Math.min(Number(query.get('limit') ?? 100), 500)
    if (limit <= 0) return void socket.destroy()
    const offset = Math.floor(Number(query.get('offset') ?? 0) / limit) * limit
    sendCounted(rows(), offset, limit, expired, response)
  }
}

/** 2.0 – 2.3: the same behind a token; consent sessions have links with the arguments swapped (page_size=1). */
function version2(rows: () => Row[], expired: (row: Row) => boolean = () => false): Handler {
  return ({ url }, response) => {
    const query = new URL(url, server.url).searchParams
    const limit = Math.min(Number(query.get('page_size') ?? 250), 1_000)
    const { offset = '0' } = decode(query.get('page_token'))
    const start = Math.floor(Number(offset) / limit) * limit
    response.setHeader('link', '</admin/x?page_size=1&page_token=eyJvZmZzZXQiOiIxIiwidiI6Mn0>; rel="next"')
    sendCounted(rows(), start, limit, expired, response)
  }
}

/** 25.4 on: key set paging, an opaque token, only `first` and `next`, at most 500. */
function version25(rows: () => Row[]): Handler {
  return ({ url }, response) => {
    const query = new URL(url, server.url).searchParams
    const size = Math.min(Number(query.get('page_size') || 100), 500)
    const token = query.get('page_token')
    if (token !== null && !token.startsWith('after='))
      return json(response, 400, { error: 'bad token', error_description: '' })
    const sorted = rows()
    const from = token === null ? 0 : sorted.findIndex(({ client_id }) => client_id === token.slice(6)) + 1
    const page = sorted.slice(from, from + size)
    const more = from + size < sorted.length
    const links = ['</admin/x?page_size=9&page_token=>; rel="first"']
    const last = page.at(-1)
    if (more && last) links.push(`</admin/x?page_size=9&page_token=after%3D${last.client_id}>; rel="next"`)
    if (sorted.length > 0) response.setHeader('link', links.join(','))
    json(response, 200, page)
  }
}

function sendCounted(
  rows: Row[],
  offset: number,
  limit: number,
  expired: (row: Row) => boolean,
  response: Parameters<Handler>[1],
): void {
  const page = rows.slice(offset, offset + limit).filter((one) => !expired(one))
  // An empty page of consents carries neither link nor total.
  if (page.length > 0) response.setHeader('x-total-count', String(rows.length))
  else response.removeHeader('link')
  json(response, 200, page)
}

function decode(token: string | null): { offset?: string } {
  try {
    return JSON.parse(Buffer.from(token ?? '', 'base64url').toString()) as { offset?: string }
  } catch {
    return {}
  }
}

const schemes = [
  ['1.11', version1],
  ['2.3 (from source, not run)', version2],
  ['26.2', version25],
] as const

function client(version: string): HydraClient {
  return createHydraClient({ adminUrl: server.url, serverVersion: version.split(' ')[0] as '1.11' })
}

const lists: [string, (hydra: HydraClient, pageSize?: number) => HydraList<unknown>][] = [
  ['clients', (hydra, pageSize) => hydra.clients.list({ pageSize })],
  ['consent sessions', (hydra, pageSize) => hydra.consentSessions.list({ subject: 'alice', pageSize })],
  ['trusted issuers', (hydra, pageSize) => hydra.trustedIssuers.list({ pageSize })],
]

describe.each(schemes)('%s', (version, scheme) => {
  describe.each(lists)('%s', (_name, list) => {
    test.each([1, 7, 100, 500])('all 300, in pages of %d, each once and in order', async (pageSize) => {
      server.handle(scheme(() => rowsOf(300)))
      const found = (await list(client(version), pageSize).toArray()) as Row[]
      expect(found.map(({ id }) => id)).toEqual(rowsOf(300).map(({ id }) => id))
      const least = Math.ceil(300 / pageSize)
      expect(server.seen.length).toBeGreaterThanOrEqual(least)
      expect(server.seen.length).toBeLessThanOrEqual(least + 1)
    })

    test.each([0, 1, 6, 7, 8, 14])('%d entries in pages of 7', async (count) => {
      server.handle(scheme(() => rowsOf(count)))
      expect(await list(client(version), 7).toArray()).toHaveLength(count)
    })

    test('while others are being added at the end', async () => {
      let count = 300
      server.handle(scheme(() => rowsOf((count += 3))))
      const found = (await list(client(version), 7).toArray()) as Row[]
      const ids = found.map(({ id }) => id)
      expect(new Set(ids).size).toBe(ids.length)
      expect(ids.slice(0, 300)).toEqual(rowsOf(300).map(({ id }) => id))
    })
  })

  test('page by page', async () => {
    server.handle(scheme(() => rowsOf(5)))
    const clients = client(version).clients.list({ pageSize: 2 })
    const first = await clients.page()
    expect(first.items.map(({ client_id }) => client_id)).toEqual(['c0', 'c1'])
    const second = await clients.page({ pageToken: first.next })
    expect(second.items.map(({ client_id }) => client_id)).toEqual(['c2', 'c3'])
    const { data, response } = await clients.page({ pageToken: second.next }).withResponse()
    expect(data).toEqual({ items: [expect.objectContaining({ client_id: 'c4' })] })
    expect(response.status).toBe(200)
  })

  test('nothing is fetched before it is needed', async () => {
    server.handle(scheme(() => rowsOf(300)))
    const clients = client(version).clients.list({ pageSize: 7 })
    expect(server.seen).toHaveLength(0)
    let count = 0
    for await (const _one of clients) if ((count += 1) === 8) break
    expect(server.seen).toHaveLength(2)
  })

  test('a failure in the middle ends the iteration with its error', async () => {
    const handler = scheme(() => rowsOf(20))
    server.handle((request, response, socket) =>
      server.seen.length > 2
        ? json(response, 400, { error: 'no', error_description: '' })
        : handler(request, response, socket),
    )
    await expect(client(version).clients.list({ pageSize: 7 }).toArray()).rejects.toMatchObject({ status: 400 })
  })
})

describe.each([schemes[0], schemes[1]] as const)(
  '%s: others are added in front, which moves pages',
  (version, scheme) => {
    test.each(lists)('%s: each is listed once', async (_name, list) => {
      let added = 0
      server.handle(
        scheme(() => {
          added += 3
          return [...Array.from({ length: added }, (_, n) => row(1_000 + n)).toReversed(), ...rowsOf(300)]
        }),
      )
      const ids = ((await list(client(version), 7).toArray()) as Row[]).map(({ id }) => id)
      expect(new Set(ids).size).toBe(ids.length)
      expect(ids.filter((id) => Number(id.slice(1)) < 1_000)).toEqual(rowsOf(300).map(({ id }) => id))
    })
  },
)

describe.each([schemes[0], schemes[1]] as const)('%s: consents that expired', (version, scheme) => {
  test('short and empty pages in the middle are not the end', async () => {
    const expired = ({ id }: Row): boolean => Number(id.slice(1)) >= 7 && Number(id.slice(1)) < 22
    server.handle(scheme(() => rowsOf(40), expired))
    const found = (await client(version)
      .consentSessions.list({ subject: 'alice', pageSize: 7 })
      .toArray()) as unknown as Row[]
    expect(found.map(({ id }) => id)).toEqual(
      rowsOf(40)
        .filter((one) => !expired(one))
        .map(({ id }) => id),
    )
  })

  test('an empty first page is the end: no total was ever seen', async () => {
    server.handle(
      scheme(
        () => rowsOf(40),
        () => true,
      ),
    )
    expect(await client(version).consentSessions.list({ subject: 'alice', pageSize: 7 }).toArray()).toEqual([])
  })
})

test('what is sent, per scheme', async () => {
  const sent: Record<string, string[]> = {}
  for (const [version, scheme] of schemes) {
    server.seen.length = 0
    server.handle(scheme(() => rowsOf(3)))
    await client(version).clients.list({ owner: 'a b', pageSize: 2 }).toArray()
    sent[version] = server.seen.map(({ url }) => url)
  }
  expect(sent).toEqual({
    '1.11': ['/clients?owner=a%20b&limit=2&offset=0', '/clients?owner=a%20b&limit=2&offset=2'],
    '2.3 (from source, not run)': [
      '/admin/clients?owner=a%20b&page_size=2&page_token=eyJvZmZzZXQiOiIwIiwidiI6Mn0',
      '/admin/clients?owner=a%20b&page_size=2&page_token=eyJvZmZzZXQiOiIyIiwidiI6Mn0',
    ],
    '26.2': ['/admin/clients?owner=a%20b&page_size=2', '/admin/clients?owner=a%20b&page_size=2&page_token=after%3Dc1'],
  })
})

test.each([0, -1, 501, 1.5, Number.NaN])('a page size of %d is never sent', (pageSize) => {
  expect(() => client('1.11').clients.list({ pageSize })).toThrow('`pageSize` must be a whole number from 1 to 500')
})

test('wrong arguments of a page', async () => {
  const clients = client('1.11').clients.list()
  await expect(clients.page({ pageSize: 0 })).rejects.toMatchObject({ code: 'ERR_OPTIONS' })
  await expect(clients.page({ pageToken: 'eyJ' })).rejects.toMatchObject({ code: 'ERR_OPTIONS' })
  await expect(clients.page({ size: 7 } as never)).rejects.toMatchObject({ code: 'ERR_OPTIONS' })
  expect(() => client('1.11').clients.list({ name: 'x' } as never)).toThrow('unknown argument "name"')
  expect(server.seen).toEqual([])
})

test.each([
  ['</admin/clients?page_token=abc>; rel="next"', 'abc'],
  ['<https://hydra/admin/clients?page_token=a%2Fb&page_size=1>;rel=next', 'a/b'],
  ['</admin/clients?page_token=>; rel="first", </admin/clients?page_size=7&page_token=xyz%3D>; rel="next"', 'xyz='],
  ['</admin/clients?page_token=abc>; rel="first"', undefined],
  ['</admin/clients?page_token=abc>; title="next"', undefined],
  ['</admin/clients>; rel="next"', undefined],
  ['', undefined],
])('Link (RFC 8288): %s', async (link, next) => {
  server.handle((_request, response) => json(response, 200, [], link === '' ? {} : { link }))
  expect((await client('26.2').clients.list().page()).next).toBe(next)
})
