/** Whatever arrives, from callers or from Hydra: what is thrown is ours, and what is written cannot break a header. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { bearerTokenReader, assertToken68, hasQueryToken } from '../src/bearer-token.ts'
import { formatChallenge } from '../src/challenge.ts'
import type { ChallengeError } from '../src/challenge.ts'
import { BearerTokenError, isBearerTokenError, isVerificationUnavailableError } from '../src/errors.ts'
import { createResourceServer } from '../src/index.ts'
import type { RequestFacts, ResourceServer, TokenPlace } from '../src/index.ts'
import { hasThreeParts, parseJws } from '../src/jws.ts'
import { intersectScopes, isScopeToken, parseScopes, scopeMatcher } from '../src/scopes.ts'
import { toHttpError } from '../src/to-http-error.ts'
import { readIntrospectionAnswer, readJwtAnswer } from '../src/token-answer.ts'
import { sign, signingKey } from './support/hydra-stub.ts'
import type { SigningKey } from './support/hydra-stub.ts'
import { bearer, startWorld } from './support/world.ts'
import type { World } from './support/world.ts'

/** What a text may be made of to hurt a parser, in long runs and mixed. */
const hostileText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({
    unit: fc.constantFrom('.', ' ', '\t', '=', ';', ',', '"', '\\', '\r', '\n', '\0', 'é', 'a', '-'),
    maxLength: 50,
  }),
)
const header = fc.oneof(
  hostileText,
  hostileText.map((text) => `Bearer ${text}`),
  hostileText.map((text) => `bearer${text}`),
  fc.array(hostileText, { maxLength: 3 }),
)
const anything = fc.anything({ withNullPrototype: true, withBigInt: true, maxDepth: 3 })

/** Names that an answer of Hydra has, and some that a prototype has. */
const claimNames =
  'iss sub aud exp nbf iat scp scope client_id token_use token_type ext cnf active events at_hash __proto__ constructor ' +
  'toString hasOwnProperty'
const claimName = fc.constantFrom(...claimNames.split(' '))
/** As `JSON.parse` makes it, `__proto__` included. */
const claims = fc
  .array(fc.tuple(claimName, fc.jsonValue({ maxDepth: 3 })), { maxLength: 12 })
  .map(
    (entries) =>
      JSON.parse(
        `{${entries.map((entry) => entry.map((part) => JSON.stringify(part)).join(':')).join(',')}}`,
      ) as object,
  )

const refusedBy = (work: () => unknown): unknown => {
  try {
    work()
    return undefined
  } catch (error) {
    return error
  }
}

describe('the token of a request', () => {
  const places: readonly TokenPlace[] = ['header', 'form', 'query', { cookie: 'token' }, ({ tenant }) => tenant]
  const facts = fc.record({
    method: fc.constantFrom('GET', 'POST', 'HEAD', '', 'get'),
    url: fc.oneof(
      hostileText,
      hostileText.map((text) => `/a?access_token=${text}`),
    ),
    headers: fc.record(
      {
        authorization: header,
        cookie: fc.oneof(
          header,
          hostileText.map((text) => `token=${text}`),
        ),
        'content-type': fc.oneof(header, fc.constant('application/x-www-form-urlencoded; charset=utf-8')),
      },
      { requiredKeys: [] },
    ),
    form: fc.oneof(
      anything,
      anything.map((value) => ({ access_token: value })),
    ),
    tenant: fc.option(hostileText, { nil: undefined }),
  }) as fc.Arbitrary<RequestFacts>

  test('is found, or refused with an error of ours', () => {
    fc.assert(
      fc.property(facts, fc.subarray([...places], { minLength: 1 }), (request, some) => {
        let token: string | undefined
        const error = refusedBy(() => {
          token = bearerTokenReader(some)(request)
          assertToken68(token)
        })
        if (error !== undefined) return expect(isBearerTokenError(error)).toBe(true)
        expect(token).toMatch(/^[\w.~+/-]+=*$/)
        expect(token!.length).toBeLessThanOrEqual(8192)
      }),
      { numRuns: 3000 },
    )
  })

  test('is looked for in the query without an error', () => {
    fc.assert(
      fc.property(facts, (request) => expect(typeof refusedBy(() => hasQueryToken(request))).not.toBe('string')),
    )
  })
})

