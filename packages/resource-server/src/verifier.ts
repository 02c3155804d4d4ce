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

/**
 * Verifies a token that was found somewhere, and reports. Throws or rejects as `ResourceServer.verify` does; what can be
 * decided from memory is decided at once.
 */
export type Verifier<Extra> = (
  token: string,
  route: RoutePolicy,
  selection: Selection | undefined,
  events: EventSink,
) => VerifiedToken<Extra> | Promise<VerifiedToken<Extra>>

/** Creates the verifier of a resource server. */
export function createVerifier<Extra>(issuers: readonly Issuer[], options: ResolvedOptions<Extra>): Verifier<Extra> {
  const { now } = options
  const byUrl = new Map(issuers.map((issuer) => [issuer.options.issuer, issuer]))
  const byName = new Map(issuers.map((issuer) => [issuer.options.name, issuer]))
  const only = issuers.length === 1 ? issuers[0] : undefined
  const makeToken = tokenMaker(options.extra)

  return (token, route, selection, events) => {
    const jwtShaped = hasThreeParts(token)
    const key = tokenKey(token, jwtShaped)
    let selected: Issuer | undefined
    try {
      selected = select(selection)
    } catch (error) {
      throw report(error, events)
    }
    const finding = recall(jwtShaped, key, token, route, selected ?? only)
    if (finding !== undefined) return decide(finding, route, events)
    return findAndDecide(jwtShaped, key, token, route, selection, selected, events)
  }

  /** Judges what was found, whether it was remembered or is new. Nothing is accepted that was not judged here. */
  function decide({ issuer, evidence, source }: Finding, route: RoutePolicy, events: EventSink): VerifiedToken<Extra> {
    // Remembered answers belong to the issuer that gave them.
    const policy = issuer.options
    try {
      const reason = judge(evidence, policy, route, now())
      if (reason !== undefined) throw new BearerTokenError(reason)
      const verified = makeToken(evidence, policy)
      events.verified(source, verified, policy.name)
      return verified
    } catch (error) {
      throw report(error, events, source, issuer)
    }
  }

  /** The same for a token that is not remembered. */
  async function findAndDecide(
    jwtShaped: boolean,
    key: string,
    token: string,
    route: RoutePolicy,
    selection: Selection | undefined,
    selected: Issuer | undefined,
    events: EventSink,
  ): Promise<VerifiedToken<Extra>> {
    let source: VerificationSource | undefined
    let issuer = selected ?? only
    let finding: Finding
    try {
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
    } catch (error) {
      throw report(error, events, source, issuer)
    }
    return decide(finding, route, events)
  }

  function report(error: unknown, events: EventSink, source?: VerificationSource, issuer?: Issuer): unknown {
    if (isBearerTokenError(error)) events.refused(error, source, issuer?.options.name)
    return error
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

function findOpaque(issuer: Issuer, key: string, token: string, route: RoutePolicy): Finding | Promise<Finding> {
  // A token of three parts that is no JWS: it was not looked up as an opaque one yet.
  return issuer.recallOpaque(key, token, route.freshWithinMs) ?? issuer.findOpaque(key, token, route.freshWithinMs)
}
