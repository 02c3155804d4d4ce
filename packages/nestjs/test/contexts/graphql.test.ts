/** What is special about GraphQL: the form of errors, the places of tokens, subscriptions, fields. */
import {
  createResourceServer,
  CurrentToken,
  HydraModule,
  Public,
  RequireToken,
  Scopes,
  type HydraModuleOptions,
  type ResourceServer,
  type VerifiedToken,
} from '@hydra-kit/nestjs'
import { startHydra, type EmbeddedHydra } from '@hydra-kit/embedded'
import { fakeResourceServer, signedInAs } from '@hydra-kit/resource-server/testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { Field, ObjectType, Query, ResolveField, ResolveReference, Resolver, Subscription } from '@nestjs/graphql'
import { createEventSource, type EventSource } from '../support/event-source.ts'
import {
  engines,
  resultsOf,
  startGraphql,
  type Engine,
  type GraphqlApp,
  type GraphqlExtras,
} from '../support/graphql-app.ts'

const alice = signedInAs({ subject: 'alice', scopes: ['photos.read'] })
const bob = signedInAs({ subject: 'bob' })
const resourceServer = fakeResourceServer({ tokens: { alice, bob, outage: 'unavailable' } })

let events: EventSource
/** Who subscribed. */
let subscriber: string | undefined
beforeEach(() => {
  events = createEventSource()
})

@ObjectType()
class Photo {
  declare title: string
}
Field(() => String)(Photo.prototype, 'title')

@Resolver(() => Photo)
class Photos {
  @Query(() => Photo)
  @Scopes('photos.read')
  photo(): Photo {
    return { title: 'sea' }
  }

  @Query(() => String)
  @Public()
  hello(): string {
    return 'hello'
  }

  @Subscription(() => String)
  @Scopes('photos.read')
  added(@CurrentToken() token: VerifiedToken): AsyncIterator<unknown> {
    subscriber = token.subject
    return events
  }

  @Subscription(() => String, {
    filter: (payload: { title: string }) => payload.title.startsWith('s'),
    resolve: (payload: { title: string }) => payload.title.toUpperCase(),
  })
  @RequireToken()
  like(): AsyncIterator<unknown> {
    return events
  }
}

interface Given {
  readonly options?: Partial<HydraModuleOptions<never>>
  readonly providers?: (new () => object)[]
  readonly extras?: GraphqlExtras
}

function start(engine: Engine, { options, providers = [Photos], extras }: Given = {}): Promise<GraphqlApp> {
  const hydra = HydraModule.forRoot({ resourceServer, ...options } as HydraModuleOptions)
  return startGraphql(engine, { imports: [hydra], providers }, extras)
}

