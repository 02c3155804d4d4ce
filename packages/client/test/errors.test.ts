/** Errors: recognised across copies, worded without secrets, whatever body a version or a proxy sends. */
import { createContext, runInContext } from 'node:vm'
import { inspect } from 'node:util'
import { describe, expect, jest, test } from '@jest/globals'
import * as client from '@hydra-kit/client'
import type { HydraErrorCode } from '@hydra-kit/client'
import { readErrorBody } from '../src/error-body.ts'
import { redact } from '../src/redact.ts'

const {
  HydraHttpError,
  HydraProtocolError,
  HydraTimeoutError,
  HydraUnreachableError,
  UnsupportedOperationError,
  isHydraError,
  isHydraHttpError,
  isHydraProtocolError,
  isHydraTimeoutError,
  isHydraUnreachableError,
  isUnsupportedOperationError,
} = client

const errors = {
  ERR_HYDRA_HTTP: new HydraHttpError('clients.get', { status: 404, error: 'Not Found', description: 'gone' }),
  ERR_HYDRA_UNREACHABLE: new HydraUnreachableError('clients.get', 'no answer', { cause: new Error('refused') }),
  ERR_HYDRA_TIMEOUT: new HydraTimeoutError('clients.get', 5_000),
  ERR_HYDRA_PROTOCOL: new HydraProtocolError('clients.get', 'not_json', 'the answer is not JSON', 200),
  ERR_HYDRA_UNSUPPORTED: new UnsupportedOperationError('clients.get', { serverVersion: '1.4.0', since: '1.5.0' }),
}
const guards = {
  ERR_HYDRA_HTTP: isHydraHttpError,
  ERR_HYDRA_UNREACHABLE: isHydraUnreachableError,
  ERR_HYDRA_TIMEOUT: isHydraTimeoutError,
  ERR_HYDRA_PROTOCOL: isHydraProtocolError,
  ERR_HYDRA_UNSUPPORTED: isUnsupportedOperationError,
}
const codes = Object.keys(errors) as (keyof typeof errors)[]

test.each(codes)('%s: name, code, operation, and its guard alone', (code) => {
  const error = errors[code]
  expect(error.code satisfies HydraErrorCode).toBe(code)
  expect(error.operation).toBe('clients.get')
  expect(error.message).toMatch(/^clients\.get: /)
  expect(Object.keys(error)).toMatchSnapshot()
  expect(`${error.name}: ${error.message}`).toMatchSnapshot()
  expect(isHydraError(error)).toBe(true)
  expect(codes.filter((other) => guards[other](error))).toEqual([code])
})

test('guards know the errors of another copy of the package, and nothing else', async () => {
  let copy = client
  await jest.isolateModulesAsync(async () => {
    copy = await import('@hydra-kit/client')
  })
  expect(copy.HydraTimeoutError).not.toBe(HydraTimeoutError)
  const theirs = new copy.HydraTimeoutError('clients.get', 1)
  expect(theirs instanceof HydraTimeoutError).toBe(false)
  expect([isHydraTimeoutError(theirs), isHydraError(theirs), isHydraHttpError(theirs)]).toEqual([true, true, false])
  const other: unknown[] = [new Error('x'), null, undefined, 'x', {}, { code: 'ERR_HYDRA_TIMEOUT' }]
  other.push(runInContext('new Error()', createContext()))
  for (const value of other) expect([isHydraError(value), isHydraTimeoutError(value)]).toEqual([false, false])
})

test('unsupported operations and arguments', () => {
  const facts = { serverVersion: '1.11.10' }
  expect([
    new UnsupportedOperationError('device.authorize', { ...facts, since: '25.4.0' }).message,
    new UnsupportedOperationError('tokens.flushInactive', { serverVersion: '2.0.0', until: '2.0.0' }).message,
    new UnsupportedOperationError('loginSessions.revoke', { ...facts, since: '2.1.0', argument: 'sid' }).message,
  ]).toEqual([
    'device.authorize: not supported by Hydra 1.11.10, it exists since 25.4.0',
    'tokens.flushInactive: not supported by Hydra 2.0.0, it was removed in 2.0.0',
    'loginSessions.revoke: `sid` is not supported by Hydra 1.11.10, it exists since 2.1.0',
  ])
})

