/**
 * RFC 8707 resource indicators: Hydra ignores `resource`, MCP clients and others send nothing else. The app maps one to
 * an audience; before that is granted, the client must be allowed to have it, or its first refresh fails.
 */
import type { OAuth2Client } from '@hydra-kit/client'
import { callApp, type Exchange } from './exchange.ts'

/** What became of the resources of a request. */
export type MappedResources =
  | { readonly state: 'mapped'; readonly audience: readonly string[] }
  | { readonly state: 'refused' }

/** Maps them. One that is malformed (RFC 8707 section 2) or that the app does not know refuses the request. */
export async function mapResources(
  exchange: Exchange,
  resources: readonly string[],
  client: OAuth2Client,
): Promise<MappedResources> {
  const { mapResource } = exchange.settings
  if (mapResource === undefined || resources.length === 0) return { state: 'mapped', audience: [] }
  if (resources.length > 10 || !resources.every(isResource)) return { state: 'refused' }
  const audience: string[] = []
  for (const resource of resources) {
    const mapped = await callApp(exchange, 'mapResource', () => mapResource(resource, client))
    if (mapped === undefined) return { state: 'refused' }
    audience.push(mapped)
  }
  return { state: 'mapped', audience: [...new Set(audience)] }
}

/** An absolute URI without a fragment. */
function isResource(resource: string): boolean {
  return resource.length <= 2048 && !resource.includes('#') && URL.canParse(resource)
}

/**
 * Puts audiences on the client's allow-list. The client is read anew: since Hydra 2.2 a running flow carries the
 * client as it was when the flow began.
 */
export async function allowAudience(exchange: Exchange, clientId: string, audience: readonly string[]): Promise<void> {
  if (audience.length === 0) return
  const { clients } = exchange.settings.hydra
  const current = (await clients.get(clientId)).audience ?? []
  const missing = audience.filter((name) => !current.includes(name))
  if (missing.length === 0) return
  // The whole list at once: a client without a list has no member to append to.
  await clients.patch(clientId, [{ op: 'replace', path: '/audience', value: [...current, ...missing] }])
}
