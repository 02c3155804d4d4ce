/** Shapes and ranges of the options. Every message is our own: valibot's contain the received value. */
import type { OptionsError } from '@hydra-kit/client'
import * as v from 'valibot'
import { optionsError } from './options-error.ts'
import { signingAlgorithms } from './signature.ts'

function isName(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}

function isClient(value: unknown): boolean {
  const { oidc, tokens } = (value ?? {}) as { oidc?: { jwks?: unknown }; tokens?: { introspect?: unknown } }
  return typeof oidc?.jwks === 'function' && typeof tokens?.introspect === 'function'
}

function isTelemetry(value: unknown): boolean {
  const { verification, upstreamCall, unauthorized, observe } = (value ?? {}) as Record<string, unknown>
  return [verification, upstreamCall, unauthorized, observe].every((member) => typeof member === 'function')
}

function isKeySet(value: unknown): boolean {
  const keys = (value as { keys?: unknown } | null | undefined)?.keys
  return Array.isArray(keys) && keys.every((key) => typeof key === 'object' && key !== null)
}

const text = (): v.GenericSchema => v.pipe(v.string('must be a string'), v.nonEmpty('must not be empty'))
const flag = (): v.GenericSchema => v.boolean('must be true or false')
const callback = (): v.GenericSchema => v.custom((value) => typeof value === 'function', 'must be a function')
const object = (what: string): v.GenericSchema =>
  v.custom((value) => typeof value === 'object' && value !== null, `must be ${what}`)

function range(unit: string, least: number, most: number): v.GenericSchema {
  const message = `must be ${unit} from ${least} to ${most}`
  return v.pipe(v.number(message), v.minValue(least, message), v.maxValue(most, message))
}

function listOf(item: v.GenericSchema, what: string): v.GenericSchema {
  return v.pipe(v.array(item, `must be a list of ${what}`), v.minLength(1, 'must not be empty'))
}

function choice(values: readonly string[]): v.GenericSchema {
  return v.picklist(values, `must be one of ${values.join(', ')}`)
}

function whole(least: number, most: number): v.GenericSchema {
  const message = `must be a whole number from ${least} to ${most}`
  return v.pipe(v.number(message), v.integer(message), v.minValue(least, message), v.maxValue(most, message))
}

const entries = v.pipe(
  v.number('must be a whole number'),
  v.integer('must be a whole number'),
  v.minValue(1, 'must be at least 1'),
  v.maxValue(10_000_000, 'must be at most 10 000 000'),
)

const auth = v.union(
  [
    v.strictObject({ basic: v.strictObject({ username: v.string(), password: v.string() }) }),
    v.strictObject({ bearer: v.union([v.pipe(v.string(), v.nonEmpty()), callback()]) }),
  ],
  'must be { basic: { username, password } } or { bearer: string or function }',
)

const issuerEntries = {
  issuer: text(),
  audience: v.custom(
    (value) => value === null || isName(value) || (Array.isArray(value) && value.length > 0 && value.every(isName)),
    'must be a string, a list of strings that is not empty, or null to accept tokens for any API',
  ),
  publicUrl: v.optional(text()),
  jwksUrl: v.optional(text()),
  adminUrl: v.optional(text()),
  adminAuth: v.optional(auth),
  introspectionUrl: v.optional(text()),
  introspectionAuth: v.optional(auth),
  client: v.optional(
    v.custom(isClient, 'must be a client of @hydra-kit/client, or have its oidc.jwks and tokens.introspect'),
  ),
  headers: v.optional(v.record(v.string(), v.string('must be a string'), 'must be an object of header fields')),
  serverVersion: v.optional(text()),
  accept: v.optional(listOf(choice(['jwt', 'opaque']), "'jwt' and 'opaque'")),
  jwtCheck: v.optional(
    v.union(
      [
        v.picklist(['keys', 'introspection']),
        v.strictObject({ recheckSeconds: v.pipe(v.number(), v.minValue(0), v.maxValue(3600)) }),
      ],
      "must be 'keys', 'introspection' or { recheckSeconds: 0 to 3600 }",
    ),
  ),
  requireAtJwt: v.optional(flag()),
  savedKeys: v.optional(v.custom(isKeySet, 'must be a JSON Web Key Set: { keys: [...] }')),
  algorithms: v.optional(listOf(choice(signingAlgorithms), 'algorithm names')),
  scopeStrategy: v.optional(choice(['wildcard', 'exact', 'hierarchical'])),
  clockToleranceSeconds: v.optional(range('seconds', 0, 300)),
  introspectionTimeoutMs: v.optional(range('milliseconds', 1, 60_000)),
  introspectionMaxConcurrent: v.optional(whole(1, 10_000)),
  introspectionMaxQueued: v.optional(whole(0, 100_000)),
  breaker: v.optional(
    v.strictObject(
      { openAfterFailures: v.optional(whole(1, 1000)), retryAfterSeconds: v.optional(range('seconds', 0.1, 60)) },
      'must be an object',
    ),
  ),
  cache: v.optional(
    v.strictObject(
      {
        maxAgeSeconds: v.optional(range('seconds', 0, 3600)),
        negativeMaxAgeSeconds: v.optional(range('seconds', 0, 60)),
        staleWhileRevalidateSeconds: v.optional(range('seconds', 0, 300)),
        staleIfErrorSeconds: v.optional(range('seconds', 0, 3600)),
        maxEntries: v.optional(entries),
        maxBytes: v.optional(whole(1, Number.MAX_SAFE_INTEGER)),
        negativeMaxEntries: v.optional(entries),
      },
      'must be an object',
    ),
  ),
  allowInsecureHttp: v.optional(flag()),
  dispatcher: v.optional(object('an undici dispatcher')),
}

