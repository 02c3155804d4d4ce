/** Options are checked at creation, in words that name the option and the cure. */
import { inspect } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import { createHydraClient, isOptionsError } from '@hydra-kit/client'
import type { HydraClientOptions } from '@hydra-kit/client'

const adminUrl = 'http://127.0.0.1:4445'

function refusal(options: unknown): string {
  try {
    createHydraClient(options as HydraClientOptions)
  } catch (error) {
    expect(error).toMatchObject({ name: 'TypeError', code: 'ERR_OPTIONS' })
    expect(isOptionsError(error)).toBe(true)
    return (error as Error).message
  }
  throw new Error('the options were taken')
}

test.each([
  ['no options', undefined],
  ['no address', {}],
  ['an unknown option', { adminUrl, retrys: 3 }],
  ['an address that is none', { adminUrl: 'hydra:4445' }],
  ['an address of another scheme', { adminUrl: 'ftp://hydra' }],
  ['credentials in the address', { adminUrl: 'https://user:pass-word@hydra' }],
  ['a query in the address', { publicUrl: 'https://hydra/?tenant=secret-7' }],
  ['plain http to a public host', { publicUrl: 'http://auth.example.com' }],
  ['a server version that is none', { adminUrl, serverVersion: 'latest' }],
  ['a server that is too old', { adminUrl, serverVersion: '1.3.2' }],
  ['credentials of no kind', { adminUrl, adminAuth: { token: 'secret-7' } }],
  ['credentials of two kinds', { adminUrl, adminAuth: { bearer: 'a', basic: { username: 'a', password: 'b' } } }],
  ['basic credentials without a password', { adminUrl, adminAuth: { basic: { username: 'a' } } }],
  ['a user name with a colon', { adminUrl, adminAuth: { basic: { username: 'a:b', password: 'secret-7' } } }],
  ['a bearer token with a line break', { adminUrl, adminAuth: { bearer: 'secret-7\n' } }],
  ['a header that is none', { adminUrl, headers: { 'x y': 'secret-7' } }],
  ['a header with a line break', { adminUrl, headers: { 'x-tenant': 'secret-7\r\nx: y' } }],
  ['an Authorization header', { adminUrl, headers: { Authorization: 'secret-7' } }],
  ['a header of the client', { adminUrl, headers: { 'Content-Type': 'text/plain' } }],
  ['no time', { adminUrl, timeoutMs: 0 }],
  ['too much time', { adminUrl, timeoutMs: 60_001 }],
  ['too many tries', { adminUrl, retries: 6 }],
  ['half a try', { adminUrl, retries: 0.5 }],
  ['a tiny limit', { adminUrl, maxResponseBytes: 10 }],
  ['a dispatcher that is none', { adminUrl, dispatcher: {} }],
  ['a time that is none', { adminUrl, now: 7 }],
  ['a listener that is none', { adminUrl, onDroppedField: 'log' }],
  ['a wish for plain http that is none', { adminUrl, allowInsecureHttp: 'yes' }],
])('%s', (_title, options) => {
  const message = refusal(options)
  expect(message).toMatchSnapshot()
  expect(message).not.toMatch(/secret-7|pass-word/)
})

test.each([
  [{ adminUrl, retrys: 3 }, 'retrys'],
  [{ adminUrl, timeoutMs: 0 }, 'timeoutMs'],
  [{ adminUrl: 'hydra:4445' }, 'adminUrl'],
  [{ publicUrl: 'http://auth.example.com' }, 'publicUrl'],
  [{ adminUrl, serverVersion: 'latest' }, 'serverVersion'],
  [{ adminUrl, adminAuth: { bearer: 'a b' } }, 'adminAuth.bearer'],
  [{ adminUrl, headers: { Authorization: 'a' } }, 'headers'],
  [{}, undefined],
])('%j: the error says which option it is', (options, option) => {
  expect(() => createHydraClient(options as HydraClientOptions)).toThrow(
    expect.objectContaining({ code: 'ERR_OPTIONS', ...(option !== undefined && { option }) }),
  )
})

test.each([
  'http://localhost:4445',
  'http://hydra.localhost',
  'http://127.8.7.6',
  'http://[::1]:4445',
  'http://hydra-admin:4445',
  'http://hydra.default.svc:4445',
  'http://hydra.default.svc.cluster.local',
  'http://host.docker.internal:4445',
  'http://10.1.2.3',
  'http://172.16.0.1',
  'http://172.31.255.1',
  'http://192.168.0.7',
  'http://[fd00::1]',
  'http://hydra.home.arpa.',
  'https://auth.example.com',
])('plain http is fine where nobody else can listen: %s', (url) => {
  for (const name of ['publicUrl', 'adminUrl', 'jwksUrl', 'introspectionUrl']) {
    expect(createHydraClient({ [name]: url })).toBeDefined()
  }
})

test.each([
  'http://auth.example.com',
  'http://172.15.0.1',
  'http://172.32.0.1',
  'http://11.0.0.1',
  'http://127.0.0.1.example.com',
  'http://localhost.example.com',
  'http://169.254.169.254',
  'http://[2001:db8::1]',
  'http://svc.example.com',
])('plain http is refused elsewhere, unless said so: %s', (url) => {
  for (const name of ['publicUrl', 'adminUrl', 'jwksUrl', 'introspectionUrl']) {
    expect(refusal({ [name]: url })).toContain(`\`${name}\` is plain http to the public host`)
    expect(createHydraClient({ [name]: url, allowInsecureHttp: true })).toBeDefined()
  }
})

test('undefined means not given', () => {
  const options = { adminUrl, publicUrl: undefined, timeoutMs: undefined, adminAuth: undefined, headers: undefined }
  expect(createHydraClient(options)).toBeDefined()
})

describe('the client shows nothing that it was given', () => {
  test.each([[{ basic: { username: 'user-7', password: 'secret-7' } }], [{ bearer: 'secret-7' }]])(
    '%j',
    (adminAuth) => {
      const hydra = createHydraClient({ adminUrl, adminAuth, headers: { 'x-key': 'secret-7' } })
      const shown = inspect(hydra, { depth: 20, showHidden: true, getters: true }) + JSON.stringify(hydra)
      expect(shown).not.toMatch(/secret-7|user-7|c2VjcmV0LTc|dXNlci03/)
    },
  )
})

test('the options object is neither kept nor changed', async () => {
  const headers = { 'X-Tenant': 'a' }
  const options = Object.freeze({
    adminUrl,
    headers: Object.freeze(headers),
    adminAuth: Object.freeze({ bearer: 'a' }),
  })
  expect(createHydraClient(options)).toBeDefined()
})
