import { IncomingMessage } from 'node:http'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import {
  createResourceServer,
  hydraAuth,
  hydraErrors,
  type NamedIssuerOptions,
  isBearerTokenError,
  requireScopes,
  tokenOf,
} from '@hydra-kit/express'
import { fakeResourceServer, signedInAs } from '@hydra-kit/resource-server/testing'
import express, {
  Router,
  type Express,
  type NextFunction,
  type Request,
  type RequestHandler,
  type Response,
} from 'express'
import { startWorld, type World } from '../../resource-server/test/support/world.ts'
import { dropAuthentication, setAuthentication } from '../src/authentication.ts'
import { bearer, serve, type Received, type Sent } from './support/api.ts'

const alice = signedInAs({ subject: 'alice', scopes: ['photos.read'] })
const bob = signedInAs({ subject: 'bob', scopes: ['photos.read'] })
const resourceServer = fakeResourceServer({ tokens: { alice, bob, outage: 'unavailable' } })

/** One request to an app that is thrown away. */
async function ask(configure: (app: Express) => void, sent: Sent = {}): Promise<Received> {
  const api = await serve(configure)
  try {
    return await api.send(sent)
  } finally {
    await api.close()
  }
}

describe('hydraAuth', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld()
  })
  afterAll(() => world.close())

  test.each(['jwt', 'opaque'])('puts the verified token on the request: %s', async (format) => {
    world.hydra.tokens.set('opaque-token', world.answer())
    const token = format === 'jwt' ? await world.jwt() : 'opaque-token'
    const received = await ask(
      (app) => {
        app.use(hydraAuth({ resourceServer: world.server() }))
        app.get('/photos', ({ accessToken: { subject, clientId, scopes, format } }, response) => {
          response.json({ subject, clientId, scopes, format })
        })
      },
      { headers: bearer(token) },
    )
    expect(JSON.parse(received.body)).toEqual({
      subject: 'alice',
      clientId: 'photo-app',
      scopes: ['openid', 'photos.read'],
      format,
    })
  })

  test('makes the resource server itself when it is given its options', async () => {
    world.hydra.tokens.set('opaque-token', world.answer({ sub: 'carol' }))
    const { url: issuer, introspectionUrl } = world.hydra
    const auth = hydraAuth({ issuer, introspectionUrl, audience: 'https://api.example', now: () => world.now * 1000 })
    const received = await ask(
      (app) => app.use(auth, (request, response) => response.json(request.accessToken.subject)),
      { headers: bearer('opaque-token') },
    )
    expect(received.body).toBe('"carol"')
  })

  const planted: [string, (request: Request) => void][] = [
    ['a value', (request) => void (request.accessToken = bob)],
    [
      'an accessor',
      (request) => void Object.defineProperty(request, 'accessToken', { get: () => bob, configurable: true }),
    ],
  ]
  test.each(planted)('drops %s that stood in req.accessToken before, whatever the outcome', async (_what, plant) => {
    const seen: (string | undefined)[] = []
    const configure = (app: Express): void => {
      app.use((request, _response, next) => {
        plant(request)
        next()
      })
      app.use(hydraAuth({ resourceServer }, { optional: true }))
      app.use((request, response) => {
        seen.push(request.accessToken?.subject)
        response.end()
      })
      app.use((_error: unknown, request: Request, response: Response, _next: NextFunction) => {
        seen.push(request.accessToken?.subject)
        response.end()
      })
    }
    await ask(configure, { headers: bearer('alice') })
    await ask(configure)
    await ask(configure, { headers: bearer('unknown') })
    await ask(configure, { headers: bearer('outage') })
    expect(seen).toEqual(['alice', undefined, undefined, undefined])
  })

  test.each<[string, (app: Express) => void]>([
    ['a value', (app) => void Object.defineProperty(app.request, 'accessToken', { value: bob })],
    ['an accessor', (app) => void Object.defineProperty(app.request, 'accessToken', { get: () => bob })],
    // It gives nothing while hydraAuth looks, and what it likes to the routes.
    [
      'a late accessor',
      (app) => void Object.defineProperty(app.request, 'accessToken', { get: afterTheFirstLooks(9) }),
    ],
  ])('drops %s that all requests of the application inherit', async (_what, plant) => {
    const seen: (string | undefined)[] = []
    const configure = (app: Express): void => {
      plant(app)
      app.use(hydraAuth({ resourceServer }, { optional: true }))
      app.use((request, response) => {
        for (let look = 0; look < 10; look++) seen.push(request.accessToken?.subject)
        response.end()
      })
    }
    await ask(configure, { headers: bearer('alice') })
    await ask(configure)
    expect(seen).toEqual([...Array(10).fill('alice'), ...Array(10).fill(undefined)])
  })

  /** An accessor that gives undefined so often, and then a token. */
  function afterTheFirstLooks(count: number): () => unknown {
    let left = count
    return () => (left-- > 0 ? undefined : bob)
  }

  test('drops what is put between the requests and their accessor while the application runs', async () => {
    const seen: (string | undefined)[] = []
    const api = await serve((app) => {
      app.use(hydraAuth({ resourceServer }, { optional: true }))
      app.use((request, response) => {
        seen.push(request.accessToken?.subject)
        Object.defineProperty(app.request, 'accessToken', { value: bob, configurable: true })
        response.end()
      })
    })
    await api.send({ headers: bearer('alice') })
    await api.send({ headers: bearer('alice') })
    await api.send()
    await api.close()
    expect(seen).toEqual(['alice', 'alice', undefined])
  })

  test('a token that cannot be dropped stops the request', async () => {
    const received = await ask((app) => {
      app.use((request, _response, next) => {
        Object.defineProperty(request, 'accessToken', { value: bob, configurable: false })
        next()
      })
      app.use(hydraAuth({ resourceServer }, { optional: true }), (_request, response) => response.end('reached'))
    })
    expect(received.status).toBe(500)
  })

  test('several applications: mounted in one another, the token is seen inside, outside and behind', async () => {
    const seen: unknown[] = []
    const look: RequestHandler = (request, _response, next) => {
      seen.push([request.accessToken?.subject, tokenOf(request).subject])
      next()
    }
    const inner = express()
    inner.use(hydraAuth({ resourceServer }), look)
    const innermost = express()
    innermost.use(look)
    inner.use(innermost)
    await ask(
      (app) => {
        app.use(inner, look)
        app.use((_request, response) => void response.end())
      },
      { headers: bearer('alice') },
    )
    expect(seen).toEqual(Array(3).fill(['alice', 'alice']))
  })

  test('works on requests that are none of Express', () => {
    const request = Object.assign(Object.create(null), {
      method: 'GET',
      url: '/',
      headers: bearer('unknown'),
      rawHeaders: [],
    }) as IncomingMessage
    setAuthentication(request, {
      resourceServer,
      tenant: undefined,
      token: alice,
      missing: undefined,
    })
    expect((request as Request).accessToken).toBe(alice)
    expect(Object.keys(request)).not.toContain('accessToken')
    dropAuthentication(request)
    expect((request as Request).accessToken).toBeUndefined()
    expect(Object.hasOwn(IncomingMessage.prototype, 'accessToken') || 'accessToken' in Object.prototype).toBe(false)
  })

  test('what is assigned to req.accessToken later holds, and stays hidden', async () => {
    const received = await ask(
      (app) => {
        app.use(hydraAuth({ resourceServer }))
        app.use((request, response) => {
          request.accessToken = bob
          response.json([request.accessToken.subject, Object.keys(request).includes('accessToken')])
        })
      },
      { headers: bearer('alice') },
    )
    expect(received.body).toBe('["bob",false]')
  })

  test('a logged request does not show what the token says', async () => {
    let logged = ''
    await ask(
      (app) => {
        app.use(hydraAuth({ resourceServer }))
        app.use((request, response) => {
          logged = inspect(request, { depth: 9 })
          response.end()
        })
      },
      { headers: bearer('alice') },
    )
    expect(logged).toContain('rawHeaders')
    expect(logged).not.toContain('photos.read')
  })

  test.each<[string, (app: Express) => void]>([
    [
      'a route',
      (app) =>
        app.get('/photos', hydraAuth({ resourceServer }), (request, response) =>
          response.json(tokenOf(request).subject),
        ),
    ],
    [
      'a router',
      (app) => {
        const router = Router()
        router.use(hydraAuth({ resourceServer }))
        router.get('/', (request, response) => response.json(tokenOf(request).subject))
        app.use('/photos', router)
      },
    ],
  ])('can stand on %s, and others stay open', async (_where, mount) => {
    const api = await serve((app) => {
      mount(app)
      app.get('/open', (_request, response) => response.json('open'))
      app.use(hydraErrors())
    })
    expect((await api.send({})).status).toBe(401)
    expect((await api.send({ headers: bearer('alice') })).body).toBe('"alice"')
    expect((await api.send({ path: '/open' })).body).toBe('"open"')
    await api.close()
  })

  test.each([false, true])('X-Forwarded fields change nothing, trust proxy: %s', async (trusted) => {
    const forged = {
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      'x-forwarded-authorization': 'Bearer alice',
      forwarded: 'for=127.0.0.1;host=evil.example;proto=https',
    }
    const api = await serve((app) => {
      app.set('trust proxy', trusted)
      app.use(hydraAuth({ resourceServer }))
      app.get('/photos', (request, response) => response.json(tokenOf(request).subject))
      app.use(hydraErrors())
    })
    const [plain, spoofed] = [await api.send({}), await api.send({ headers: forged })]
    expect(spoofed.status).toBe(401)
    expect(spoofed.headers['www-authenticate']).toBe(plain.headers['www-authenticate'])
    expect(spoofed.body).toBe(plain.body)
    expect((await api.send({ headers: { ...forged, ...bearer('alice') } })).body).toBe('"alice"')
    await api.close()
  })

  test('of two on one request, the later one holds', async () => {
    const inner = fakeResourceServer({ tokens: { alice: bob } })
    const received = await ask(
      (app) => {
        app.use(hydraAuth({ resourceServer }), hydraAuth({ resourceServer: inner }))
        app.get('/photos', (request, response) =>
          response.json([request.accessToken.subject, tokenOf(request).subject]),
        )
      },
      { headers: bearer('alice') },
    )
    expect(received.body).toBe('["bob","bob"]')
  })

  test('a token of the outer one is gone when the inner one refuses', async () => {
    const inner = fakeResourceServer({ tokens: {} })
    let left: unknown = 'not reached'
    await ask(
      (app) => {
        app.use(hydraAuth({ resourceServer }), hydraAuth({ resourceServer: inner }))
        app.use((_error: unknown, request: Request, response: Response, _next: NextFunction) => {
          left = request.accessToken
          response.end()
        })
      },
      { headers: bearer('alice') },
    )
    expect(left).toBeUndefined()
  })

  test('the error that reaches the app shows its reason, and hides the answer and the token', async () => {
    let caught: unknown
    await ask(
      (app) => {
        app.use(hydraAuth({ resourceServer }))
        app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
          caught = error
          response.end()
        })
      },
      { headers: bearer('secret-token') },
    )
    expect(isBearerTokenError(caught) && caught.reason).toBe('inactive')
    expect(caught).toMatchObject({
      status: 401,
      headers: { 'www-authenticate': expect.stringContaining('invalid_token') },
    })
    expect(Object.keys(caught as object)).not.toEqual(expect.arrayContaining(['status']))
    expect(Object.keys(caught as object)).not.toEqual(expect.arrayContaining(['headers']))
    expect(
      Object.getOwnPropertySymbols(caught).filter((key) => Object.prototype.propertyIsEnumerable.call(caught, key)),
    ).toEqual([])
    expect(inspect(caught, { showHidden: true, depth: 9 })).not.toContain('secret-token')
  })

  test('req.accessToken is not enumerable, so a logged request does not show the claims', async () => {
    const received = await ask(
      (app) => {
        app.use(hydraAuth({ resourceServer }))
        app.get('/photos', (request, response) => response.json(Object.keys(request).includes('accessToken')))
      },
      { headers: bearer('alice') },
    )
    expect(received.body).toBe('false')
  })

  test('an error that is not about tokens goes to the app as it is', async () => {
    const broken = { ...resourceServer, authenticate: () => Promise.reject(new RangeError('broken')) }
    const received = await ask((app) => {
      app.use(hydraAuth({ resourceServer: broken }), hydraErrors())
      app.use((error: Error, _request: Request, response: Response, _next: NextFunction) => {
        response.status(500).json([error.name, 'status' in error])
      })
    })
    expect([received.status, received.body]).toEqual([500, '["RangeError",false]'])
  })

  test.each([undefined, null, 'route', 'router'])('a function that throws %p lets nobody through', async (thrown) => {
    const received = await ask(
      (app) => {
        const tenant = (): never => {
          throw thrown
        }
        app.use(hydraAuth({ resourceServer }, { tenant }))
        app.use((_request, response) => void response.end('reached'))
        app.use((_error: unknown, _request: Request, response: Response, _next: NextFunction) => {
          response.status(500).end()
        })
      },
      { headers: bearer('alice') },
    )
    expect([received.status, received.body]).toEqual([500, ''])
  })

  test('a tenant function that throws reaches the error handlers, in both majors', async () => {
    const received = await ask((app) => {
      app.use(
        hydraAuth(
          { resourceServer },
          {
            tenant: () => {
              throw new RangeError('no tenant')
            },
          },
        ),
      )
      app.use((error: Error, _request: Request, response: Response, _next: NextFunction) =>
        response.status(500).end(error.name),
      )
    })
    expect(received.body).toBe('RangeError')
  })

  test('the tenant function decides which issuer is asked', async () => {
    const issuerOf = (name: string, issuer: string): NamedIssuerOptions => ({
      name,
      issuer,
      introspectionUrl: world.hydra.introspectionUrl,
      audience: 'https://api.example',
    })
    const server = createResourceServer({
      issuers: [issuerOf('a', world.hydra.url), issuerOf('b', 'https://b.example')],
      selectIssuer: (facts) => facts.tenant,
      now: () => world.now * 1000,
    })
    world.hydra.tokens.set('of-a', world.answer())
    const configure = (app: Express): void => {
      app.use(hydraAuth({ resourceServer: server }, { tenant: (request) => request.query['tenant'] as string }))
      app.get('/photos', (_request, response) => void response.end())
    }
    const statusOf = async (tenant: string): Promise<number> =>
      (await ask(configure, { path: `/photos?tenant=${tenant}`, headers: bearer('of-a') })).status
    expect([await statusOf('a'), await statusOf('b'), await statusOf('c')]).toEqual([200, 401, 401])
    await server.close()
  })

  describe('optional', () => {
    const optional = (app: Express): void => {
      app.use(hydraAuth({ resourceServer }, { optional: true }))
      app.get('/photos', (request, response) => response.json(request.accessToken?.subject ?? 'nobody'))
      app.get('/needs-scope', requireScopes('photos.read'), (_request, response) => response.json('reached'))
      app.use(hydraErrors())
    }
    const cases: [string, Sent, number, string][] = [
      ['no token passes', {}, 200, '"nobody"'],
      ['another scheme passes', { headers: { authorization: 'Basic YWRhOng=' } }, 200, '"nobody"'],
      ['a good token is seen', { headers: bearer('alice') }, 200, '"alice"'],
      ['a bad token never passes', { headers: bearer('unknown') }, 401, 'invalid_token'],
      ['a malformed one never passes', { headers: { authorization: 'Bearer ' } }, 400, 'invalid_request'],
      ['an outage never passes', { headers: bearer('outage') }, 503, 'temporarily_unavailable'],
      ['a route that needs a scope asks for a token', { path: '/needs-scope' }, 401, 'unauthorized'],
      [
        'a route that needs a scope is reached with it',
        { path: '/needs-scope', headers: bearer('alice') },
        200,
        'reached',
      ],
    ]
    test.each(cases)('%s', async (_name, sent, status, body) => {
      const received = await ask(optional, sent)
      expect(received.status).toBe(status)
      expect(received.body).toContain(body)
    })
  })

  test('a refusal after the first byte was sent ends the connection instead of adding a second answer', async () => {
    const api = await serve((app) => {
      app.use(hydraAuth({ resourceServer }, { optional: true }))
      app.get('/photos', (request, response) => {
        response.write('[')
        response.end(JSON.stringify(tokenOf(request)))
      })
      app.use(hydraErrors())
    })
    await expect(api.send()).rejects.toMatchObject({ code: 'ECONNRESET' })
    await api.close()
  })

  test('is called hydraAuth in stack traces', () => {
    expect(hydraAuth({ resourceServer }).name).toBe('hydraAuth')
  })
})