describe.each(engines)('%s', (engine) => {
  const refusals = [
    {
      token: undefined,
      status: 401,
      extensions: { code: 'UNAUTHENTICATED', error: 'unauthorized', scope: 'photos.read' },
      challenge: 'Bearer scope="photos.read"',
    },
    {
      token: 'nonsense',
      status: 401,
      extensions: { code: 'UNAUTHENTICATED', error: 'invalid_token' },
      challenge: expect.stringMatching(/^Bearer error="invalid_token", error_description="[^"]+"$/),
    },
    {
      token: 'bob',
      status: 403,
      extensions: { code: 'FORBIDDEN', error: 'insufficient_scope', scope: 'photos.read' },
      challenge: expect.stringMatching(/^Bearer error="insufficient_scope", .*scope="photos.read"$/),
    },
    {
      token: '',
      status: 400,
      extensions: { code: 'BAD_REQUEST', error: 'invalid_request' },
      challenge: expect.stringMatching(/^Bearer error="invalid_request"/),
    },
  ]
  test.each(refusals)('a refusal has its facts in extensions: $extensions.error', async (refusal) => {
    await using app = await start(engine, { extras: apolloStatus(engine) })
    const { status, headers, data, errors } = await app.ask('{ photo { title } }', refusal.token)
    expect({ status, data }).toEqual({ status: refusal.status, data: null })
    expect(headers.get('www-authenticate')).toEqual(refusal.challenge)
    expect(errors).toHaveLength(1)
    const { stacktrace: _stacktrace, ...extensions } = errors?.[0]?.extensions ?? {}
    expect(extensions).toEqual({ ...refusal.extensions, challenge: refusal.challenge })
    expect(errors?.[0]?.message).toMatch(/^(This resource needs|The access token|The request must)/)
  })

  test('an outage says when to come back, and no challenge', async () => {
    await using app = await start(engine, { extras: apolloStatus(engine) })
    const { status, headers, errors } = await app.ask('{ photo { title } }', 'outage')
    expect(status).toBe(503)
    expect(headers.get('retry-after')).toBe('2')
    expect(headers.get('www-authenticate')).toBeNull()
    expect(errors?.[0]?.extensions).toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      error: 'temporarily_unavailable',
      retryAfterSeconds: 2,
    })
  })

  test('one refused field leaves the others of a query', async () => {
    @Resolver()
    class Maybe {
      @Query(() => String, { nullable: true })
      secret(): string {
        return 'secret'
      }
    }
    await using app = await start(engine, { providers: [Photos, Maybe] })
    const { data, errors } = await app.ask('{ hello secret }')
    expect(data).toEqual({ hello: 'hello', secret: null })
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['UNAUTHENTICATED'])
  })

  const places: [string, Readonly<Record<string, unknown>> | undefined, Readonly<Record<string, string>>][] = [
    ['Authorization', { Authorization: 'Bearer alice' }, {}],
    ['authorization', { authorization: 'bearer alice' }, {}],
    ['headers', { headers: { Authorization: 'Bearer alice' } }, {}],
    ['header of the upgrade', undefined, { authorization: 'Bearer alice' }],
  ]
  test.each(places)('a subscription with its token in %s', async (_place, params, headers) => {
    await using app = await start(engine)
    const client = app.subscriber(params, headers)
    events.send({ added: 'sea' })
    const { value } = await resultsOf(client, 'subscription { added }').next()
    expect(value).toMatchObject({ data: { added: 'sea' } })
    expect(subscriber).toBe('alice')
    await client.dispose()
  })

  const bad: [string, Readonly<Record<string, unknown>>, Readonly<Record<string, string>>, string][] = [
    ['two places', { Authorization: 'Bearer alice' }, { authorization: 'Bearer alice' }, 'invalid_request'],
    ['two params', { Authorization: 'Bearer alice', headers: { authorization: 'Bearer bob' } }, {}, 'invalid_request'],
    ['no text', { Authorization: { Bearer: 'alice' } }, {}, 'invalid_request'],
    ['another scheme', { Authorization: 'Basic YTpi' }, {}, 'unauthorized'],
    ['too few scopes', { Authorization: 'Bearer bob' }, {}, 'insufficient_scope'],
  ]
  test.each(bad)('a subscription is refused: %s', async (_what, params, headers, error) => {
    await using app = await start(engine)
    const client = app.subscriber(params, headers)
    const refused = await resultsOf(client, 'subscription { added }')
      .next()
      .then(
        ({ value }) => (value as { errors?: unknown }).errors,
        (errors: unknown) => errors,
      )
    expect(refused).toMatchObject([{ extensions: { error } }])
    await client.dispose()
  })

  test('the token in a place of the application', async () => {
    const tokenFrom = (context: unknown): string | undefined =>
      (context as { req: { headers: Record<string, string | undefined> } }).req.headers['x-token']
    await using app = await start(engine, { options: { graphql: { tokenFrom } } as never })
    const ask = (headers: Record<string, string>): Promise<{ body: string }> =>
      app.call('/graphql', undefined, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: '{"query":"{ photo { title } }"}',
      })
    expect(JSON.parse((await ask({ 'x-token': 'alice' })).body)).toEqual({ data: { photo: { title: 'sea' } } })
    expect((await ask({ authorization: 'Bearer alice' })).body).toContain('UNAUTHENTICATED')
  })

  test('under guard: per-route, only operations with a decorator need a token', async () => {
    @Resolver()
    class Open {
      @Query(() => String)
      open(): string {
        return 'open'
      }
      @Subscription(() => String)
      async *tick(): AsyncGenerator<object> {
        yield { tick: 'tock' }
      }
    }
    const options = { guard: 'per-route' } as never
    await using app = await start(engine, { options, providers: [Photos, Open] })
    expect((await app.ask('{ open }')).data).toEqual({ open: 'open' })
    expect((await app.ask('{ photo { title } }')).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED')
    const client = app.subscriber()
    expect((await resultsOf(client, 'subscription { tick }').next()).value).toMatchObject({ data: { tick: 'tock' } })
    await client.dispose()
  })
})

test('a context without a request is refused, and not taken for a stranger', async () => {
  await using app = await start('Apollo on express', {
    extras: { context: () => ({ req: { user: 'somebody' } }) },
    options: {},
  })
  const { data, errors } = await app.ask('{ photo { title } }', 'alice')
  expect(data).toBeNull()
  expect(errors?.[0]?.message).toMatch(/^The GraphQL context of Photos.photo holds no request.*graphql: { tokenFrom }/)
})

