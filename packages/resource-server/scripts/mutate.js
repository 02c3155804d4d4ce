/**
 * Removes one verification rule at a time from a copy of the sources, runs the tests that should hold it, and prints
 * rule → failing test. Fails if a rule can be removed without a test noticing. Run at the root of the repository:
 * `node packages/resource-server/scripts/mutate.js [REGEXP]`, which picks rules by name.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Rule, file, the text that enforces it, what takes its place, tests. */
const rules = [
  ['exp', 'policy.ts', "return 'expired'", 'return undefined', 'token-kind'],
  ['nbf', 'policy.ts', "return 'not_yet_valid'", 'return undefined', 'token-kind'],
  ['issuer of an answer', 'policy.ts', "return 'wrong_issuer'", 'return undefined', 'token-kind'],
  [
    'audience missing or wrong',
    'policy.ts',
    "return actual.length === 0 ? 'audience_missing' : 'wrong_audience'",
    'return undefined',
    'token-kind',
  ],
  [
    'active',
    'policy.ts',
    "if (!introspection.active) return 'inactive'",
    'if (!introspection.active) return undefined',
    'introspection-cache',
  ],
  ['freshness of a JWT', 'policy.ts', "? 'stale' : undefined", '? undefined : undefined', 'freshness'],
  ['ID token marks', 'token-kind.ts', "return 'id_token'", 'return undefined', 'token-kind'],
  ['logout token', 'token-kind.ts', "return 'logout_token'", 'return undefined', 'token-kind'],
  ['refresh token', 'token-kind.ts', "if (use === 'refresh_token') return 'refresh_token'", '', 'token-kind'],
  ['token_use', 'token-kind.ts', "if (use !== 'access_token') return 'not_access_token'", '', 'token-kind'],
  ['cnf of a JWT', 'token-kind.ts', "if (has(claims, 'cnf')) return 'unsupported_confirmation'", '', 'token-kind'],
  [
    'typ',
    'token-kind.ts',
    "if (type !== undefined && !accessTokenTypes.has(type)) return 'not_access_token'",
    '',
    'token-kind',
  ],
  [
    'requireAtJwt',
    'token-kind.ts',
    "if (requireAtJwt && (type === undefined || type === 'jwt')) return 'not_access_token'",
    '',
    'operations',
  ],
  [
    'client_id of a JWT',
    'token-kind.ts',
    "if (answer.clientId === undefined || answer.clientId === '') return 'not_access_token'",
    '',
    'token-kind',
  ],
  ['algorithm list', 'verify-jwt.ts', '!algorithms.includes(alg)', 'false', 'verify-jwt'],
  ['crit and b64', 'verify-jwt.ts', '|| extended', '', 'verify-jwt'],
  [
    'key of that name',
    'verify-jwt.ts',
    "if (typeof kid !== 'string') throw new BearerTokenError('unknown_key')",
    '',
    'operations',
  ],
  [
    'signature',
    'verify-jwt.ts',
    "!== 'ERR_JWKS_MULTIPLE_MATCHING_KEYS') return reasonOf(error)",
    "!== 'ERR_JWKS_MULTIPLE_MATCHING_KEYS') return undefined",
    'verify-jwt',
  ],
  ['no shared secrets in the set', 'key-set.ts', "&& key['kty'] !== 'oct'", '', 'operations'],
  ['key left the set', 'issuer.ts', 'if (jwt.key.alive) return jwt', 'return jwt', 'key-set'],
  ['cooldown', 'key-set.ts', 'Math.abs(now() - forcedAt) < cooldownMs', 'false', 'key-set'],
  [
    'two places',
    'bearer-token.ts',
    "if (token !== undefined) throw new BearerTokenError('two_tokens')",
    '',
    'bearer-token',
  ],
  [
    'token68',
    'bearer-token.ts',
    "throw new BearerTokenError('malformed')\n}\n\n/** True",
    '{}\n}\n\n/** True',
    'bearer-token',
  ],
  [
    'length',
    'bearer-token.ts',
    "if (token.length > maxTokenLength) throw new BearerTokenError('too_long')",
    '',
    'bearer-token',
  ],
  [
    'age of an answer',
    'introspection-cache.ts',
    'if (age < freshness.maxAgeMs) return good',
    'return good',
    'introspection-cache',
  ],
  [
    'no old answer for a fresh route',
    'introspection-cache.ts',
    '!freshness.staleAllowed || age',
    'age',
    'stale-answers',
  ],
  [
    'bound of stale-while-revalidate',
    'introspection-cache.ts',
    'age >= freshness.maxAgeMs + staleWhileRevalidateMs',
    'false',
    'stale-answers',
  ],
  [
    'bound of stale-if-error',
    'introspection-cache.ts',
    '|| ageOf(old) >= freshness.maxAgeMs + staleIfErrorMs',
    '',
    'stale-answers',
  ],
  [
    'a revoked token stays revoked',
    'introspection-cache.ts',
    'if (known !== undefined && known.askedAt > answer.askedAt) return answer',
    '',
    'stale-answers',
  ],
  [
    'negative answer replaces a good one',
    'introspection-cache.ts',
    '      active.delete(key)\n',
    '\n',
    'stale-answers',
  ],
  ['bytes of the cache', 'introspection-cache.ts', 'maxSize: options.maxBytes,', 'maxSize: 1e9,', 'stale-answers'],
  [
    'Retry-After obeyed',
    'introspection-gate.ts',
    'if (wait > 0) throw',
    'if (wait > Infinity) throw',
    'introspection-gate',
  ],
  [
    '4xx does not open the breaker',
    'introspection-gate.ts',
    'return status >= 500 || status === 429',
    'return true',
    'introspection-gate',
  ],
  [
    'breaker',
    'introspection-gate.ts',
    'new ConsecutiveBreaker(options.openAfterFailures)',
    'new ConsecutiveBreaker(1e9)',
    'introspection-gate',
  ],
  [
    'queue bound',
    'introspection-gate.ts',
    'bulkhead(maxConcurrent, maxQueued)',
    'bulkhead(maxConcurrent, 1e9)',
    'introspection-gate',
  ],
  [
    'concurrency bound',
    'introspection-gate.ts',
    'bulkhead(maxConcurrent, maxQueued)',
    'bulkhead(1e9, maxQueued)',
    'introspection-gate',
  ],
  // Tokens and places.
  [
    'several Authorization fields',
    'bearer-token.ts',
    "if (value.length > 1) throw new BearerTokenError('two_tokens')",
    '',
    'bearer-token',
  ],
  ['query for GET only', 'bearer-token.ts', "if (method !== 'GET') return undefined", '', 'bearer-token'],
  ['no form with GET', 'bearer-token.ts', "method === 'GET' || method === 'HEAD' || ", '', 'bearer-token'],
  [
    'form content type',
    'bearer-token.ts',
    "if (type !== 'application/x-www-form-urlencoded') return undefined",
    '',
    'bearer-token',
  ],
  [
    'characters of a challenge',
    'challenge.ts',
    'value !== undefined && isQuotable(value)',
    'value !== undefined',
    'hostile-input',
  ],
  ['scope tokens', 'scopes.ts', '&& value.every(isScopeToken)', '', 'hostile-input'],
  ['wildcard covers no empty part', 'scopes.ts', "&& needed[index] !== ''", '', 'scopes'],
  [
    'scp and scope: what both grant',
    'token-answer.ts',
    'return first && intersectScopes(first, second)',
    'return first && second',
    'resource-server',
  ],
  [
    'consent data is no claim of Hydra',
    'claims.ts',
    'ownClaim(writtenByHydra.has(name) ? claims : sessionClaims(claims, format), name)',
    'ownClaim(sessionClaims(claims, format), name) ?? ownClaim(claims, name)',
    '(requirement|resource-server)',
  ],
  // Keys.
  ['no private keys in the set', 'key-set.ts', "&& !Object.hasOwn(key, 'd')", '', 'verify-jwt'],
  ['keys have names', 'key-set.ts', "typeof key['kid'] === 'string' && ", '', 'verify-jwt'],
  ['four signature checks', 'verify-jwt.ts', 'if (left-- === 0) break', '', 'verify-jwt'],
  ['keys are not used for ever', 'key-set.ts', 'return age < maxAgeMs + staleIfErrorMs', 'return true', 'key-set'],
  [
    'back-off of the key set',
    'key-set.ts',
    'pauseMs: Math.max(backOffMs, askedPauseMs(cause))',
    'pauseMs: 0',
    'key-set',
  ],
  ['Retry-After of the key set', 'key-set.ts', 'Math.max(backOffMs, askedPauseMs(cause))', 'backOffMs', 'key-set'],
  // Token kinds.
  [
    'cnf of an opaque token',
    'token-kind.ts',
    "if (has(claims, 'cnf')) return 'unsupported_confirmation'\n  return answer.clientId",
    'return answer.clientId',
    'token-kind',
  ],
  [
    'client_id of an opaque token',
    'token-kind.ts',
    "return answer.clientId === undefined || answer.clientId === '' ? 'not_access_token' : undefined",
    'return undefined',
    'token-kind',
  ],
  [
    'iss and exp of a JWT',
    'token-kind.ts',
    "if (answer.issuer === undefined || answer.expiresAt === undefined) return 'not_access_token'",
    '',
    'verify-jwt',
  ],
  // Issuers.
  [
    'a JWT of another tenant',
    'verifier.ts',
    '(selected !== undefined && selected !== issuer)',
    'false',
    'several-issuers',
  ],
  [
    'opaque tokens only for the selected issuer',
    'verifier.ts',
    "if (issuer === undefined) throw new BearerTokenError('wrong_issuer')\n    return issuer",
    'return issuer ?? issuers[0]',
    'several-issuers',
  ],
  [
    'a remembered JWT of another tenant',
    'verifier.ts',
    'if (issuer !== undefined) return issuer.recallJwt(key, token, route.freshWithinMs)',
    '',
    'several-issuers',
  ],
  [
    'JWTs can be switched off',
    'verifier.ts',
    "if (!issuer.options.acceptsJwt) throw new BearerTokenError('not_access_token')",
    '',
    'verify-jwt',
  ],
  [
    'opaque tokens can be switched off',
    'verifier.ts',
    "if (!issuer.options.acceptsOpaque) throw new BearerTokenError('not_access_token')",
    '',
    'verify-jwt',
  ],
  // Freshness and caches.
  [
    'jwtCheck: introspection',
    'issuer.ts',
    'recheckMs === undefined ? undefined : {',
    'true ? undefined : {',
    'freshness',
  ],
  [
    'a fresh route asks about a JWT',
    'issuer.ts',
    'if (!introspects || freshWithinMs === undefined) return usualForJwt',
    'return usualForJwt',
    'freshness',
  ],
  [
    'a route cannot be laxer than jwtCheck',
    'issuer.ts',
    'Math.min(freshWithinMs, recheckMs ?? freshWithinMs)',
    'freshWithinMs',
    'freshness',
  ],
  [
    'a route cannot be laxer than the cache',
    'issuer.ts',
    'Math.min(freshWithinMs, cache.maxAgeMs)',
    'freshWithinMs',
    '(introspection-cache|freshness)',
  ],
  [
    'age of a negative answer',
    'introspection-cache.ts',
    'ageOf(bad) < negativeMaxAgeMs',
    'true',
    'introspection-cache',
  ],
  [
    'a flood of invented tokens is bounded',
    'introspection-cache.ts',
    'max: options.negativeMaxEntries',
    'max: 1e7',
    'introspection-cache',
  ],
  // Outages.
  [
    'a lost turn is no success',
    'introspection-gate.ts',
    'if (over || leftMs() < 1) throw noTurn()',
    'if (over || leftMs() < 1) return breaker.execute(async () => undefined)',
    'introspection-gate',
  ],
  [
    'a lost turn is no failure',
    'introspection-gate.ts',
    'if (isVerificationUnavailableError(error)) return false',
    '',
    'introspection-gate',
  ],
  // Options.
  [
    'unknown options are refused',
    'options-schema.ts',
    'const oneIssuer = v.strictObject(',
    'const oneIssuer = v.looseObject(',
    'options',
  ],
  ['plain http is refused', 'issuer-url.ts', '&& !allowInsecureHttp', '&& false', 'options'],
]

