import type { Engine } from '../engine.ts'

/** Deletes a login session; its consents stay, but no longer belong to it. Says whether there was one. */
export function deleteSession(engine: Engine, id: string): boolean {
  if (!engine.state.loginSessions.delete(id)) return false
  for (const flow of engine.state.consents.values()) if (flow.sessionId === id) flow.sessionId = ''
  return true
}

/** Deletes every login session of a subject. Tokens and consents survive, and nobody is told. */
export function deleteSessionsOf(engine: Engine, subject: string): void {
  for (const session of engine.state.loginSessions.values()) {
    if (session.subject === subject) deleteSession(engine, session.id)
  }
}
