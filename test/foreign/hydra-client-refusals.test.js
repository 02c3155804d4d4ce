/** `@ory/hydra-client` 26.2, unchanged: what its calls are refused for, with the status and body of the real server. */
import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import { refusals } from './hydra-client/refusals.js'
import { openSdk } from './hydra-client/sdk.js'
import { checksOf } from './support/check.js'
import { answerOf, recordedAnswers } from './support/recorded.js'
import { openServer } from './support/server.js'

const { check, done } = checksOf('hydra-client-refusals')
const recorded = recordedAnswers('hydra-client-refusals')
let server

before(async () => {
  server = await openServer()
})
after(() => server?.stop())

for (const [name, run] of Object.entries(refusals)) {
  check(name, async () => {
    const sdk = openSdk(server, () => {})
    const { response, ...error } = await run({ sdk, server }).then(
      () => assert.fail('this call must be refused'),
      (reason) => reason,
    )
    assert.ok(response, `no answer came back: ${error.message}`)
    recorded.hold(server, name, answerOf({ status: response.status, headers: response.headers, body: response.data }))
  })
}
done(recorded)
