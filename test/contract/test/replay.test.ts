/** The stub that serves transcripts of 1.11, asked by an HTTP client that knows nothing of it. */
import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { closeConnections, send } from '../src/http-client.ts'
import { startReplay, type Replay } from '../src/replay.ts'

let replay: Replay

afterEach(() => replay.stop())
afterAll(closeConnections)

describe('a transcript of clients', () => {
  beforeEach(async () => {
    replay = await startReplay({ version: '1.11', profile: 'default', case: 'clients-create-empty' })
  })

  test('answers in recorded order and keeps identities', async () => {
    const created = await call('POST', '/clients', '{}')
    expect(created.status).toBe(201)
    const { client_id: id } = JSON.parse(created.text) as { client_id: string }
    expect(created.headers['location']).toEqual([`/clients/${id}`])
    expect(replay.value('<uuid>')).toBe(id)
    const read = await call('GET', `/clients/${id}`)
    expect(JSON.parse(read.text)).toMatchObject({ client_id: id, scope: 'offline_access offline openid' })
    expect(JSON.parse(read.text)).not.toHaveProperty('client_secret')
    expect((await call('HEAD', `/clients/${id}`)).status).toBe(405)
    expect((await call('DELETE', `/clients/${id}`)).status).toBe(204)
    expect((await call('GET', `/clients/${id}`)).status).toBe(404)
    expect(replay.remaining).toEqual(['delete again'])
    expect(replay.unexpected).toEqual([])
  })

  test('refuses what was not recorded and says so', async () => {
    await call('POST', '/clients', '{}')
    for (const [method, path, body] of [
      ['GET', '/clients/somebody-else', undefined],
      ['GET', '/version', undefined],
      ['POST', '/clients', '{"client_name":"x"}'],
    ] as const) {
      const answer = await call(method, path, body)
      expect(answer.status).toBe(501)
      expect(JSON.parse(answer.text)).toMatchObject({ error: 'not_recorded' })
    }
    expect(replay.unexpected).toHaveLength(3)
    expect(replay.unexpected[0]).toContain('next recorded: GET admin /clients/<uuid>')
  })

  async function call(method: string, path: string, body?: string): ReturnType<typeof send> {
    const headers: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' }
    return send({ method, url: `${replay.adminUrl}${path}`, headers, ...(body === undefined ? {} : { body }) })
  }
})

describe('a transcript of a sign-in', () => {
  beforeEach(async () => {
    replay = await startReplay({ version: '1.11', profile: 'jwt', case: 'jwt-access-token-of-a-client' })
  })

  test('takes values from requests, and fills times and JWTs', async () => {
    const form = 'grant_type=client_credentials&scope=photos.read&client_id=mine&client_secret=my-secret'
    const answer = await post(`${replay.publicUrl}/oauth2/token`, form)
    const { access_token: token = '' } = JSON.parse(answer.text) as { access_token?: string }
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>
    expect(claims).toMatchObject({ sub: 'mine', client_id: 'mine', iss: `${replay.publicUrl}/`, aud: [] })
    expect(Number(claims['exp']) - Number(claims['iat'])).toBe(3600)
    const seen = await post(`${replay.adminUrl}/oauth2/introspect`, `token=${token}`)
    expect(JSON.parse(seen.text)).toMatchObject({ active: true, sub: 'mine', token_use: 'access_token' })
  })

  async function post(url: string, body: string): ReturnType<typeof send> {
    return send({ method: 'POST', url, headers: { 'content-type': 'application/x-www-form-urlencoded' }, body })
  }
})

test('a transcript that is not there is an error', async () => {
  replay = await startReplay({ version: '1.11', profile: 'default', case: 'discovery' })
  await expect(startReplay({ version: '1.11', profile: 'default', case: 'no-such-case' })).rejects.toThrow(
    'there is no transcript of case no-such-case in profile default of 1.11',
  )
})
