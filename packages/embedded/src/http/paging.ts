import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { Engine } from '../engine.ts'
import { badRequest } from '../errors.ts'
import { splitUrl } from './urls.ts'
import { encodeSorted } from './urls.ts'
import type { HydraRequest } from './request.ts'

/** A list and how to walk through it. */
export interface Paged<T> {
  /** In the order of their keys. */
  readonly items: readonly T[]
  readonly key: (item: T) => string
  /** Name of the key column: a token of one list works in another whose column has the same name, as in Hydra. */
  readonly column: string
  /** Makes the error for parameters that can't be read. */
  readonly refuse: (reason: string) => Error
}

/** One page, and the `Link` header that leads on. */
export interface Page<T> {
  readonly items: T[]
  readonly link: string
}

const defaultSize = 100
const maxSize = 500
const tokenLifetimeMs = 3_600_000

/** Cuts a page out of a list by `page_size` and `page_token`. */
export function paginate<T>(engine: Engine, request: HydraRequest, list: Paged<T>): Page<T> {
  const size = pageSize(request, list.refuse)
  const after = startOf(engine, request, list)
  const rest = list.items.filter((item) => list.key(item) > after)
  const items = rest.slice(0, size)
  const link = (rel: string, key: string): string => {
    const params = new URLSearchParams(request.rawQuery)
    params.set('page_size', String(size))
    params.set('page_token', sealToken(engine, list.column, key))
    return `<${splitUrl(request.path).before}?${encodeSorted(params)}>; rel="${rel}"`
  }
  const links = [link('first', '')]
  const last = items.at(-1)
  if (rest.length > size && last !== undefined) links.push(link('next', list.key(last)))
  return { items, link: links.join(',') }
}

function pageSize(request: HydraRequest, refuse: Paged<unknown>['refuse']): number {
  const given = request.query.get('page_size') ?? ''
  if (given === '') return defaultSize
  if (!/^[+-]?\d+$/.test(given) || BigInt(given.replace('+', '')) > 2n ** 63n - 1n)
    throw refuse('page_size is not a number')
  const size = Number(given)
  return size <= 0 ? defaultSize : Math.min(size, maxSize)
}

function startOf<T>(engine: Engine, request: HydraRequest, { column, refuse }: Paged<T>): string {
  const token = request.query.get('page_token') ?? ''
  if (token === '') return ''
  const opened = openToken(engine, token)
  if (opened === undefined || opened.expiresAt < engine.clock.now()) throw refuse('page_token is not valid any more')
  if (opened.column !== column) throw badRequest('The page_token belongs to another list.')
  return opened.key
}

interface PageToken {
  readonly column: string
  readonly key: string
  readonly expiresAt: number
}

function sealToken(engine: Engine, column: string, key: string): string {
  const token: PageToken = { column, key, expiresAt: engine.clock.now() + tokenLifetimeMs }
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', engine.state.secrets.page, nonce)
  const sealed = Buffer.concat([nonce, cipher.update(JSON.stringify(token)), cipher.final(), cipher.getAuthTag()])
  return sealed.toString('base64').replaceAll('+', '-').replaceAll('/', '_')
}

function openToken(engine: Engine, token: string): PageToken | undefined {
  const bytes = Buffer.from(token, 'base64url')
  if (bytes.length < 28) return undefined
  try {
    const decipher = createDecipheriv('aes-256-gcm', engine.state.secrets.page, bytes.subarray(0, 12))
    decipher.setAuthTag(bytes.subarray(-16))
    const plain = Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()])
    return JSON.parse(plain.toString()) as PageToken
  } catch {
    return undefined
  }
}
