import { describe, expect, test } from '@jest/globals'
import { anyScope, hydraAuth, requireAudience, requireClaims, requireFresh, requireScopes } from '@hydra-kit/express'
import { fakeResourceServer } from '@hydra-kit/resource-server/testing'

const resourceServer = fakeResourceServer({ tokens: {} })
const issuer = 'https://auth.example.com'

/** Golden messages: each names the option and the cure. */
const mistakes: [string, () => unknown, string, string][] = [
  [
    'resourceServer and options',
    () => hydraAuth({ resourceServer, issuer, audience: null } as never),
    'resourceServer',
    'resourceServer and issuer, audience are both given, so it is not clear which of them holds. Give the others to createResourceServer, or leave resourceServer out.',
  ],
  [
    'something else as resourceServer',
    () => hydraAuth({ resourceServer: undefined } as never),
    'resourceServer',
    'resourceServer is not a resource server. Make it with createResourceServer.',
  ],
  [
    'no options',
    () => hydraAuth(undefined as never),
    'options',
    'hydraAuth needs options. Give { issuer, adminUrl, audience } or { resourceServer }.',
  ],
  [
    'an unknown option beside them',
    () => hydraAuth({ resourceServer }, { optionall: true } as never),
    'optionall',
    'hydraAuth has no option "optionall" beside the resource server\'s. The second argument takes optional and tenant.',
  ],
  [
    'optional that is no boolean',
    () => hydraAuth({ resourceServer }, { optional: 'false' } as never),
    'optional',
    'optional must be true or false. Leave it out to demand a token.',
  ],
  [
    'tenant that is no function',
    () => hydraAuth({ resourceServer }, { tenant: 'a' } as never),
    'tenant',
    'tenant must be a function of the request. For example (req) => req.hostname.',
  ],
  [
    'no scope',
    () => requireScopes(),
    'all',
    'all must be a list of scopes that is not empty. Name at least one; a scope has no spaces, quotes or backslashes (RFC 6749 section 3.3).',
  ],
  [
    'two scopes in one text',
    () => requireScopes('photos.read photos.write'),
    'all',
    'all must be a list of scopes that is not empty. Name at least one; a scope has no spaces, quotes or backslashes (RFC 6749 section 3.3).',
  ],
  [
    'none of no scope',
    () => anyScope(),
    'any',
    'any must be a list of scopes that is not empty. Name at least one; a scope has no spaces, quotes or backslashes (RFC 6749 section 3.3).',
  ],
  ['no claim', () => requireClaims({}), 'claims', 'claims must name at least one claim. Leave it out to demand none.'],
  [
    'a time that is no number',
    () => requireFresh(Number.NaN),
    'seconds',
    'requireFresh needs a number of seconds. Give 0 to ask Hydra for each request.',
  ],
  [
    'a negative time',
    () => requireFresh(-1),
    'seconds',
    'requireFresh needs a number of seconds. Give 0 to ask Hydra for each request.',
  ],
  [
    'no audience',
    () => requireAudience(),
    'audience',
    "requireAudience needs an audience. For example requireAudience('https://api.example.com').",
  ],
  [
    'an empty audience',
    () => requireAudience(''),
    'audience',
    "requireAudience needs an audience. For example requireAudience('https://api.example.com').",
  ],
]

describe('mistakes show when the middleware is made', () => {
  test.each(mistakes)('%s', (_what, make, option, message) => {
    expect(make).toThrow(expect.objectContaining({ name: 'TypeError', code: 'ERR_OPTIONS', option, message }))
  })

  test('those of the resource server too', () => {
    expect(() => hydraAuth({ issuer } as never)).toThrow(
      expect.objectContaining({ code: 'ERR_OPTIONS', option: 'audience' }),
    )
  })
})
