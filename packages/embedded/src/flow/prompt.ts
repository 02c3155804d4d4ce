import { isPublicClient } from '../clients/client.ts'
import type { Engine } from '../engine.ts'
import { invalidRequest, loginRequired, serverError } from '../errors.ts'
import { splitScopes } from '../scopes.ts'
import { parseInteger } from '../tokens/id-token.ts'
import { verifyWithSet } from '../tokens/jws.ts'
import { idTokenSet } from '../tokens/key-sets.ts'
import type { AuthorizeRequest } from './authorize-request.ts'

/** Values of `prompt` that Hydra accepts in the end; others still lead through the login page first. */
const knownPrompts: readonly string[] = ['login', 'none', 'consent', 'registration']

/** The parts of `prompt`. */
export function prompts(ar: AuthorizeRequest): string[] {
  return splitScopes(ar.form.get('prompt'))
}

/** Who signed in, and when; times in milliseconds. */
export interface SignIn {
  /** As the client sees it (pairwise). */
  readonly subject: string
  readonly authenticatedAt: number | undefined
  readonly requestedAt: number
}

/**
 * Whether a sign-in is what the request asked for (OpenID Connect Core section 3.1.2.1).
 *
 * @throws HydraError `login_required`, `invalid_request`, `server_error`
 */
export async function checkPrompt(engine: Engine, ar: AuthorizeRequest, signIn: SignIn): Promise<void> {
  const { subject, authenticatedAt, requestedAt } = signIn
  const wanted = prompts(ar)
  if (wanted.some((prompt) => !knownPrompts.includes(prompt))) throw invalidRequest('The prompt is not known.')
  if (wanted.includes('none') && wanted.length > 1) throw invalidRequest('prompt=none excludes every other prompt.')
  if (subject === '') throw serverError('Nobody signed in.')
  // Five seconds of tolerance for clocks that differ.
  if (authenticatedAt !== undefined && authenticatedAt > engine.clock.now() + 5000) {
    throw serverError('The user signed in in the future.')
  }
  const maxAge = parseInteger(ar.form.get('max_age')) ?? 0
  if (maxAge > 0) {
    if (authenticatedAt === undefined) throw serverError('It is not known when the user signed in.')
    if (authenticatedAt + maxAge * 1000 < requestedAt)
      throw loginRequired('The user signed in longer ago than max_age allows.')
  }
  if (wanted.includes('none')) {
    if (authenticatedAt === undefined) throw serverError('It is not known when the user signed in.')
    if (authenticatedAt > requestedAt) throw loginRequired('prompt=none, but the user had to sign in.')
  }
  if (wanted.includes('login') && (authenticatedAt ?? 0) < requestedAt) {
    throw loginRequired('prompt=login, but the user did not sign in again.')
  }
  await checkHintSubject(engine, ar, subject)
}

async function checkHintSubject(engine: Engine, ar: AuthorizeRequest, subject: string): Promise<void> {
  const hint = ar.form.get('id_token_hint') ?? ''
  if (hint === '') return
  const claims = await hintClaims(engine, hint)
  if (typeof claims['sub'] !== 'string' || claims['sub'] === '')
    throw invalidRequest('The id_token_hint has no subject.')
  if (claims['sub'] !== subject) throw loginRequired('The id_token_hint names another subject.')
}

/** Claims of an `id_token_hint`; an expired one is fine. @throws HydraError `invalid_request` */
export async function hintClaims(engine: Engine, hint: string): Promise<Record<string, unknown>> {
  const { claims, problem } = await verifyWithSet(engine, idTokenSet, hint)
  if (problem !== undefined && problem !== 'expired') throw invalidRequest('The id_token_hint is not valid.')
  return claims
}

/** Whether the client of a request has no secret. */
export function hasPublicClient(ar: AuthorizeRequest): boolean {
  return ar.client !== undefined && isPublicClient(ar.client)
}