const root = process.cwd()
const copy = mkdtempSync(join(tmpdir(), 'mutate-'))
const skip = /(^|\/)(node_modules|dist|\.git|\.nx|bench|recorded)$/
cpSync(root, copy, { recursive: true, filter: (path) => !skip.test(path) })
for (const folder of ['.', ...readdirSync(join(root, 'packages')).map((name) => join('packages', name))]) {
  const installed = join(root, folder, 'node_modules')
  if (existsSync(installed)) symlinkSync(installed, join(copy, folder, 'node_modules'))
}

const pathOf = (file) => join(copy, 'packages/resource-server/src', file)
const gone = rules.filter(([, file, text]) => !readFileSync(pathOf(file), 'utf8').includes(text))
if (gone.length > 0) throw new Error(`The sources no longer have the text of: ${gone.map(([name]) => name).join(', ')}`)

let survivors = 0
try {
  for (const [name, file, text, replacement, tests] of rules) {
    if (process.argv[2] !== undefined && !new RegExp(process.argv[2]).test(name)) continue
    const path = pathOf(file)
    const original = readFileSync(path, 'utf8')
    writeFileSync(path, original.replace(text, replacement))
    const pattern = `packages/resource-server/test/${tests}\\.test`
    const command = ['jest', '-w', '1', '--testTimeout', '20000', '--selectProjects', 'resource-server', '--', pattern]
    const { status, stdout, stderr } = spawnSync('npx', command, { cwd: copy, encoding: 'utf8', timeout: 180_000 })
    writeFileSync(path, original)
    const failing = /●\s+(.+)/.exec(`${stdout}${stderr}`)?.[1]
    const held = status !== 0 && failing !== undefined
    if (!held) survivors += 1
    process.stdout.write(`${name} → ${held ? failing : status === 0 ? 'NO TEST FAILS' : 'NO RESULT'}\n`)
  }
} finally {
  rmSync(copy, { recursive: true, force: true })
}
process.exitCode = survivors === 0 ? 0 : 1
