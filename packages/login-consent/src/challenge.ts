/**
 * The challenge in the address: exactly one, of a sane length, of the characters that Hydra uses.
 */
import { FlowError } from './errors.ts'
import { targetOf } from './http.ts'

/** Hydra ≥ 2.2 sends 1 to 2 kB (an encrypted flow that grows with the client's metadata); most servers cap a URL at 8 or 16 kB. */
const maxLength = 12_288

/**
 * The challenge of a request target.
 *
 * @throws {@link FlowError} `challenge_missing`, `challenge_malformed` (repeated, oversized, foreign characters)
 */
export function challengeOf(url: string, parameter: string): string {
  const values = targetOf(url)?.searchParams.getAll(parameter) ?? []
  if (values.length > 1) throw new FlowError('challenge_malformed', `${parameter} is given more than once.`)
  const [challenge = ''] = values
  if (challenge === '') throw new FlowError('challenge_missing', `${parameter} is missing.`)
  if (challenge.length > maxLength || !/^[\w\-.~=+/]+$/.test(challenge)) {
    throw new FlowError('challenge_malformed', `${parameter} is not what Hydra sends.`)
  }
  return challenge
}
