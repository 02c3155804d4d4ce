/** A wrong option is recognised in the same way whichever package refused it, with the guard of any package. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import * as client from '@hydra-kit/client'
import * as embedded from '@hydra-kit/embedded'
import * as express from '@hydra-kit/express'
import * as loginConsent from '@hydra-kit/login-consent'
import * as resourceServer from '@hydra-kit/resource-server'
import ts from 'typescript'

const root = join(__dirname, '../..')

const guards: [string, (value: unknown) => boolean][] = [
  ['client', client.isOptionsError],
  ['embedded', embedded.isOptionsError],
  ['express', express.isOptionsError],
  ['login-consent', loginConsent.isOptionsError],
  ['resource-server', resourceServer.isOptionsError],
]

async function thrownBy(work: () => unknown): Promise<unknown> {
  try {
    await work()
  } catch (error) {
    return error
  }
  throw new Error('the options were taken')
}

const mistake = { nonsense: 'secret-7' } as never

const refusals: [string, () => unknown][] = [
  ['client', () => client.createHydraClient(mistake)],
  ['resource-server', () => resourceServer.createResourceServer(mistake)],
  ['login-consent', () => loginConsent.createLoginConsentProvider(mistake)],
  ['login-consent, a hook', () => loginConsent.tokenHook(() => loginConsent.hook.keep(), mistake)],
  ['login-consent, its limiter', () => loginConsent.createMemoryLimiter(mistake)],
  ['login-consent, its flow store', () => loginConsent.createMemoryFlowStore(mistake)],
  [
    'express',
    () => express.hydraAuth({ issuer: 'https://a.example', accept: ['jwt'], audience: null }, { nonsense: 1 } as never),
  ],
  ['embedded', () => embedded.startHydra({ nonsense: 'secret-7' } as never)],
]

test.each(refusals)('%s', async (_name, refused) => {
  const error = await thrownBy(refused)
  expect(guards.filter(([, isOptionsError]) => !isOptionsError(error))).toEqual([])
  expect(error).toMatchObject({ name: 'TypeError', code: 'ERR_OPTIONS' })
  expect(error).toHaveProperty('option')
  expect((error as Error).message).not.toContain('secret-7')
})

test.each([undefined, null, 'ERR_OPTIONS', new TypeError('x'), { code: 'ERR_OPTIONS' }, new Error('x')])(
  'no mistake of ours: %p',
  (value) => {
    expect(guards.filter(([, isOptionsError]) => isOptionsError(value))).toEqual([])
  },
)

test.each(readdirSync(join(root, 'packages')))('%s exports guard and type, if it refuses options', (name) => {
  const folder = join(root, 'packages', name, 'src')
  const refuses = ts.sys
    .readDirectory(folder, ['.ts'])
    .some((path) => readFileSync(path, 'utf8').includes("'ERR_OPTIONS'"))
  const index = readFileSync(join(folder, 'index.ts'), 'utf8')
  if (refuses)
    expect(index).toMatch(/\bisOptionsError\b[\s\S]*\bOptionsError\b|\bOptionsError\b[\s\S]*\bisOptionsError\b/)
})
