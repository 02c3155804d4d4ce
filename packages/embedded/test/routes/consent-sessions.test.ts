import { expect, test } from '@jest/globals'
import { useHydra } from '@hydra-kit/embedded/testing'
import { admin, appClient, redeem, userAgent } from '../user-agent.ts'

const hydra = useHydra({ clients: [appClient] })

test('a code whose consent is revoked can not be redeemed any more; others can', async () => {
  const kept = await userAgent(hydra).signIn({}, { login: { subject: 'bob' } })
  const revoked = await userAgent(hydra).signIn()
  await admin(hydra, 'DELETE', '/oauth2/auth/sessions/consent?subject=alice&client=app')
  expect((await redeem(hydra, revoked)).body['error']).toBe('invalid_grant')
  expect((await redeem(hydra, kept)).status).toBe(200)
})
