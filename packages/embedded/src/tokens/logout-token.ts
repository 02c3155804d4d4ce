import { randomUUID } from 'node:crypto'
import type { Engine } from '../engine.ts'
import type { Claims } from './jws.ts'

/** Claims of a logout token (OpenID Connect Back-Channel Logout section 2.4) as Hydra fills them: no `sub`, no `exp`. */
export function logoutClaims(engine: Engine, clientId: string, sid: string): Claims {
  return {
    iss: engine.config.issuer,
    aud: [clientId],
    iat: Math.floor(engine.clock.now() / 1000),
    jti: randomUUID(),
    events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    sid,
  }
}
