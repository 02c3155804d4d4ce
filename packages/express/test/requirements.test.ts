import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import {
  anyScope,
  hydraAuth,
  hydraErrors,
  requireAudience,
  requireClaims,
  requireFresh,
  requireScopes,
  tokenOf,
} from '@hydra-kit/express'
import { fakeResourceServer, signedInAs } from '@hydra-kit/resource-server/testing'
import type { NextFunction, Request, RequestHandler, Response } from 'express'
import { startWorld, type World } from '../../resource-server/test/support/world.ts'
import { bearer, serve, type Received } from './support/api.ts'

const resourceServer = fakeResourceServer({
  tokens: {
    reader: signedInAs({ subject: 'ada', scopes: ['photos.read'], extra: { tenant: 7, roles: ['editor'] } }),
    wildcard: signedInAs({ subject: 'ada', scopes: ['photos.*'] }),
    nothing: signedInAs({ subject: 'ada' }),
  },
})

async function ask(token: string | undefined, ...handlers: RequestHandler[]): Promise<Received> {
  const api = await serve((app) => {
    app.get('/photos', ...handlers, (request, response) => response.json(tokenOf(request).subject))
    app.use(hydraErrors())
  })
  const received = await api.send({ headers: token === undefined ? {} : bearer(token) })
  await api.close()
  return received
}

describe('what a route demands', () => {
  const cases: [string, RequestHandler, string, number][] = [
    ['every scope, all there', requireScopes('photos.read'), 'reader', 200],
    ['every scope, by wildcard', requireScopes('photos.read', 'photos.write'), 'wildcard', 200],
    ['every scope, one missing', requireScopes('photos.read', 'photos.write'), 'reader', 403],
    ['every scope, none there', requireScopes('photos.read'), 'nothing', 403],
    ['any scope, one there', anyScope('photos.write', 'photos.read'), 'reader', 200],
    ['any scope, none there', anyScope('photos.write', 'photos.admin'), 'reader', 403],
    ['a claim with its value', requireClaims({ tenant: 7 }), 'reader', 200],
    ['a claim with another value', requireClaims({ tenant: 8 }), 'reader', 403],
    ['a claim of another type', requireClaims({ tenant: '7' }), 'reader', 403],
    ['a claim that is missing', requireClaims({ tenant: 7 }), 'nothing', 403],
    ['a claim of the token itself', requireClaims({ sub: 'ada' }), 'reader', 200],
    [
      'a claim by a function',
      requireClaims({ roles: (roles) => Array.isArray(roles) && roles.includes('owner') }),
      'reader',
      403,
    ],
    ['a claim that only the prototype has', requireClaims({ constructor: () => true, toString: 'x' }), 'reader', 403],
  ]
  test.each(cases)('%s', async (_name, requirement, token, status) => {
    expect((await ask(token, hydraAuth({ resourceServer }), requirement)).status).toBe(status)
  })

  test('judges the token that was verified, not what somebody put into req.accessToken since', async () => {
    const swap: RequestHandler = (request, _response, next) => {
      request.accessToken = signedInAs({ scopes: ['photos.read'] })
      next()
    }
    expect((await ask('nothing', hydraAuth({ resourceServer }), swap, requireScopes('photos.read'))).status).toBe(403)
  })

  test('later changes to the lists that were given have no effect', async () => {
    const claims = { tenant: 7 }
    const requirement = requireClaims(claims)
    claims.tenant = 8
    expect((await ask('reader', hydraAuth({ resourceServer }), requirement)).status).toBe(200)
  })
})

describe('without hydraAuth in front', () => {
  const all: [string, RequestHandler][] = [
    ['requireScopes', requireScopes('photos.read')],
    ['anyScope', anyScope('photos.read')],
    ['requireClaims', requireClaims({ tenant: 7 })],
    ['requireFresh', requireFresh(0)],
    ['requireAudience', requireAudience('https://api.example')],
    ['tokenOf', (request, response) => response.json(tokenOf(request))],
  ]
  test.each(all)('%s is a 500 that says so, never open', async (name, handler) => {
    let caught: Error | undefined
    const api = await serve((app) => {
      app.get('/photos', handler, (_request, response) => void response.end('reached'))
      app.use(hydraErrors())
      app.use((error: Error, _request: Request, _response: Response, next: NextFunction) => {
        caught = error
        next(error)
      })
    })
    const received = await api.send({ headers: bearer('reader') })
    await api.close()
    expect(received.status).toBe(500)
    expect(received.body).not.toContain('reached')
    expect(caught).toMatchObject({ code: 'ERR_HYDRA_AUTH_MISSING', status: 500 })
    expect(caught?.message).toContain(`${name === 'tokenOf' ? 'tokenOf(req)' : name} needs hydraAuth in front of it`)
  })

  test('a token that somebody put into req.accessToken does not help', async () => {
    const plant: RequestHandler = (request, _response, next) => {
      request.accessToken = signedInAs({ scopes: ['photos.read'] })
      next()
    }
    expect((await ask('reader', plant, requireScopes('photos.read'))).status).toBe(500)
  })
})

