import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { device } from '../../src/index.ts'
import { textOf, tokenOf, type Got, type Visitor } from '../support/visitor.ts'
import { startWorld, visitor, type World } from '../support/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
beforeEach(async () => {
  await world.hydra.reset()
  await world.hydra.faults.clear()
  world.configure({})
})
afterAll(() => world.stop())

async function begin(): Promise<{ user: Visitor; page: Got; userCode: string }> {
  const response = await fetch(`${world.hydra.publicUrl}/oauth2/device/auth`, {
    method: 'POST',
    body: new URLSearchParams({ client_id: 'photos', client_secret: 'photos-secret', scope: 'openid' }),
  })
  const codes = (await response.json()) as { user_code: string; verification_uri: string }
  const user = visitor()
  return { user, page: await user.open(codes.verification_uri), userCode: codes.user_code }
}

test('a wrong code is asked again, and stays in the field; an empty one is not sent', async () => {
  const { user, page } = await begin()
  const wrong = await user.submit(page, [['user_code', 'NOTACODE']])
  expect(wrong.status).toBe(422)
  expect(wrong.body).toMatch(/value="NOTACODE"[^>]*aria-invalid="true"/s)
  const empty = await user.submit(wrong, [['user_code', '   ']])
  expect(empty.status).toBe(422)
  expect(textOf(empty)).toContain('Please fill in this field.')
})

test('case is only a matter where the server’s alphabet is not known', async () => {
  const { user, page } = await begin()
  const wrong = [['user_code', 'NOTACODE']] as const
  expect(textOf(await user.submit(page, wrong))).toContain('Capital and small letters make a difference.')
  world.configure({ userCode: { alphabet: 'upper' } })
  expect(textOf(await user.submit(page, wrong))).not.toContain('Capital')
})

test('eleven codes are enough', async () => {
  const { user, page, userCode } = await begin()
  for (let i = 0; i < 10; i++) expect((await user.submit(page, [['user_code', `wrong${i}`]])).status).toBe(422)
  const refused = await user.submit(page, [['user_code', userCode]])
  expect(refused.status).toBe(429)
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
})

test('the right code goes on, with white space around it forgiven and nothing else', async () => {
  const { user, page, userCode } = await begin()
  expect((await user.submit(page, [['user_code', `${userCode.slice(0, 4)}-${userCode.slice(4)}`]])).status).toBe(422)
  const got = await user.submit(page, [['user_code', ` ${userCode}\t`]])
  expect(got.location).toContain(`${world.hydra.publicUrl}/oauth2/device/verify`)
})

test('a code in the address is shown, not sent: a link alone connects nothing (RFC 8628 section 3.3.1)', async () => {
  const { user, page } = await begin()
  const url = new URL(page.url)
  url.searchParams.set('user_code', '"><b>x')
  const got = await user.send(url)
  expect(got.body).toContain('value="&quot;&gt;&lt;b&gt;x"')
  expect(textOf(got)).toContain('Check that your device shows this code')
})

test('an expired challenge leads back to the start', async () => {
  const { user, page, userCode } = await begin()
  // The form is younger than Hydra's challenge: time has passed for Hydra only.
  world.configure({ now: Date.now })
  world.hydra.clock.advance('31m')
  const late = await user.submit(page, [['user_code', userCode]])
  expect(late.status).toBe(410)
  expect(late.body).toContain(`href="${world.hydra.publicUrl}/oauth2/device/verify"`)
})

test('an expired form is shown again', async () => {
  world.configure({ formTokenSeconds: 60 })
  const { user, page, userCode } = await begin()
  world.hydra.clock.advance('2m')
  const again = await user.submit(page, [['user_code', userCode]])
  expect(again.status).toBe(422)
  expect((await user.submit(again, [['user_code', userCode]])).status).toBe(303)
})

test('an outage keeps the code that was typed', async () => {
  const { user, page, userCode } = await begin()
  await world.hydra.faults.pause('admin')
  const got = await user.submit(page, [['user_code', userCode]])
  expect(got.status).toBe(503)
  expect(got.body).toContain(`value="${userCode}"`)
  await world.hydra.faults.resume('admin')
  expect((await user.submit(got, [['user_code', userCode]])).status).toBe(303)
})

test('"not you?" leads over signing out, as a device flow knows no prompt', async () => {
  world.configure({ rememberLogin: { forSeconds: 60 } })
  const { user, page, userCode } = await begin()
  const loginPage = await world.follow(user, await user.submit(page, [['user_code', userCode]]))
  const consentPage = await world.signIn(user, loginPage)
  const got = await user.submit(consentPage, [['choice', 'switch']])
  expect(got.location).toBe(`${world.hydra.publicUrl}/oauth2/sessions/logout`)
})

test('cancelling the login ends on a page of ours', async () => {
  const { user, page, userCode } = await begin()
  const loginPage = await world.follow(user, await user.submit(page, [['user_code', userCode]]))
  expect(textOf(await user.submit(loginPage, [['choice', 'cancel']]))).toContain('The device was not connected')
})

test('the app looks at a code before Hydra does', async () => {
  const seen: unknown[] = []
  const { user, page, userCode } = await begin()
  world.configure({
    userCode: { alphabet: 'upper' },
    device({ userCode: typed, http }) {
      seen.push(typed, http.method)
      return typed === 'BLOCKED' ? device.retry('Not from here.', { code: 'blocked' }) : device.accept(` ${userCode} `)
    },
  })
  const refused = await user.submit(page, [['user_code', 'blo-cked']])
  expect(refused.status).toBe(422)
  expect(textOf(refused)).toContain('Not from here.')
  const json = { accept: 'application/json', 'content-type': 'application/json' }
  const asked = await user.send(page.url, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ formToken: tokenOf(page), user_code: 'BLOCKED' }),
  })
  expect(JSON.parse(asked.body)).toMatchObject({ errors: [{ code: 'blocked', field: 'user_code' }] })
  expect((await user.submit(page, [['user_code', 'other']])).location).toContain('/oauth2/device/verify')
  expect(seen).toEqual(['BLOCKED', 'POST', 'BLOCKED', 'POST', 'OTHER', 'POST'])
})

test('a code that may not be tried is not shown to the app, and an app that decides nothing is told', async () => {
  const { user, page } = await begin()
  world.reported.length = 0
  world.configure({ device: () => undefined as never })
  expect((await user.submit(page, [['user_code', 'code']])).status).toBe(500)
  expect(world.reported).toMatchObject([{ error: { reason: 'no_decision' } }])
  world.configure({ limit: () => ({ retryAfterSeconds: 7 }), device: () => device.accept() })
  expect((await user.submit(page, [['user_code', 'code']])).status).toBe(429)
})
