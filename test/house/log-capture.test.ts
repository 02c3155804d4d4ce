/** The capture that runs along with every test file finds what it is for. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from '@jest/globals'
import { captureLogs } from './log-capture/capture.ts'
import { findSecrets } from './log-capture/secrets.ts'

const token = ['ory', 'at', 'c29tZXRoaW5nLXJhbmRvbQ'].join('_')
const jwt = ['eyJhbGciOiJSUzI1NiJ9', 'eyJzdWIiOiJhbGljZSJ9', 'c2lnbmF0dXJl'].join('.')

describe('findSecrets', () => {
  test.each([
    ['an opaque token', `token ${token}`],
    ['a JWT', `token ${jwt}`],
    ['a bearer token', `authorization: Bearer ${'x'.repeat(20)}`],
    ['a password of a client', `Basic ${Buffer.from('client:secret-secret').toString('base64')}`],
    ['a code', `GET /callback?code=${'c'.repeat(20)}&state=1`],
    ['a secret in a form', `client_secret=${'s'.repeat(12)}`],
    ['a private key', '-----BEGIN PRIVATE KEY-----'],
    ['a private key as JSON', JSON.stringify({ kty: 'RSA', d: 'd'.repeat(40) })],
  ])('%s', (_name, line) => {
    const [finding, ...more] = findSecrets(`before\n${line}\nafter`)
    expect(more).toEqual([])
    expect(finding).toContain('***')
    expect(finding).not.toContain(token)
  })

  test.each([
    ['401 expired The token has expired.'],
    ['Bearer realm="photos"'],
    ['code: 123456'],
    ['{"code":"ERR_X"}'],
  ])('nothing in: %s', (line) => expect(findSecrets(line)).toEqual([]))
})

describe('captureLogs', () => {
  /** Out of sight of the capture that runs along with this file, which would rightly complain. */
  function printing(print: () => void): string[] {
    const silent = { log: console.log, out: process.stdout.write.bind(process.stdout) }
    console.log = () => {}
    process.stdout.write = () => true
    const capture = captureLogs()
    try {
      print()
      return capture.found()
    } finally {
      capture.stop()
      console.log = silent.log
      process.stdout.write = silent.out
    }
  }

  test('console and standard output are read', () => {
    expect(printing(() => console.log('got %s', token))).toHaveLength(1)
    expect(printing(() => void process.stdout.write(`${jwt}\n`))).toHaveLength(1)
    expect(printing(() => console.log('nothing'))).toEqual([])
  })

  test('what a server received or sent is known', async () => {
    const { log } = console
    console.log = () => {}
    const capture = captureLogs()
    const server = createServer((_request, response) => {
      response.setHeader('set-cookie', 'session=cookie-value-that-is-long; Path=/').end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    await (await fetch(url, { headers: { authorization: 'Bearer opaque-to-everybody' } })).text()
    console.log('received: opaque-to-everybody')
    console.log('sent: cookie-value-that-is-long')
    expect(capture.found()).toEqual(['went over the wire: received: ***', 'went over the wire: sent: ***'])
    capture.stop()
    console.log = log
    server.close()
  })
})
