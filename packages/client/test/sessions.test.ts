/** Revocation of consents and logins: parameters that a server would take otherwise are never sent. */
import { describe, expect, test } from '@jest/globals'
import type { ConsentRevocation, LoginRevocation } from '@hydra-kit/client'
import { useOneServer } from './support/one-server.ts'
import { json, refuse } from './support/stub-server.ts'

const server = useOneServer()
const done = (): void => server.handle((_request, response) => void response.writeHead(204).end())

describe('consents', () => {
  test.each([
    ['1.4 (from source, not run)', '/oauth2/auth/sessions/consent?subject=al'],
    ['1.6 (from source, not run)', '/oauth2/auth/sessions/consent?subject=al'],
    ['1.7 (from source, not run)', '/oauth2/auth/sessions/consent?subject=al&all=true'],
    ['1.11', '/oauth2/auth/sessions/consent?subject=al&all=true'],
    ['2.0 (from source, not run)', '/admin/oauth2/auth/sessions/consent?subject=al&all=true'],
    ['26.2', '/admin/oauth2/auth/sessions/consent?subject=al&all=true'],
  ])('%s: all of a subject is %s', async (version, url) => {
    done()
    await server.client(version).consentSessions.revoke({ subject: 'al', all: true })
    expect(server.requests()).toEqual([`DELETE ${url}`])
  })

  test('one by its id, since 25.4', async () => {
    done()
    await server.client('25.4').consentSessions.revoke({ consentRequestId: 'r1' })
    expect(server.requests()).toEqual(['DELETE /admin/oauth2/auth/sessions/consent?consent_request_id=r1'])
    await expect(server.client('2.3').consentSessions.revoke({ consentRequestId: 'r1' })).rejects.toMatchObject({
      code: 'ERR_HYDRA_UNSUPPORTED',
      argument: 'consentRequestId',
      since: '25.4.0',
    })
    expect(server.seen).toHaveLength(1)
  })

  test.each([
    {},
    { subject: 'al' },
    { client: 'c1' },
    { all: true },
    { subject: 'al', client: 'c1', all: true },
    { subject: 'al', all: false },
    { subject: 'al', all: 'true' },
    { subject: '', all: true },
    { subject: 'al', client: '' },
    { consentRequestId: '' },
    { consentRequestId: 'r1', subject: 'al' },
    { consentRequestId: 'r1', all: true },
    { subject: 'al', clientId: 'c1' },
    { subject: 'al', all: true, dryRun: true },
  ])('is refused on every version: %j', async (which) => {
    for (const version of ['1.4', '1.11', '26.2']) {
      const call = server.client(version).consentSessions.revoke(which as ConsentRevocation)
      await expect(call).rejects.toMatchObject({ name: 'TypeError', code: 'ERR_OPTIONS' })
    }
    expect(server.seen).toEqual([])
  })

  test('nothing to revoke is no error, also where 1.4 – 1.9 say 404 (from source, not run)', async () => {
    server.handle((_request, response) => refuse(response, 404, 'Not Found', 'x'))
    await expect(server.client('1.9').consentSessions.revoke({ subject: 'al', all: true })).resolves.toBeUndefined()
    await expect(server.client('1.10').consentSessions.revoke({ subject: 'al', all: true })).rejects.toMatchObject({
      status: 404,
    })
    server.handle((_request, response) => json(response, 404, { error: { message: 'no route' } }))
    await expect(server.client('1.9').consentSessions.revoke({ subject: 'al', all: true })).rejects.toMatchObject({
      status: 404,
    })
  })

  test('a list by login session is refused where the server would list everything', async () => {
    server.answer(200, [])
    const list = (version: string): Promise<unknown> =>
      server.client(version).consentSessions.list({ subject: 'al', loginSessionId: 's1' }).toArray()
    await expect(list('1.11')).rejects.toMatchObject({ code: 'ERR_HYDRA_UNSUPPORTED', argument: 'loginSessionId' })
    await expect(list('2.0.2')).rejects.toMatchObject({ code: 'ERR_HYDRA_UNSUPPORTED', since: '2.0.3' })
    expect(server.seen).toEqual([])
    await list('26.2')
    expect(server.requests()).toEqual([
      'GET /admin/oauth2/auth/sessions/consent?subject=al&login_session_id=s1&page_size=100',
    ])
    expect(() => server.client().consentSessions.list({ subject: '' })).toThrow('`subject` must be a string')
  })
})

describe('logins', () => {
  test('by subject, and by sid since 2.1', async () => {
    done()
    await server.client('1.4').loginSessions.revoke({ subject: 'al' })
    await server.client('2.1').loginSessions.revoke({ sid: 's1' })
    expect(server.requests()).toEqual([
      'DELETE /oauth2/auth/sessions/login?subject=al',
      'DELETE /admin/oauth2/auth/sessions/login?sid=s1',
    ])
    await expect(server.client('2.0').loginSessions.revoke({ sid: 's1' })).rejects.toMatchObject({
      code: 'ERR_HYDRA_UNSUPPORTED',
      argument: 'sid',
      since: '2.1.0',
    })
    expect(server.seen).toHaveLength(2)
  })

  test.each([{}, { subject: '' }, { sid: '' }, { subject: 'al', sid: 's1' }, { subject: 'al', all: true }])(
    'is refused: %j',
    async (which) => {
      const call = server.client().loginSessions.revoke(which as LoginRevocation)
      await expect(call).rejects.toMatchObject({ code: 'ERR_OPTIONS' })
      expect(server.seen).toEqual([])
    },
  )
})