describe('the challenge', () => {
  /** RFC 9110 section 11.6.1 with quoted strings of RFC 6750 section 3. */
  const wellFormed =
    /^Bearer(?: [a-z_]+="[\x20\x21\x23-\x5b\x5d-\x7e]+"(?:, [a-z_]+="[\x20\x21\x23-\x5b\x5d-\x7e]+")*)?$/

  test('has no line break, no quote inside of quotes and nothing beyond ASCII, whatever it is made of', () => {
    const member = fc.option(hostileText, { nil: undefined })
    const scope = fc.option(fc.array(hostileText, { maxLength: 3 }), { nil: undefined })
    fc.assert(
      fc.property(
        fc.record({ realm: member, error: member, errorDescription: member, scope, resourceMetadata: member }),
        (challenge) => {
          expect(formatChallenge({ ...challenge, error: challenge.error as ChallengeError })).toMatch(wellFormed)
        },
      ),
      { numRuns: 3000 },
    )
  })

  test('nor has any header field of an answer', () => {
    const reasons = fc.constantFrom('missing', 'malformed', 'expired', 'insufficient_scope', 'claim_mismatch')
    const scopes = fc.oneof(hostileText, fc.array(hostileText, { maxLength: 3 }))
    fc.assert(
      fc.property(reasons, scopes, fc.array(hostileText), hostileText, (reason, scope, requiredScopes, text) => {
        const error = new BearerTokenError(reason as 'missing', { requiredScopes })
        const answer = toHttpError(error, { scope, realm: text, resourceMetadataUrl: text })
        for (const value of Object.values(answer.headers)) expect(value).toMatch(/^[\x20-\x7e]+$/)
        expect(answer.headers['www-authenticate']).toMatch(wellFormed)
      }),
      { numRuns: 2000 },
    )
  })
})

test('a scope list is read whole or not at all', () => {
  fc.assert(
    fc.property(fc.oneof(anything, hostileText, fc.array(hostileText)), (value) => {
      const scopes = parseScopes(value)
      if (scopes !== undefined) expect(scopes.every(isScopeToken)).toBe(true)
    }),
    { numRuns: 3000 },
  )
})

test('no scope strategy throws, and none grants what an empty grant would not', () => {
  fc.assert(
    fc.property(fc.array(hostileText), hostileText, (granted, needed) => {
      for (const strategy of ['wildcard', 'exact', 'hierarchical'] as const) {
        const covers = scopeMatcher(strategy)
        expect(typeof covers(granted, needed)).toBe('boolean')
        expect(covers([], needed)).toBe(false)
      }
    }),
  )
})

test('a JWS is read or is none', () => {
  const segment = fc.oneof(
    hostileText,
    fc.jsonValue().map((value) => Buffer.from(JSON.stringify(value)).toString('base64url')),
    claims.map((value) => Buffer.from(JSON.stringify({ alg: 'RS256', ...value })).toString('base64url')),
    fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('base64url')),
  )
  fc.assert(
    fc.property(fc.array(segment, { maxLength: 5 }), (segments) => {
      const token = segments.join('.')
      expect(hasThreeParts(token)).toBe(token.split('.').length === 3)
      const jws = hasThreeParts(token) ? parseJws(token) : undefined
      if (jws === undefined) return
      expect(typeof jws.header['alg']).toBe('string')
      if (jws.claims !== undefined) readJwtAnswer(jws.claims, undefined, { kid: 'k', fingerprint: '', alive: true })
    }),
    { numRuns: 3000 },
  )
})

test('an introspection answer is read or is none', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        anything,
        claims,
        claims.map((value) => ({ ...value, active: true })),
      ),
      (body) => {
        const answer = readIntrospectionAnswer(body, 0)
        if (answer !== undefined) expect((body as { active: unknown }).active).toBe(answer.active)
      },
    ),
    { numRuns: 3000 },
  )
})

describe('the whole way', () => {
  let world: World
  let key: SigningKey
  beforeAll(async () => {
    world = await startWorld()
    key = await signingKey('quick-key', 'ES256')
    world.hydra.keys.push(key.jwk)
  })
  afterAll(() => world.close())

  async function assertOurs(server: ResourceServer, token: string): Promise<void> {
    try {
      const verified = await server.verify(token)
      JSON.stringify(verified)
      server.authorize(verified, { any: ['a', '*'], claims: { constructor: 'x' } })
    } catch (error) {
      if (!isBearerTokenError(error) && !isVerificationUnavailableError(error)) throw error
    }
  }

  test('any text as a token', async () => {
    const server = world.server()
    await fc.assert(
      fc.asyncProperty(hostileText, async (token) => assertOurs(server, token)),
      { numRuns: 300 },
    )
  })

  test('any claims and header members under a good signature', async () => {
    const server = world.server({ jwtCheck: 'introspection', audience: null })
    const more = fc.dictionary(fc.constantFrom('typ', 'crit', 'b64', 'jku', 'cty', 'x5c'), fc.jsonValue(), {
      maxKeys: 2,
    })
    await fc.assert(
      fc.asyncProperty(claims, more, async (some, members) => {
        const payload = JSON.stringify({ ...world.claims(), ...some, iss: world.hydra.url })
        // jose refuses to write some of these, so the header is exchanged after the fact half of the time.
        const token = await sign(key, payload)
        await assertOurs(server, token)
        const [, ...rest] = token.split('.')
        const head = Buffer.from(JSON.stringify({ alg: 'ES256', kid: 'quick-key', ...members })).toString('base64url')
        await assertOurs(server, [head, ...rest].join('.'))
      }),
      { numRuns: 150 },
    )
  })

  test('any answer of introspection', async () => {
    let body: unknown
    const few = { maxEntries: 10, negativeMaxEntries: 10 }
    const client = { oidc: { jwks: async () => body }, tokens: { introspect: async () => body } }
    const options = { introspectionUrl: undefined, client, cache: { maxAgeSeconds: 0, negativeMaxAgeSeconds: 0 } }
    const server = world.server({ ...options, breaker: { openAfterFailures: 1000 } })
    const answer = fc.oneof(
      anything,
      claims,
      claims.map((value) => world.answer({ ...value, active: true })),
    )
    const jwt = await sign(key, world.claims())
    await fc.assert(
      fc.asyncProperty(answer, async (given) => {
        body = given
        await assertOurs(server, 'a.b')
        await assertOurs(createResourceServer({ issuer: world.hydra.url, audience: null, client, cache: few }), jwt)
      }),
      { numRuns: 200 },
    )
  })

  test('an answer that is nested as deep as its size allows', async () => {
    const depth = 150_000
    const ext = `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`
    const server = world.server({ audience: null })
    world.hydra.intercept = (_request, response) => {
      const body = JSON.stringify(world.answer({ ext: 0 })).replace('"ext":0', `"ext":${ext}`)
      response.setHeader('content-type', 'application/json').end(body)
      return true
    }
    await expect(server.verify('deep.token')).resolves.toMatchObject({ subject: 'alice' })
    world.hydra.intercept = undefined
  })
})

