/** Reads introspection answers, and levels out what versions do differently. */
import type { Answer } from './answer.ts'
import { readObject, wrongShape } from './reading.ts'
import type { ActiveToken, IntrospectedToken } from './wire/introspected-token.ts'

/** See {@link ActiveToken} for each rule. */
export function readIntrospection(answer: Answer): IntrospectedToken {
  const found = readObject(answer, 'tokens.introspect')
  if (found['active'] === false) return { active: false }
  if (found['active'] !== true) throw wrongShape(answer, 'tokens.introspect', 'an object with `active`')
  const token = found as unknown as ActiveToken
  if (token.token_use === undefined && (token.token_type === 'access_token' || token.token_type === 'refresh_token')) {
    token.token_use = token.token_type
    token.token_type = 'Bearer'
  }
  token.aud ??= []
  token.ext ??= {}
  if (token.token_use === 'refresh_token' && token.exp !== undefined && token.exp === token.iat) delete token.exp
  return token
}
