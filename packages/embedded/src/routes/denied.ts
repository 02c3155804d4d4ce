import type { DeniedError } from '../flow/flow.ts'
import { decodeMembers } from '../http/go-json.ts'

const kinds = {
  error: 'string',
  error_description: 'string',
  error_hint: 'string',
  status_code: 'int',
  error_debug: 'string',
} as const

/** The body with which an app rejects a login or consent request. @throws DecodeError */
export function decodeDenied(document: unknown, defaultError: string): DeniedError {
  const members = decodeMembers(document, kinds)
  return {
    error: (members.error as string | undefined) || defaultError,
    error_description: (members.error_description as string | undefined) ?? '',
    error_hint: (members.error_hint as string | undefined) ?? '',
    status_code: (members.status_code as number | undefined) || 400,
    error_debug: (members.error_debug as string | undefined) ?? '',
  }
}
