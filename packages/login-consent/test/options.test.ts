import { createHydraClient } from '@hydra-kit/client'
import { expect, test } from '@jest/globals'
import { createLoginConsentProvider, login, type LoginConsentOptions } from '../src/index.ts'

const good: LoginConsentOptions = {
  hydra: createHydraClient({ adminUrl: 'http://127.0.0.1:4445' }),
  issuer: 'https://auth.example.com',
  publicUrl: 'https://login.example.com',
  secret: 's'.repeat(32),
  authenticate: () => login.retry('no'),
}

const wrong: [name: string, change: object, option: string][] = [
  ['an unknown option', { bindConsentToLogn: false }, 'bindConsentToLogn'],
  ['no hydra', { hydra: undefined }, 'hydra'],
  ['something else for hydra', { hydra: {} }, 'hydra'],
  ['no issuer', { issuer: undefined }, 'issuer'],
  ['an issuer that is no URL', { issuer: 'auth' }, 'issuer'],
  ['an issuer of another scheme', { issuer: 'ftp://auth.example.com' }, 'issuer'],
  ['no publicUrl', { publicUrl: undefined }, 'publicUrl'],
  ['plain http elsewhere', { publicUrl: 'http://login.example.com' }, 'publicUrl'],
  ['a publicUrl with a query', { publicUrl: 'https://login.example.com/?a' }, 'publicUrl'],
  ['a short secret', { secret: 's'.repeat(31) }, 'secret'],
  ['one short secret of two', { secret: ['s'.repeat(32), 'short'] }, 'secret'],
  ['no secret', { secret: undefined }, 'secret'],
  ['an empty list of secrets', { secret: [] }, 'secret'],
  ['authenticate that is no function', { authenticate: true }, 'authenticate'],
  ['a text for a boolean', { bindConsentToLogin: 'false' }, 'bindConsentToLogin'],
  ['rememberLogin of 0 seconds', { rememberLogin: { forSeconds: 0 } }, 'rememberLogin.forSeconds'],
  ['rememberConsent of -1 seconds', { rememberConsent: { forSeconds: -1 } }, 'rememberConsent.forSeconds'],
  ['an unknown member of rememberLogin', { rememberLogin: { forSeconds: 1, days: 3 } }, 'rememberLogin.days'],
  ['a colour by name', { branding: { accentColor: 'red' } }, 'branding.accentColor'],
  ['a logo that is a script', { branding: { logoUrl: 'javascript:alert(1)' } }, 'branding.logoUrl'],
  ['an unknown member of branding', { branding: { colour: '#000' } }, 'branding.colour'],
  ['an unknown page', { pages: { signin: () => '' } }, 'pages.signin'],
  ['a page that is no function', { pages: { login: '<p>' } }, 'pages.login'],
  [
    "a policy with 'unsafe-inline'",
    { contentSecurityPolicy: { 'script-src': ["'unsafe-inline'"] } },
    'contentSecurityPolicy.script-src',
  ],
  [
    'a policy that closes the directive',
    { contentSecurityPolicy: { 'img-src': ['a; script-src *'] } },
    'contentSecurityPolicy.img-src',
  ],
  [
    'a directive that is ours',
    { contentSecurityPolicy: { 'frame-ancestors': ['*'] } },
    'contentSecurityPolicy.frame-ancestors',
  ],
  ['a language without texts', { defaultLocale: 'fr' }, 'defaultLocale'],
  ['an identifier of another kind', { identifier: 'phone' }, 'identifier'],
  ['an alphabet of another kind', { userCode: { alphabet: 'any' } }, 'userCode.alphabet'],
  ['a flow store without get', { flowStore: { set: () => {}, delete: () => {} } }, 'flowStore'],
  ['a limit of 0 bytes', { limits: { maxBodyBytes: 0 } }, 'limits.maxBodyBytes'],
  ['an unknown limit', { limits: { bytes: 1 } }, 'limits.bytes'],
  ['a form token life of 0', { formTokenSeconds: 0 }, 'formTokenSeconds'],
  ['a redirect origin that is none', { redirectOrigins: ['app'] }, 'redirectOrigins'],
  ['a scope without a sentence', { scopes: { a: 1 } }, 'scopes.a'],
]

test.each(wrong)('%s is refused by name', (_name, change, option) => {
  let thrown: unknown
  try {
    createLoginConsentProvider({ ...good, ...change } as LoginConsentOptions)
  } catch (error) {
    thrown = error
  }
  expect(thrown).toMatchObject({ name: 'TypeError', code: 'ERR_OPTIONS' })
  expect((thrown as Error).message).toMatch(new RegExp(`^${option.replace(/\./g, '\\.')}:`))
})

test('the message never holds the value', () => {
  expect(() => createLoginConsentProvider({ ...good, secret: 'hunter2' })).toThrow(/^(?!.*hunter2)/)
})

test.each([
  ['loopback', { publicUrl: 'http://127.0.0.1:3000' }],
  ['localhost', { publicUrl: 'http://localhost:3000/path' }],
  ['plain http on purpose', { publicUrl: 'http://login.internal', allowInsecureHttp: true }],
  ['secrets as bytes', { secret: [new Uint8Array(32), 's'.repeat(40)] }],
  ['undefined means not given', { branding: undefined, limits: undefined, begin: undefined }],
])('%s is fine', (_name, change) => {
  expect(typeof createLoginConsentProvider({ ...good, ...change }).handle).toBe('function')
})

test.each([
  ['no subject', { subject: '' }],
  ['a subject of 256 characters', { subject: 'x'.repeat(256) }],
  ['a subject that is no text', { subject: 7 as never }],
  ['rememberForSeconds of 0', { subject: 'a', remember: true, rememberForSeconds: 0 }],
  ['rememberForSeconds of half a second', { subject: 'a', rememberForSeconds: 0.5 }],
])('login.accept refuses %s', (_name, acceptance) => {
  expect(() => login.accept(acceptance)).toThrow(expect.objectContaining({ code: 'ERR_OPTIONS' }))
})
