/** One introspection through our client, beside undici without anything and the official SDK. */
import { createHydraClient } from '../../packages/client/dist/index.js'
import { SDK, UNDICI, roleOf, sdkIntrospection, undiciIntrospection } from '../apis.js'
import { startStubHydra } from '../children.js'
import { inLanes, measure } from '../rounds.js'
import { ratio, typical } from '../statistics.js'
import { SUBJECT, opaqueTokens } from '../tokens.js'

const LANES = 16
const OURS = '@hydra-kit/client'

export async function run({ folder, quick }) {
  const stub = await startStubHydra(folder)
  const hydra = createHydraClient({ adminUrl: stub.url })
  try {
    const tokens = opaqueTokens(1_000)
    const calls = {
      [OURS]: (token) => hydra.tokens.introspect({ token }),
      [UNDICI]: await undiciIntrospection(stub.url),
      [SDK]: await sdkIntrospection(stub.url),
    }
    const slots = Object.entries(calls).map(([name, call]) => ({
      name,
      batch: quick ? 50 : 60,
      every: name === SDK ? 4 : 1,
      run: (count) => inLanes(count, LANES, () => checked(call, tokens[Math.floor(Math.random() * tokens.length)])),
    }))
    const costs = await measure(slots, { rounds: quick ? 50 : 200, warmUp: 10 })
    const peers = Object.keys(calls).map((name) => ({ name, role: roleOf(name), ...typical(costs.get(name)) }))
    return {
      'client-undici': { ...ratio(costs.get(OURS), costs.get(UNDICI)), peerUnit: 'µs', peers },
      'client-sdk': { ...ratio(costs.get(OURS), costs.get(SDK)), peerUnit: 'µs', peers },
    }
  } finally {
    await hydra.close()
    await stub.stop()
  }
}

async function checked(call, token) {
  const answer = await call(token)
  if (answer.active !== true || answer.sub !== SUBJECT)
    throw new Error('the introspection was not answered as expected')
}
