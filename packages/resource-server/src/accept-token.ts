/** Builds the token that requests get, once for each answer. */
import { deepFreeze, sessionClaims } from './claims.ts'
import { BearerTokenError } from './errors.ts'
import { asyncExtra } from './parse-options.ts'
import type { ResolvedIssuer } from './parse-options.ts'
import type { Evidence } from './policy.ts'
import type { StandardSchema } from './standard-schema.ts'
import type { ActiveAnswer, JwtAnswer } from './token-answer.ts'
import { createVerifiedToken } from './verified-token.ts'
import type { VerifiedToken } from './verified-token.ts'

/**
 * Makes the token of accepted evidence.
 *
 * @throws {@link BearerTokenError} 403 `claim_mismatch` if the consent app's data does not fit the schema.
 */
export type TokenMaker<Extra> = (evidence: Evidence, issuer: ResolvedIssuer) => VerifiedToken<Extra>

/** Creates the maker for a resource server's `extra` schema. */
export function tokenMaker<Extra>(schema: StandardSchema<Extra> | undefined): TokenMaker<Extra> {
  return ({ jwt, introspection }, issuer) => {
    const slot = jwt !== undefined && introspection !== undefined ? 'confirmedToken' : 'token'
    const answer = (jwt ?? introspection) as JwtAnswer | ActiveAnswer
    let token = answer[slot] as VerifiedToken<Extra> | null | undefined
    if (token === undefined) {
      token = makeToken(answer, slot === 'confirmedToken', issuer, schema)
      answer[slot] = token
    }
    if (token === null) throw new BearerTokenError('claim_mismatch')
    return token
  }
}

function makeToken<Extra>(
  answer: JwtAnswer | ActiveAnswer,
  both: boolean,
  issuer: ResolvedIssuer,
  schema: StandardSchema<Extra> | undefined,
): VerifiedToken<Extra> | null {
  const { format, claims, subject, scopes, audience } = answer
  const session = deepFreeze(sessionClaims(claims, format))
  const extra = schema === undefined ? { value: session as Extra } : validate(schema, session)
  if (extra === undefined) return null
  const parts = {
    format,
    claims,
    subject,
    scopes,
    audience,
    extra: extra.value,
    clientId: answer.clientId ?? '',
    issuer: answer.issuer ?? issuer.issuer,
    issuedAtSeconds: answer.issuedAt,
    expiresAtSeconds: answer.expiresAt,
    verifiedBy: both ? 'both' : format === 'jwt' ? 'keys' : 'introspection',
  } as const
  return createVerifiedToken(parts, issuer.covers)
}

function validate<Extra>(schema: StandardSchema<Extra>, session: unknown): { readonly value: Extra } | undefined {
  const result = schema['~standard'].validate(session)
  if ('then' in result) throw asyncExtra()
  return result.issues === undefined ? { value: deepFreeze(result.value) } : undefined
}
