/** Each row of the table of answers, over HTTP: exact status, exact bytes of the challenge. */
import { createHmac, createPublicKey } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { anyScope, hydraAuth, hydraErrors, requireClaims, requireScopes } from '@hydra-kit/express'
import type { Express } from 'express'
import { sign, signingKey } from '../../resource-server/test/support/hydra-stub.ts'
import { audience, startWorld, type World } from '../../resource-server/test/support/world.ts'
import { bearer, serve, type Api, type Sent } from './support/api.ts'

const invalidRequest =
  'Bearer error="invalid_request", error_description="The request must carry one well-formed access token."'
const invalidToken =
  'Bearer error="invalid_token", error_description="The access token is not valid here: ' +
  'it may be unknown, expired, revoked or meant for another API."'
const insufficient = 'Bearer error="insufficient_scope", error_description="The access token does not allow this."'

interface Row {
  request: string
  send: (world: World) => Sent | Promise<Sent>
  status: number
  challenge?: string
  retryAfter?: string
}

/** A token that introspection answers for. */
function opaque(world: World, changes: Record<string, unknown>): Sent {
  world.hydra.tokens.set('opaque-token', world.answer(changes))
  return { headers: bearer('opaque-token') }
}

async function jwt(world: World, ...changes: Parameters<World['jwt']>): Promise<Sent> {
  return { headers: bearer(await world.jwt(...changes)) }
}

function failing(world: World, status: number, headers: Record<string, string> = {}): Sent {
  world.hydra.intercept = (_request, response) => {
    response.writeHead(status, headers).end('{}')
    return true
  }
  return { headers: bearer('opaque-token') }
}

