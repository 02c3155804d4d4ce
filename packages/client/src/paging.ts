/**
 * One iterator over three ways of paging.
 *
 * - 1.x: `limit` and `offset`. From 1.9 on the server rounds the offset down to whole pages, so the offset always
 *   advances by the page size; a limit of 0 or less makes it drop the connection, so it is never sent.
 * - 2.0 – 2.3: `page_size` and a `page_token` that is an encoded offset. The `Link` of consent sessions is wrong there,
 *   so the token is made here instead of read.
 * - 25.4 on: `page_size` and an opaque token from `Link: rel="next"`, valid for an hour.
 */
import type { Answer } from './answer.ts'
import type { CallOptions, HydraCall } from './call.ts'
import { toHydraCall } from './call.ts'
import type { ResponseSlot } from './call.ts'
import type { Caller } from './caller.ts'
import { Deadline } from './deadline.ts'
import type { FieldValue } from './encoding.ts'
import { optionsError } from './options-error.ts'
import type { OperationName } from './operations.ts'
import type { ServerFeatures } from './server-versions/features.ts'

/** How much of a list, and from where. */
export interface PageRequest {
  /** Entries a request, 1 – 500 (the cap of 1.x and 25.4 on). Default 100. */
  pageSize?: number | undefined
  /**
   * `next` of the page before; only for `.page()`. Don't store it: since 25.4 it expires after an hour. Default: the
   * first page.
   */
  pageToken?: string | undefined
}

/** One page of a list. */
export interface HydraPage<T> {
  /** Its entries; can be fewer than asked for, even none, with others to come. */
  items: T[]
  /** Token of the next page; absent on the last one. */
  next?: string
}

/**
 * All entries, fetched page by page while they are iterated, or one page at a time. What is there from beginning to end
 * is listed exactly once, also while others are being added. Up to 2.3 servers count entries to find a page: there an
 * entry may be missed if others are deleted meanwhile.
 */
export interface HydraList<T> extends AsyncIterable<T> {
  /** One page; its `next` is the `pageToken` of the following one. */
  page(request?: PageRequest, options?: CallOptions): HydraCall<HydraPage<T>>
  /** All entries in an array. Of a large list, prefer to iterate. */
  toArray(): Promise<T[]>
}

/** What differs between lists. */
export interface ListKind<T> {
  operation: OperationName
  /** Filters. */
  query: Readonly<Record<string, FieldValue>>
  pageSize: number | undefined
  read: (answer: Answer) => T[]
  /** What tells an entry from all others. */
  key: (item: T) => string
  /** Throws if the server would ignore a filter. */
  check?: (features: ServerFeatures) => void
  /**
   * Old servers filter expired entries out of a page after counting it: a short page is then not the last one, only
   * `X-Total-Count` tells.
   */
  shortPagesGoOn?: boolean
  options: CallOptions | undefined
}

const DEFAULT_PAGE_SIZE = 100
const MAX_PAGE_SIZE = 500

/** A list of a server. */
export function createList<T>(caller: Caller, kind: ListKind<T>): HydraList<T> {
  checkPageSize(kind.pageSize)
  const page = (request: PageRequest = {}, options = kind.options): HydraCall<HydraPage<T>> => {
    const slot: ResponseSlot = {}
    return toHydraCall(fetchPage(caller, kind, request, options, slot), slot)
  }
  async function* iterate(): AsyncGenerator<T, void, undefined> {
    let pageToken: string | undefined
    const seen = new Set<string>()
    do {
      const { items, next } = await page({ pageToken })
      for (const item of items) {
        // Where pages are counted, an entry that is added in front moves others onto the next page, once more.
        if (seen.has(kind.key(item))) continue
        if (caller.server.knownFeatures?.paging !== 'page-token') seen.add(kind.key(item))
        yield item
      }
      pageToken = next
    } while (pageToken !== undefined)
  }
  return {
    page,
    [Symbol.asyncIterator]: iterate,
    async toArray() {
      const all: T[] = []
      for await (const item of iterate()) all.push(item)
      return all
    },
  }
}

