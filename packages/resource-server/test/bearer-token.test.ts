import { describe, expect, test } from '@jest/globals'
import { assertToken68, assertTokenLength, bearerTokenReader } from '../src/bearer-token.ts'
import type { RequestFacts, TokenPlace } from '../src/index.ts'

function read(facts: Partial<RequestFacts>, places: readonly TokenPlace[] = ['header']): unknown {
  try {
    const token = bearerTokenReader(places)({ method: 'GET', url: '/', headers: {}, ...facts })
    assertToken68(token)
    return { token }
  } catch (error) {
    return (error as { reason: string }).reason
  }
}
const header = (authorization: string | string[]): Partial<RequestFacts> => ({ headers: { authorization } })
const form = { 'content-type': 'application/x-www-form-urlencoded' }

describe('the Authorization header (RFC 6750 section 2.1)', () => {
  test.each([
    ['Bearer abc', { token: 'abc' }],
    ['bearer abc', { token: 'abc' }],
    ['BEARER abc', { token: 'abc' }],
    ['Bearer   abc', { token: 'abc' }],
    ['Bearer aZ09-._~+/==', { token: 'aZ09-._~+/==' }],
    ['Bearer', 'malformed'],
    ['Bearer ', 'malformed'],
    ['Bearer    ', 'malformed'],
    ['Bearer abc def', 'malformed'],
    ['Bearer abc,Bearer def', 'malformed'],
    ['Bearer abc, Bearer def', 'malformed'],
    ['Bearer "abc"', 'malformed'],
    ['Bearer a=b', 'malformed'],
    ['Bearer =', 'malformed'],
    ['Bearer abc\t', 'malformed'],
    ['Bearer \tabc', 'malformed'],
    ['Bearer ab\u0000c', 'malformed'],
    ['Bearer tökèn', 'malformed'],
    ['Basic YTpi', 'missing'],
    ['Bearerabc', 'missing'],
    ['Bearer\tabc', 'missing'],
    ['DPoP abc', 'missing'],
    ['', 'missing'],
    [['Bearer abc', 'Bearer abc'], 'two_tokens'],
  ])('%j: %j', (value, expected) => {
    expect(read(header(value))).toEqual(expected)
  })

  test('8192 characters are read, one more is not', () => {
    expect(read(header(`Bearer ${'a'.repeat(8192)}`))).toEqual({ token: 'a'.repeat(8192) })
    expect(read(header(`Bearer ${'a'.repeat(8193)}`))).toBe('too_long')
  })

  test.each([
    ['spaces', `Bearer${' '.repeat(1_000_000)}`, 'malformed'],
    ['spaces and a letter', `Bearer${' '.repeat(1_000_000)}x`, { token: 'x' }],
    ['letters', `Bearer ${'a'.repeat(1_000_000)}`, 'too_long'],
    ['equals signs', `Bearer a${'='.repeat(1_000_000)}`, 'too_long'],
    ['dots', `Bearer ${'.'.repeat(1_000_000)}`, 'too_long'],
  ])('a megabyte of %s', (_name, value, expected) => {
    expect(read(header(value))).toEqual(expected)
  })
})

describe('other places are only looked at when they are named', () => {
  const everywhere = {
    method: 'POST',
    url: '/?access_token=query',
    headers: { ...form, cookie: 'at=cookie' },
    form: { access_token: 'form' },
  }
  test.each([
    [['header'], 'missing'],
    [['form'], { token: 'form' }],
    [[{ cookie: 'at' }], { token: 'cookie' }],
    [[(facts: RequestFacts) => facts.method], { token: 'POST' }],
    [['query'], 'missing'],
  ] as [TokenPlace[], unknown][])('%j', (places, expected) => {
    expect(read(everywhere, places)).toEqual(expected)
  })

  test.each([
    [['header', 'form'], { ...everywhere, headers: { ...form, authorization: 'Bearer a' } }],
    [['header', { cookie: 'at' }], { headers: { authorization: 'Bearer a', cookie: 'at=a' } }],
    [['header', 'query'], { url: '/?access_token=a', headers: { authorization: 'Bearer a' } }],
    [['form', () => 'a'], everywhere],
  ] as [TokenPlace[], Partial<RequestFacts>][])('two at once are refused: %j', (places, facts) => {
    expect(read(facts, places)).toBe('two_tokens')
  })

  test('a header of another scheme leaves the other places', () => {
    expect(read({ headers: { authorization: 'Basic YTpi', cookie: 'at=a' } }, ['header', { cookie: 'at' }])).toEqual({
      token: 'a',
    })
  })
})

