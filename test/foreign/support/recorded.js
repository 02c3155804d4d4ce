/**
 * What the real Hydra 26.2 answered to the same calls: `recorded/<program>.json`. Every run compares with it; with
 * `FOREIGN_RECORD=1`, a run against a real server writes it. Record twice: values that differ between two runs become
 * placeholders (`<string>`, `<number>`), all others must be met exactly.
 */
import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { after } from 'node:test'
import { targetKind } from './server.js'

const recording = process.env.FOREIGN_RECORD === '1'

/** Numbers that depend on the second they were made in, and sentences, which every server words for itself. */
const volatile = new Set(['expires_in', 'version', 'error_description', 'error_hint'])

/** @param {string} program name of the file under `recorded/` */
export function recordedAnswers(program) {
  if (recording && targetKind === 'embedded') throw new Error('FOREIGN_RECORD needs a real server (HYDRA_BIN)')
  const file = new URL(`../recorded/${program}.json`, import.meta.url)
  const known = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
  const seen = {}
  if (recording) after(() => writeFileSync(file, `${JSON.stringify({ ...known, ...seen }, undefined, 1)}\n`))

  return {
    labels: Object.keys(known),
    /** Holds an answer against the recorded one of the same label. */
    hold(server, label, answer) {
      const value = normalise(answer, server)
      if (recording) {
        seen[label] = known[label] === undefined ? value : merge(known[label], value)
        return
      }
      assert.ok(label in known, `recorded/${program}.json has no answer named "${label}"`)
      const differences = compare(known[label], value, label)
      assert.deepEqual(differences, [], `not as the real server answered:\n${differences.join('\n')}`)
    },
  }
}

/** Status, the headers that programs act on, and the body of an answer. */
export function answerOf({ status, headers, body }) {
  const kept = ['content-type', 'cache-control', 'location', 'link', 'www-authenticate']
    .map((name) => [name, headers[name]])
    .filter(([, value]) => value !== undefined && value !== null)
  const isPage = String(headers['content-type']).startsWith('text/html')
  return {
    status,
    headers: Object.fromEntries(kept),
    ...(body !== '' && body !== undefined && { body: isPage ? '<page>' : body }),
  }
}

function normalise(value, server, key = '') {
  if (value === undefined) return '<undefined>'
  if (value === null) return null
  if (volatile.has(key) && value !== '') return `<${typeof value}>`
  if (typeof value === 'string') return normaliseText(value, server)
  if (Array.isArray(value)) return value.map((item) => normalise(item, server))
  if (typeof value === 'object') {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
    return Object.fromEntries(entries.map(([name, item]) => [name, normalise(item, server, name)]))
  }
  return value
}

function normaliseText(text, server) {
  if (/^eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+$/.test(text))
    return {
      jwt: text
        .split('.')
        .slice(0, 2)
        .map((part) => normalise(decoded(part), server)),
    }
  if (/^https?:\/\/\S*[?#]/.test(text)) return normaliseUrl(new URL(text), server)
  return (
    text
      .replaceAll(server.publicUrl, '<public>')
      .replaceAll(server.adminUrl, '<admin>')
      .replaceAll(new URL(server.urls.login).origin, '<pages>')
      // A challenge (RFC 6750 section 3) carries a sentence, too.
      .replace(/(error_description=")[^"]*"/, '$1<string>"')
      .replace(/\b(ory_[a-z]+_)[\w-]+\.[\w-]+/g, '<$1>')
      .replace(/\b[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}\b/g, '<uuid>')
      .replace(/\b[\da-f]{32}\b/g, '<hex>')
      .replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)/g, '<time>')
  )
}

function normaliseUrl(url, server) {
  return {
    url: normaliseText(url.origin + url.pathname, server),
    ...(url.search !== '' && { query: normalise(Object.fromEntries(url.searchParams), server) }),
    ...(url.hash !== '' && { fragment: normalise(Object.fromEntries(new URLSearchParams(url.hash.slice(1))), server) }),
  }
}

function decoded(part) {
  return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
}

/** The recorded value, with what differs between two recordings made a placeholder. */
function merge(before, now) {
  if (isList(before) && isList(now) && before.length === now.length)
    return before.map((item, at) => merge(item, now[at]))
  if (isObject(before) && isObject(now) && sameKeys(before, now)) {
    return Object.fromEntries(Object.keys(now).map((name) => [name, merge(before[name], now[name])]))
  }
  if (compare(before, now, '').length === 0) return before
  if (typeof before === typeof now && ['string', 'number'].includes(typeof now)) return `<${typeof now}>`
  return now
}

function compare(expected, actual, path) {
  if (expected === actual) return []
  if (expected === '<string>' || expected === '<number>') {
    const wanted = expected.slice(1, -1)
    return typeof actual === wanted ? [] : [`${path}: expected a ${wanted}, got ${JSON.stringify(actual)}`]
  }
  if (isList(expected) && isList(actual) && expected.length === actual.length) {
    return expected.flatMap((item, at) => compare(item, actual[at], `${path}[${at}]`))
  }
  if (isObject(expected) && isObject(actual)) {
    const names = new Set([...Object.keys(expected), ...Object.keys(actual)])
    return [...names].flatMap((name) => {
      if (!(name in actual)) return [`${path}.${name}: missing, expected ${JSON.stringify(expected[name])}`]
      if (!(name in expected))
        return [`${path}.${name}: not sent by the real server, got ${JSON.stringify(actual[name])}`]
      return compare(expected[name], actual[name], `${path}.${name}`)
    })
  }
  return [`${path}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`]
}

function sameKeys(a, b) {
  return Object.keys(a).length === Object.keys(b).length && Object.keys(a).every((name) => name in b)
}

function isList(value) {
  return Array.isArray(value)
}

function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