async function fetchPage<T>(
  caller: Caller,
  kind: ListKind<T>,
  { pageSize = kind.pageSize ?? DEFAULT_PAGE_SIZE, pageToken, ...rest }: PageRequest,
  options: CallOptions | undefined,
  slot: ResponseSlot,
): Promise<HydraPage<T>> {
  const [unknown] = Object.keys(rest)
  if (unknown !== undefined)
    throw optionsError(`unknown argument ${JSON.stringify(unknown)}; known are pageSize, pageToken`)
  checkPageSize(pageSize)
  const deadline = new Deadline(kind.operation, options, caller.options.timeoutMs)
  const features = await deadline.wait(caller.server.features())
  kind.check?.(features)
  const { paging } = features
  const position = paging === 'page-token' ? undefined : readPosition(pageToken)
  const query = { ...kind.query, ...pagingParameters(paging, pageSize, pageToken, position) }
  const items = await caller
    .run(
      {
        operation: kind.operation,
        query,
        read: kind.read,
        options: { ...options, timeoutMs: deadline.remainingMs() },
      },
      slot,
    )
    .catch((error) => deadline.rethrow(error))
  const next =
    position === undefined
      ? nextFromLink(slot.response!.headers.get('link'))
      : nextPosition(position, pageSize, items.length, slot.response!.headers.get('x-total-count'), kind.shortPagesGoOn)
  return { items, ...(next !== undefined ? { next } : {}) }
}

function pagingParameters(
  paging: ServerFeatures['paging'],
  pageSize: number,
  pageToken: string | undefined,
  position: Position | undefined,
): Record<string, FieldValue> {
  if (paging === 'offset') return { limit: pageSize, offset: position?.offset ?? 0 }
  if (paging === 'page-token') return { page_size: pageSize, page_token: pageToken }
  const token = JSON.stringify({ offset: String(position?.offset ?? 0), v: 2 })
  return { page_size: pageSize, page_token: Buffer.from(token).toString('base64url') }
}

/** Our own page token for servers that page by offset: where the page starts, and the total that was last seen. */
interface Position {
  offset: number
  total: number | undefined
}

function readPosition(pageToken: string | undefined): Position {
  if (pageToken === undefined) return { offset: 0, total: undefined }
  const match = /^(\d{1,9})(?:\/(\d{1,9}))?$/.exec(pageToken)
  if (match === null) throw optionsError('`pageToken` must be the `next` of a page of the same list')
  return { offset: Number(match[1]), total: match[2] === undefined ? undefined : Number(match[2]) }
}

function nextPosition(
  { offset, total }: Position,
  pageSize: number,
  found: number,
  totalHeader: string | null,
  shortPagesGoOn: boolean | undefined,
): string | undefined {
  const following = offset + pageSize
  if (shortPagesGoOn !== true) return found < pageSize ? undefined : String(following)
  // An empty page made by expiry carries no total: keep the one seen before.
  const known = totalHeader !== null && /^\d{1,9}$/.test(totalHeader) ? Number(totalHeader) : total
  if (known === undefined) return found < pageSize ? undefined : String(following)
  return following >= known ? undefined : `${following}/${known}`
}

/** RFC 8288. Only the token is taken from the link: its path may lack what a proxy adds. */
function nextFromLink(link: string | null): string | undefined {
  const target = link?.match(/<([^>]*)>\s*;[^,]*\brel="?next"?/)?.[1]
  if (target === undefined) return undefined
  const query = target.indexOf('?')
  return (query < 0 ? null : new URLSearchParams(target.slice(query)).get('page_token')) ?? undefined
}

function checkPageSize(pageSize: number | undefined): void {
  if (pageSize === undefined) return
  if (!Number.isInteger(pageSize) || pageSize < 1 || pageSize > MAX_PAGE_SIZE) {
    throw optionsError(`\`pageSize\` must be a whole number from 1 to ${MAX_PAGE_SIZE}`)
  }
}
