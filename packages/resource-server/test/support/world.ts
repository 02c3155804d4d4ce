/** A resource server in front of a stub Hydra, on a clock that only moves when it is told to. */
import { createResourceServer } from '@hydra-kit/resource-server'
import type { RefusedEvent, ResourceServer, ResourceServerOptions, VerifiedEvent } from '@hydra-kit/resource-server'
import { sign, signingKey, startHydraStub } from './hydra-stub.ts'
import type { HydraStub, SigningKey } from './hydra-stub.ts'

export const audience = 'https://api.example'

export interface World {
  readonly hydra: HydraStub
  readonly key: SigningKey
  /** Seconds since 1970. */
  now: number
  readonly refused: RefusedEvent[]
  readonly verified: VerifiedEvent[]
  /** A resource server with these options over the defaults of the world. */
  server(options?: object): ResourceServer
  /** Claims of a good JWT access token, as Hydra 26.2 writes them. */
  claims(changes?: Record<string, unknown>): Record<string, unknown>
  /** A good JWT access token with changed claims and header. */
  jwt(changes?: Record<string, unknown>, header?: Record<string, unknown>): Promise<string>
  /** The introspection answer for a good opaque access token. */
  answer(changes?: Record<string, unknown>): Record<string, unknown>
  close(): Promise<void>
}

/** One RSA key for a whole test file: they take long to make. */
const firstKey = signingKey('first-key')

export async function startWorld(): Promise<World> {
  const hydra = await startHydraStub()
  const key = await firstKey
  hydra.keys = [key.jwk]
  const servers: ResourceServer[] = []
  const world: World = {
    hydra,
    key,
    now: 1_795_492_686,
    refused: [],
    verified: [],
    server(options = {}) {
      const server = createResourceServer({
        issuer: hydra.url,
        introspectionUrl: hydra.introspectionUrl,
        audience,
        // A limit against hanging: a busy machine must not turn an answer into an outage.
        introspectionTimeoutMs: 30_000,
        now: () => world.now * 1000,
        onRefused: (event: RefusedEvent) => world.refused.push(event),
        onVerified: (event: VerifiedEvent) => world.verified.push(event),
        ...options,
      } as ResourceServerOptions)
      servers.push(server)
      return server
    },
    claims: (changes = {}) =>
      withChanges(
        {
          aud: [audience],
          client_id: 'photo-app',
          exp: world.now + 3600,
          ext: { tenant: 't1' },
          iat: world.now,
          iss: hydra.url,
          jti: '2f4c6a60-a481-44e3-88a3-d32d797c72bd',
          nbf: world.now,
          scp: ['openid', 'photos.read'],
          sub: 'alice',
        },
        changes,
      ),
    jwt: (changes, header) => sign(key, world.claims(changes), header),
    answer: (changes = {}) =>
      withChanges(
        {
          active: true,
          scope: 'openid photos.read',
          client_id: 'photo-app',
          sub: 'alice',
          exp: world.now + 3600,
          iat: world.now,
          nbf: world.now,
          aud: [audience],
          iss: hydra.url,
          token_type: 'Bearer',
          token_use: 'access_token',
          ext: { tenant: 't1' },
        },
        changes,
      ),
    async close() {
      // The stub first: what it never answers would keep the others open.
      await hydra.close()
      await Promise.all(servers.map((server) => server.close()))
    },
  }
  return world
}

/** Facts of a GET request with a token in the header. */
export function bearer(token: string): { method: string; url: string; headers: Record<string, string> } {
  return { method: 'GET', url: '/photos', headers: { authorization: `Bearer ${token}` } }
}

/** The reason that a promise was refused for; anything else fails the test. */
export async function reasonOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    return (error as { reason?: unknown }).reason ?? error
  }
  return 'accepted'
}

function withChanges(base: Record<string, unknown>, changes: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries({ ...base, ...changes }).filter(([, value]) => value !== undefined))
}
