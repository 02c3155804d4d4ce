/** Requests whose tokens are new: the price of a verification or an introspection, around the floor that nobody can leave out. */
import { BARE, JOSE, OURS, UNDICI, contenders, createApi, roleOf } from '../apis.js'
import { startStubHydra } from '../children.js'
import { askGood, credentials, handGood, prepare } from '../requests.js'
import { inLanes, measure } from '../rounds.js'
import { difference, ratio } from '../statistics.js'
import { opaqueTokens, readJwts } from '../tokens.js'

const LANES = 16
const DECISIVE = new Set([BARE, OURS, JOSE, UNDICI])
const FLOOR = { jwt: JOSE, opaque: UNDICI }

export async function run({ format, folder, quick }) {
  const hydra = await startStubHydra(folder)
  try {
    const batch = quick ? 20 : 24
    const rounds = quick ? 40 : 150
    // Enough calls for every contender's code to be compiled, as in a server that runs for longer than this bench.
    const warmUp = quick ? 5 : 60
    const needed = batch * (rounds + warmUp) + 1
    const headers = (format === 'jwt' ? readJwts(folder) : opaqueTokens(needed)).slice(0, needed).map(credentials)
    if (headers.length < needed) throw new Error(`${needed} tokens are needed, there are ${headers.length}`)
    const names = [BARE, ...contenders[format].filter((name) => !name.includes('lru-cache'))]
    const slots = []
    for (const name of names) slots.push(await contender(name, hydra.url, headers, batch))
    const before = await hydra.counts()
    const costs = await measure(slots, { rounds, warmUp })
    const after = await hydra.counts()
    if (format === 'opaque') {
      const played = (name) => warmUp + costs.get(name).filter((cost) => cost !== undefined).length
      const expected = slots.reduce((sum, { name }) => sum + (name === BARE ? 0 : batch * played(name)), 0)
      const asked = after.introspections - before.introspections
      if (asked !== expected) throw new Error(`${asked} introspections where ${expected} new tokens were shown`)
    }
    const over = (name) => difference(costs.get(name), costs.get(BARE))
    return {
      [`${format}-unseen`]: {
        ...ratio(costs.get(OURS), costs.get(FLOOR[format]), costs.get(BARE)),
        peerUnit: 'µs',
        peers: names.filter((name) => name !== BARE).map((name) => ({ name, role: roleOf(name), ...over(name) })),
      },
    }
  } finally {
    await hydra.stop()
  }
}

/** No token is shown twice to the same contender. The first one only brings the keys and opens connections. */
async function contender(name, hydraUrl, headers, batch) {
  const app = await createApi(name, hydraUrl)
  await askGood(app, headers[0])
  let next = 1
  const every = DECISIVE.has(name) ? 1 : 4
  return {
    name,
    batch,
    every,
    prepare: () => prepare(headers[next++]),
    run: (count, requests) => inLanes(count, LANES, () => handGood(app, requests.pop())),
  }
}
