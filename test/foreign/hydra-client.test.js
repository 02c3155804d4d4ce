/** `@ory/hydra-client` 26.2, unchanged: every method of every API class, each answered as by the real server. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { clients } from './hydra-client/clients.js'
import { credentials } from './hydra-client/credentials.js'
import { keys } from './hydra-client/keys.js'
import { metadata } from './hydra-client/metadata.js'
import { registration } from './hydra-client/registration.js'
import { apiClasses, openSdk } from './hydra-client/sdk.js'
import { sessions } from './hydra-client/sessions.js'
import { signInFlow } from './hydra-client/sign-in.js'
import { tokens } from './hydra-client/tokens.js'
import { trust } from './hydra-client/trust.js'
import { checksOf } from './support/check.js'
import { answerOf, recordedAnswers } from './support/recorded.js'
import { openServer } from './support/server.js'

const cases = {
  ...metadata,
  ...clients,
  ...keys,
  ...signInFlow,
  ...sessions,
  ...tokens,
  ...trust,
  ...registration,
  ...credentials,
}
const { check, done } = checksOf('hydra-client')
const recorded = recordedAnswers('hydra-client')
let server

before(async () => {
  server = await openServer()
})
after(() => server?.stop())

void test('every method of every API class has a case, and every case a method', () => {
  const methods = apiClasses.flatMap(({ name, methods: own }) => own.map((method) => `${name}.${method}`))
  assert.deepEqual(new Set(Object.keys(cases)), new Set(methods))
})

for (const [method, run] of Object.entries(cases)) {
  check(method, async () => {
    const answers = []
    const sdk = openSdk(server, (called, { status, headers, data }) => {
      if (called === method) answers.push(answerOf({ status, headers, body: data }))
    })
    await run({ sdk, server })
    assert.ok(answers.length > 0, `the case of ${method} never called it successfully`)
    recorded.hold(server, method, answers)
  })
}
done(recorded)
