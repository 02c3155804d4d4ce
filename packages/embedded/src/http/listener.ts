import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One listening port that can be taken off the network and put back. */
export interface Listener {
  readonly port: number
  /** Closes every connection and refuses new ones, as a server that is down. */
  pause(): Promise<void>
  /** Listens again on the same port. */
  resume(): Promise<void>
  stop(): Promise<void>
}

/** Called for every request; must not reject. */
export type RequestHandler = (message: IncomingMessage, response: ServerResponse) => Promise<void>

/** Opens a port; 0 lets the system choose. */
export async function listen(host: string, port: number, handler: RequestHandler): Promise<Listener> {
  let server = await open(host, port, handler)
  const chosen = (server.address() as AddressInfo).port
  let paused = false
  // One after the other: a port can't be opened again before it is closed, nor twice at once.
  let last: Promise<void> = Promise.resolve()
  const inTurn = (step: () => Promise<void>): Promise<void> => {
    const done = last.then(step)
    last = done.catch(() => undefined)
    return done
  }
  const pause = (): Promise<void> =>
    inTurn(async () => {
      if (paused) return
      paused = true
      await close(server)
    })
  return {
    port: chosen,
    pause,
    resume: () =>
      inTurn(async () => {
        if (!paused) return
        server = await openAgain(host, chosen, handler)
        paused = false
      }),
    stop: pause,
  }
}

const patienceMs = 5000

/** Opens a port that was open before. The system may have lent its number to a passing connection meanwhile. */
async function openAgain(host: string, port: number, handler: RequestHandler): Promise<Server> {
  const deadline = performance.now() + patienceMs
  for (;;) {
    try {
      return await open(host, port, handler)
    } catch (error) {
      const taken = error instanceof Object && 'code' in error && error.code === 'EADDRINUSE'
      if (!taken || performance.now() > deadline) throw error
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}

function open(host: string, port: number, handler: RequestHandler): Promise<Server> {
  return new Promise((resolve, reject) => {
    // Challenges and verifiers travel in URLs of several kilobytes, next to the cookies of all clients.
    const server = createServer({ maxHeaderSize: 64 * 1024, keepAliveTimeout: 30_000 }, (message, response) => {
      void handler(message, response)
    })
    server.once('error', reject)
    server.listen({ host, port }, () => {
      server.off('error', reject)
      resolve(server)
    })
  })
}

async function close(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
  // Clients in this process must see that their connections are gone, or they would use them once more.
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}
