/** Node keeps the first of several Authorization fields, and a proxy in front may have judged by another. */
import { HydraModule } from '@hydra-kit/nestjs'
import { fakeResourceServer, signedInAs } from '@hydra-kit/resource-server/testing'
import { expect, test } from '@jest/globals'
import { Controller, Get } from '@nestjs/common'
import { request } from 'node:http'
import { platforms, startApp } from './support/app.ts'

const resourceServer = fakeResourceServer({ tokens: { alice: signedInAs({}), bob: signedInAs({}) } })

@Controller('photos')
class Photos {
  @Get() list(): string {
    return 'photos'
  }
}

test.each(platforms)('two Authorization fields are a token in two places, on %s', async (platform) => {
  const imports = [HydraModule.forRoot({ resourceServer })]
  await using app = await startApp({ platform, imports, controllers: [Photos] })
  expect(await ask(app.url, ['Bearer alice'])).toEqual([200, 'photos'])
  const [status, body] = await ask(app.url, ['Bearer alice', 'Bearer bob'])
  expect([status, JSON.parse(body)]).toEqual([400, expect.objectContaining({ error: 'invalid_request' })])
})

/** `fetch` would join the values to one field. */
function ask(url: string, values: string[]): Promise<[status: number | undefined, body: string]> {
  return new Promise((resolve, reject) => {
    const sent = request(`${url}/photos`, (answer) => {
      let body = ''
      answer.setEncoding('utf8').on('data', (text: string) => (body += text))
      answer.on('end', () => resolve([answer.statusCode, body]))
    })
    sent.setHeader('authorization', values)
    sent.on('error', reject).end()
  })
}
