import type { TokenRequest } from './session.ts'

/** A stored code or token. The token itself is not kept, only its signature. */
export interface StoredToken {
  readonly signature: string
  /** False once used (codes) or rotated (refresh tokens). */
  active: boolean
  readonly request: TokenRequest
  /** Codes: parameters of the authorization request that the token request is checked against. */
  readonly form?: Readonly<Record<string, string>>
  /** Codes: a code_verifier was tried and failed. */
  verifierFailed?: boolean
  /** Refresh tokens: the access token issued beside it. */
  readonly accessSignature?: string
  /** Refresh tokens: when and how often it was used, for the grace period. */
  firstUsedAt?: number
  usedTimes?: number
}

/** Tokens by signature, and by the grant they belong to. */
export interface TokenTable {
  get(signature: string): StoredToken | undefined
  add(token: StoredToken): void
  delete(signature: string): void
  /** All of one grant. */
  ofRequest(requestId: string): StoredToken[]
  /** Removes all of one grant; how many there were. */
  deleteRequest(requestId: string): number
  /** Removes all of one client. */
  deleteClient(clientId: string): void
  all(): Iterable<StoredToken>
}

/** An empty table. */
export function createTokenTable(): TokenTable {
  const bySignature = new Map<string, StoredToken>()
  const byRequest = new Map<string, Set<string>>()
  const table: TokenTable = {
    get: (signature) => bySignature.get(signature),
    add(token) {
      bySignature.set(token.signature, token)
      const siblings = byRequest.get(token.request.id) ?? new Set()
      byRequest.set(token.request.id, siblings.add(token.signature))
    },
    delete(signature) {
      const token = bySignature.get(signature)
      if (token === undefined) return
      bySignature.delete(signature)
      const siblings = byRequest.get(token.request.id)
      siblings?.delete(signature)
      if (siblings?.size === 0) byRequest.delete(token.request.id)
    },
    ofRequest: (id) => [...(byRequest.get(id) ?? [])].flatMap((signature) => bySignature.get(signature) ?? []),
    deleteRequest(id) {
      const signatures = byRequest.get(id)
      for (const signature of signatures ?? []) bySignature.delete(signature)
      byRequest.delete(id)
      return signatures?.size ?? 0
    },
    deleteClient(clientId) {
      // Deleting while walking is defined for a Map.
      for (const token of bySignature.values()) {
        if (token.request.clientId === clientId) table.delete(token.signature)
      }
    },
    all: () => bySignature.values(),
  }
  return table
}
