import { createHash } from 'node:crypto'
import type { Client } from '../clients/client.ts'
import type { Engine } from '../engine.ts'
import { invalidRequest } from '../errors.ts'

/**
 * The subject as a client sees it: the real one, or for `subject_type: pairwise` one of its own (OpenID Connect Core
 * section 8.1).
 *
 * @throws HydraError `invalid_request` for a pairwise client whose sector can't be told
 */
export function subjectFor(engine: Engine, client: Client, subject: string, forced: string): string {
  if (client.subject_type !== 'pairwise') return subject
  const known = supportedSubjectTypes(engine, engine.config.accessTokenStrategy)
  if (!known.includes('pairwise')) throw invalidRequest('Pairwise subjects are not configured.')
  if (forced !== '') return forced
  const hash = createHash('sha256').update(sector(client)).update(subject).update(engine.config.pairwiseSalt)
  return hash.digest('hex')
}

/** Subject types that are possible beside a form of access tokens: JWTs carry the real subject, so only `public`. */
export function supportedSubjectTypes({ config }: Engine, strategy: 'opaque' | 'jwt'): readonly string[] {
  return strategy === 'opaque' ? config.subjectTypes : ['public']
}

function sector(client: Client): string {
  if (client.sector_identifier_uri !== '') return client.sector_identifier_uri
  const [first, ...others] = client.redirect_uris ?? []
  if (first === undefined || others.length > 0) {
    throw invalidRequest('A pairwise client needs one redirect URI, or a sector_identifier_uri.')
  }
  return /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?([^/?#]*)/i.exec(first)?.[1] ?? ''
}
