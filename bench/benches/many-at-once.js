/** A thousand requests with one token that nobody has seen yet. */
import { OURS, contenders, createApi } from '../apis.js'
import { startStubHydra } from '../children.js'
import { askGood, credentials } from '../requests.js'
import { opaqueTokens } from '../tokens.js'

const REQUESTS = 1_000

export async function run({ folder }) {
  const hydra = await startStubHydra(folder)
  try {
    const calls = async (name) => {
      const app = await createApi(name, hydra.url)
      const [first, burst] = opaqueTokens(2).map(credentials)
      await askGood(app, first)
      const before = (await hydra.counts()).introspections
      await Promise.all(Array.from({ length: REQUESTS }, () => askGood(app, burst)))
      return { value: (await hydra.counts()).introspections - before }
    }
    const ours = await calls(OURS)
    const peers = []
    for (const name of contenders.opaque.filter((other) => other !== OURS)) peers.push({ name, ...(await calls(name)) })
    return { 'at-once': { ...ours, peers } }
  } finally {
    await hydra.stop()
  }
}
