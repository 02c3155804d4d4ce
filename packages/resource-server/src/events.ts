import type { RefusalReason } from './errors.ts'

/** Where the proof came from: the issuer's keys, introspection, or an answer of either that was kept. */
export type VerificationSource = 'keys' | 'introspection' | 'cache'

/** An accepted request. Contains neither token nor subject, so it may be logged whole. */
export interface VerifiedEvent {
  readonly source: VerificationSource
  readonly format: 'jwt' | 'opaque'
  readonly issuer: string
  readonly clientId: string
}

/** A refused request. Contains neither token nor subject, so it may be logged whole. */
export interface RefusedEvent {
  readonly reason: RefusalReason
  /** 400, 401 or 403. */
  readonly status: number
  /** The reason as a sentence for a log, with the usual cure. */
  readonly message: string
  /** Where the answer that led to the refusal came from; absent if the request was refused without one. */
  readonly source?: VerificationSource
}

/** Must not throw; what it throws is dropped with a process warning, so that logging never changes an answer. */
export type OnVerified = (event: VerifiedEvent) => void
/** Must not throw; what it throws is dropped with a process warning, so that logging never changes an answer. */
export type OnRefused = (event: RefusedEvent) => void
