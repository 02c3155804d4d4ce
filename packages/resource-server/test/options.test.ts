import { afterAll, describe, expect, test } from '@jest/globals'
import { createResourceServer } from '../src/index.ts'
import type {
  BreakerOptions,
  CacheOptions,
  OneIssuerOptions,
  ResourceServer,
  ResourceServerOptions,
} from '../src/index.ts'

const good = {
  issuer: 'https://auth.example.com',
  introspectionUrl: 'http://hydra-admin:4445/admin/oauth2/introspect',
  audience: 'https://api.example.com',
}
const named = { ...good, name: 'a' }
const client = { oidc: { jwks: async () => ({}) }, tokens: { introspect: async () => ({}) } }
const { audience: _audience, ...withoutAudience } = good
const { issuer: _issuer, ...withoutIssuer } = good
const { introspectionUrl: _url, ...withoutIntrospection } = good
const asyncSchema = { '~standard': { version: 1, vendor: 'test', validate: async () => ({ value: {} }) } }

const opened: ResourceServer[] = []
afterAll(() => Promise.all(opened.map((server) => server.close())))
function create(options: unknown): ResourceServer {
  const server = createResourceServer(options as ResourceServerOptions)
  opened.push(server)
  return server
}

// Golden: these sentences are what a newcomer meets first.
const mistakes: [name: string, options: unknown, option: string, message: string][] = [
  ['nothing', undefined, 'options', 'The options must be an object. Pass issuer and audience.'],
  [
    'no audience',
    withoutAudience,
    'audience',
    'audience is missing: a token that was issued for any other API of this Hydra would be accepted. Give the audience that tokens for this API carry, or null to accept tokens for any API.',
  ],
  [
    'no issuer',
    withoutIssuer,
    'issuer',
    "issuer is missing. Give the URL that Hydra's tokens carry in iss, as https://auth.example.com.",
  ],
  [
    'empty audience',
    { ...good, audience: [] },
    'audience',
    'audience must be a string, a list of strings that is not empty, or null to accept tokens for any API. Correct or remove it.',
  ],
  [
    'undefined audience',
    { ...good, audience: undefined },
    'audience',
    'audience is missing: a token that was issued for any other API of this Hydra would be accepted. Give the audience that tokens for this API carry, or null to accept tokens for any API.',
  ],
  [
    'misspelt option',
    { ...good, audiance: 'x' },
    'audiance',
    'There is no option "audiance". Did you mean "audience"?',
  ],
  [
    'unknown option',
    { ...good, secret: 'x' },
    'secret',
    'There is no option "secret". Remove it; a misspelt option must not be ignored.',
  ],
  [
    'misspelt cache option',
    { ...good, cache: { maxAgeSecond: 5 } },
    'cache.maxAgeSecond',
    'There is no option "cache.maxAgeSecond". Did you mean "maxAgeSeconds"?',
  ],
  [
    'plain http to a public host',
    { ...good, issuer: 'http://auth.example.com' },
    'issuer',
    'issuer is plain http on a host that is not this machine: anybody on the way could exchange the keys. Use https, or set allowInsecureHttp: true if the network is trusted.',
  ],
  [
    'no URL',
    { ...good, issuer: 'auth.example.com' },
    'issuer',
    'issuer must be an absolute URL. As https://auth.example.com.',
  ],
  [
    'credentials in the issuer',
    { ...good, issuer: 'https://user:password@auth.example.com' },
    'issuer',
    "issuer must not have a query, fragment or credentials. Give what Hydra's iss says.",
  ],
  [
    'no introspection',
    withoutIntrospection,
    'introspectionUrl',
    "Opaque tokens are checked by introspection, and no address for it is given. Give introspectionUrl (or adminUrl, or client), or accept: ['jwt'] to refuse opaque tokens.",
  ],
  [
    'jwtCheck without introspection',
    { ...withoutIntrospection, accept: ['jwt'], jwtCheck: 'introspection' },
    'jwtCheck',
    'jwtCheck needs introspection, and no address for it is given. Give introspectionUrl, adminUrl or client.',
  ],
  [
    'jwtCheck without JWTs',
    { ...good, accept: ['opaque'], jwtCheck: { recheckSeconds: 5 } },
    'jwtCheck',
    'jwtCheck is about JWTs, which are not accepted. Remove one of both.',
  ],
  [
    'opaque tokens with several issuers and no selectIssuer',
    { issuers: [named, { ...named, name: 'b', issuer: 'https://b.example.com' }] },
    'selectIssuer',
    "Nothing in an opaque token says which of several issuers it belongs to. Give selectIssuer, or accept: ['jwt'] for every issuer.",
  ],
  [
    'two issuers of one name',
    { issuers: [named, { ...named, issuer: 'https://b.example.com' }], selectIssuer: () => 'a' },
    'issuers',
    'Two issuers have the same name. Give each its own.',
  ],
  [
    'one issuer twice',
    { issuers: [named, { ...named, name: 'b', issuer: `${good.issuer}/` }], selectIssuer: () => 'a' },
    'issuers',
    'Two entries have the same issuer: a JWT could not be routed. List each once.',
  ],
  [
    'an issuer of a list without audience',
    { issuers: [{ ...withoutAudience, name: 'a' }] },
    'issuers[0].audience',
    'issuers[0].audience is missing: a token that was issued for any other API of this Hydra would be accepted. Give the audience that tokens for this API carry, or null to accept tokens for any API.',
  ],
  [
    'an issuer of a list without a name',
    { issuers: [good] },
    'issuers[0].name',
    'issuers[0].name is missing. Every issuer of a list has a name, which selectIssuer returns.',
  ],
  ['no issuers', { issuers: [] }, 'issuers', 'issuers must not be empty. Correct or remove it.'],
  [
    'audience beside issuers',
    { issuers: [named], audience: 'x' },
    'audience',
    'audience cannot stand beside issuers. Put it into each issuer of the list.',
  ],
  [
    'selectIssuer without issuers',
    { ...good, selectIssuer: () => 'a' },
    'selectIssuer',
    'selectIssuer belongs to a list of issuers. Give issuers, or leave it out.',
  ],
  [
    'a client that is none',
    { issuer: good.issuer, audience: 'a', client: { tokens: {} } },
    'client',
    'client must be a client of @hydra-kit/client, or have its oidc.jwks and tokens.introspect. Correct or remove it.',
  ],
  [
    'client beside addresses',
    { ...good, client },
    'introspectionUrl',
    'introspectionUrl cannot stand beside client. Set it where the client is created.',
  ],
  [
    'two introspection addresses',
    { ...good, adminUrl: 'http://hydra-admin:4445' },
    'introspectionUrl',
    'introspectionUrl and adminUrl are two ways to the same. Give one of them.',
  ],
  [
    'credentials without address',
    { ...good, adminAuth: { bearer: 'x' } },
    'adminAuth',
    'adminAuth needs adminUrl. Give adminUrl, or remove adminAuth.',
  ],
  [
    'credentials of another shape',
    { ...good, introspectionAuth: { user: 'x' } },
    'introspectionAuth',
    'introspectionAuth must be { basic: { username, password } } or { bearer: string or function }. Correct or remove it.',
  ],
  [
    'a realm that would break the header',
    { ...good, realm: 'a"b' },
    'realm',
    'realm contains characters that cannot stand in a header field. Use printable ASCII without quotes and backslashes (RFC 6750 section 3).',
  ],
  [
    'a metadata address that is none',
    { ...good, resourceMetadataUrl: '/.well-known/oauth-protected-resource' },
    'resourceMetadataUrl',
    'resourceMetadataUrl must be an absolute URL. As https://api.example.com/.well-known/oauth-protected-resource.',
  ],
  [
    'an asynchronous validator',
    { ...good, extra: asyncSchema },
    'extra',
    'extra must be a synchronous validator: the result is kept with the token. Move look-ups that need to wait into the route.',
  ],
  [
    'no validator',
    { ...good, extra: {} },
    'extra',
    'extra must be a Standard Schema validator, as zod, valibot and arktype make them. Correct or remove it.',
  ],
  [
    'milliseconds for seconds',
    { ...good, cache: { maxAgeSeconds: 10_000 } },
    'cache.maxAgeSeconds',
    'cache.maxAgeSeconds must be seconds from 0 to 3600. Correct or remove it.',
  ],
  [
    'a text for a number',
    { ...good, cache: { negativeMaxAgeSeconds: '5' } },
    'cache.negativeMaxAgeSeconds',
    'cache.negativeMaxAgeSeconds must be seconds from 0 to 60. Correct or remove it.',
  ],
  [
    'NaN',
    { ...good, clockToleranceSeconds: Number.NaN },
    'clockToleranceSeconds',
    'clockToleranceSeconds must be seconds from 0 to 300. Correct or remove it.',
  ],
  [
    'an algorithm with a shared secret',
    { ...good, algorithms: ['RS256', 'HS256'] },
    'algorithms[1]',
    'algorithms[1] must be one of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA, Ed25519. Correct or remove it.',
  ],
  [
    'an unknown strategy',
    { ...good, scopeStrategy: 'glob' },
    'scopeStrategy',
    'scopeStrategy must be one of wildcard, exact, hierarchical. Correct or remove it.',
  ],
  [
    'a nested mistake',
    { ...good, jwtCheck: { recheckSeconds: -1 } },
    'jwtCheck',
    "jwtCheck must be 'keys', 'introspection' or { recheckSeconds: 0 to 3600 }. Correct or remove it.",
  ],
  ['no algorithms', { ...good, algorithms: [] }, 'algorithms', 'algorithms must not be empty. Correct or remove it.'],
  ['no formats', { ...good, accept: [] }, 'accept', 'accept must not be empty. Correct or remove it.'],
  ['no places', { ...good, tokenFrom: [] }, 'tokenFrom', 'tokenFrom must not be empty. Correct or remove it.'],
  [
    'an unknown place',
    { ...good, tokenFrom: ['body'] },
    'tokenFrom[0]',
    "tokenFrom[0] must be 'header', 'form', 'query', { cookie: name } or a function. Correct or remove it.",
  ],
]

