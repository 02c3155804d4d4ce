/** Sign-ins against the embedded Hydra, over real HTTP in one process: their CPU, and what they leave behind. */
import { startHydra } from '../../packages/embedded/dist/index.js'
import { signIn } from '../../packages/embedded/dist/testing.js'
import { measure } from '../rounds.js'
import { typical } from '../statistics.js'

const CLIENT = 'photos'
const SECRET = 'bench-secret'
const FLOW = 'code flow'

export async function run({ quick }) {
  const hydra = await startHydra({
    clients: [
      {
        client_id: CLIENT,
        client_secret: SECRET,
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        redirect_uris: ['http://127.0.0.1:5555/callback'],
        scope: 'openid offline photos.read',
      },
    ],
  })
  const flows = async (count) => {
    for (let done = 0; done < count; done++) {
      const tokens = await signIn(hydra, {
        clientId: CLIENT,
        clientSecret: SECRET,
        subject: 'alice',
        scope: 'openid offline photos.read',
      })
      if (!tokens.accessToken || !tokens.idToken) throw new Error('the flow gave no tokens')
    }
  }
  try {
    const costs = await measure([{ name: FLOW, batch: 4, run: flows }], { rounds: quick ? 30 : 50, warmUp: 10 })
    const { value, interval } = typical(costs.get(FLOW))
    const logins = quick ? 200 : 1_000
    await flows(quick ? 100 : 400) // compiled code is part of the heap, and is there before the scales are set to zero
    const before = await emptied(hydra)
    await flows(logins)
    const after = await emptied(hydra)
    return {
      'embedded-flow': { value: value / 1000, interval: interval.map((microseconds) => microseconds / 1000) },
      'embedded-heap': {
        value: (after / before - 1) * 100,
        note: `${(before / 1e6).toFixed(1)} MB before, ${(after / 1e6).toFixed(1)} MB after ${logins} logins`,
      },
    }
  } finally {
    await hydra.stop()
  }
}

/** The heap in use after `reset()` and a full collection. */
async function emptied(hydra) {
  await hydra.reset()
  for (let turn = 0; turn < 3; turn++) {
    await new Promise((resolve) => setImmediate(resolve)) // closed sockets are let go in later turns of the event loop
    globalThis.gc()
  }
  return process.memoryUsage().heapUsed
}
