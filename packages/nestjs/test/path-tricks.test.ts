/** The guard runs behind the router, on the handler that was chosen: no spelling of a path gets past it. */
import { connect } from 'node:net'
import { HydraModule, Public, Scopes } from '@hydra-kit/nestjs'
import { fakeResourceServer, signedInAs } from '@hydra-kit/resource-server/testing'
import { describe, expect, test } from '@jest/globals'
import { All, Controller, Get } from '@nestjs/common'
import { platforms, startApp } from './support/app.ts'

@Controller('admin')
@Scopes('admin')
class Admin {
  @Get() read(): string {
    return 'secret'
  }
  @All('sub/:name') sub(): string {
    return 'secret'
  }
}

@Controller()
@Public()
class Open {
  @Get() home(): string {
    return 'open'
  }
  @Get(':name') page(): string {
    return 'open'
  }
}

const paths = [
  '/admin',
  '/admin/',
  '/%61dmin',
  '/%41dmin',
  '/admi%6e',
  '/ADMIN',
  '/Admin',
  '//admin',
  '///admin',
  '/./admin',
  '/x/../admin',
  '/x/..%2fadmin',
  '/%2e/admin',
  '/admin.',
  '/admin%2e',
  '/admin..',
  '/admin;x=1',
  '/admin;',
  '/admin%00',
  '/admin%20',
  '/admin%0a',
  '/admin?x=1',
  '/admin#x',
  '/admin%23',
  '/admin%3f',
  '/%2561dmin',
  '/%25%36%31dmin',
  '/admin%2f',
  '/admin%252f',
  '\\admin',
  '/\\admin',
  '/admin\\',
  '/admin/sub/a',
  '/admin/sub/%61',
  '/admin//sub/a',
  '/admin/./sub/a',
  '/admin/sub/a/',
  '/ADMIN/SUB/a',
  '/admin/sub/..%2f..%2f',
  'http://127.0.0.1/admin',
  'http://other.example/admin',
]

/** A request with exactly this target, which no client library would send so. */
function raw(port: number, target: string, method: string, header = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.end(`${method} ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${header}\r\n`)
    })
    let text = ''
    socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk))
    socket.on('end', () => resolve(text)).on('error', reject)
  })
}

describe.each(platforms)('%s', (platform) => {
  test('no spelling reads the secret without a token, and none is a server error', async () => {
    const tokens = { ada: signedInAs({ scopes: ['admin'] }), bob: signedInAs() }
    const resourceServer = fakeResourceServer({ tokens })
    // Whatever the router does not take for /admin ends at the open catch-all, and not in 404.
    await using app = await startApp({
      platform,
      imports: [HydraModule.forRoot({ resourceServer })],
      controllers: [Admin, Open],
    })
    const port = Number(new URL(app.url).port)
    const header = (token: string): string => `Authorization: Bearer ${token}\r\n`
    expect(await raw(port, '/admin', 'GET', header('ada'))).toMatch(/^HTTP\/1\.1 200 [\s\S]*secret/)
    expect(await raw(port, '/', 'GET')).toMatch(/^HTTP\/1\.1 200 [\s\S]*open/)
    for (const path of paths) {
      for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'OPTIONS', 'TRACE']) {
        for (const head of ['', header('bob'), header('nonsense'), 'X-HTTP-Method-Override: GET\r\n']) {
          const answer = await raw(port, path, method, head)
          const status = /^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]
          expect([path, method, head, answer.includes('secret')]).toEqual([path, method, head, false])
          expect([path, method, head, status]).toEqual([path, method, head, expect.stringMatching(/^[24]\d\d$/)])
        }
      }
    }
    // HEAD has no body to give itself away.
    for (const path of ['/admin', '/ADMIN', '/%61dmin', '/admin/sub/a']) {
      expect(await raw(port, path, 'HEAD')).toMatch(/^HTTP\/1\.1 (401|404)|^HTTP\/1\.1 200 [\s\S]*content-length: 4\r/i)
    }
  })
})
