import type { Client } from '../clients/client.ts'
import type { Engine } from '../engine.ts'
import { setQuery } from '../http/urls.ts'
import { signWithSet } from '../tokens/jws.ts'
import { idTokenSet } from '../tokens/key-sets.ts'
import { logoutClaims } from '../tokens/logout-token.ts'
import { postWithRetries } from '../http/outgoing.ts'
import { deleteSession } from './login-sessions.ts'

/** The clients to which somebody signed in during a session, by consent, skipped ones included. */
function clientsOfSession(engine: Engine, subject: string, sid: string): Client[] {
  const ids = new Set<string>()
  for (const flow of engine.state.consents.values()) {
    if (flow.subject === subject && flow.sessionId === sid) ids.add(flow.client?.client_id ?? '')
  }
  return [...ids].flatMap((id) => engine.state.clients.get(id) ?? [])
}

/** Addresses that a browser has to load to sign out of clients (OpenID Connect Front-Channel Logout). */
export function frontChannelUrls(engine: Engine, subject: string, sid: string): string[] {
  return clientsOfSession(engine, subject, sid)
    .filter((client) => client.frontchannel_logout_uri !== '')
    .map((client) => setQuery(client.frontchannel_logout_uri, { iss: engine.config.issuer, sid }))
}

/**
 * Ends a session: tells every client by its back channel (OpenID Connect Back-Channel Logout), then forgets it. The
 * calls are made in the background and repeated where they fail; what they answer is not waited for.
 */
export async function endSession(engine: Engine, subject: string, sid: string): Promise<void> {
  const clients = clientsOfSession(engine, subject, sid).filter((client) => client.backchannel_logout_uri !== '')
  const calls = await Promise.all(
    clients.map(async (client) => ({
      url: client.backchannel_logout_uri,
      token: await signWithSet(engine, idTokenSet, logoutClaims(engine, client.client_id, sid)),
    })),
  )
  deleteSession(engine, sid)
  for (const { url, token } of calls) inBackground(engine, notify(engine, url, token))
}

async function notify(engine: Engine, url: string, token: string): Promise<void> {
  const post = {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ logout_token: token }).toString(),
  }
  // Nothing is left to do when a client can't be reached: the session is over all the same.
  await postWithRetries(url, post, engine.ending).catch(() => undefined)
}

function inBackground(engine: Engine, work: Promise<void>): void {
  const noted = work.finally(() => engine.background.delete(noted))
  engine.background.add(noted)
}
