/** What the application is told about each decision. */
import type { BearerTokenError, RefusalReason } from './errors.ts'

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
  readonly status: 400 | 401 | 403
  /** The reason as a sentence for a log, with the usual cure. */
  readonly message: string
  /** Where the answer that led to the refusal came from; absent if the request was refused without one. */
  readonly source?: VerificationSource
}

/** Must not throw; what it throws is dropped with a process warning, so that logging never changes an answer. */
export type OnVerified = (event: VerifiedEvent) => void
/** Must not throw; what it throws is dropped with a process warning, so that logging never changes an answer. */
export type OnRefused = (event: RefusedEvent) => void

/** Calls the application's listeners, if there are any. `issuerName` is the issuer's `name` in a list of several. */
export interface EventSink {
  verified(source: VerificationSource, token: Omit<VerifiedEvent, 'source'>, issuerName?: string): void
  refused(error: BearerTokenError, source?: VerificationSource, issuerName?: string): void
}

/** Creates the sink for two optional listeners. */
export function createEventSink(onVerified: OnVerified | undefined, onRefused: OnRefused | undefined): EventSink {
  return {
    verified(source, { format, issuer, clientId }) {
      if (onVerified !== undefined) call('onVerified', () => onVerified({ source, format, issuer, clientId }))
    },
    refused({ reason, status, message }, source) {
      if (onRefused === undefined) return
      const event = { reason, status, message, ...(source !== undefined && { source }) }
      call('onRefused', () => onRefused(event))
    },
  }
}

function call(name: string, listener: () => void): void {
  try {
    listener()
  } catch {
    // Not what was thrown: it may contain anything.
    process.emitWarning(`${name} threw, and what it threw was dropped`, { code: 'HYDRA_KIT_LISTENER' })
  }
}
