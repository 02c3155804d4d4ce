/** All contenders over HTTP, as a check that the numbers without a network are plausible. Two equal servers differ by several µs here. */
import { BARE, contenders } from '../apis.js'
import { askChild, startChild, startStubHydra, stopChild } from '../children.js'
import { inLanes } from '../rounds.js'
import { difference, typical } from '../statistics.js'
import { opaqueTokens, readJwts } from '../tokens.js'
import { Pool } from 'undici'

const TOKENS = 100
const CONNECTIONS = 8

export async function run({ format, folder, quick }) {
  const hydra = await startStubHydra(folder)
  const tokens = (format === 'jwt' ? readJwts(folder) : opaqueTokens(TOKENS)).slice(0, TOKENS)
  const servers = []
  try {
    for (const name of [BARE, ...contenders[format]]) servers.push(await startServer(name, hydra.url))
    const batch = quick ? 200 : 1_000
    for (const server of servers) await load(server, tokens, Math.max(TOKENS, batch))
    for (let round = 0; round < (quick ? 5 : 9); round++) {
      for (const server of servers) {
        const before = await askChild(server.child, 'cpu')
        await load(server, tokens, batch)
        const after = await askChild(server.child, 'cpu')
        server.costs.push((after.user + after.system - before.user - before.system) / batch)
      }
    }
    const bare = servers.find(({ name }) => name === BARE)
    return {
      [`http-${format}`]: {
        rows: servers.map(({ name, costs }) => ({
          name,
          perRequest: typical(costs),
          overBare: name === BARE ? null : difference(costs, bare.costs),
        })),
      },
    }
  } finally {
    for (const { child, pool } of servers) {
      await pool.close()
      await stopChild(child)
    }
    await hydra.stop()
  }
}

async function startServer(name, hydraUrl) {
  const { child, first } = await startChild('http-api.js', [name, hydraUrl])
  return { name, child, pool: new Pool(first.url, { connections: CONNECTIONS }), costs: [] }
}

async function load({ name, pool }, tokens, count) {
  let next = 0
  await inLanes(count, CONNECTIONS, async () => {
    const headers = { authorization: `Bearer ${tokens[next++ % tokens.length]}` }
    const { statusCode, body } = await pool.request({ path: '/photos', method: 'GET', headers })
    await body.dump()
    if (statusCode !== 200) throw new Error(`${name} answered a good token with ${statusCode}`)
  })
}
