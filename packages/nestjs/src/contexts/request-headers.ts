import type { RequestFacts } from '@hydra-kit/resource-server'
import type { IncomingMessage } from 'node:http'

/**
 * The header fields of a request, with every `Authorization` field if there are several: Node keeps the first and forgets
 * the rest, and a proxy in front may judge another.
 */
export function headersOf(request: Pick<IncomingMessage, 'headers' | 'rawHeaders'>): RequestFacts['headers'] {
  const values = authorizationValues(request)
  return values.length > 1 ? { ...request.headers, authorization: values } : request.headers
}

/** The values of all `Authorization` fields, as they were sent. */
export function authorizationValues({ rawHeaders }: Pick<IncomingMessage, 'rawHeaders'>): readonly string[] {
  const values: string[] = []
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string
    if (name.length === 13 && name.toLowerCase() === 'authorization') values.push(rawHeaders[index + 1] as string)
  }
  return values
}
