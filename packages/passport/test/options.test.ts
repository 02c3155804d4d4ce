import { HydraBearerStrategy } from '@hydra-kit/passport'
import { fakeResourceServer } from '@hydra-kit/resource-server/testing'
import { expect, test } from '@jest/globals'

const resourceServer = fakeResourceServer({ tokens: {} })
const make = (options: unknown, verify?: unknown): HydraBearerStrategy =>
  new HydraBearerStrategy(options as { resourceServer: typeof resourceServer }, verify as () => void)

test.each<[string, unknown, unknown, string, RegExp]>([
  ['no options', undefined, undefined, 'options', /resourceServer/],
  [
    'no audience',
    { issuer: 'https://a.example', adminUrl: 'http://127.0.0.1:4445' },
    undefined,
    'audience',
    /audience/,
  ],
  ['a mistyped option', { resourceServer, audiance: 'x' }, undefined, 'resourceServer', /audiance/],
  ['an unknown option', { issuer: 'https://a.example', audience: null, colour: 1 }, undefined, 'colour', /colour/],
  [
    'a server and addresses',
    { resourceServer, issuer: 'https://a.example' },
    undefined,
    'resourceServer',
    /both given/,
  ],
  ['what is no resource server', { resourceServer: {} }, undefined, 'resourceServer', /createResourceServer/],
  ['an empty name', { resourceServer, name: '' }, undefined, 'name', /name must be a text/],
  ['verify that is no function', { resourceServer, verify: 'me' }, undefined, 'verify', /must be a function/],
  ['tenant that is no function', { resourceServer, tenant: 'eu' }, undefined, 'tenant', /must be a function/],
  ['a second argument that is no function', { resourceServer }, {}, 'verify', /\(token, done\)/],
  ['two functions', { resourceServer, verify: () => null }, () => null, 'verify', /one of them/],
  ['a switch without effect', { resourceServer, passReqToCallback: true }, undefined, 'passReqToCallback', /no effect/],
  ['a switch that is none', { resourceServer, passReqToCallback: 1 }, () => null, 'passReqToCallback', /true or false/],
])('%s: refused at once, naming the option', (_what, options, verify, option, message) => {
  expect(() => make(options, verify)).toThrow(expect.objectContaining({ code: 'ERR_OPTIONS', option }))
  expect(() => make(options, verify)).toThrow(message)
})

test('the name can be chosen', () => {
  expect(make({ resourceServer }).name).toBe('hydra')
  expect(make({ resourceServer, name: 'api' }).name).toBe('api')
  expect(make({ resourceServer }).resourceServer).toBe(resourceServer)
})
