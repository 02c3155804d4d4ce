/** The MCP server itself: its tools, and what of the caller they see. It knows nothing of HTTP. */
import type { VerifiedToken } from '@hydra-kit/express'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import type { AuthInfo } from '@modelcontextprotocol/sdk/server/auth/types.js'
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js'
import { z } from 'zod'

/** Albums by their owner's subject. */
export type Albums = Map<string, string[]>

/** Makes a server for one request. */
export function createPhotoServer(albums: Albums): McpServer {
  const server = new McpServer({ name: 'photos', version: '1.0.0' })

  server.registerTool('list_photos', { description: 'Lists your photos.' }, ({ authInfo }) => {
    const { subject } = callerOf(authInfo)
    return says((albums.get(subject) ?? []).join('\n'))
  })

  server.registerTool(
    'add_photo',
    { description: 'Adds a photo to your album.', inputSchema: { title: z.string().min(1).max(100) } },
    ({ title }, { authInfo }) => {
      const { subject, token } = callerOf(authInfo)
      // `requireScopes` guards the endpoint; what a single tool needs beyond that is its own matter.
      if (!token.hasScope('photos.write')) return { ...says('This needs the scope photos.write.'), isError: true }
      albums.set(subject, [...(albums.get(subject) ?? []), title])
      return says(`Added ${title}.`)
    },
  )
  return server
}

/** Who calls: what `toMcpAuthInfo` wrote. */
function callerOf(authInfo: AuthInfo | undefined): { subject: string; token: VerifiedToken } {
  const { subject, verifiedToken } = authInfo?.extra ?? {}
  if (typeof subject !== 'string') throw new Error('This tool is for signed-in users.')
  return { subject, token: verifiedToken as VerifiedToken }
}

function says(text: string): CallToolResult {
  return { content: [{ type: 'text', text }] }
}
