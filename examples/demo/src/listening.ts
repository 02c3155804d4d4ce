/** Opens and closes the demo's own ports, on this machine only. */
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DemoError } from './demo-error.ts'

/** A server that listens. */
export interface Listening {
  url: string
  close(): Promise<void>
}

/**
 * Listens on 127.0.0.1.
 * @param flag the command line flag that chooses this port, for the message when it is taken
 * @throws {@link DemoError} when the port is in use or not allowed
 */
export async function listen(handler: RequestListener, port: number, flag: string): Promise<Listening> {
  const server = createServer(handler)
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explain(error, port, flag)))
    server.listen(port, '127.0.0.1', resolve)
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => close(server) }
}

function explain(error: NodeJS.ErrnoException, port: number, flag: string): Error {
  if (error.code === 'EADDRINUSE') {
    return new DemoError(`Port ${port} is in use. Stop what runs there, or choose another with ${flag}.`)
  }
  if (error.code === 'EACCES') return new DemoError(`Port ${port} is not allowed. Choose another with ${flag}.`)
  return error
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeAllConnections()
  await closed
}
