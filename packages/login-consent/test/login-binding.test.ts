import { expect, test } from '@jest/globals'
import { cookieStyle } from '../src/cookies.ts'
import { bindLogin, isBound, unbindLogins, type LoginBinding } from '../src/login-binding.ts'
import { createSigner } from '../src/signing.ts'

const style = cookieStyle(new URL('https://login.example.com'))
const signer = createSigner([Buffer.from('s'.repeat(32))], 'login-binding')
const alice: LoginBinding = { browserId: 'b1', subject: 'alice', sessionId: 's1' }

/** What a browser sends back after these logins. */
function afterLogins(...bindings: LoginBinding[]): { headers: { cookie: string } } {
  let cookie = ''
  for (const binding of bindings)
    cookie = bindLogin(style, signer, { headers: { cookie } }, binding, 1000).split(';')[0] ?? ''
  return { headers: { cookie } }
}

test.each([
  ['the same login', alice, 1000, true],
  ['an hour later', alice, 4600, true],
  ['more than an hour later', alice, 4601, false],
  ['another subject in the same session', { ...alice, subject: 'bob' }, 1000, false],
  ['another session of the same subject', { ...alice, sessionId: 's2' }, 1000, false],
  ['another browser', { ...alice, browserId: 'b2' }, 1000, false],
  ['parts that run into each other', { browserId: 'b1a', subject: 'lice', sessionId: 's1' }, 1000, false],
])('%s', (_name, binding, now, expected) => {
  expect(isBound(style, signer, afterLogins(alice), binding, now)).toBe(expected)
})

test('the last six logins count, one entry each', () => {
  const logins = Array.from({ length: 8 }, (_, index) => ({ ...alice, sessionId: `s${index}` }))
  const input = afterLogins(...logins, ...logins.slice(-1))
  const bound = logins.map((login) => isBound(style, signer, input, login, 1000))
  expect(bound).toEqual([false, false, true, true, true, true, true, true])
})

test.each(['', 'x', '~~', 'zzz.short', `${'a'.repeat(2000)}`])('a cookie of %j is no login', (value) => {
  expect(isBound(style, signer, { headers: { cookie: `__Host-hydra_kit_login=${value}` } }, alice, 1000)).toBe(false)
})

test('another key is no key; forgetting is a cookie that ends now', () => {
  const other = createSigner([Buffer.from('t'.repeat(32))], 'login-binding')
  expect(isBound(style, other, afterLogins(alice), alice, 1000)).toBe(false)
  const purpose = createSigner([Buffer.from('s'.repeat(32))], 'form-token')
  expect(isBound(style, purpose, afterLogins(alice), alice, 1000)).toBe(false)
  expect(unbindLogins(style)).toBe('__Host-hydra_kit_login=; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=0')
})
