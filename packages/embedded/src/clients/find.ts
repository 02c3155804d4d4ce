import type { Engine } from '../engine.ts'
import type { Client } from './client.ts'
import { invalidClient } from '../errors.ts'

/** The client of an authorization or token request. @throws HydraError `invalid_client` */
export function knownClient(engine: Engine, id: string): Client {
  const client = engine.state.clients.get(id)
  if (client === undefined) throw invalidClient('There is no such client.')
  return client
}
