/** The suite itself: complete, well named, and nothing left over. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { allCases } from '../src/cases/index.ts'
import { knownDifferences } from '../src/known-differences.ts'
import { operationNames, operationOf } from '../src/operations.ts'
import { profileNames } from '../src/profiles.ts'
import { applies, runCase } from '../src/run-case.ts'
import type { RunningServer } from '../src/running-server.ts'
import { isAtLeast, isAtMost } from '../src/server-version.ts'
import { advice, configurationFile, settingsFor } from '../src/settings.ts'
import { embeddedOptions } from '../src/targets/embedded-options.ts'
import { transcriptPath } from '../src/transcript/store.ts'

const recorded = join(__dirname, '..', 'recorded')
const places = { publicUrl: 'http://127.0.0.1:4444', app: 'http://127.0.0.1:5600' }

describe('cases', () => {
  test('cover every operation', () => {
    const named = new Set(allCases.flatMap(({ operations }) => operations))
    expect(operationNames.filter((name) => !named.has(name))).toEqual([])
  })

  test.each(['1.11', '26.2'] as const)(
    'have a transcript of %s where they apply, and no transcript is left over',
    (version) => {
      const expected = allCases
        .filter((one) => one.embeddedOnly !== true && applies(one, { kind: 'real', version }))
        .map(({ profile, name }) => transcriptPath(version, profile, name))
      const present = readdirSync(join(recorded, version)).flatMap((profile) =>
        readdirSync(join(recorded, version, profile)).map((file) => join(recorded, version, profile, file)),
      )
      expect(present.toSorted()).toEqual(expected.toSorted())
      expect(present.every((path) => existsSync(path))).toBe(true)
    },
  )

  test('are known by those who expect differences', () => {
    expect(knownDifferences.filter((line) => !allCases.some(({ name }) => name === line.case))).toEqual([])
    expect(knownDifferences.filter(({ reason }) => reason.length < 20)).toEqual([])
  })
})

test('transcripts hold no address, path or token of the machine they were recorded on', () => {
  const leak =
    /\/(home|root|tmp|Users)\/|(127\.0\.0\.1|localhost):(?!4000\/|51234\/)\d+|eyJ[\w-]{20,}\.eyJ|ory_(at|rt|ac|dc)_\w{10}/
  const leaks = readdirSync(recorded).flatMap((version) =>
    readdirSync(join(recorded, version)).flatMap((profile) =>
      readdirSync(join(recorded, version, profile)).flatMap((file) => {
        const found = leak.exec(readFileSync(join(recorded, version, profile, file), 'utf8'))
        return found === null ? [] : [`${version}/${profile}/${file}: ${found[0].slice(0, 40)}`]
      }),
    ),
  )
  expect(leaks).toEqual([])
})

test('operations are told by method and path', () => {
  expect(operationOf('admin', 'GET', '/admin/clients/x')).toBe('getOAuth2Client')
  expect(operationOf('admin', 'GET', '/clients/x')).toBe('getOAuth2Client')
  expect(operationOf('public', 'POST', '/oauth2/auth')).toBe('oAuth2Authorize')
  expect(operationOf('public', 'GET', '/health/alive')).toBe('isAlive')
  expect(operationOf('public', 'GET', '/clients/x')).toBeUndefined()
})

test('a tested line stands for its last release', () => {
  expect(isAtLeast('1.11', '1.11.9')).toBe(true)
  expect(isAtLeast('1.11', '2.0')).toBe(false)
  expect(isAtMost('1.11', '1.11')).toBe(true)
  expect(isAtMost('26.2', '25.4')).toBe(false)
})

describe('profiles', () => {
  test.each(profileNames)('%s becomes options of embedded Hydra', (profile) => {
    expect(() => embeddedOptions(profile, places.app)).not.toThrow()
  })

  test('leave out what 1.11 does not know', () => {
    const file = configurationFile(settingsFor('1.11', 'hooks', places))
    expect(JSON.parse(file)).toMatchObject({
      urls: { self: { issuer: 'http://127.0.0.1:4444/' } },
      oauth2: { refresh_token_hook: 'http://127.0.0.1:5600/hooks/refresh' },
    })
    expect(file).not.toContain('"token_hook"')
    expect(JSON.parse(configurationFile(settingsFor('26.2', 'hooks', places)))).toMatchObject({
      oauth2: { token_hook: { auth: { type: 'api_key' } } },
    })
  })

  test('become advice that can be copied', () => {
    const text = advice(settingsFor('26.2', 'claims', places))
    expect(text).toContain('URLS_LOGIN=http://127.0.0.1:5600/login')
    expect(text).toContain('OAUTH2_ALLOWED_TOP_LEVEL_CLAIMS=tenant,roles')
    expect(advice(settingsFor('26.2', 'hooks', places))).toContain('in a configuration file')
  })
})

describe('a case', () => {
  const server = {
    kind: 'embedded',
    version: '26.2',
    profile: 'default',
    publicUrl: 'http://127.0.0.1:1',
    adminUrl: 'http://127.0.0.1:2',
    app: { url: 'http://127.0.0.1:3' },
  } as unknown as RunningServer
  const base = { name: 'made-up', operations: [], profile: 'default', embeddedOnly: true } as const
  const problems = async (
    run: (typeof allCases)[number]['run'],
    operations: (typeof allCases)[number]['operations'] = [],
  ) => (await runCase({ ...base, operations, run }, server, { compare: true })).problems

  test('fails when a fact does not hold, when it states none, and when it stops', async () => {
    expect(await problems(async (t) => t.ok('right', true))).toEqual([])
    expect(await problems(async (t) => t.equal('two', 1, 2))).toEqual(['two: expected 2, got 1'])
    expect(await problems(async () => {})).toEqual(['states no fact: use t.equal, t.status, t.error …'])
    expect(await problems(() => Promise.reject(new Error('no way on')))).toEqual(['stopped: no way on'])
  })

  test('fails when it never calls its operation', async () => {
    expect(await problems(async (t) => t.ok('right', true), ['getVersion'])).toEqual([
      'claims to be about getVersion and never calls it',
    ])
  })

  test('fails without a transcript', async () => {
    const definition = {
      ...base,
      embeddedOnly: false,
      run: async (t: Parameters<(typeof allCases)[number]['run']>[0]) => t.ok('right', true),
    }
    const result = await runCase(definition, server, { compare: true })
    expect(result.problems).toEqual([
      'no transcript of 26.2: npm run contract -- --hydra-bin PATH --case made-up --record',
    ])
  })
})
