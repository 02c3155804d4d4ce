/** Tells in words what one transcript has that another has not. */
import { isDeepStrictEqual } from 'node:util'
import type { Json, RecordedExchange } from './exchange.ts'

/** One place where two transcripts differ. */
export interface Difference {
  readonly step: string
  /** Where in the exchange: `response.body.scope`. */
  readonly path: string
  readonly recorded: Json | undefined
  readonly seen: Json | undefined
}

/** All differences, step by step. A step that only one side has is one difference. */
export function compareExchanges(
  recorded: readonly RecordedExchange[],
  seen: readonly RecordedExchange[],
): readonly Difference[] {
  const steps = new Set([...recorded, ...seen].map(({ step }) => step))
  return [...steps].flatMap((step) => {
    const before = recorded.find((exchange) => exchange.step === step)
    const now = seen.find((exchange) => exchange.step === step)
    if (before === undefined) return [{ step, path: '', recorded: undefined, seen: 'a step that was never recorded' }]
    if (now === undefined) return [{ step, path: '', recorded: 'this step', seen: undefined }]
    return compareValues(step, '', toJson(before), toJson(now))
  })
}

/** One readable line per difference. */
export function describeDifference({ step, path, recorded, seen }: Difference): string {
  return `step "${step}": ${path}\n      recorded  ${show(recorded)}\n      seen      ${show(seen)}`
}

function compareValues(step: string, path: string, recorded: Json | undefined, seen: Json | undefined): Difference[] {
  if (isDeepStrictEqual(recorded, seen)) return []
  if (isMembers(recorded) && isMembers(seen)) {
    const keys = new Set([...Object.keys(recorded), ...Object.keys(seen)])
    return [...keys].flatMap((key) => compareValues(step, join(path, key), recorded[key], seen[key]))
  }
  if (Array.isArray(recorded) && Array.isArray(seen) && recorded.length === seen.length) {
    return recorded.flatMap((item: Json, i) => compareValues(step, join(path, String(i)), item, seen[i] as Json))
  }
  return [{ step, path, recorded, seen }]
}

function isMembers(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`
}

function toJson(exchange: RecordedExchange): Json {
  return JSON.parse(JSON.stringify(exchange)) as Json
}

function show(value: Json | undefined): string {
  if (value === undefined) return '(nothing)'
  const text = JSON.stringify(value)
  return text.length > 600 ? `${text.slice(0, 600)}…` : text
}
