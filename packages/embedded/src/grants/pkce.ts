import { createHash } from 'node:crypto'
import { type Client, isPublicClient } from '../clients/client.ts'
import type { Engine } from '../engine.ts'
import { invalidGrant, invalidRequest } from '../errors.ts'

/** Proof Key for Code Exchange (RFC 7636), S256 only. */

/**
 * Checks the challenge of an authorization request, and says what to remember with the code.
 *
 * @throws HydraError `invalid_request` for `plain`, and for none where the server demands one
 */
export function checkChallenge(engine: Engine, client: Client, form: URLSearchParams): Record<string, string> {
  const challenge = form.get('code_challenge') ?? ''
  const method = form.get('code_challenge_method') ?? ''
  if (challenge === '') {
    checkNotEnforced(engine, client)
    return method === '' ? {} : { code_challenge: '', code_challenge_method: method }
  }
  if (method !== 'S256') throw invalidRequest('Use code_challenge_method=S256.')
  return { code_challenge: challenge, code_challenge_method: method }
}

function checkNotEnforced(engine: Engine, client: Client): void {
  const { pkceEnforced, pkceEnforcedForPublicClients } = engine.config
  if (pkceEnforced || (pkceEnforcedForPublicClients && isPublicClient(client))) {
    throw invalidRequest('This server demands a code_challenge.')
  }
}

/** What is known about the code that is redeemed. */
export interface PkceState {
  /** `undefined`: the request used no PKCE. */
  readonly challenge: string | undefined
  /** A verifier was tried before and failed. */
  readonly spent: boolean
}

/**
 * Checks the verifier of a token request (RFC 7636 section 4.6).
 *
 * Hydra 26.2 forgets a challenge once a verifier was tried, and then takes the code without any. That hole is not
 * copied: a code whose verifier failed stays unusable.
 *
 * @throws HydraError `invalid_grant`, `invalid_request`
 */
export function checkVerifier(engine: Engine, client: Client, state: PkceState, verifier: string): void {
  if (state.spent) throw invalidGrant('The code_verifier of this code was tried before and failed.')
  if (state.challenge === undefined) {
    if (verifier === '') return checkNotEnforced(engine, client)
    throw invalidGrant('There is a code_verifier, but the request had no code_challenge.')
  }
  if (state.challenge === '' && verifier === '' && !engine.config.pkceEnforced) return
  if (verifier.length < 43) throw invalidGrant('The code_verifier needs at least 43 characters.')
  if (verifier.length > 128) throw invalidGrant('The code_verifier has more than 128 characters.')
  if (/[^\w.\-~]/.test(verifier)) throw invalidGrant('The code_verifier has characters that are not allowed.')
  if (createHash('sha256').update(verifier).digest('base64url') !== state.challenge) {
    throw invalidGrant('The code_verifier does not match the code_challenge.')
  }
}