const rows: Row[] = [
  { request: 'no Authorization', send: () => ({}), status: 401, challenge: 'Bearer' },
  {
    request: 'another scheme',
    send: () => ({ headers: { authorization: 'Basic YWRhOng=' } }),
    status: 401,
    challenge: 'Bearer',
  },
  {
    request: 'Bearer alone',
    send: () => ({ headers: { authorization: 'Bearer' } }),
    status: 400,
    challenge: invalidRequest,
  },
  { request: 'illegal characters', send: () => ({ headers: bearer('a"b') }), status: 400, challenge: invalidRequest },
  {
    request: 'a token in the header and in the query at once',
    send: () => ({ path: '/photos?access_token=a', headers: bearer('a') }),
    status: 400,
    challenge: invalidRequest,
  },
  {
    request: 'a token in the header and in the form at once',
    send: () => ({
      method: 'POST',
      headers: { ...bearer('a'), 'content-type': 'application/x-www-form-urlencoded' },
      body: 'access_token=a',
    }),
    status: 400,
    challenge: invalidRequest,
  },
  {
    request: 'two Authorization fields',
    send: (world) => {
      opaque(world, {})
      return { headers: { authorization: ['Bearer opaque-token', 'Bearer other'] } }
    },
    status: 400,
    challenge: invalidRequest,
  },
  {
    request: 'a token over 8 KB',
    send: () => ({ headers: bearer('a'.repeat(8193)) }),
    status: 400,
    challenge: invalidRequest,
  },
  {
    request: 'an unknown or revoked token',
    send: () => ({ headers: bearer('unknown') }),
    status: 401,
    challenge: invalidToken,
  },
  {
    request: 'an expired token',
    send: (world) => jwt(world, { exp: world.now - 60 }),
    status: 401,
    challenge: invalidToken,
  },
  {
    request: 'an expired opaque token',
    send: (world) => opaque(world, { exp: world.now - 60 }),
    status: 401,
    challenge: invalidToken,
  },
  {
    request: 'a token that is not valid yet',
    send: (world) => jwt(world, { nbf: world.now + 60 }),
    status: 401,
    challenge: invalidToken,
  },
  {
    request: 'a token of another issuer',
    send: (world) => jwt(world, { iss: 'https://other.example' }),
    status: 401,
    challenge: invalidToken,
  },
  {
    request: 'a token for another audience',
    send: (world) => opaque(world, { aud: ['https://other.example'] }),
    status: 401,
    challenge: invalidToken,
  },
  {
    request: 'a token without audience',
    send: (world) => jwt(world, { aud: [] }),
    status: 401,
    challenge: invalidToken,
  },
  {
    request: 'a refresh token',
    send: (world) => opaque(world, { token_use: 'refresh_token' }),
    status: 401,
    challenge: invalidToken,
  },
  {
    request: 'an ID token',
    send: (world) => jwt(world, { rat: world.now, auth_time: world.now }),
    status: 401,
    challenge: invalidToken,
  },
  { request: 'a logout token', send: (world) => jwt(world, { events: {} }), status: 401, challenge: invalidToken },
  {
    request: 'a JWT signed by another key under the same kid',
    send: async (world) => ({ headers: bearer(await sign(await signingKey(world.key.kid), world.claims())) }),
    status: 401,
    challenge: invalidToken,
  },
  {
    request: 'a JWT signed with the public key as a shared secret',
    send: (world) => {
      const pem = createPublicKey({ key: world.key.jwk as never, format: 'jwk' }).export({
        type: 'spki',
        format: 'pem',
      })
      const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
      const input = `${part({ alg: 'HS256', kid: world.key.kid })}.${part(world.claims())}`
      return { headers: bearer(`${input}.${createHmac('sha256', pem).update(input).digest('base64url')}`) }
    },
    status: 401,
    challenge: invalidToken,
  },
  {
    request: 'a missing scope',
    send: async (world) => ({ ...(await jwt(world)), path: '/needs-all' }),
    status: 403,
    challenge: `${insufficient}, scope="photos.read photos.write"`,
  },
  {
    request: 'none of several scopes',
    send: async (world) => ({ ...(await jwt(world)), path: '/needs-any' }),
    status: 403,
    challenge: `${insufficient}, scope="photos.write"`,
  },
  {
    request: 'a missing claim',
    send: async (world) => ({ ...(await jwt(world)), path: '/needs-claim' }),
    status: 403,
    challenge: insufficient,
  },
  { request: 'Hydra answers 500', send: (world) => failing(world, 500), status: 503, retryAfter: '2' },
  {
    request: 'Hydra answers 429',
    send: (world) => failing(world, 429, { 'retry-after': '7' }),
    status: 503,
    retryAfter: '7',
  },
  {
    request: 'Hydra drops the connection',
    send: (world) => {
      world.hydra.intercept = (request) => {
        request.socket.destroy()
        return true
      }
      return { headers: bearer('opaque-token') }
    },
    status: 503,
    retryAfter: '2',
  },
  {
    request: 'the key set cannot be fetched',
    send: async (world) => ({ ...failing(world, 502), ...(await jwt(world)) }),
    status: 503,
    retryAfter: '2',
  },
]

const handlers: [string, (app: Express) => void][] = [
  ['hydraErrors', (app) => app.use(hydraErrors())],
  ["Express's default handler", () => {}],
]

