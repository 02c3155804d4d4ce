import { once } from 'node:events'
import { createServer } from 'node:net'

/** A port of 127.0.0.1 that was free a moment ago: for programs that must be told their port before they start. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

/** Starts something on free ports; if somebody else was quicker in taking one of them, again on others. */
export async function onFreePorts(start, attempts = 3) {
  try {
    return await start()
  } catch (error) {
    if (attempts === 1 || !/EADDRINUSE|address already in use/.test(String(error))) throw error
    return onFreePorts(start, attempts - 1)
  }
}
