/** JSON Patch (RFC 6902) for clients, without the paths that reach another client. */
import { optionsError } from './options-error.ts'
import type { ServerFeatures } from './server-versions/features.ts'

/** One change. `test`, `move` and `copy` only run on 1.x. */
export interface JsonPatchOperation {
  /** What to do. */
  op: 'add' | 'remove' | 'replace' | 'test' | 'move' | 'copy'
  /** A JSON Pointer (RFC 6901), such as `/redirect_uris/-`. */
  path: string
  /** For `move` and `copy`. */
  from?: string
  /** For `add`, `replace` and `test`. */
  value?: unknown
}

/**
 * Refuses what a server would do harm with: with another client's id at `/client_id` (or in the whole document) the
 * result is written over that other client.
 *
 * @throws TypeError `ERR_OPTIONS`
 */
export function checkPatch(patch: readonly JsonPatchOperation[], features: ServerFeatures | undefined): void {
  if (!Array.isArray(patch)) throw optionsError('a patch must be an array of operations (RFC 6902)')
  const allowed = [
    'add',
    'remove',
    'replace',
    ...(features?.allPatchOperations === true ? ['test', 'move', 'copy'] : []),
  ]
  for (const { op, path, from } of patch) {
    if (!allowed.includes(op)) throw optionsError(`a patch for this server can only have ${allowed.join(', ')}`)
    for (const pointer of from === undefined ? [path] : [path, from]) {
      if (typeof pointer !== 'string' || !pointer.startsWith('/')) {
        throw optionsError('`path` of a patch must be a JSON Pointer to a member, such as /client_name')
      }
      const [, member = ''] = pointer.split('/')
      // Go's decoder matches names without regard to case.
      const name = member.replaceAll('~1', '/').replaceAll('~0', '~').toLowerCase()
      if (name === 'client_id' || name === 'id' || name === '') {
        throw optionsError('a patch must not touch `client_id`: the server would write over another client')
      }
    }
  }
}
