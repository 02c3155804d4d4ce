import { toMcpAuthInfo } from '@hydra-kit/express'
import { signedInAs } from '@hydra-kit/resource-server/testing'
import { expect, test } from '@jest/globals'

const resource = 'https://api.example.com/mcp'
const expiresAt = new Date(1_795_492_686_000)
const token = signedInAs({ subject: 'ada', clientId: 'agent', scopes: ['photos.*'], audience: [resource], expiresAt })

test('the shape that the MCP SDK knows as AuthInfo, without the token itself', () => {
  expect(toMcpAuthInfo(token)).toEqual({
    token: '',
    clientId: 'agent',
    scopes: ['photos.*'],
    expiresAt: 1_795_492_686,
    resource: new URL(resource),
    extra: { subject: 'ada', verifiedToken: token },
  })
})

test('a tool may ask in the words of Hydra', () => {
  expect(toMcpAuthInfo(token).extra.verifiedToken.hasScope('photos.read')).toBe(true)
})

test('the raw token is there where it was given', () => {
  expect(toMcpAuthInfo(token, { rawToken: 'raw' }).token).toBe('raw')
})

test.each<[string, readonly string[], string | undefined, string | undefined]>([
  ['one audience that is a URL', [resource], undefined, resource],
  ['one that is none', ['photos'], undefined, undefined],
  ['no audience', [], undefined, undefined],
  ['several: it is not clear which', [resource, 'https://other.example.com'], undefined, undefined],
  ['several, and this server is one of them', ['https://other.example.com', resource], resource, resource],
  ['this server is not among them', ['https://other.example.com'], resource, undefined],
])('resource: %s', (_what, audience, asked, expected) => {
  const info = toMcpAuthInfo(signedInAs({ audience }), asked === undefined ? {} : { resource: asked })
  expect(info.resource?.href).toBe(expected)
  expect('resource' in info).toBe(expected !== undefined)
})

test.each([{ resource: 'mcp' }, { token: 'raw' }])('%j is refused', (options) => {
  expect(() => toMcpAuthInfo(token, options as object)).toThrow(
    expect.objectContaining({ code: 'ERR_OPTIONS', option: Object.keys(options)[0] }),
  )
})
