/** Requests whose tokens have been seen: what a cache is worth, and what everybody else pays each time. */
import { BARE, EMPTY, HASH, OURS, contenders, createApi, roleOf } from '../apis.js'
import { startStubHydra } from '../children.js'
import { ask, askGood, credentials, oneByOne } from '../requests.js'
import { measure } from '../rounds.js'
import { difference, typical } from '../statistics.js'
import { fastSigner, opaqueTokens, readJwts } from '../tokens.js'

/** They answer from memory, so it matters how much there is to remember; the others pay the same for any token. */
const CACHING = /^(?:@hydra-kit\/express|.*lru-cache by hand)$/
/** They look at no token, or at nothing but its bytes. */
const FLOORS = [EMPTY, HASH]

export async function run({ format, tokens, folder, quick }) {
  const hydra = await startStubHydra(folder)
  try {
    const count = quick ? Math.min(tokens, 1_000) : tokens
    const headers = tokensOf(format, count, folder).map(credentials)
    const names = [...contenders[format].filter((name) => tokens === 100 || CACHING.test(name)), ...FLOORS]
    const slots = []
    for (const name of [BARE, ...names]) slots.push(await contender(name, hydra.url, headers))
    const costs = await measure(slots, { rounds: quick ? 40 : 120 })
    const over = (name) => difference(costs.get(name), costs.get(BARE))
    return {
      [`${format}-seen-${tokens}`]: {
        ...over(OURS),
        peers: names.filter((name) => name !== OURS).map((name) => ({ name, role: roleOf(name), ...over(name) })),
        note: `bare Express itself: ${typical(costs.get(BARE)).value.toFixed(1)} µs${count < tokens ? `; with ${count} tokens: a quick run` : ''}`,
      },
    }
  } finally {
    await hydra.stop()
  }
}

/** RSA signatures for all would take a minute; with many tokens only those play who verify each of them once. */
function tokensOf(format, count, folder) {
  if (format === 'opaque') return opaqueTokens(count)
  return count <= 100 ? readJwts(folder).slice(0, count) : Array.from({ length: count }, fastSigner(folder))
}

async function contender(name, hydraUrl, headers) {
  const app = await createApi(name, hydraUrl)
  const quickOne = name === BARE || FLOORS.includes(name) || CACHING.test(name)
  if (name !== BARE && !FLOORS.includes(name) && (await ask(app, credentials('no.such.token'))) !== 401)
    throw new Error(`${name} let a bad token in`)
  for (const header of headers) await askGood(app, header)
  const slot = { name, ...oneByOne(app, headers) }
  return quickOne ? { ...slot, batch: 500 } : { ...slot, batch: 40, every: 4 }
}
