/** The rules that make two runs comparable, each with what breaks when it is gone. */
import { describe, expect, test } from '@jest/globals'
import { compareExchanges, describeDifference } from '../src/transcript/compare.ts'
import type { RecordedExchange } from '../src/transcript/exchange.ts'
import { Normaliser, roundLifetime } from '../src/transcript/normalise.ts'
import { Placeholders } from '../src/transcript/placeholders.ts'
import { sortOut } from '../src/known-differences.ts'

const uuid = '0b9c1d0e-1111-4222-8333-444455556666'
const other = '0b9c1d0e-7777-4222-8333-444455556666'

function normaliser(): Normaliser {
  const placeholders = new Placeholders()
  placeholders.set('http://127.0.0.1:4444', '<public>')
  placeholders.of('client', 'client-0123456789')
  return new Normaliser(placeholders)
}

describe('values that differ from run to run', () => {
  test('keep their identity', () => {
    expect(normaliser().json([uuid, other, uuid])).toEqual(['<uuid>', '<uuid:2>', '<uuid>'])
  })

  test('are found inside longer texts', () => {
    const text = `/clients/${uuid} of client-0123456789 at http://127.0.0.1:4444/x since 2026-11-24T10:00:00.123Z`
    expect(normaliser().json(text)).toBe('/clients/<uuid> of <client> at <public>/x since <time>')
  })

  test('that are times are no identity, whatever the member is called that holds it', () => {
    const times = { access_token: '2026-01-01T00:00:00Z', refresh_token: '2026-01-01T00:00:01.5Z' }
    expect(normaliser().json({ expires_at: times })).toEqual({
      expires_at: { access_token: '<time>', refresh_token: '<time>' },
    })
  })

  test('of Go, a zero time, is a fact', () => {
    expect(normaliser().json('0001-01-01T00:00:00Z')).toBe('0001-01-01T00:00:00Z')
  })

  test('are named by the member that holds them', () => {
    const body = { client_secret: 'made up', kid: 'k1', at_hash: 'x', user_code: 'abcdEFGH', n: 'modulus' }
    expect(normaliser().json(body)).toEqual({
      client_secret: '<client_secret>',
      kid: '<kid>',
      at_hash: '<at_hash>',
      user_code: '<user_code>',
      n: '<n>',
    })
    expect(normaliser().json({ kid: 'public:hydra.openid.id-token' })).toEqual({ kid: 'public:hydra.openid.id-token' })
  })

  test('of members do not depend on the order of members', () => {
    const one = normaliser().json({ a: uuid, b: other })
    const two = normaliser().json({ b: other, a: uuid })
    expect(two).toEqual(one)
  })

  test('of tokens of every generation become placeholders', () => {
    const opaque = `${'a'.repeat(43)}.${'b'.repeat(43)}`
    expect(normaliser().json(['ory_at_abc.def', 'ory_rt_abc.def', opaque])).toEqual([
      '<access_token>',
      '<refresh_token>',
      '<token>',
    ])
  })

  test('are taken from parameters, which are sorted', () => {
    const url = `http://127.0.0.1:4444/oauth2/auth?state=s&login_verifier=xyz&client_id=client-0123456789#code=abc`
    expect(normaliser().json(url)).toBe(
      '<public>/oauth2/auth?client_id=<client>&login_verifier=<login_verifier>&state=s#code=<code>',
    )
  })
})

describe('sentences', () => {
  test('are not compared, but an empty one is not a sentence', () => {
    expect(normaliser().json({ error: 'invalid_request', error_description: 'In our words' })).toEqual({
      error: 'invalid_request',
      error_description: '<sentence>',
    })
    expect(normaliser().json({ error_description: '' })).toEqual({ error_description: '' })
    expect(normaliser().query('error=x&error_description=In+our+words')).toBe('error=x&error_description=<sentence>')
  })

  test('in a challenge are not compared either', () => {
    const value = 'Bearer error="invalid_token",error_description="In our words"'
    expect(normaliser().headers({ 'www-authenticate': [value] })).toEqual({
      'www-authenticate': 'Bearer error="invalid_token",error_description="<sentence>"',
    })
  })
})

