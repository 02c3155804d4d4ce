/** A hundred thousand cached JWTs: what they weigh, and whether finding one among them has become slow. */
import { decodeJwt } from 'jose'
import { createResourceServer } from '../../packages/resource-server/dist/index.js'
import { cached, ourOptions, roleOf } from '../apis.js'
import { startStubHydra } from '../children.js'
import { inLanes, measure } from '../rounds.js'
import { ratio, typical } from '../statistics.js'
import { SUBJECT, fastSigner } from '../tokens.js'

const OURS = '@hydra-kit/resource-server'
const BY_HAND = 'lru-cache by hand, token as key'

export async function run({ folder, quick }) {
  const hydra = await startStubHydra(folder)
  const count = quick ? 5_000 : 100_000
  const options = ourOptions(hydra.url)
  const server = createResourceServer({ ...options, cache: { ...options.cache, maxEntries: count } })
  try {
    const nextToken = tokenStore(count, folder)
    const byHand = await cached(async (token) => decodeJwt(token), count)
    await server.verify(nextToken()) // code, keys and connections are there before the scales are set to zero
    const baseline = weight()

    await inLanes(count, 16, () => server.verify(nextToken()))
    const ours = weight() - baseline

    for (let index = 0; index < count; index++) await byHand(nextToken())
    const peer = weight() - baseline - ours

    const costs = await measure(
      [
        {
          name: OURS,
          batch: 1_000,
          run: (calls) => hits(calls, async () => (await server.verify(nextToken())).subject),
        },
        { name: BY_HAND, batch: 1_000, run: (calls) => hits(calls, async () => (await byHand(nextToken())).sub) },
      ],
      { rounds: quick ? 40 : 100 },
    )
    const perHit = [OURS, BY_HAND].map((name) => ({ name, role: roleOf(name), ...typical(costs.get(name)) }))
    const scaled = (bytes) => (bytes / 1e6) * (100_000 / count)
    return {
      memory: {
        value: scaled(ours),
        peers: [{ name: BY_HAND, value: scaled(peer) }],
        ...(count < 100_000 ? { note: `scaled up from ${count}: a quick run` } : {}),
      },
      'memory-hits': { ...ratio(costs.get(OURS), costs.get(BY_HAND)), peerUnit: 'µs', peers: perHit },
    }
  } finally {
    await server.close()
    await hydra.stop()
  }
}

async function hits(calls, subjectOf) {
  for (let call = 0; call < calls; call++) {
    if ((await subjectOf()) !== SUBJECT) throw new Error('a cached token was not found')
  }
}

/** All tokens as bytes in one block outside the heap; each call gives the next one as a new string. */
function tokenStore(count, folder) {
  const make = fastSigner(folder)
  const length = make().length
  const store = Buffer.alloc(count * length)
  for (let index = 0; index < count; index++) store.write(make(), index * length, length, 'latin1')
  let next = 0
  return () => {
    const start = next * length
    next = (next + 1) % count
    return store.latin1Slice(start, start + length)
  }
}

/** Bytes in use after a full collection. */
function weight() {
  globalThis.gc()
  globalThis.gc()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
