import { untypedError } from '../errors.ts'
import { isObject } from '../http/go-json.ts'

/**
 * JSON Patch (RFC 6902) as Hydra applies it: `add`, `remove` and `replace` only, and a `replace` of something that
 * isn't there adds it. Whatever is wrong with a patch is the untyped 500.
 *
 * @throws HydraError
 */
export function applyPatch(document: Record<string, unknown>, patch: unknown): unknown {
  if (patch === null || patch === undefined) return document
  if (!Array.isArray(patch)) throw untypedError()
  let root: unknown = structuredClone(document)
  for (const operation of patch as unknown[]) {
    if (!isObject(operation)) throw untypedError()
    root = applyOperation(root, operation)
  }
  return root
}

function applyOperation(root: unknown, operation: Record<string, unknown>): unknown {
  const { op, path, value } = operation
  if (typeof path !== 'string' || path.toLowerCase() === '/id') throw untypedError()
  if (op !== 'add' && op !== 'remove' && op !== 'replace') throw untypedError()
  if (op !== 'remove' && !Object.hasOwn(operation, 'value')) throw untypedError()
  if (path === '') {
    if (op === 'remove') throw untypedError()
    return value ?? null
  }
  if (!path.startsWith('/')) throw untypedError()
  const segments = path
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
  const last = segments.pop() ?? ''
  const parent = parentOf(root, segments, op !== 'remove')
  if (Array.isArray(parent)) changeElement(parent, last, op, value)
  else if (isObject(parent)) changeMember(parent, last, op, value)
  else throw untypedError()
  return root
}

/** Walks to the container; parts of the way that are missing are made for an addition. */
function parentOf(root: unknown, segments: readonly string[], create: boolean): unknown {
  let current = root
  for (const segment of segments) {
    if (Array.isArray(current)) current = current[index(segment, current.length - 1)] as unknown
    else if (isObject(current)) {
      if (create && (current[segment] === undefined || current[segment] === null)) current[segment] = {}
      current = current[segment]
    } else throw untypedError()
  }
  return current
}

function changeMember(parent: Record<string, unknown>, name: string, op: string, value: unknown): void {
  if (op !== 'remove') parent[name] = value ?? null
  else if (Object.hasOwn(parent, name)) delete parent[name]
  else throw untypedError()
}

function changeElement(parent: unknown[], name: string, op: string, value: unknown): void {
  if (op === 'add') parent.splice(name === '-' ? parent.length : index(name, parent.length), 0, value ?? null)
  else if (op === 'remove') parent.splice(index(name, parent.length - 1), 1)
  else parent[index(name, parent.length - 1)] = value ?? null
}

function index(text: string, max: number): number {
  const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN
  const at = value < 0 ? max + 1 + value : value
  if (!(at >= 0 && at <= max)) throw untypedError()
  return at
}
