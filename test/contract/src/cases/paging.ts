/** Lists in pages: by number in 1.x, by token from 25.4 on. */
import type { Answer } from '../answer.ts'
import { makeSigningKey } from '../assertions.ts'
import type { CaseContext } from '../case-context.ts'
import { defineCase, type ContractCase } from '../contract-case.ts'
import { signIn } from '../flow.ts'
import type { Json } from '../transcript/exchange.ts'

const malformed = 'The request was malformed or contained invalid parameters'
const issuersPath = '/trust/grants/jwt-bearer/issuers'
const consentsPath = '/oauth2/auth/sessions/consent'

export const pagingCases: readonly ContractCase[] = [
  defineCase({
    name: 'paging-clients',
    operations: ['listOAuth2Clients'],
    profile: 'default',
    async run(t) {
      const owner = t.unique('owner')
      const expected = await makeClients(t, owner, 5)
      const pages = await walk(t, '/clients', { owner }, 2)
      t.equal(
        'pages of',
        pages.map((page) => page.length),
        [2, 2, 1],
      )
      t.equal('every client once', sorted(pages.flat().map((row) => member(row, 'client_id'))), expected.toSorted())
      const one = await t.admin.get('one page holds all', '/clients', {
        query: { owner, ...size(t, 100) },
        quiet: true,
      })
      t.equal('five', one.list().length, 5)
    },
  }),

  defineCase({
    name: 'paging-clients-links',
    operations: ['listOAuth2Clients'],
    profile: 'default',
    since: '25.4',
    async run(t) {
      const owner = t.unique('owner')
      await makeClients(t, owner, 2)
      const first = await t.admin.get('first page', '/clients', { query: { owner, page_size: '1' } })
      t.equal('links', rels(first), ['first', 'next'])
      t.equal('no count', first.header('x-total-count'), undefined)
      const second = await t.admin.get('second page', '/clients', {
        query: { owner, page_size: '1', page_token: tokenOf(first) },
      })
      t.equal('one row', second.list().length, 1)
      const other = { owner, page_size: '5', page_token: tokenOf(first) }
      t.equal(
        'page_size may change',
        (await t.admin.get('another size', '/clients', { query: other })).list().length,
        1,
      )
      for (const [step, query] of Object.entries<Readonly<Record<string, string>>>({
        'empty token': { page_token: '' },
        'size zero': { page_size: '0' },
        'negative size': { page_size: '-1' },
        'huge size': { page_size: '1000' },
        "1.x's parameters": { limit: '1', offset: '1' },
      })) {
        const answer = await t.admin.get(step, '/clients', { query: { owner, ...query } })
        t.equal(`${step}: both rows`, answer.list().length, 2)
      }
      for (const [step, query] of Object.entries<Readonly<Record<string, string>>>({
        'size that is no number': { page_size: 'many' },
        'garbage token': { page_token: t.hide('garbage_token', 'garbage') },
        'token of 2.x': { page_token: t.hide('token_of_2x', 'eyJvZmZzZXQiOiIzIiwidiI6Mn0') },
      })) {
        t.error(await t.admin.get(step, '/clients', { query: { owner, ...query } }), 400, malformed)
      }
    },
  }),

  defineCase({
    name: 'paging-clients-links-of-1x',
    operations: ['listOAuth2Clients'],
    profile: 'default',
    until: '1.11',
    async run(t) {
      const owner = t.unique('owner')
      await makeClients(t, owner, 3)
      const first = await t.admin.get('first page', '/clients', { query: { owner, limit: '1', offset: '0' } })
      t.ok('a count of everything', Number(first.header('x-total-count')) >= 3)
      t.equal('links', rels(first), ['last', 'next'])
      const second = await t.admin.get('second page', '/clients', { query: { owner, limit: '1', offset: '1' } })
      t.equal('links in the middle', rels(second), ['first', 'last', 'next', 'prev'])
      // Links count every client of the server, so only facts are looked at where one page may hold them all.
      const odd = await t.admin.get('limit that is no number', '/clients', {
        query: { owner, limit: 'many' },
        quiet: true,
      })
      t.equal('all rows', odd.list().length, 3)
      const later = { owner, page_size: '1', page_token: 'ignored' }
      t.equal(
        "2.x's parameters are ignored",
        (await t.admin.get('page_size', '/clients', { query: later, quiet: true })).list().length,
        3,
      )
    },
  }),

  defineCase({
    name: 'paging-consent-sessions',
    operations: ['listOAuth2ConsentSessions'],
    profile: 'default',
    async run(t) {
      const subject = t.unique('subject')
      const clients = [await t.client(), await t.client(), await t.client()]
      for (const client of clients) await signIn(t, client, { subject })
      const pages = await walk(t, consentsPath, { subject }, 2)
      t.equal(
        'pages of',
        pages.map((page) => page.length),
        [2, 1],
      )
      const seen = pages.flat().map((row) => member(member(member(row, 'consent_request'), 'client'), 'client_id'))
      t.equal('every consent once', sorted(seen), sorted(clients.map(({ id }) => id)))
      if (t.version === '1.11') return
      const query = { subject, page_token: t.hide('garbage_token', 'garbage') }
      t.error(await t.admin.get('garbage token', consentsPath, { query }), 400, 'invalid_request')
      t.equal(
        'no link for an empty list',
        (await t.admin.get('nobody', consentsPath, { query: { subject: t.unique('nobody') } })).header('link'),
        undefined,
      )
    },
  }),

  defineCase({
    name: 'paging-trusted-issuers',
    operations: ['listTrustedOAuth2JwtGrantIssuers'],
    profile: 'default',
    async run(t) {
      const key = makeSigningKey(t)
      const issuer = `https://${t.unique('issuer')}.example.com`
      const subjects = [t.unique('subject'), t.unique('subject'), t.unique('subject')]
      for (const subject of subjects) {
        const json = { issuer, subject, jwk: key.jwk, scope: [], expires_at: '2099-01-01T00:00:00Z' }
        await t.admin.post('trust', issuersPath, { json, quiet: true })
      }
      const pages = await walk(t, issuersPath, { issuer }, 2)
      t.equal(
        'pages of',
        pages.map((page) => page.length),
        [2, 1],
      )
      t.equal('every issuer once', sorted(pages.flat().map((row) => member(row, 'subject'))), sorted(subjects))
      if (t.version === '1.11') return
      const query = { issuer, page_token: t.hide('garbage_token', 'garbage') }
      t.error(await t.admin.get('garbage token', issuersPath, { query }), 400, malformed)
    },
  }),

  defineCase({
    name: 'paging-while-rows-are-added',
    operations: ['listOAuth2Clients'],
    profile: 'default',
    since: '25.4',
    async run(t) {
      const owner = t.unique('owner')
      const before = await makeClients(t, owner, 4)
      const first = await t.admin.get('first page', '/clients', { query: { owner, page_size: '2' }, quiet: true })
      await makeClients(t, owner, 3)
      const rest = await t.admin.get('the rest', '/clients', {
        query: { owner, page_token: tokenOf(first) },
        quiet: true,
      })
      const seen = [...first.list(), ...rest.list()].map((row) => member(row, 'client_id'))
      t.equal('none twice', new Set(seen).size, seen.length)
      t.equal(
        'none of the old ones missing',
        before.filter((id) => !seen.includes(id)),
        [],
      )
    },
  }),

  defineCase({
    name: 'clients-with-a-slash-in-their-id',
    operations: ['createOAuth2Client'],
    profile: 'default',
    async run(t) {
      const id = `${t.unique('client')}/part`
      const created = await t.admin.post('create', '/clients', { json: { client_id: id } })
      t.status(created, 201)
      t.status(await t.admin.get('get', `/clients/${encodeURIComponent(id)}`), { '1.11': 404, '26.2': 200 })
      t.status(await t.admin.delete('delete', `/clients/${encodeURIComponent(id)}`), { '1.11': 404, '26.2': 204 })
    },
  }),
]

