/** The header fields of Node's own request, for whoever writes an adapter. */
import type { RequestFacts } from './request-facts.ts'

/** What is read of an `IncomingMessage`. */
export interface NodeHeaders {
  /** Joined by name, as Node gives them. */
  readonly headers: RequestFacts['headers']
  /** As they were sent: names and values in turn. */
  readonly rawHeaders: readonly string[]
}

/**
 * The header fields of a request for {@link RequestFacts}, with every `Authorization` field if there are several: Node
 * keeps the first and forgets the rest, and a proxy in front may judge another.
 */
export function headersOf(request: NodeHeaders): RequestFacts['headers'] {
  const { headers, rawHeaders } = request
  let fields = 0
  for (let index = 0; index < rawHeaders.length; index += 2) if (isAuthorization(rawHeaders[index])) fields += 1
  return fields > 1 ? { ...headers, authorization: authorizationValues(request) } : headers
}

/** The values of all `Authorization` fields, as they were sent. */
export function authorizationValues({ rawHeaders }: Pick<NodeHeaders, 'rawHeaders'>): readonly string[] {
  const values: string[] = []
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (isAuthorization(rawHeaders[index])) values.push(rawHeaders[index + 1] as string)
  }
  return values
}

function isAuthorization(name: string | undefined): boolean {
  return name?.length === 13 && name.toLowerCase() === 'authorization'
}