describe('tokenOf in optional mode', () => {
  test('a request without a token is asked for one', async () => {
    const received = await ask(undefined, hydraAuth({ resourceServer }, { optional: true }))
    expect([received.status, received.headers['www-authenticate']]).toEqual([401, 'Bearer'])
  })
  test.each([
    ['requireFresh', requireFresh(0)],
    ['requireAudience', requireAudience('https://api.example')],
  ])('so does %s, before the handler', async (_name, rule) => {
    let reached = false
    const handler: RequestHandler = (_request, _response, next) => {
      reached = true
      next()
    }
    const received = await ask(undefined, hydraAuth({ resourceServer }, { optional: true }), rule, handler)
    expect([received.status, received.headers['www-authenticate'], reached]).toEqual([401, 'Bearer', false])
  })
})

describe('rules of a route', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld()
  })
  afterAll(() => world.close())

  test('requireFresh(0) sees a revoked token at once, other routes after the stated delay', async () => {
    const auth = hydraAuth({ resourceServer: world.server({ cache: { maxAgeSeconds: 10 } }) })
    const statusOf = async (token: string, ...rules: RequestHandler[]): Promise<number> =>
      (await ask(token, auth, ...rules)).status
    const signed = await world.jwt()
    for (const token of ['opaque-token', signed]) {
      world.hydra.tokens.set(token, world.answer())
      expect([await statusOf(token), await statusOf(token, requireFresh(0))]).toEqual([200, 200])
      world.hydra.tokens.delete(token)
      expect([await statusOf(token), await statusOf(token, requireFresh(0))]).toEqual([200, 401])
    }
    world.now += 11
    expect(await statusOf('opaque-token')).toBe(401)
  })

  test('requireFresh hands on the new proof', async () => {
    const signed = await world.jwt({ jti: 'fresh' })
    world.hydra.tokens.set(signed, world.answer())
    const api = await serve((app) => {
      app.use(hydraAuth({ resourceServer: world.server() }))
      app.get('/photos', requireFresh(0), (request, response) => {
        response.json([request.accessToken.verifiedBy, tokenOf(request).verifiedBy])
      })
    })
    const received = await api.send({ headers: bearer(signed) })
    await api.close()
    expect(received.body).toBe('["both","both"]')
  })

  test.each([
    ['subject', { sub: 'bob' }],
    ['client', { client_id: 'other-app' }],
  ])(
    'a token of another %s, put there since, gets nothing that the first one was judged for',
    async (_name, changes) => {
      const [first, second] = [await world.jwt(), await world.jwt(changes)]
      const swap: RequestHandler = (request, _response, next) => {
        request.headers.authorization = `Bearer ${second}`
        next()
      }
      const auth = hydraAuth({ resourceServer: world.server() })
      const rule = requireAudience('https://api.example')
      expect((await ask(second, auth, rule)).status).toBe(200)
      expect((await ask(first, auth, requireScopes('photos.read'), swap, rule)).status).toBe(400)
    },
  )

  test('requireFresh is 503 when Hydra cannot be asked', async () => {
    const server = world.server()
    const signed = await world.jwt({ jti: 'outage' })
    const auth = hydraAuth({ resourceServer: server })
    expect((await ask(signed, auth)).status).toBe(200)
    world.hydra.intercept = (request) => {
      request.socket.destroy()
      return true
    }
    const received = await ask(signed, auth, requireFresh(0))
    world.hydra.intercept = undefined
    expect([received.status, received.headers['www-authenticate'], received.headers['retry-after']]).toEqual([
      503,
      undefined,
      '2',
    ])
  })

  test('requireAudience demands one of its audiences beside that of the server', async () => {
    const auth = hydraAuth({ resourceServer: world.server() })
    const both = await world.jwt({ aud: ['https://api.example', 'https://admin.example'] })
    const one = await world.jwt({ aud: ['https://api.example'] })
    const other = await world.jwt({ aud: ['https://admin.example'] })
    const rule = requireAudience('https://ops.example', 'https://admin.example')
    const statuses = await Promise.all([both, one, other].map(async (token) => (await ask(token, auth, rule)).status))
    expect(statuses).toEqual([200, 401, 401])
  })
})