describe.each(handlers)('the answers by %s', (handler, useHandler) => {
  let world: World
  let api: Api

  beforeAll(async () => {
    world = await startWorld()
  })
  beforeEach(async () => {
    world.hydra.tokens.clear()
    world.hydra.intercept = undefined
    // Shorter than the pauses that Hydra asks for here: nobody waits for those.
    const resourceServer = world.server({ tokenFrom: ['header', 'query', 'form'], introspectionTimeoutMs: 6_000 })
    api = await serve((app) => {
      // A body parser of the app's own; this package brings none.
      app.use((request, _response, next) => {
        const chunks: Buffer[] = []
        request.on('data', (chunk: Buffer) => chunks.push(chunk))
        request.on('end', () => {
          request.body = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()))
          next()
        })
      })
      app.use(hydraAuth({ resourceServer }))
      app.all('/photos', (_request, response) => void response.json({ reached: true }))
      app.get('/needs-all', requireScopes('photos.read', 'photos.write'), () => {})
      app.get('/needs-any', anyScope('photos.write', 'photos.admin'), () => {})
      app.get('/needs-claim', requireClaims({ tenant: 't2' }), () => {})
      useHandler(app)
    })
  })
  afterEach(() => api.close())
  afterAll(() => world.close())

  test.each(rows)('$request: $status', async ({ send, status, challenge, retryAfter }) => {
    const received = await api.send(await send(world))
    expect([received.status, received.headers['www-authenticate'], received.headers['retry-after']]).toEqual([
      status,
      challenge,
      retryAfter,
    ])
    expect(received.headers['cache-control']).toBe('no-store')
    expect(received.body).not.toContain('reached')
  })

  test('HEAD: the same status and headers as GET, no body', async () => {
    const received = await api.send({ method: 'HEAD', headers: bearer('unknown') })
    expect([received.status, received.headers['www-authenticate'], received.body]).toEqual([401, invalidToken, ''])
  })

  test('what an accepted request gets is not touched', async () => {
    const received = await api.send(await jwt(world))
    expect([received.status, received.body, received.headers['cache-control']]).toEqual([
      200,
      '{"reached":true}',
      undefined,
    ])
  })

  test('an accepted token in the query keeps the answer out of shared caches (RFC 6750 section 2.3)', async () => {
    const token = await world.jwt()
    const received = await api.send({ path: `/photos?access_token=${token}` })
    expect([received.status, received.headers['cache-control']]).toEqual([200, 'private'])
  })

  if (handler === 'hydraErrors') {
    test('the body is JSON and repeats the code of the challenge', async () => {
      const received = await api.send({ headers: bearer('unknown') })
      expect(received.headers['content-type']).toBe('application/json; charset=utf-8')
      expect(JSON.parse(received.body)).toEqual({
        error: 'invalid_token',
        error_description:
          'The access token is not valid here: it may be unknown, expired, revoked or meant for another API.',
      })
    })
  }
})

describe('the challenge of a server with a realm and metadata', () => {
  test('names both, and the scope that the route needs', async () => {
    const world = await startWorld()
    const resourceServer = world.server({
      realm: 'photos',
      resourceMetadataUrl: 'https://api.example/.well-known/oauth-protected-resource',
      audience,
    })
    const api = await serve((app) => {
      app.use(hydraAuth({ resourceServer }, { optional: true }))
      app.get('/photos', requireScopes('photos.read', 'photos.write'), () => {})
      app.get('/any', anyScope('photos.read', 'photos.admin'), () => {})
    })
    const metadata = 'resource_metadata="https://api.example/.well-known/oauth-protected-resource"'
    expect((await api.send()).headers['www-authenticate']).toBe(
      `Bearer realm="photos", scope="photos.read photos.write", ${metadata}`,
    )
    expect((await api.send({ path: '/any' })).headers['www-authenticate']).toBe(
      `Bearer realm="photos", scope="photos.read", ${metadata}`,
    )
    await api.close()
    await world.close()
  })
})

describe('cors()', () => {
  /** What `cors({ origin, exposedHeaders: ['WWW-Authenticate'] })` does. */
  const cors = (app: Express): unknown =>
    app.use((request, response, next) => {
      response.set({
        'access-control-allow-origin': 'https://app.example',
        'access-control-expose-headers': 'WWW-Authenticate',
      })
      if (request.method === 'OPTIONS') return void response.status(204).end()
      next()
    })
  const preflight = {
    method: 'OPTIONS',
    headers: { origin: 'https://app.example', 'access-control-request-method': 'GET' },
  }

  test.each(handlers)(
    'in front of hydraAuth: preflights pass, refusals stay readable (%s)',
    async (_name, useHandler) => {
      const world = await startWorld()
      const api = await serve((app) => {
        cors(app)
        app.use(hydraAuth({ resourceServer: world.server() }))
        useHandler(app)
      })
      expect((await api.send(preflight)).status).toBe(204)
      const refused = await api.send({ headers: bearer('unknown') })
      expect([
        refused.status,
        refused.headers['access-control-allow-origin'],
        refused.headers['access-control-expose-headers'],
      ]).toEqual([401, 'https://app.example', 'WWW-Authenticate'])
      await api.close()
      await world.close()
    },
  )

  test('behind hydraAuth: a preflight carries no token and is refused', async () => {
    const world = await startWorld()
    const api = await serve((app) => {
      app.use(hydraAuth({ resourceServer: world.server() }))
      cors(app)
    })
    expect((await api.send(preflight)).status).toBe(401)
    await api.close()
    await world.close()
  })
})