describe('form body (RFC 6750 section 2.2)', () => {
  test.each([
    ['a field', { method: 'POST', headers: form, form: { access_token: 'a' } }, { token: 'a' }],
    [
      'with a charset',
      {
        method: 'PUT',
        headers: { 'content-type': 'Application/X-WWW-Form-URLEncoded; charset=utf-8' },
        form: { access_token: 'a' },
      },
      { token: 'a' },
    ],
    ['an empty field', { method: 'POST', headers: form, form: { access_token: '' } }, 'malformed'],
    ['GET', { method: 'GET', headers: form, form: { access_token: 'a' } }, 'missing'],
    ['HEAD', { method: 'HEAD', headers: form, form: { access_token: 'a' } }, 'missing'],
    [
      'JSON',
      { method: 'POST', headers: { 'content-type': 'application/json' }, form: { access_token: 'a' } },
      'missing',
    ],
    ['no type', { method: 'POST', form: { access_token: 'a' } }, 'missing'],
    ['two fields', { method: 'POST', headers: form, form: { access_token: ['a', 'b'] } }, 'two_tokens'],
    ['an object', { method: 'POST', headers: form, form: { access_token: { a: 1 } } }, 'malformed'],
    ['inherited', { method: 'POST', headers: form, form: Object.create({ access_token: 'a' }) as object }, 'missing'],
    ['no body', { method: 'POST', headers: form }, 'missing'],
    ['a text', { method: 'POST', headers: form, form: 'access_token=a' }, 'missing'],
  ])('%s', (_name, facts, expected) => {
    expect(read(facts as Partial<RequestFacts>, ['form'])).toEqual(expected)
  })
})

describe('query (RFC 6750 section 2.3)', () => {
  test.each([
    ['/?access_token=a', { token: 'a' }],
    ['/?x=1&access_token=a&y=2', { token: 'a' }],
    ['https://api.example/?access_token=a#access_token=b', { token: 'a' }],
    ['/?access_token=a&access_token=b', 'two_tokens'],
    ['/?access_token=', 'malformed'],
    ['/?ACCESS_TOKEN=a', 'missing'],
    ['/access_token=a', 'missing'],
    ['/#?access_token=a', 'missing'],
  ])('%s', (url, expected) => {
    expect(read({ url }, ['query'])).toEqual(expected)
  })

  test('only with GET', () => {
    expect(read({ method: 'POST', url: '/?access_token=a' }, ['query'])).toBe('missing')
  })
})

describe('cookies', () => {
  test.each([
    ['at=a', { token: 'a' }],
    ['x=1; at=a; y=2', { token: 'a' }],
    ['xat=b;at=a', { token: 'a' }],
    ['at=a; at=b', 'two_tokens'],
    ['at=', 'malformed'],
    ['x=1', 'missing'],
    ['at', 'missing'],
    ['\u00a0at=a', 'missing'],
    ['at=a; \u00a0at=b', { token: 'a' }],
    [`x=${' '.repeat(1_000_000)}`, 'missing'],
  ])('%s', (cookie, expected) => {
    expect(read({ headers: { cookie } }, [{ cookie: 'at' }])).toEqual(expected)
  })
})

test.each([
  [undefined, 'missing'],
  [null, 'missing'],
  ['', 'malformed'],
  [7, 'malformed'],
  [['a'], 'two_tokens'],
])('a function that finds %j', (found, expected) => {
  expect(read({}, [() => found as string])).toBe(expected)
})

test('the length limit also holds for tokens from elsewhere', () => {
  expect(() => assertTokenLength('a'.repeat(8193))).toThrow('longer than 8192 bytes')
})
