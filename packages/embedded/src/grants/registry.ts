import { authorizationCodeGrant } from './authorization-code.ts'
import { clientCredentialsGrant } from './client-credentials.ts'
import { deviceCodeGrant, deviceCodeGrantType } from './device-code.ts'
import type { Grant } from './grant.ts'
import { jwtBearerGrant, jwtBearerGrantType } from './jwt-bearer.ts'
import { refreshTokenGrant } from './refresh-token.ts'

/** Every grant of the token endpoint, by `grant_type`. */
export const grants: ReadonlyMap<string, Grant> = new Map([
  ['authorization_code', authorizationCodeGrant],
  ['refresh_token', refreshTokenGrant],
  ['client_credentials', clientCredentialsGrant],
  [jwtBearerGrantType, jwtBearerGrant],
  [deviceCodeGrantType, deviceCodeGrant],
])