describe('a mistake throws at creation, naming option and cure', () => {
  test.each(mistakes)('%s', (_name, options, option, message) => {
    let thrown: unknown
    try {
      create(options)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toMatchObject({ name: 'TypeError', code: 'ERR_OPTIONS', option, message })
  })

  test('addresses are checked by the client, with the name of the option', () => {
    const options = { ...good, introspectionUrl: 'http://hydra.example.com/oauth2/introspect' }
    expect(() => create(options)).toThrow(/^`introspectionUrl` is plain http/)
  })

  test('no message contains a received value', () => {
    const secret = 'hunter2-hunter2'
    for (const options of [
      { ...good, introspectionAuth: { bearer: { token: secret } } },
      { ...good, introspectionAuth: { basic: { username: secret, password: 7 } } },
      { ...good, introspectionAuth: { basic: { username: secret } } },
      { ...good, introspectionAuth: secret },
      { ...good, headers: secret },
      { ...good, headers: { authorization: [secret] } },
      { ...good, issuer: secret },
      { ...good, realm: `${secret}"` },
      { ...good, scopeStrategy: secret },
      { ...good, algorithms: [secret] },
      { ...good, cache: secret },
      { ...good, jwtCheck: secret },
      { ...good, jwtCheck: { recheckSeconds: secret } },
      { ...good, jwtCheck: { recheckSeconds: 1, x: secret } },
      { ...good, tokenFrom: [{ cookie: `${secret};` }] },
      { ...good, introspectionAuth: { bearer: '' } },
      { ...good, audience: [secret, 7] },
      { ...good, client: secret },
      secret,
    ]) {
      let message = ''
      try {
        create(options)
      } catch (error) {
        message = String(error)
      }
      expect(message).toMatch(/^TypeError: /)
      expect(message).not.toContain(secret)
    }
  })
})

test.each([
  ['loopback over http', { ...good, issuer: 'http://127.0.0.1:4444' }],
  ['loopback by name', { ...good, issuer: 'http://localhost:4444/' }],
  ['IPv6 loopback', { ...good, issuer: 'http://[::1]:4444' }],
  ['http where it is said', { ...good, issuer: 'http://auth.example.com', allowInsecureHttp: true }],
  ['no audience where it is said', { ...good, audience: null }],
  ['several audiences', { ...good, audience: ['a', 'b'] }],
  ['JWTs alone', { ...withoutIntrospection, accept: ['jwt'] }],
  ['a client', { issuer: good.issuer, audience: 'a', client }],
  ['undefined for not given', { ...good, realm: undefined, cache: undefined, issuers: undefined }],
  ['all credentials', { ...good, introspectionAuth: { basic: { username: 'u', password: 'p' } } }],
  [
    'several issuers of JWTs',
    {
      issuers: [
        { ...named, accept: ['jwt'] },
        { ...named, accept: ['jwt'], name: 'b', issuer: 'https://b.example.com' },
      ],
    },
  ],
  ['a list of one', { issuers: [named] }],
  [
    'every number at its bounds',
    {
      ...good,
      clockToleranceSeconds: 300,
      introspectionTimeoutMs: 60_000,
      cache: { maxAgeSeconds: 3600, negativeMaxAgeSeconds: 60, maxEntries: 1, negativeMaxEntries: 1 },
    },
  ],
])('accepted: %s', (_name, options) => {
  expect(create(options)).toBeDefined()
})

test('every option takes undefined for not given, but the audience', () => {
  const nothing: Record<Exclude<keyof OneIssuerOptions<unknown>, 'issuer' | 'audience'>, undefined> = {
    publicUrl: undefined,
    jwksUrl: undefined,
    adminUrl: undefined,
    adminAuth: undefined,
    introspectionUrl: undefined,
    introspectionAuth: undefined,
    client: undefined,
    headers: undefined,
    serverVersion: undefined,
    accept: undefined,
    requireAtJwt: undefined,
    savedKeys: undefined,
    jwtCheck: undefined,
    algorithms: undefined,
    scopeStrategy: undefined,
    clockToleranceSeconds: undefined,
    introspectionTimeoutMs: undefined,
    introspectionMaxConcurrent: undefined,
    introspectionMaxQueued: undefined,
    breaker: undefined,
    cache: undefined,
    allowInsecureHttp: undefined,
    dispatcher: undefined,
    tokenFrom: undefined,
    extra: undefined,
    realm: undefined,
    resourceMetadataUrl: undefined,
    now: undefined,
    onRefused: undefined,
    onVerified: undefined,
    telemetry: undefined,
    issuers: undefined,
    selectIssuer: undefined,
  }
  const { issuer, audience, introspectionUrl } = good
  const cache: Record<keyof CacheOptions, undefined> = {
    maxAgeSeconds: undefined,
    negativeMaxAgeSeconds: undefined,
    staleWhileRevalidateSeconds: undefined,
    staleIfErrorSeconds: undefined,
    maxEntries: undefined,
    maxBytes: undefined,
    negativeMaxEntries: undefined,
  }
  const breaker: Record<keyof BreakerOptions, undefined> = {
    openAfterFailures: undefined,
    retryAfterSeconds: undefined,
  }
  const options: ResourceServerOptions<unknown> = { ...nothing, issuer, audience, introspectionUrl, cache, breaker }
  expect(create(options)).toBeDefined()
  // @ts-expect-error only null turns the audience off
  const open: ResourceServerOptions = { issuer, introspectionUrl, audience: undefined }
  expect(() => create(open)).toThrow(/^audience is missing/)
  expect(() => create({ ...good, issuer: undefined })).toThrow(/^issuer is missing/)
})

test('the options are copied: changing them later changes nothing', async () => {
  const algorithms = ['ES256']
  const audience = ['a']
  const tokenFrom: unknown[] = ['header']
  const server = create({ issuer: good.issuer, client, algorithms, audience, tokenFrom })
  tokenFrom.push(() => 'x.y')
  await expect(server.authenticate({ method: 'GET', url: '/', headers: {} })).rejects.toMatchObject({
    reason: 'missing',
  })
})
