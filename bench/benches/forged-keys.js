/** An attacker invents key ids. Neither Hydra's key set nor the good tokens in the cache may suffer. */
import { createResourceServer } from '../../packages/resource-server/dist/index.js'
import { OURS, contenders, createApi, ourOptions } from '../apis.js'
import { startStubHydra } from '../children.js'
import { ask, askGood, credentials } from '../requests.js'
import { forgedTokens, readJwts } from '../tokens.js'

const FORGED = 10_000
const GOOD = 100

export async function run({ folder }) {
  const hydra = await startStubHydra(folder)
  try {
    const forged = forgedTokens(FORGED)
    const good = readJwts(folder).slice(0, GOOD)
    const ours = await attackOurs(hydra, forged, good)
    const peers = []
    for (const name of contenders.jwt.filter((other) => other !== OURS)) {
      peers.push({ name, role: 'context', value: await attack(hydra, await createApi(name, hydra.url), forged, good) })
    }
    return {
      'forged-fetches': { value: ours.fetches, peers },
      'forged-misses': {
        value: ours.missesPercent,
        note: `${GOOD} good tokens in a cache of ${GOOD * 2}, asked in turn during the attack`,
      },
    }
  } finally {
    await hydra.stop()
  }
}

/** The whole life of the API counts: the first fetch is one of the two. The cache is small, so that intruders would show. */
async function attackOurs(hydra, forged, good) {
  let hits = 0
  let asked = 0
  const onVerified = ({ source }) => {
    asked++
    if (source === 'cache') hits++
  }
  const options = ourOptions(hydra.url)
  const server = createResourceServer({ ...options, cache: { ...options.cache, maxEntries: GOOD * 2 }, onVerified })
  const before = (await hydra.counts()).keys
  for (const token of good) await server.verify(token)
  hits = 0
  asked = 0
  for (const [index, token] of forged.entries()) {
    const refused = await server.verify(token).then(
      () => false,
      () => true,
    )
    if (!refused) throw new Error('a forged token was accepted')
    await server.verify(good[index % GOOD])
  }
  const fetches = (await hydra.counts()).keys - before
  await server.close()
  return { fetches, missesPercent: (100 * (asked - hits)) / asked }
}

async function attack(hydra, app, forged, good) {
  const before = (await hydra.counts()).keys
  for (const token of good) await askGood(app, credentials(token))
  for (const token of forged) {
    if ((await ask(app, credentials(token))) === 200) throw new Error('a forged token was accepted')
  }
  return (await hydra.counts()).keys - before
}
