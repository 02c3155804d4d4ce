/** Requests to a Nest API whose tokens have been seen: what the guard costs over the same route without one. */
import { startStubHydra } from '../children.js'
import { NEST_BARE, NEST_OURS, NEST_PASSPORT, createNestApi } from '../nest-apis.js'
import { ask, askGood, credentials } from '../requests.js'
import { measure } from '../rounds.js'
import { difference, typical } from '../statistics.js'
import { readJwts } from '../tokens.js'

export async function run({ platform, folder, quick }) {
  const hydra = await startStubHydra(folder)
  const opened = []
  try {
    const headers = readJwts(folder).slice(0, 100).map(credentials)
    const slots = []
    for (const name of [NEST_BARE, NEST_OURS, NEST_PASSPORT]) {
      const { listener, close } = await createNestApi(name, platform, hydra.url)
      opened.push(close)
      if (name !== NEST_BARE && (await ask(listener, credentials('no.such.token'))) !== 401)
        throw new Error(`${name} let a bad token in`)
      for (const header of headers) await askGood(listener, header)
      slots.push(slotOf(name, listener, headers))
    }
    const costs = await measure(slots, { rounds: quick ? 40 : 120 })
    const over = (name) => difference(costs.get(name), costs.get(NEST_BARE))
    return {
      [`nest-${platform}`]: {
        ...over(NEST_OURS),
        peers: [{ name: NEST_PASSPORT, ...over(NEST_PASSPORT) }],
        note: `bare Nest itself: ${typical(costs.get(NEST_BARE)).value.toFixed(1)} µs`,
      },
    }
  } finally {
    for (const close of opened) await close()
    await hydra.stop()
  }
}

function slotOf(name, listener, headers) {
  let next = 0
  const run = async (count) => {
    for (let done = 0; done < count; done++) {
      await askGood(listener, headers[next])
      next = (next + 1) % headers.length
    }
  }
  return name === NEST_PASSPORT ? { name, run, batch: 40, every: 4 } : { name, run, batch: 500 }
}
