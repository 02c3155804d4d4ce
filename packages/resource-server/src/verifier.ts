/** The way of a token: to the issuer it belongs to, to what is known about it, to the verdict. */
import { tokenMaker } from './accept-token.ts'
import { assertToken68 } from './bearer-token.ts'
import { BearerTokenError, isBearerTokenError } from './errors.ts'
import type { EventSink, VerificationSource } from './events.ts'
import type { Finding, Issuer } from './issuer.ts'
import { hasThreeParts, parseJws } from './jws.ts'
import { optionsError } from './options-error.ts'
import type { ResolvedOptions } from './parse-options.ts'
import { judge, withoutSlash } from './policy.ts'
import type { RoutePolicy } from './policy.ts'
import { tokenKey } from './token-key.ts'
import type { VerifiedToken } from './verified-token.ts'

/**
 * Which of several issuers a request belongs to. `name` may be undefined: then a JWT goes by its `iss` alone, and an
 * opaque token is refused.
 */
export interface Selection {
  readonly name: string | undefined
}

/** Verifies a token that was found somewhere, and reports. Rejects as `ResourceServer.verify` does. */
export type Verifier<Extra> = (
  token: string,
  route: RoutePolicy,
  selection: Selection | undefined,
  events: EventSink,
) => Promise<VerifiedToken<Extra>>

/** Creates the verifier of a resource server. */
export function createVerifier<Extra>(issuers: readonly Issuer[], options: ResolvedOptions<Extra>): Verifier<Extra> {
  const { now } = options
  const byUrl = new Map(issuers.map((issuer) => [issuer.options.issuer, issuer]))
  const byName = new Map(issuers.map((issuer) => [issuer.options.name, issuer]))
  const only = issuers.length === 1 ? issuers[0] : undefined
  const makeToken = tokenMaker(options.extra)

  return async (token, route, selection, events) => {
    let source: VerificationSource | undefined
    let issuer: Issuer | undefined
    try {
      const jwtShaped = hasThreeParts(token)
      const key = tokenKey(token, jwtShaped)
      const selected = select(selection)
      issuer = selected ?? only
      let finding = recall(jwtShaped, key, token, route, issuer)
      if (finding === undefined) {
        const jws = jwtShaped ? parseJws(token) : undefined
        if (jws === undefined) {
          // The parts of a JWS are base64url, which is stricter.
          assertToken68(token)
          issuer = assertOpaqueIssuer(issuer, selection)
          source = 'introspection'
          finding = await findOpaque(issuer, key, token, route)
        } else {
          issuer = issuerOf(jws.claims?.['iss'], selected)
          source = 'keys'
          finding = await issuer.findJwt(key, token, jws, route.freshWithinMs)
        }
      }
      source = finding.source
      // Remembered answers belong to the issuer that gave them.
      issuer = finding.issuer
      const policy = issuer.options
      const reason = judge(finding.evidence, policy, route, now())
      if (reason !== undefined) throw new BearerTokenError(reason)
      const verified = makeToken(finding.evidence, policy)
      events.verified(source, verified, policy.name)
      return verified
    } catch (error) {
      if (isBearerTokenError(error)) events.refused(error, source, issuer?.options.name)
      throw error
    }
  }

  function select(selection: Selection | undefined): Issuer | undefined {
    if (selection?.name === undefined) return undefined
    const issuer = byName.get(selection.name)
    // The name may come from the request, so an unknown one is the caller's fault.
    if (issuer === undefined) throw new BearerTokenError('wrong_issuer')
    return issuer
  }

  function recall(
    jwtShaped: boolean,
    key: string,
    token: string,
    route: RoutePolicy,
    issuer: Issuer | undefined,
  ): Finding | undefined {
    if (!jwtShaped) return issuer?.recallOpaque(key, token, route.freshWithinMs)
    if (issuer !== undefined) return issuer.recallJwt(key, token, route.freshWithinMs)
    for (const candidate of issuers) {
      const finding = candidate.recallJwt(key, token, route.freshWithinMs)
      if (finding !== undefined) return finding
    }
    return undefined
  }

  /** Nothing in an opaque token names its server, and it must not be shown to another one. */
  function assertOpaqueIssuer(issuer: Issuer | undefined, selection: Selection | undefined): Issuer {
    if (issuer === undefined && selection === undefined) {
      const problem = 'With several issuers, verify() cannot tell whom to ask about an opaque token.'
      throw optionsError('rule.issuer', problem, 'Name the issuer in the rule: verify(token, { issuer: name }).')
    }
    if (issuer === undefined) throw new BearerTokenError('wrong_issuer')
    if (!issuer.options.acceptsOpaque) throw new BearerTokenError('not_access_token')
    return issuer
  }

  /** RFC 8725 section 3.8: the issuer must be one of ours, before any key is looked for. */
  function issuerOf(iss: unknown, selected: Issuer | undefined): Issuer {
    if (typeof iss !== 'string') throw new BearerTokenError('not_access_token')
    const issuer = byUrl.get(withoutSlash(iss))
    if (issuer === undefined || (selected !== undefined && selected !== issuer)) {
      throw new BearerTokenError('wrong_issuer')
    }
    if (!issuer.options.acceptsJwt) throw new BearerTokenError('not_access_token')
    return issuer
  }
}

async function findOpaque(issuer: Issuer, key: string, token: string, route: RoutePolicy): Promise<Finding> {
  // A token of three parts that is no JWS: it was not looked up as an opaque one yet.
  return issuer.recallOpaque(key, token, route.freshWithinMs) ?? issuer.findOpaque(key, token, route.freshWithinMs)
}
