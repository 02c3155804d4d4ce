/**
 * The verdict of the guard on every decorator, whichever way a call comes in. A way in is a {@link Channel}; the table of
 * verdicts is one for all of them. `MATRIX=1` prints what was measured.
 */
import { createHydraClient } from '@hydra-kit/client'
import { startHydra, type EmbeddedHydra } from '@hydra-kit/embedded'
import {
  AnyScope,
  createResourceServer,
  OptionalAuth,
  Public,
  RequireAudience,
  RequireClaims,
  RequireFresh,
  RequireToken,
  Scopes,
  type ResourceServer,
} from '@hydra-kit/nestjs'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'

export const audience = 'https://api.example.com'
const adminAudience = 'https://admin.example.com'

export const situations = ['no token', 'bad token', 'poor token', 'right token', 'Hydra down'] as const
export type Situation = (typeof situations)[number]

/** One method, resolver or message handler for each of these; it answers `subject ?? 'anonymous'` of `@CurrentToken()`. */
export type Operation = keyof typeof verdicts

/** What an operation is decorated with: `@Guarded('scopes')`. */
export function Guarded(operation: Operation): MethodDecorator {
  return decorators[operation] ?? (() => undefined)
}

const decorators: Readonly<Record<Operation, MethodDecorator | undefined>> = {
  undecorated: undefined,
  scopes: Scopes('photos.read', 'photos.write'),
  anyScope: AnyScope('photos.admin', 'photos.write'),
  claims: RequireClaims({ tenant: 7 }),
  fresh: RequireFresh(0),
  audience: RequireAudience(adminAudience),
  token: RequireToken(),
  optional: OptionalAuth(),
  public: Public(),
}

const refused = {
  'no token': '401 unauthorized',
  'bad token': '401 invalid_token',
  'Hydra down': '503 temporarily_unavailable',
}

/** The poor token has the audience of the API and nothing else. */
const verdicts = {
  undecorated: { ...refused, 'poor token': 'alice', 'right token': 'alice' },
  scopes: { ...refused, 'poor token': '403 insufficient_scope', 'right token': 'alice' },
  anyScope: { ...refused, 'poor token': '403 insufficient_scope', 'right token': 'alice' },
  claims: { ...refused, 'poor token': '403 insufficient_scope', 'right token': 'alice' },
  fresh: { ...refused, 'poor token': 'alice', 'right token': 'alice' },
  audience: { ...refused, 'poor token': '401 invalid_token', 'right token': 'alice' },
  token: { ...refused, 'poor token': 'alice', 'right token': 'alice' },
  optional: { ...refused, 'no token': 'anonymous', 'poor token': 'alice', 'right token': 'alice' },
  public: {
    'no token': 'anonymous',
    'bad token': 'anonymous',
    'poor token': 'anonymous',
    'right token': 'anonymous',
    'Hydra down': 'anonymous',
  },
} satisfies Record<string, Record<Situation, string>>

export const operations = Object.keys(verdicts) as Operation[]

/** What came back. */
export interface Outcome {
  /** The answer of the operation, if it ran. */
  readonly who?: string | undefined
  /** 401, 403, 503 …, wherever this kind of context says it. */
  readonly status?: number | undefined
  /** `error` of the body. */
  readonly error?: string | undefined
  /** `WWW-Authenticate`, or what this kind of context has for it. */
  readonly challenge?: string | undefined
  /** `Retry-After`, or what this kind of context has for it. */
  readonly retryAfter?: string | undefined
}

/** A running application. */
export interface Entrance extends AsyncDisposable {
  attempt(operation: Operation, token: string | undefined): Promise<Outcome>
}

/** A way in: a kind of context, on an adapter. */
export interface Channel {
  /** For instance `HTTP, express`. */
  readonly name: string
  /** Starts an application that has all {@link operations}, guarded by this resource server. */
  start(resourceServer: ResourceServer): Promise<Entrance>
}

/** Tests every operation in every situation, through every channel. */
export function testMatrix(channels: readonly Channel[]): void {
  let hydra: EmbeddedHydra
  const measured = new Map<string, string>()
  beforeAll(async () => {
    hydra = await startHydra()
  })
  afterAll(async () => {
    await hydra.stop()
    if (process.env['MATRIX'] === '1') process.stdout.write(`${table(channels, measured)}\n`)
  })

  describe.each(channels)('$name', (channel) => {
    let entrance: Entrance
    let close: () => Promise<void>
    beforeAll(async () => {
      const { issuer, publicUrl, adminUrl } = hydra
      const client = createHydraClient({ publicUrl, adminUrl, retries: 0 })
      const breaker = { openAfterFailures: 1000 }
      const resourceServer = createResourceServer({ issuer, audience, client, breaker })
      entrance = await channel.start(resourceServer)
      close = () => client.close()
    })
    afterAll(async () => {
      await entrance[Symbol.asyncDispose]()
      await close()
    })

    const cells = operations.flatMap((operation) => situations.map((situation) => ({ operation, situation })))
    test.each(cells)('$operation, $situation', async ({ operation, situation }) => {
      const token = await tokenFor(hydra, operation, situation)
      const fault =
        situation === 'Hydra down' ? hydra.faults.add({ route: '*', kind: 'status', status: 500 }) : undefined
      const outcome = await entrance.attempt(operation, token).finally(() => fault?.remove())
      const verdict = outcome.who ?? `${outcome.status} ${outcome.error}`
      measured.set([channel.name, operation, situation].join(), verdict)
      expect(verdict).toBe(verdicts[operation][situation])
      expectFacts(outcome)
    })
  })
}

/** RFC 6750 section 3: the challenge names the error; an outage has none, and says when to come back. */
function expectFacts({ who, status, error, challenge, retryAfter }: Outcome): void {
  if (who !== undefined) return expect({ challenge, retryAfter }).toEqual({})
  if (status === 503) return expect({ challenge, retryAfter }).toEqual({ retryAfter: expect.stringMatching(/^\d+$/) })
  expect(retryAfter).toBeUndefined()
  expect(challenge).toMatch(error === 'unauthorized' ? /^Bearer(?! error)/ : new RegExp(`^Bearer error="${error}"`))
}

/** Never seen before, so that nothing is remembered of it. */
async function tokenFor(hydra: EmbeddedHydra, operation: Operation, situation: Situation): Promise<string | undefined> {
  if (situation === 'no token') return undefined
  if (situation === 'bad token') return 'nonsense'
  const common = { format: 'opaque', subject: 'alice', clientId: 'photos' } as const
  if (situation === 'poor token') return hydra.mint.accessToken({ ...common, audience })
  return hydra.mint.accessToken({
    ...common,
    audience: operation === 'audience' ? adminAudience : audience,
    scope: ['photos.read', 'photos.write'],
    extra: { tenant: 7 },
  })
}

function table(channels: readonly Channel[], measured: ReadonlyMap<string, string>): string {
  const rows = channels.flatMap(({ name }) =>
    operations.map((operation) => [
      name,
      operation,
      ...situations.map((situation) => measured.get([name, operation, situation].join()) ?? '-'),
    ]),
  )
  const lines = [['way in', 'decorator', ...situations], ...rows]
  const widths = lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0))) ?? []
  return lines.map((line) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')).join('\n')
}
