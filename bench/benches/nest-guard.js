/** Requests to a Nest API whose tokens have been seen: what the guard costs over the same route without one. */
import { startStubHydra } from '../children.js'
import {
  NEST10_BARE,
  NEST10_KEYCLOAK,
  NEST_BARE,
  NEST_EMPTY,
  NEST_OURS,
  NEST_PASSPORT,
  createNestApi,
} from '../nest-apis.js'
import { ask, askGood, credentials, oneByOne } from '../requests.js'
import { measure } from '../rounds.js'
import { difference, typical } from '../statistics.js'
import { keycloakJwts, readJwts } from '../tokens.js'

const TOKENS = 100

/** Each peer with the bare API that it stands on. */
const peers = [
  { name: NEST_EMPTY, base: NEST_BARE, role: 'floor' },
  { name: NEST_PASSPORT, base: NEST_BARE },
  { name: NEST10_KEYCLOAK, base: NEST10_BARE },
]
const bare = [NEST_BARE, NEST10_BARE]
/** They look at no token. */
const blind = [...bare, NEST_EMPTY]

/** They decide no verdict. */
const seldom = [NEST_PASSPORT, NEST10_BARE, NEST10_KEYCLOAK]

export async function run({ platform, folder, quick }) {
  const hydra = await startStubHydra(folder)
  const opened = []
  try {
    const ofHydra = readJwts(folder).slice(0, TOKENS)
    const ofKeycloak = keycloakJwts(folder, hydra.url, TOKENS)
    const slots = []
    for (const name of [NEST_BARE, NEST_EMPTY, NEST_OURS, NEST_PASSPORT, NEST10_BARE, NEST10_KEYCLOAK]) {
      const { listener, close } = await createNestApi(name, platform, hydra.url)
      opened.push(close)
      const tokens = name === NEST10_KEYCLOAK ? ofKeycloak : ofHydra
      if (!blind.includes(name)) await assertRefuses(name, listener, tokens)
      const headers = tokens.map(credentials)
      for (const header of headers) await askGood(listener, header)
      slots.push(slotOf(name, listener, headers))
    }
    const costs = await measure(slots, { rounds: quick ? 40 : 120 })
    const over = (name, base) => difference(costs.get(name), costs.get(base))
    return {
      [`nest-${platform}`]: {
        ...over(NEST_OURS, NEST_BARE),
        peers: peers.map(({ name, base, role }) => ({ name, role, ...over(name, base) })),
        note: bare.map((name) => `${name} itself: ${typical(costs.get(name)).value.toFixed(1)} µs`).join(', '),
      },
    }
  } finally {
    for (const close of opened) await close()
    await hydra.stop()
  }
}

/** Who verifies nothing has not won. The second has a good signature, of the other token. */
async function assertRefuses(name, listener, [one, other]) {
  const signature = other.slice(other.lastIndexOf('.'))
  for (const token of ['no.such.token', one.slice(0, one.lastIndexOf('.')) + signature]) {
    if ((await ask(listener, credentials(token))) !== 401) throw new Error(`${name} let a bad token in`)
  }
}

function slotOf(name, listener, headers) {
  const quickOne = name === NEST_OURS || blind.includes(name)
  return { name, ...oneByOne(listener, headers), batch: quickOne ? 500 : 40, every: seldom.includes(name) ? 4 : 1 }
}
