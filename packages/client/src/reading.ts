/** Reads successful answers; whatever Hydra doesn't send becomes a {@link HydraProtocolError}. */
import type { Answer } from './answer.ts'
import { HydraProtocolError } from './errors.ts'
import type { OperationName } from './operations.ts'

/** A JSON object. */
export type JsonObject = Record<string, unknown>

/** @throws HydraProtocolError if the body isn't JSON; it is not repeated in the message */
export function readJson(answer: Answer, operation: OperationName): unknown {
  try {
    return JSON.parse(answer.text())
  } catch {
    const type = answer.header('content-type') ?? 'no content type'
    throw new HydraProtocolError(operation, 'not_json', `the answer is not JSON (${type.slice(0, 100)})`, answer.status)
  }
}

/** @throws HydraProtocolError if the body isn't a JSON object */
export function readObject(answer: Answer, operation: OperationName): JsonObject {
  const value = readJson(answer, operation)
  if (!isJsonObject(value)) throw wrongShape(answer, operation, 'a JSON object')
  return value
}

/** An array of objects; `null` is an empty one, as several versions of Hydra send it. */
export function readObjects(answer: Answer, operation: OperationName): JsonObject[] {
  const value = readJson(answer, operation) ?? []
  if (!Array.isArray(value) || !value.every(isJsonObject)) throw wrongShape(answer, operation, 'an array of objects')
  return value
}

/** @throws HydraProtocolError if a member isn't a string */
export function readStringMember(object: JsonObject, member: string, answer: Answer, operation: OperationName): string {
  const value = object[member]
  if (typeof value !== 'string') throw wrongShape(answer, operation, `an object with the text \`${member}\``)
  return value
}

/** @throws HydraProtocolError if there is a body */
export function readEmpty(answer: Answer, operation: OperationName): void {
  if (answer.body.length > 0) throw wrongShape(answer, operation, 'empty')
}

/** Sets list members that are `null` to an empty list. */
export function nullListsToEmpty(object: JsonObject, members: readonly string[]): void {
  for (const member of members) if (object[member] === null) object[member] = []
}

/** An error for an answer that has another shape than `expected`. */
export function wrongShape(answer: Answer, operation: OperationName, expected: string): HydraProtocolError {
  return new HydraProtocolError(operation, 'shape', `the answer is not ${expected}`, answer.status)
}

/** Whether `value` is a JSON object. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
