import { describe, expect, test } from '@jest/globals'
import { startHydra } from '@hydra-kit/embedded'
import { type Configuration, readConfiguration } from '../../src/cli/configuration.ts'
import { settings } from '../../src/cli/settings.ts'

const none = {}

test('every key that is understood sets its option, and startHydra takes them all', async () => {
  const { options, ignored } = readConfiguration(
    `
serve:
  public: { port: 0, host: 127.0.0.1, cors: { enabled: true, allowed_origins: [https://spa.example], allowed_methods: [GET],
    allowed_headers: [X-Foo], exposed_headers: [X-Bar], allow_credentials: false, max_age: 5 } }
  admin: { port: 0, host: 127.0.0.1 }
urls:
  self: { issuer: https://auth.example, public: https://public.example }
  login: https://app.example/login
  consent: https://app.example/consent
  logout: https://app.example/logout
  error: https://app.example/error
  registration: https://app.example/registration
  post_logout_redirect: https://app.example/bye
  device: { verification: https://app.example/device, success: https://app.example/done }
strategies: { access_token: jwt, scope: exact, jwt: { scope_claim: both } }
ttl: { login_consent_request: 1m, access_token: 2m, refresh_token: -1, id_token: 3m, auth_code: 4m,
  authentication_session: 5m, device_user_code: 6m, vc_nonce: 7m }
oauth2:
  token_hook: { url: https://hook.example/t, auth: { type: api_key, config: { in: header, name: X-Key, value: k } } }
  refresh_token_hook: https://hook.example/r
  allowed_top_level_claims: [tenant]
  mirror_top_level_claims: false
  exclude_not_before_claim: true
  pkce: { enforced: true, enforced_for_public_clients: true }
  client_credentials: { default_grant_allowed_scope: true }
  grant: { refresh_token: { rotation_grace_period: 10s, rotation_grace_reuse_count: 2 },
    jwt: { jti_optional: true, iat_optional: true, max_ttl: 1h } }
  device_authorization: { token_polling_interval: 9s, user_code: { length: 6, character_set: ABCDEFGH } }
oidc:
  dynamic_client_registration: { enabled: true, default_scope: [openid] }
  subject_identifiers: { supported_types: [public], pairwise: { salt: long-enough-salt } }
webfinger:
  oidc_discovery: { auth_url: https://d.example/a, token_url: https://d.example/t, jwks_url: https://d.example/j,
    userinfo_url: https://d.example/u, client_registration_url: https://d.example/r,
    device_authorization_url: https://d.example/d, supported_claims: [email], supported_scope: [photos] }
`,
    none,
  )
  expect(ignored).toEqual([])
  expect(options).toEqual({
    publicPort: 0,
    adminPort: 0,
    host: '127.0.0.1',
    cors: {
      allowedOrigins: ['https://spa.example'],
      allowedMethods: ['GET'],
      allowedHeaders: ['X-Foo'],
      exposedHeaders: ['X-Bar'],
      allowCredentials: false,
      maxAgeSeconds: 5,
    },
    issuer: 'https://auth.example',
    urls: {
      public: 'https://public.example',
      login: 'https://app.example/login',
      consent: 'https://app.example/consent',
      logout: 'https://app.example/logout',
      error: 'https://app.example/error',
      registration: 'https://app.example/registration',
      postLogoutRedirect: 'https://app.example/bye',
      deviceVerification: 'https://app.example/device',
      deviceSuccess: 'https://app.example/done',
    },
    accessTokenStrategy: 'jwt',
    scopeStrategy: 'exact',
    jwt: { scopeClaim: 'both' },
    ttl: {
      loginConsentRequest: '1m',
      accessToken: '2m',
      refreshToken: '-1',
      idToken: '3m',
      authCode: '4m',
      authenticationSession: '5m',
      deviceUserCode: '6m',
      vcNonce: '7m',
    },
    tokenHook: {
      url: 'https://hook.example/t',
      auth: { type: 'api_key', config: { in: 'header', name: 'X-Key', value: 'k' } },
    },
    refreshTokenHook: { url: 'https://hook.example/r' },
    allowedTopLevelClaims: ['tenant'],
    mirrorTopLevelClaims: false,
    excludeNotBeforeClaim: true,
    pkce: { enforced: true, enforcedForPublicClients: true },
    defaultGrantAllowedScope: true,
    refreshTokenRotation: { gracePeriod: '10s', graceReuseCount: 2 },
    jwtBearer: { jtiOptional: true, iatOptional: true, maxTtl: '1h' },
    deviceAuthorization: { tokenPollingInterval: '9s', userCode: { length: 6, characterSet: 'ABCDEFGH' } },
    dynamicRegistration: { defaultScope: ['openid'] },
    subjectTypes: ['public'],
    pairwiseSalt: 'long-enough-salt',
    discovery: {
      authUrl: 'https://d.example/a',
      tokenUrl: 'https://d.example/t',
      jwksUrl: 'https://d.example/j',
      userinfoUrl: 'https://d.example/u',
      clientRegistrationUrl: 'https://d.example/r',
      deviceAuthorizationUrl: 'https://d.example/d',
      supportedClaims: ['email'],
      supportedScope: ['photos'],
    },
  })
  await using hydra = await startHydra(options)
  expect(hydra.issuer).toBe('https://auth.example')
})