describe('times', () => {
  test.each([
    [3600, 3600],
    [3599, 3600],
    [3601, 3600],
    [3598, 3598],
    [4, 5],
    [-3600, -3600],
    [0, 0],
  ])('a lifetime of %i is %i', (seconds, expected) => {
    expect(roundLifetime(seconds)).toBe(expected)
  })

  test('are told relative to the issue', () => {
    const claims = { iat: 1_700_000_000, nbf: 1_700_000_000, exp: 1_700_003_601, auth_time: 1_699_999_000 }
    expect(normaliser().json(claims)).toEqual({ iat: '<epoch>', nbf: '<iat>', exp: '<iat+3600>', auth_time: '<epoch>' })
  })
})

test('JWTs are decoded, so that their claims are compared', () => {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const jwt = `${part({ alg: 'RS256', kid: 'k' })}.${part({ sub: 'alice', iat: 5, exp: 305 })}.sig`
  const subject = normaliser()
  expect(subject.json({ id_token: jwt })).toEqual({ id_token: '<id_token>' })
  expect(subject.takeJwts()).toEqual({
    '<id_token>': {
      header: { alg: 'RS256', kid: '<kid>' },
      payload: { sub: 'alice', iat: '<epoch>', exp: '<iat+300>' },
    },
  })
})

test('cookies keep name and attributes, not their value', () => {
  const line =
    'ory_hydra_login_csrf_dev_123=secret; Path=/; Expires=Tue, 24 Nov 2026 04:30:56 GMT; Max-Age=1799; HttpOnly'
  expect(normaliser().headers({ 'set-cookie': [line], date: ['today'] })).toEqual({
    'set-cookie': ['ory_hydra_login_csrf_dev_<n>; HttpOnly; Max-Age=1800; Path=/'],
  })
})

test('pages keep what a program reads from them', () => {
  const form =
    '<form method="post" action="https://a.example/cb"><input type="hidden" name="state" value="a&amp;b"></form>'
  expect(normaliser().body(form, 'text/html')).toEqual({ form: 'https://a.example/cb', fields: { state: 'a&b' } })
  expect(normaliser().body('<p>hello</p>', 'text/html')).toBe('<html>')
})

describe('two transcripts', () => {
  const exchange = (step: string, status: number, body: string): RecordedExchange => ({
    step,
    request: { method: 'GET', url: 'public /x' },
    response: { status, headers: {}, body },
  })

  test('differ where they differ', () => {
    const differences = compareExchanges([exchange('a', 200, 'x'), exchange('b', 200, 'x')], [exchange('a', 404, 'y')])
    expect(differences.map(({ step, path }) => [step, path])).toEqual([
      ['a', 'response.status'],
      ['a', 'response.body'],
      ['b', ''],
    ])
    expect(describeDifference(differences[0]!)).toContain('recorded  200\n      seen      404')
    expect(compareExchanges([], [exchange('new', 200, 'x')])).toHaveLength(1)
    expect(compareExchanges([exchange('a', 200, 'x')], [exchange('a', 200, 'x')])).toEqual([])
  })

  test('may differ where a line with a reason says so, and the line must be needed', () => {
    const differences = compareExchanges([exchange('a', 200, 'x')], [exchange('a', 404, 'x')])
    const line = { case: 'one', step: 'a', path: 'response.status', reason: 'for this test' }
    expect(sortOut('one', differences, [line])).toEqual({ unexpected: [], unused: [] })
    expect(sortOut('one', differences, [{ ...line, path: 'response.body' }])).toMatchObject({
      unexpected: [{ path: 'response.status' }],
      unused: [{ path: 'response.body' }],
    })
    expect(sortOut('another', [], [line])).toEqual({ unexpected: [], unused: [] })
  })
})
