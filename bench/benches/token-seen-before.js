/** Requests whose tokens have been seen: what a cache is worth, and what everybody else pays each time. */
import { BARE, OURS, contenders, createApi } from '../apis.js'
import { startStubHydra } from '../children.js'
import { ask, askGood, credentials } from '../requests.js'
import { measure } from '../rounds.js'
import { difference } from '../statistics.js'
import { opaqueTokens, readJwts } from '../tokens.js'

/** They answer from memory and are quick; the others verify or ask again. */
const CACHING = /^(?:bare Express|@hydra-kit\/express|.*lru-cache by hand)$/

export async function run({ format, tokens, folder, quick }) {
  const hydra = await startStubHydra(folder)
  try {
    const count = quick ? Math.min(tokens, 1_000) : tokens
    const all = format === 'jwt' ? readJwts(folder) : opaqueTokens(count)
    const headers = all.slice(0, count).map(credentials)
    const names = [BARE, ...contenders[format]]
    const slots = []
    for (const name of names) slots.push(await prepare(name, hydra.url, headers))
    const costs = await measure(slots, { rounds: quick ? 40 : 120 })
    const over = (name) => difference(costs.get(name), costs.get(BARE))
    return {
      [`${format}-seen-${tokens}`]: {
        ...over(OURS),
        peers: contenders[format].filter((name) => name !== OURS).map((name) => ({ name, ...over(name) })),
        ...(count < tokens ? { note: `with ${count} tokens: a quick run` } : {}),
      },
    }
  } finally {
    await hydra.stop()
  }
}

async function prepare(name, hydraUrl, headers) {
  const app = await createApi(name, hydraUrl)
  if (name !== BARE && (await ask(app, credentials('no.such.token'))) !== 401)
    throw new Error(`${name} let a bad token in`)
  const quickOne = CACHING.test(name)
  const once = quickOne ? headers : headers.slice(0, 50)
  for (const header of once) await askGood(app, header)
  let next = 0
  const run = async (count) => {
    for (let done = 0; done < count; done++) {
      await askGood(app, headers[next])
      next = (next + 1) % headers.length
    }
  }
  return quickOne ? { name, run, batch: 500 } : { name, run, batch: 40, every: 4 }
}