test('keys without effect are told, whole or in part', () => {
  const { options, ignored } = readConfiguration(
    `
dsn: memory
secrets: { system: [a-secret-that-is-not-shown] }
log: { level: debug }
serve: { public: { port: 1, tls: { enabled: true } } }
typo: 1
`,
    none,
  )
  expect(options).toEqual({ publicPort: 1 })
  expect(ignored).toEqual(['dsn', 'secrets.system', 'log.level', 'serve.public.tls.enabled', 'typo'])
})

test('what is switched off has no effect, and says so', () => {
  const { options, ignored } = readConfiguration(
    `
serve: { public: { cors: { allowed_origins: ['*'] } }, admin: { host: 10.0.0.1 } }
oidc: { dynamic_client_registration: { enabled: false, default_scope: [openid] } }
`,
    none,
  )
  expect(options).toEqual({})
  expect(ignored.toSorted()).toEqual([
    'oidc.dynamic_client_registration.default_scope',
    'serve.admin.host',
    'serve.public.cors.allowed_origins',
  ])
})

describe('the environment', () => {
  test('has the same keys, wins over the file, and separates lists by commas', () => {
    const { options, ignored } = readConfiguration('ttl: { access_token: 1m }', {
      TTL_ACCESS_TOKEN: '2m',
      SERVE_PUBLIC_PORT: '4444',
      OIDC_DYNAMIC_CLIENT_REGISTRATION_ENABLED: 'true',
      OAUTH2_ALLOWED_TOP_LEVEL_CLAIMS: 'tenant, roles',
      OAUTH2_PKCE_ENFORCED: 'false',
      DSN: 'memory',
      SECRETS_SYSTEM: 'a-secret-that-is-not-shown',
      PATH: '/bin',
    })
    expect(options).toEqual({
      ttl: { accessToken: '2m' },
      publicPort: 4444,
      dynamicRegistration: {},
      allowedTopLevelClaims: ['tenant', 'roles'],
      pkce: { enforced: false },
    })
    expect(ignored).toEqual(['DSN', 'SECRETS_SYSTEM'])
  })

  test('every name is the key in upper case', () => {
    const hooks = Object.entries(settings).filter(([, { kind }]) => kind === 'hook')
    for (const [key] of hooks) {
      const name = key.toUpperCase().replaceAll('.', '_')
      expect(() => readConfiguration(undefined, { [name]: 'https://hook.example' })).toThrow(name)
    }
  })
})

describe('refused, by the name of the key and without its value', () => {
  const read =
    (text: string): (() => Configuration) =>
    () =>
      readConfiguration(text, none)

  test.each([
    ['serve: { public: { port: secret-value } }', 'serve.public.port must be a whole number'],
    ['ttl: { access_token: 60 }', 'ttl.access_token must be a duration'],
    ['oauth2: { pkce: { enforced: secret-value } }', 'oauth2.pkce.enforced must be true or false'],
    ['oauth2: { allowed_top_level_claims: secret-value }', 'oauth2.allowed_top_level_claims must be a list of strings'],
    ['oauth2: { token_hook: [secret-value] }', 'oauth2.token_hook must be a URL'],
    ['urls: { login: [secret-value] }', 'urls.login must be a string'],
    ['- secret-value', 'it must hold a mapping of keys'],
    ['a: secret-value\n  b: secret-value', 'it is not valid YAML'],
  ])('%j', (text, message) => {
    expect(read(text)).toThrow(message)
    expect(read(text)).not.toThrow(/secret-value/)
  })

  test('in the environment too', () => {
    expect(() => readConfiguration(undefined, { SERVE_PUBLIC_PORT: 'x' })).toThrow(
      'SERVE_PUBLIC_PORT must be a whole number',
    )
    expect(() => readConfiguration(undefined, { OAUTH2_PKCE_ENFORCED: 'x' })).toThrow(
      'OAUTH2_PKCE_ENFORCED must be true or false',
    )
  })
})

test('a preset of user codes', () => {
  const text = 'oauth2: { device_authorization: { user_code: { entropy_preset: low } } }'
  expect(readConfiguration(text, none).options).toEqual({ deviceAuthorization: { userCode: 'low' } })
})

test('an api_key that names no place is left out, as Hydra does', () => {
  const text =
    'oauth2: { token_hook: { url: https://hook.example, auth: { type: api_key, config: { name: X, value: y } } } }'
  expect(readConfiguration(text, none).options).toEqual({ tokenHook: { url: 'https://hook.example' } })
})

test('an empty file says nothing', () => {
  expect(readConfiguration('', none)).toEqual({ options: {}, ignored: [] })
  expect(readConfiguration(undefined, none)).toEqual({ options: {}, ignored: [] })
})