describe('error bodies of every version', () => {
  const long = { error: 'invalid_request', error_description: 'd', error_hint: 'h', status_code: 400, request_id: 'r' }
  test.each([
    [
      '1.4 – 1.7, from source, not run',
      400,
      JSON.stringify(long),
      { error: 'invalid_request', description: 'd', hint: 'h', isHydras: true },
    ],
    [
      '1.8, from source, not run',
      400,
      JSON.stringify({ ...long, error_verbose: 'v' }),
      { error: 'invalid_request', hint: 'h', isHydras: true },
    ],
    [
      'since 1.9',
      404,
      '{"error":"Unable to locate the resource","error_description":""}',
      { error: 'Unable to locate the resource', description: '', isHydras: true },
    ],
    [
      'the nested shape of unknown routes',
      404,
      '{"error":{"code":404,"message":"Not Found","reason":"no such route"}}',
      { error: 'Not Found', description: 'no such route', isHydras: false },
    ],
    [
      'the nested shape of the hosted product',
      409,
      '{"error":{"code":409,"status":"Conflict","message":"m","request":"r"}}',
      { error: 'Conflict', description: 'm', isHydras: false },
    ],
    [
      'a bare error of an unknown route, from source, not run',
      404,
      '{"error":"Error 404 - The requested route does not exist"}',
      { error: 'Error 404 - The requested route does not exist', isHydras: false },
    ],
    [
      'a handled challenge',
      410,
      '{"redirect_to":"https://a"}',
      { error: 'http_410', redirectTo: 'https://a', isHydras: true },
    ],
    [
      'two documents in a row (1.11, key creation)',
      500,
      '{"error":"error","error_description":"x"}{"error":"error","error_description":"y"}',
      { error: 'error', description: 'x', isHydras: true },
    ],
    [
      'two documents on two lines',
      500,
      '{"error":"error","error_description":"x"}\n{"error":"e2"}',
      { error: 'error', description: 'x' },
    ],
    ['HTML', 502, '<html>', { error: 'http_502', description: '', isHydras: false }],
    ['text', 405, 'Method Not Allowed\n', { error: 'http_405', description: '', isHydras: false }],
    ['nothing', 500, '', { error: 'http_500', description: '', isHydras: false }],
    ['JSON that ends too early', 500, '{"error":"x","err', { error: 'http_500', isHydras: false }],
    ['a list', 500, '[{"error":"x"}]', { error: 'http_500', isHydras: false }],
    [
      'members of other types',
      500,
      '{"error":7,"error_description":[],"error_hint":{}}',
      { error: 'http_500', description: '', isHydras: false },
    ],
  ])('%s', (_title, status, text, expected) => {
    expect(readErrorBody(status, text)).toMatchObject(expected)
  })

  test('a very long description is cut', () => {
    const body = readErrorBody(500, JSON.stringify({ error: 'x', error_description: 'y'.repeat(9_999) }))
    expect(body.description).toHaveLength(2_000)
  })
})

describe('secrets of the request are blanked out wherever the answer repeats them', () => {
  const sent = (parts: Partial<Parameters<typeof redact>[1]>): Parameters<typeof redact>[1] => ({
    path: '/oauth2/token',
    body: null,
    headers: [],
    ...parts,
  })
  test.each([
    ['a form', sent({ body: 'grant_type=a&code=s3cr%2Bet&x=1' }), 's3cr+et'],
    ['a JSON body', sent({ body: '{"client_name":"x","client_secret":"s3cret"}' }), 's3cret'],
    ['a nested member', sent({ body: '{"keys":[{"kty":"RSA","d":"s3cret"}]}' }), 's3cret'],
    ['a JSON Patch', sent({ body: '[{"op":"add","path":"/client_secret","value":"s3cret"}]' }), 's3cret'],
    ['a query', sent({ path: '/x?login_challenge=s3cret' }), 's3cret'],
    ['a bearer header', sent({ headers: ['accept', 'x', 'authorization', 'Bearer s3cret'] }), 's3cret'],
    ['the secret of a basic header', sent({ headers: ['authorization', `Basic ${btoa('id:s3%2Bcret')}`] }), 's3+cret'],
    ['a key for a gateway', sent({ headers: ['x-api-key', 's3cret'] }), 's3cret'],
    ['a basic header as it is', sent({ headers: ['authorization', 'Basic aWQ6eA=='] }), 'aWQ6eA=='],
  ])('%s', (_title, parts, secret) => {
    expect(redact(`before ${secret} after ${secret}`, parts)).toBe('before [redacted] after [redacted]')
  })

  test('a code is not garbled by a value of one letter', () => {
    expect(redact('authorization_pending', sent({ body: 'device_code=d' }))).toBe('authorization_pending')
  })

  test('what is no secret stays', () => {
    expect(redact('client_name x', sent({ body: '{"client_name":"x"}' }))).toBe('client_name x')
  })
})

test('an error shows its cause, but no property more', () => {
  const shown = inspect(errors.ERR_HYDRA_UNREACHABLE, { showHidden: true })
  expect(shown).toContain('refused')
  expect(JSON.parse(JSON.stringify(errors.ERR_HYDRA_HTTP))).toEqual({
    code: 'ERR_HYDRA_HTTP',
    operation: 'clients.get',
    status: 404,
    error: 'Not Found',
    description: 'gone',
  })
})
