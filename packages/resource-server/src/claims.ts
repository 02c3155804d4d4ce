/** Where the consent app's data stands in each format, and how a route's `claims` are compared with it. */

/** Parsed JSON from a token or an introspection answer. */
export type Claims = Readonly<Record<string, unknown>>

/** What a claim must be: a value, one of several, or a function that decides. */
export type ClaimExpectation =
  | string
  | number
  | boolean
  | null
  | readonly (string | number | boolean | null)[]
  | ((value: unknown) => boolean)

/**
 * Claims that Hydra itself writes into JWTs. Everything else at the top level is `session.access_token`, put there by
 * `oauth2.allowed_top_level_claims`. `scope` is not reserved on the server but never counts as the app's data here.
 */
const writtenByHydra: ReadonlySet<string> = new Set([
  'iss',
  'sub',
  'aud',
  'exp',
  'nbf',
  'iat',
  'jti',
  'client_id',
  'scp',
  'scope',
  'ext',
])

const none: Claims = Object.freeze({})

/** An own property of the claims; names such as `constructor` must not reach the prototype. */
export function ownClaim(claims: Claims, name: string): unknown {
  return Object.hasOwn(claims, name) ? claims[name] : undefined
}

/** True for a plain JSON object. */
export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * The consent app's `session.access_token`. Introspection has it in `ext`. A JWT has it in `ext` (unless
 * `oauth2.mirror_top_level_claims` is false) and the allowed names at the top level too.
 */
export function sessionClaims(claims: Claims, format: 'jwt' | 'opaque'): Claims {
  const ext = ownClaim(claims, 'ext')
  const mirrored = isJsonObject(ext) ? ext : none
  if (format === 'opaque') return mirrored
  const custom = Object.keys(claims).filter((name) => !writtenByHydra.has(name))
  if (custom.every((name) => Object.hasOwn(mirrored, name))) return mirrored
  // A null prototype, because a claim may be called `__proto__`.
  const both: Record<string, unknown> = Object.create(null)
  for (const name of custom) both[name] = claims[name]
  return Object.assign(both, mirrored)
}

/**
 * The claim that a route's requirement names: Hydra's own by their name, everything else from the consent app's data,
 * so that data in `ext` can never stand in for `sub` or `client_id`.
 */
export function requiredClaim(claims: Claims, format: 'jwt' | 'opaque', name: string): unknown {
  return ownClaim(writtenByHydra.has(name) ? claims : sessionClaims(claims, format), name)
}

/** Compares a claim with what a route expects. A list in the token fits when one of its members does. */
export function claimMatches(value: unknown, expected: ClaimExpectation): boolean {
  if (typeof expected === 'function') return expected(value) === true
  const allowed: readonly unknown[] = Array.isArray(expected) ? expected : [expected]
  const present: readonly unknown[] = Array.isArray(value) ? value : [value]
  return present.some((member) => member !== undefined && allowed.includes(member))
}

/**
 * Freezes plain JSON deeply, because one answer is shared by many requests. Objects of classes are left alone. A loop,
 * because deeply nested JSON must not exhaust the stack.
 */
export function deepFreeze<T>(value: T): T {
  const open: unknown[] = [value]
  while (open.length > 0) {
    const next = open.pop()
    if (!isPlain(next) || Object.isFrozen(next)) continue
    Object.freeze(next)
    open.push(...Object.values(next))
  }
  return value
}

/** The length of parsed JSON when written out, more or less. A loop, for the same reason as above. */
export function jsonLength(value: unknown): number {
  const open: unknown[] = [value]
  let length = 0
  while (open.length > 0) {
    const next = open.pop()
    if (typeof next === 'string') length += next.length
    else if (typeof next === 'object' && next !== null) {
      for (const [name, member] of Object.entries(next)) {
        length += name.length
        open.push(member)
      }
    }
    // Quotes, colon and comma; or a number with its comma.
    length += 6
  }
  return length
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return Array.isArray(value) || prototype === null || prototype === Object.prototype
}
