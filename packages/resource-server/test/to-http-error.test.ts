import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { formatChallenge } from '../src/challenge.ts'
import { BearerTokenError, VerificationUnavailableError } from '../src/index.ts'
import type { RefusalReason } from '../src/index.ts'
import { startWorld } from './support/world.ts'
import type { World } from './support/world.ts'

let world: World
beforeEach(async () => {
  world = await startWorld()
})
afterEach(() => world.close())

const invalidToken =
  'error="invalid_token", error_description="The access token is not valid here: it may be unknown, expired, revoked or meant for another API."'
const invalidRequest =
  'error="invalid_request", error_description="The request must carry one well-formed access token."'
const insufficient = 'error="insufficient_scope", error_description="The access token does not allow this."'

const rows: [RefusalReason, number, string][] = [
  ['missing', 401, 'Bearer'],
  ['malformed', 400, `Bearer ${invalidRequest}`],
  ['two_tokens', 400, `Bearer ${invalidRequest}`],
  ['too_long', 400, `Bearer ${invalidRequest}`],
  ['inactive', 401, `Bearer ${invalidToken}`],
  ['expired', 401, `Bearer ${invalidToken}`],
  ['not_yet_valid', 401, `Bearer ${invalidToken}`],
  ['wrong_issuer', 401, `Bearer ${invalidToken}`],
  ['audience_missing', 401, `Bearer ${invalidToken}`],
  ['wrong_audience', 401, `Bearer ${invalidToken}`],
  ['refresh_token', 401, `Bearer ${invalidToken}`],
  ['id_token', 401, `Bearer ${invalidToken}`],
  ['logout_token', 401, `Bearer ${invalidToken}`],
  ['not_access_token', 401, `Bearer ${invalidToken}`],
  ['unknown_key', 401, `Bearer ${invalidToken}`],
  ['bad_signature', 401, `Bearer ${invalidToken}`],
  ['bad_algorithm', 401, `Bearer ${invalidToken}`],
  ['unsupported_confirmation', 401, `Bearer ${invalidToken}`],
  ['stale', 401, `Bearer ${invalidToken}`],
  ['insufficient_scope', 403, `Bearer ${insufficient}`],
  ['claim_mismatch', 403, `Bearer ${insufficient}`],
]

describe('the challenge (RFC 6750 section 3), byte for byte', () => {
  test.each(rows)('%s: %d', (reason, status, challenge) => {
    const answer = world.server().toHttpError(new BearerTokenError(reason))
    expect(answer).toMatchObject({ status, headers: { 'www-authenticate': challenge, 'cache-control': 'no-store' } })
  })

  test('a request without a token learns realm, scope and metadata, but no error code (section 3.1)', () => {
    const server = world.server({ realm: 'photos', resourceMetadataUrl: 'https://api.example/.well-known/x' })
    const answer = server.toHttpError(new BearerTokenError('missing'), { scope: ['photos.read', 'photos.write'] })
    expect(answer).toEqual({
      status: 401,
      headers: {
        'www-authenticate':
          'Bearer realm="photos", scope="photos.read photos.write", resource_metadata="https://api.example/.well-known/x"',
        'cache-control': 'no-store',
      },
      body: { error: 'unauthorized', error_description: 'This resource needs an access token.' },
    })
    expect(server.toHttpError(new BearerTokenError('missing'), { scope: 'a' }).headers['www-authenticate']).toBe(
      'Bearer realm="photos", scope="a", resource_metadata="https://api.example/.well-known/x"',
    )
  })

  test('a missing scope is named, and nothing else about the token', () => {
    const error = new BearerTokenError('insufficient_scope', { requiredScopes: ['photos.write', 'x'] })
    const { headers, body } = world.server({ realm: 'photos' }).toHttpError(error, { scope: 'ignored' })
    expect(headers['www-authenticate']).toBe(`Bearer realm="photos", ${insufficient}, scope="photos.write x"`)
    expect(body).toEqual({ error: 'insufficient_scope', error_description: 'The access token does not allow this.' })
  })

  test('an outage is 503 with Retry-After and without a challenge', () => {
    const error = new VerificationUnavailableError('x', { retryAfterSeconds: 6.2 })
    expect(world.server({ realm: 'photos' }).toHttpError(error)).toEqual({
      status: 503,
      headers: { 'retry-after': '7', 'cache-control': 'no-store' },
      body: { error: 'temporarily_unavailable', error_description: 'Access tokens cannot be checked at the moment.' },
    })
  })

  test.each([[new Error('x')], [null], ['text'], [{ reason: 'missing' }], [undefined]])(
    '%p is not about tokens',
    (error) => {
      expect(world.server().toHttpError(error as unknown)).toBeUndefined()
    },
  )
})

describe('nothing breaks out of its quotes', () => {
  test.each([
    ['a quote', 'a"b'],
    ['a backslash', 'a\\b'],
    ['a line break', 'a\r\nset-cookie: x=1'],
    ['beyond ASCII', 'ä'],
    ['a control character', 'a\u0000b'],
    ['DEL', 'a\u007fb'],
    ['nothing', ''],
  ])('%s', (_name, value) => {
    expect(formatChallenge({ realm: value, scope: ['x'] })).toBe('Bearer scope="x"')
    expect(formatChallenge({ scope: [value, 'x'].slice(0, value === '' ? 1 : 2) })).toBe('Bearer')
    expect(
      world.server().toHttpError(new BearerTokenError('missing'), { scope: value }).headers['www-authenticate'],
    ).toBe('Bearer')
  })
})
