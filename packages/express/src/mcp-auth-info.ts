/** What the MCP TypeScript SDK wants to know about the caller. Only its shape: nothing of the SDK is needed here. */
import type { VerifiedToken } from '@hydra-kit/resource-server'
import { optionsError } from './options.ts'

/** `AuthInfo` of the MCP TypeScript SDK: what a tool gets as `extra.authInfo`. */
export interface McpAuthInfo {
  /** The raw access token; empty unless it was given as `rawToken`. */
  token: string
  clientId: string
  scopes: string[]
  /** Seconds since 1970. */
  expiresAt?: number
  /** The identifier of the MCP server that the token is for (RFC 8707). */
  resource?: URL
  extra: {
    subject: string | undefined
    /** For `hasScope`, which knows Hydra's scope strategy, and for the claims of your consent app. */
    verifiedToken: VerifiedToken<unknown>
    [name: string]: unknown
  }
}

/** Options of {@link toMcpAuthInfo}. Unknown names are refused. */
export interface McpAuthInfoOptions {
  /**
   * The identifier of this MCP server; stated as `resource` if the token is for it. Default: the audience of the token, if
   * it has one only and that is a URL.
   */
  readonly resource?: string | undefined
  /**
   * The access token itself. Default: left out, because a tool must not pass it on to other APIs (MCP, "token
   * passthrough"); it is needed for a token exchange, for example.
   */
  readonly rawToken?: string | undefined
}

/**
 * Describes a verified token to the MCP TypeScript SDK, which looks for it at `req.auth`.
 *
 * @example
 * await transport.handleRequest(Object.assign(req, { auth: toMcpAuthInfo(tokenOf(req)) }), res, req.body)
 *
 * @throws TypeError `ERR_OPTIONS` naming the option and the cure
 */
export function toMcpAuthInfo(token: VerifiedToken<unknown>, options: McpAuthInfoOptions = {}): McpAuthInfo {
  const { resource, rawToken = '', ...unknown } = options
  for (const name of Object.keys(unknown)) {
    throw optionsError(name, `toMcpAuthInfo has no option ${JSON.stringify(name)}.`, 'Use resource or rawToken.')
  }
  if (resource !== undefined && !URL.canParse(resource)) {
    throw optionsError('resource', 'resource must be an absolute URL.', 'As https://api.example.com/mcp.')
  }
  const stated = resource === undefined ? onlyUrl(token.audience) : token.audience.find((name) => name === resource)
  const { expiresAt } = token
  return {
    token: rawToken,
    clientId: token.clientId,
    scopes: [...token.scopes],
    ...(expiresAt !== undefined && { expiresAt: Math.floor(expiresAt.getTime() / 1000) }),
    ...(stated !== undefined && { resource: new URL(stated) }),
    extra: { subject: token.subject, verifiedToken: token },
  }
}

function onlyUrl([name, ...others]: readonly string[]): string | undefined {
  return name !== undefined && others.length === 0 && URL.canParse(name) ? name : undefined
}