async function makeClients(t: CaseContext, owner: string, count: number): Promise<string[]> {
  const ids: string[] = []
  for (let i = 0; i < count; i += 1) {
    const created = await t.admin.post('set up', '/clients', { json: { owner }, quiet: true })
    ids.push(created.string('client_id'))
  }
  return ids
}

/** All pages of a list, as a client library for this version would fetch them. */
async function walk(
  t: CaseContext,
  path: string,
  filter: Readonly<Record<string, string>>,
  pageSize: number,
): Promise<(readonly Json[])[]> {
  const pages: (readonly Json[])[] = []
  let token: string | undefined
  for (let i = 0; i < 10; i += 1) {
    const query =
      t.version === '1.11'
        ? { limit: `${pageSize}`, offset: `${i * pageSize}` }
        : { page_size: `${pageSize}`, page_token: token }
    const page = await t.admin.get('a page', path, { query: { ...filter, ...query }, quiet: true })
    t.status(page, 200)
    pages.push(page.list())
    if (t.version === '1.11' ? page.list().length < pageSize : !rels(page).includes('next')) return pages
    token = t.version === '1.11' ? undefined : tokenOf(page)
  }
  throw new Error(`${path} has no end`)
}

function size(t: CaseContext, count: number): Readonly<Record<string, string>> {
  return t.version === '1.11' ? { limit: `${count}` } : { page_size: `${count}` }
}

function rels(answer: Answer): readonly string[] {
  return [...(answer.header('link') ?? '').matchAll(/rel="(\w+)"/g)].map(([, rel = '']) => rel).toSorted()
}

function tokenOf(answer: Answer): string {
  const next = /<([^>]*)>; rel="next"/.exec(answer.header('link') ?? '')?.[1] ?? ''
  const token = new URL(next, 'http://localhost').searchParams.get('page_token')
  if (token === null) throw new Error(`step "${answer.step}": no page_token in the link to the next page`)
  return token
}

/** The texts, in an order that does not depend on the pages. */
function sorted(values: readonly (Json | undefined)[]): readonly string[] {
  return values.map((value) => (typeof value === 'string' ? value : '')).toSorted()
}

function member(value: Json | undefined, name: string): Json | undefined {
  return typeof value === 'object' && value !== null ? (value as { readonly [key: string]: Json })[name] : undefined
}
