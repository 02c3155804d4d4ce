import { parse } from 'yaml'
import { isObject } from '../http/go-json.ts'
import type { HydraOptions } from '../options.ts'
import { type SettingKind, settings, variableName, withoutEffect } from './settings.ts'

/** What a configuration file and the environment say. */
export interface Configuration {
  readonly options: HydraOptions
  /** Keys and variables that were set and have no effect here, in the order in which they were met. */
  readonly ignored: readonly string[]
}

/** The environment, `process.env` or the like. */
export type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads Hydra's own configuration: a YAML or JSON file, and the environment, which wins.
 *
 * @param text content of the file, `undefined` if there is none
 * @throws Error that names the key, never its value: it may be a secret
 */
export function readConfiguration(text: string | undefined, environment: Environment): Configuration {
  const ignored: string[] = []
  const values = new Map<string, unknown>()
  for (const [key, value] of text === undefined ? [] : leaves(parseFile(text))) {
    const setting = Object.hasOwn(settings, key) ? settings[key] : undefined
    if (setting === undefined) ignored.push(key)
    else values.set(key, fromFile(key, setting.kind, value))
  }
  for (const [key, { kind }] of Object.entries(settings)) {
    const value = environment[variableName(key)]
    if (value !== undefined && value !== '') values.set(key, fromVariable(key, kind, value))
  }
  const idle = withoutEffect.map(variableName).filter((name) => (environment[name] ?? '') !== '')
  return { options: toOptions(values, ignored), ignored: [...ignored, ...idle] }
}

function parseFile(text: string): Record<string, unknown> {
  let document: unknown
  try {
    // Pretty errors quote the line, in which a secret may stand.
    document = parse(text, { prettyErrors: false, logLevel: 'error' }) as unknown
  } catch (error) {
    const reason = isObject(error) && typeof error['message'] === 'string' ? error['message'] : 'unknown error'
    throw new Error(`it is not valid YAML: ${reason}`, { cause: error })
  }
  if (document === null) return {}
  if (!isObject(document)) throw new Error('it must hold a mapping of keys')
  return document
}

/** Every key with its value. An object is no value, but for the keys that take one. */
function leaves(tree: Record<string, unknown>, prefix = ''): [key: string, value: unknown][] {
  return Object.entries(tree).flatMap(([name, value]): [string, unknown][] => {
    const key = `${prefix}${name}`
    if (value === null || value === undefined) return []
    if (isObject(value) && settings[key]?.kind !== 'hook') return leaves(value, `${key}.`)
    return [[key, value]]
  })
}

function wrong(key: string, expected: string): Error {
  return new Error(`${key} must be ${expected}`)
}

const expectations: Readonly<Record<SettingKind, string>> = {
  string: 'a string',
  boolean: 'true or false',
  integer: 'a whole number',
  list: 'a list of strings',
  duration: 'a duration such as 90s or 1h30m',
  hook: 'a URL, or { url, auth }',
}

function fromFile(key: string, kind: SettingKind, value: unknown): unknown {
  if (kind === 'hook') return hookOf(key, value)
  if (kind === 'duration' && value === -1) return '-1'
  const fits =
    kind === 'boolean'
      ? typeof value === 'boolean'
      : kind === 'integer'
        ? Number.isSafeInteger(value)
        : kind === 'list'
          ? Array.isArray(value) && value.every((item) => typeof item === 'string')
          : typeof value === 'string'
  if (!fits) throw wrong(key, expectations[kind])
  return value
}

/** A hook; one whose `api_key` names no place is called without it, as by Hydra. */
function hookOf(key: string, value: unknown): unknown {
  if (typeof value === 'string') return { url: value }
  if (!isObject(value) || typeof value['url'] !== 'string') throw wrong(key, expectations.hook)
  const { url, auth } = value
  if (!isObject(auth) || !isObject(auth['config']) || auth['config']['in'] === undefined) return { url }
  return { url, auth }
}

function fromVariable(key: string, kind: SettingKind, text: string): unknown {
  if (kind === 'hook') throw new Error(`${variableName(key)} is not possible: set ${key} in a file`)
  if (kind === 'list') return text.split(',').map((item) => item.trim())
  if (kind === 'boolean') {
    if (/^(?:1|t|true)$/i.test(text)) return true
    if (/^(?:0|f|false)$/i.test(text)) return false
    throw wrong(variableName(key), expectations.boolean)
  }
  if (kind === 'integer') {
    if (!/^-?\d+$/.test(text)) throw wrong(variableName(key), expectations.integer)
    return Number(text)
  }
  return text
}

/** Puts the values under the options' names, and folds what Hydra says in two keys and an option in one. */
function toOptions(values: ReadonlyMap<string, unknown>, ignored: string[]): HydraOptions {
  const tree: Record<string, unknown> = {}
  for (const [key, value] of values) place(tree, settings[key]?.option.split('.') ?? [], value)
  const { adminHost, cors, dynamicRegistration, ...options } = tree
  if (adminHost !== undefined && adminHost !== tree['host']) ignored.push('serve.admin.host')
  if (isObject(cors)) {
    const { enabled, ...rest } = cors
    if (enabled === true) options['cors'] = rest
    else ignored.push(...Object.keys(rest).map((name) => keyOf(`cors.${name}`)))
  }
  if (isObject(dynamicRegistration)) {
    const { enabled, ...rest } = dynamicRegistration
    if (enabled === true) options['dynamicRegistration'] = rest
    else ignored.push(...Object.keys(rest).map((name) => keyOf(`dynamicRegistration.${name}`)))
  }
  // Checked by startHydra, as options that are written by hand.
  return options as HydraOptions
}

function keyOf(option: string): string {
  return Object.keys(settings).find((key) => settings[key]?.option === option) ?? option
}

function place(tree: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [head = '', ...rest] = path
  if (rest.length === 0) {
    tree[head] = value
    return
  }
  const branch = isObject(tree[head]) ? tree[head] : {}
  tree[head] = branch
  place(branch, rest, value)
}
