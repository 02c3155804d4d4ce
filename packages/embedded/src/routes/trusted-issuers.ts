import { randomUUID } from 'node:crypto'
import type { Engine } from '../engine.ts'
import { alreadyExists, badRequest, hydraError, resourceNotFound } from '../errors.ts'
import { type Answer, json, noContent } from '../http/answer.ts'
import { decodeError, decodeMembers } from '../http/go-json.ts'
import { paginate } from '../http/paging.ts'
import { type HydraRequest, decodeBody } from '../http/request.ts'
import type { Route } from '../http/router.ts'
import { decodeJwk } from '../tokens/jwk.ts'
import type { Jwk } from '../tokens/key-sets.ts'
import { type TrustedIssuer, trustedIssuers } from '../tokens/trusted-issuers.ts'

const collection = '/admin/trust/grants/jwt-bearer/issuers'
const one = `${collection}/{id}`

/** Issuers of assertions that the jwt-bearer grant accepts. */
export function trustedIssuerRoutes(engine: Engine): Route[] {
  return [
    { method: 'GET', path: collection, handle: (request) => list(engine, request) },
    { method: 'POST', path: collection, handle: (request) => create(engine, request) },
    { method: 'GET', path: one, handle: (request) => json(shown(trustOf(engine, request))) },
    { method: 'DELETE', path: one, handle: (request) => remove(engine, request) },
  ]
}

function seconds(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z')
}

function shown({ id, issuer, subject, allowAnySubject, scope, key, createdAt, expiresAt }: TrustedIssuer): unknown {
  return {
    id,
    issuer,
    subject,
    allow_any_subject: allowAnySubject,
    scope,
    public_key: { set: issuer, kid: key.kid },
    created_at: seconds(createdAt),
    expires_at: seconds(expiresAt),
  }
}

/** @throws HydraError 400 for an id that is no UUID, 404 */
function trustOf(engine: Engine, request: HydraRequest): TrustedIssuer {
  const id = uuid(request.params['id'] ?? '')
  if (id === undefined) throw badRequest('The id in the path must be a UUID.')
  const trust = trustedIssuers(engine).find((candidate) => candidate.id === id)
  if (trust === undefined) throw resourceNotFound()
  return trust
}

/** The canonical form of a UUID that may be written without hyphens, in braces or as a URN. */
function uuid(text: string): string | undefined {
  const bare = /^(?:urn:uuid:|\{)?([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})\}?$/i
  const match = bare.exec(text)
  return match === null ? undefined : match.slice(1).join('-').toLowerCase()
}

function list(engine: Engine, request: HydraRequest): Answer {
  const issuer = request.query.get('issuer') ?? ''
  const items = trustedIssuers(engine)
    .filter((trust) => issuer === '' || trust.issuer === issuer)
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
  const page = paginate(engine, request, {
    items,
    key: (trust) => trust.id,
    column: 'id',
    refuse: (reason) => badRequest(`The paging parameters can not be read: ${reason}.`),
  })
  return json(page.items.map(shown), 200, [['Link', page.link]])
}

const kinds = {
  issuer: 'string',
  subject: 'string',
  allow_any_subject: 'bool',
  scope: 'strings',
  jwk: 'json',
  expires_at: 'string',
} as const

interface TrustBody {
  readonly issuer: string
  readonly subject: string
  readonly allowAnySubject: boolean
  readonly scope: string[] | null
  readonly jwk: Jwk
  /** Milliseconds since 1970; `undefined` if it wasn't sent. */
  readonly expiresAt: number | undefined
}

function decodeTrust(document: unknown): TrustBody {
  const members = decodeMembers(document, kinds)
  const { jwk } = members
  return {
    issuer: (members.issuer as string | undefined) ?? '',
    subject: (members.subject as string | undefined) ?? '',
    allowAnySubject: members.allow_any_subject === true,
    scope: (members.scope as string[] | undefined) ?? null,
    jwk: jwk === undefined ? {} : decodeJwk(jwk),
    expiresAt: decodeTime(members.expires_at as string | undefined),
  }
}

/** RFC 3339, as Go reads it; its zero time counts as not sent. */
function decodeTime(text: string | undefined): number | undefined {
  if (text === undefined || text === '0001-01-01T00:00:00Z') return undefined
  const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:\d\d)$/
  const ms = rfc3339.test(text) ? Date.parse(text.replace(',', '.')) : Number.NaN
  // A day that the month doesn't have would be carried into the next one.
  const daysOfMonth = new Date(Date.UTC(Number(text.slice(0, 4)), Number(text.slice(5, 7)), 0)).getUTCDate()
  if (Number.isNaN(ms) || Number(text.slice(8, 10)) > daysOfMonth)
    throw decodeError('the member expires_at must be a time such as 2030-01-31T12:00:00Z')
  return Math.round(ms / 1000) * 1000
}

function missing(reason: string): Error {
  return hydraError(400, 'missing_required_parameter', reason)
}

/** @throws HydraError 400, 409 for a second trust with the same issuer, subject and key id */
function create(engine: Engine, request: HydraRequest): Answer {
  const body = decodeBody(request, decodeTrust, (reason) => hydraError(400, 'error', reason))
  const { issuer, subject, allowAnySubject, scope, jwk, expiresAt } = body
  if (issuer === '') throw missing('The member issuer is missing.')
  if (subject === '' && !allowAnySubject) throw missing('Either subject or allow_any_subject must be set.')
  if (subject !== '' && allowAnySubject) throw missing('subject and allow_any_subject exclude each other.')
  if (expiresAt === undefined) throw missing('The member expires_at is missing.')
  const { kid = '' } = jwk
  if (kid === '') throw missing('The member jwk must be a key with a kid.')
  const known = trustedIssuers(engine).find(
    (trust) => trust.issuer === issuer && trust.subject === subject && trust.key.kid === kid,
  )
  if (known !== undefined) throw alreadyExists()
  // A key that the issuer's set already has under this id stays; the one that was sent is then ignored.
  const keys = engine.state.keySets.get(issuer) ?? []
  const kept = keys.find((key) => key.kid === kid)
  if (kept === undefined) engine.state.keySets.set(issuer, [jwk, ...keys])
  const trust: TrustedIssuer = {
    id: randomUUID(),
    issuer,
    subject,
    allowAnySubject,
    scope: scope?.filter((item) => item !== '') ?? [],
    key: kept ?? jwk,
    createdAt: Math.round(engine.clock.now() / 1000) * 1000,
    expiresAt,
  }
  engine.state.trustedIssuers.set(trust.id, trust)
  return json({ ...(shown(trust) as object), scope }, 201, [
    ['Location', `/trust/grants/jwt-bearer/issuers/${trust.id}`],
  ])
}

/** Deletes a trust and its key, and with the key every other trust that uses it. @throws HydraError 400, 404 */
function remove(engine: Engine, request: HydraRequest): Answer {
  const { id, issuer, key } = trustOf(engine, request)
  engine.state.trustedIssuers.delete(id)
  const rest = (engine.state.keySets.get(issuer) ?? []).filter((other) => other !== key)
  if (rest.length === 0) engine.state.keySets.delete(issuer)
  else engine.state.keySets.set(issuer, rest)
  return noContent()
}