describe('events of a subscription', () => {
  let hydra: EmbeddedHydra
  let real: ResourceServer
  beforeAll(async () => {
    hydra = await startHydra()
    const { issuer, adminUrl, now } = hydra
    real = createResourceServer({ issuer, adminUrl, audience: null, now, clockToleranceSeconds: 0 })
  })
  afterAll(async () => {
    await real.close()
    await hydra.stop()
  })
  afterEach(() => hydra.clock.reset())

  test.each(engines)('are judged by the clock of their time: %s', async (engine) => {
    await using app = await start(engine, { options: { resourceServer: real } as never })
    const token = await hydra.mint.accessToken({ format: 'jwt', scope: 'photos.read', expiresInSeconds: 60 })
    const client = app.subscriber({ Authorization: `Bearer ${token}` })
    const results = resultsOf(client, 'subscription { added }')
    events.send({ added: 'one' })
    expect((await results.next()).value).toMatchObject({ data: { added: 'one' } })
    hydra.clock.advance('61s')
    events.send({ added: 'two' })
    const { value } = await results.next()
    expect(value).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED', error: 'invalid_token' } }] })
    expect(JSON.stringify(value)).not.toContain('two')
    expect((await results.next()).done).toBe(true)
    expect(events.ended).toBe(true)
    await client.dispose()
  })

  test.each(engines)('with a filter and a resolver of their own: %s', async (engine) => {
    await using app = await start(engine, { options: { resourceServer: real } as never })
    const token = await hydra.mint.accessToken({ format: 'jwt', expiresInSeconds: 60 })
    const client = app.subscriber({ Authorization: `Bearer ${token}` })
    const results = resultsOf(client, 'subscription { like }')
    events.send({ title: 'lake' })
    events.send({ title: 'sea' })
    expect((await results.next()).value).toMatchObject({ data: { like: 'SEA' } })
    hydra.clock.advance('61s')
    events.send({ title: 'sun' })
    // The filter looks into the event first: what it cannot read is not sent, and the subscription ends.
    const end = await results.next().catch((error: unknown) => ({ error }))
    expect(JSON.stringify(end)).not.toContain('SUN')
    expect(end).not.toMatchObject({ value: { data: expect.anything() } })
    await client.dispose()
  })
})

interface Fields {
  readonly onClass?: ClassDecorator
  readonly onField?: MethodDecorator
  readonly reference?: boolean
}

/**
 * A resolver with a query that is open, and a field. Nest keeps one storage of types for the process, so each has a type of
 * its own.
 */
function albumResolver({ onClass, onField, reference }: Fields = {}): new () => object {
  @ObjectType(`Album${++albums}`)
  class Album {
    declare title: string
  }
  Field(() => String)(Album.prototype, 'title')
  @Resolver(() => Album)
  class Albums {
    @Query(() => Album)
    @Public()
    album(): Album {
      return { title: 'Italy' }
    }
    @ResolveField(() => String)
    size(): string {
      return 'large'
    }
    @ResolveField(() => String, { nullable: true })
    place(@CurrentToken('subject') subject: string | undefined): string {
      return `seen by ${subject}`
    }
    resolveReference(): Album {
      return { title: 'by reference' }
    }
  }
  const place = Object.getOwnPropertyDescriptor(Albums.prototype, 'place') as PropertyDescriptor
  onField?.(Albums.prototype, 'place', place)
  onClass?.(Albums)
  const byReference = Object.getOwnPropertyDescriptor(Albums.prototype, 'resolveReference') as PropertyDescriptor
  if (reference === true) ResolveReference()(Albums.prototype, 'resolveReference', byReference)
  return Albums
}
let albums = 0

describe.each(engines)('fields of objects, %s', (engine) => {
  const guarded = { fieldResolverEnhancers: ['guards' as const] }

  test.each([{}, guarded])('without a decorator they are judged with their operation: %j', async (extras) => {
    await using app = await start(engine, { providers: [albumResolver()], extras })
    expect((await app.ask('{ album { size } }')).data).toEqual({ album: { size: 'large' } })
  })

  test('with a decorator they are judged on their own', async () => {
    const providers = [albumResolver({ onField: Scopes('photos.read') })]
    await using app = await start(engine, { providers, extras: guarded })
    expect((await app.ask('{ album { place } }', 'alice')).data).toEqual({ album: { place: 'seen by alice' } })
    const { data, errors } = await app.ask('{ album { size place } }', 'bob')
    expect(data).toEqual({ album: { size: 'large', place: null } })
    expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN')
  })

  test('a rule that Nest would not keep is refused at start, with the cure', async () => {
    await expect(
      start(engine, { providers: [albumResolver({ onField: Scopes('photos.read') })] }),
    ).rejects.toMatchObject({
      code: 'ERR_OPTIONS',
      option: 'fieldResolverEnhancers',
      message: expect.stringMatching(/Albums.place.*fieldResolverEnhancers: \['guards'\]/),
    })
  })

  test('a rule on the class holds for its fields', async () => {
    const providers = [albumResolver({ onClass: Scopes('photos.read') })]
    await expect(start(engine, { providers })).rejects.toMatchObject({ option: 'fieldResolverEnhancers' })
    await using app = await start(engine, { providers, extras: guarded })
    expect((await app.ask('{ album { title } }')).data).toEqual({ album: { title: 'Italy' } })
    expect((await app.ask('{ album { size } }')).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED')
  })

  test('a reference resolver, which no operation leads to, needs guards as well', async () => {
    const providers = [albumResolver({ reference: true })]
    await expect(start(engine, { providers })).rejects.toMatchObject({
      option: 'fieldResolverEnhancers',
      message: expect.stringMatching(/Albums.resolveReference resolves references/),
    })
    await using _guarded = await start(engine, { providers, extras: guarded })
    await using _perRoute = await start(engine, { providers, options: { guard: 'per-route' } as never })
  })
})

/** Nest 12 resets the status to 200 unless it is told not to. */
function apolloStatus(engine: Engine): GraphqlExtras {
  return engine === 'Mercurius' ? {} : { preserveHttpStatusForExecutionErrors: false }
}