/**
 * Work that grows with the square of the input would take the first of these a thousand times the time of a linear one:
 * minutes. The comparison is with the same work on an eighth of the input, so a slow machine changes nothing.
 */
describe('a megabyte of anything takes linear time', () => {
  const runs = [' ', '.', ',', ';', '=', '&', '*.', 'a.', ' a', '%', '"', '\u00a0']

  /** Milliseconds of this process's own work: what others do on the machine does not count. */
  function workOf(task: () => unknown): number {
    const before = process.cpuUsage().user
    refusedBy(task)
    return (process.cpuUsage().user - before) / 1000
  }

  /** A little first, so that square work shows in seconds. */
  const sizes = [2 ** 16, 2 ** 20]

  function expectLinear(work: (text: string) => unknown): void {
    for (const [run, size] of runs.flatMap((each) => sizes.map((length) => [each, length] as const))) {
      const long = run.repeat(size / run.length)
      const short = long.slice(0, size / 8)
      // Eight times the input; sixty-four would be the square. Below a millisecond only noise is measured, and a
      // collection of garbage may fall into any single measurement.
      const isLinear = Array.from({ length: 5 }).some(
        () =>
          workOf(() => work(long)) /
            Math.max(
              workOf(() => work(short)),
              1,
            ) <
          24,
      )
      expect({ run, size, isLinear }).toEqual({ run, size, isLinear: true })
    }
  }

  const parts: Readonly<Record<string, (text: string) => unknown>> = {
    header: (text) => read({ headers: { authorization: `Bearer ${text}` } }, 'header'),
    'header without a space': (text) => read({ headers: { authorization: `Bearer${text}` } }, 'header'),
    query: (text) => read({ url: `/?${text}access_token=a` }, 'query'),
    cookie: (text) => read({ headers: { cookie: `${text}; token=a${text}` } }, { cookie: 'token' }),
    'content type': (text) =>
      read({ method: 'POST', headers: { 'content-type': text }, form: { access_token: 'a' } }, 'form'),
    'characters of a token': assertToken68,
    JWS: (text) => hasThreeParts(text) || parseJws(text) || parseJws(`${text}.${text}.${text}`),
    'scope string': parseScopes,
    'scope list': (text) => parseScopes(text.split(' ')),
    intersection: (text) => intersectScopes(text.split(' '), text.split(' ')),
    'granted wildcards': (text) => scopeMatcher('wildcard')([text, ...text.split(' ')], 'a.b.c'),
    'needed wildcard': (text) => scopeMatcher('wildcard')(['a.*', '*'], text),
    challenge: (text) => formatChallenge({ realm: text, scope: text.split(' ') }),
    'introspection answer': (text) => readIntrospectionAnswer({ active: true, scope: text, aud: text.split('a') }, 0),
  }

  test.each(Object.keys(parts))('%s', (name) => expectLinear(parts[name]!))

  function read(facts: Partial<RequestFacts>, place: TokenPlace): string {
    return bearerTokenReader([place])({ method: 'GET', url: '/', headers: {}, ...facts })
  }
})

test('a long token is refused before anybody looks into it', async () => {
  const world = await startWorld()
  for (const run of [' ', '.', 'a', 'a.']) {
    const error: unknown = await world
      .server()
      .authenticate(bearer(run.repeat(8193)))
      .catch((caught: unknown) => caught)
    expect(error).toMatchObject({ reason: run === ' ' ? 'malformed' : 'too_long' })
  }
  expect(world.hydra.asked).toEqual([])
  await world.close()
})