const sharedEntries = {
  tokenFrom: v.optional(
    listOf(
      v.union(
        [
          v.picklist(['header', 'form', 'query']),
          v.strictObject({ cookie: v.pipe(v.string(), v.regex(/^[\w!#$%&'*+.^`|~-]+$/)) }),
          callback(),
        ],
        "must be 'header', 'form', 'query', { cookie: name } or a function",
      ),
      'places',
    ),
  ),
  extra: v.optional(
    v.custom(
      (value) => typeof (value as { '~standard'?: { validate?: unknown } })?.['~standard']?.validate === 'function',
      'must be a Standard Schema validator, as zod, valibot and arktype make them',
    ),
  ),
  realm: v.optional(text()),
  resourceMetadataUrl: v.optional(text()),
  now: v.optional(callback()),
  onRefused: v.optional(callback()),
  onVerified: v.optional(callback()),
  telemetry: v.optional(
    v.custom(isTelemetry, 'must come from openTelemetry() of @hydra-kit/resource-server/opentelemetry'),
  ),
}

const oneIssuer = v.strictObject(
  { ...issuerEntries, ...sharedEntries, issuers: v.optional(v.undefined()), selectIssuer: v.optional(v.undefined()) },
  'must be an object',
)

const severalIssuers = v.strictObject(
  {
    ...sharedEntries,
    issuers: listOf(v.strictObject({ name: text(), ...issuerEntries }, 'must be an object'), 'issuers'),
    selectIssuer: v.optional(callback()),
  },
  'must be an object',
)

const cures: Readonly<Record<string, readonly [problem: string, cure: string]>> = {
  issuer: ['issuer is missing.', "Give the URL that Hydra's tokens carry in iss, as https://auth.example.com."],
  audience: [
    'audience is missing: a token that was issued for any other API of this Hydra would be accepted.',
    'Give the audience that tokens for this API carry, or null to accept tokens for any API.',
  ],
  name: ['name is missing.', 'Every issuer of a list has a name, which selectIssuer returns.'],
}

/**
 * Checks names, types and ranges.
 *
 * @throws TypeError `ERR_OPTIONS`.
 */
export function assertOptionsShape(options: unknown): void {
  const several =
    typeof options === 'object' && options !== null && (options as { issuers?: unknown }).issuers !== undefined
  const schema = several ? severalIssuers : oneIssuer
  const result = v.safeParse(schema, options, { abortEarly: true, message: () => 'has the wrong form' })
  if (!result.success) throw explain(result.issues[0], several)
}

function explain(issue: v.BaseIssue<unknown>, several: boolean): OptionsError {
  const path = (issue.path ?? []).map((item) => item.key as string | number)
  const option = formatPath(path)
  if (path.length === 0) return optionsError('options', 'The options must be an object.', 'Pass issuer and audience.')
  const last = String(path.at(-1))
  if (issue.type === 'strict_object' && issue.expected === 'never') return unknownOption(option, last, path, several)
  const cure = cures[last]
  // `issuer: process.env.ISSUER` where that is not set is as missing as no issuer at all.
  if ((issue.type === 'strict_object' || issue.input === undefined) && cure !== undefined)
    return optionsError(option, prefixed(path, cure[0]), cure[1])
  if (last === 'selectIssuer' && !several) {
    return optionsError(option, 'selectIssuer belongs to a list of issuers.', 'Give issuers, or leave it out.')
  }
  return optionsError(option, `${option} ${issue.message}.`, 'Correct or remove it.')
}

const nestedNames = [
  'maxAgeSeconds',
  'negativeMaxAgeSeconds',
  'staleWhileRevalidateSeconds',
  'staleIfErrorSeconds',
  'maxEntries',
  'maxBytes',
  'negativeMaxEntries',
  'openAfterFailures',
  'retryAfterSeconds',
]

function unknownOption(
  option: string,
  name: string,
  path: readonly (string | number)[],
  several: boolean,
): OptionsError {
  const known =
    path.length > 1 && !several
      ? nestedNames
      : [...Object.keys(issuerEntries), ...Object.keys(sharedEntries), 'issuers', 'selectIssuer']
  const near = known.find((candidate) => distance(candidate.toLowerCase(), name.toLowerCase()) <= 2)
  const belongs = several && path.length === 1 && Object.hasOwn(issuerEntries, name)
  if (belongs)
    return optionsError(option, `${name} cannot stand beside issuers.`, 'Put it into each issuer of the list.')
  const cure =
    near === undefined ? 'Remove it; a misspelt option must not be ignored.' : `Did you mean ${JSON.stringify(near)}?`
  return optionsError(option, `There is no option ${JSON.stringify(option)}.`, cure)
}

/** `issuers[1].audience` */
function formatPath(path: readonly (string | number)[]): string {
  return path.map((key, index) => (typeof key === 'number' ? `[${key}]` : index === 0 ? key : `.${key}`)).join('')
}

function prefixed(path: readonly (string | number)[], sentence: string): string {
  const parent = formatPath(path.slice(0, -1))
  return parent === '' ? sentence : `${parent}.${sentence}`
}

/** Edit distance (Levenshtein) of two short names. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replace = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replace, row[j]! + 1, next[j - 1]! + 1))
    }
    row = next
  }
  return row[b.length]!
}
