/** A real Express app with Passport on a free port, and a client that sees each header. */
import { once } from 'node:events'
import { createServer, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import express, { type Express } from 'express'
import { Passport } from 'passport'

export interface Sent {
  method?: string
  path?: string
  /** As written on the wire: a list is sent as several fields. */
  headers?: Record<string, string | string[]>
  body?: string
}

export interface Received {
  status: number
  /** Lower-case names; several fields of one name are joined by a line break. */
  headers: Record<string, string>
  body: string
}

export interface Api {
  send(sent?: Sent): Promise<Received>
  close(): Promise<void>
}

/** Serves an app with a Passport of its own. Express's error handler is quiet about what it answers under `env: test`. */
export async function serve(configure: (app: Express, passport: InstanceType<typeof Passport>) => void): Promise<Api> {
  const app = express()
  app.set('env', 'test')
  configure(app, new Passport())
  const server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    send: senderTo((server.address() as AddressInfo).port),
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Sends requests to a port of this machine. */
export function senderTo(port: number): Api['send'] {
  return ({ method = 'GET', path = '/photos', headers = {}, body } = {}) =>
    new Promise((resolve, reject) => {
      const sending = httpRequest({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: fieldsOf(response.rawHeaders),
            body: Buffer.concat(chunks).toString(),
          }),
        )
        response.on('error', reject)
      })
      sending.on('error', reject)
      sending.end(body)
    })
}

/** The header of a request with this token. */
export function bearer(token: string): { authorization: string } {
  return { authorization: `Bearer ${token}` }
}

function fieldsOf(raw: string[]): Record<string, string> {
  const fields: Record<string, string> = {}
  for (let index = 0; index < raw.length; index += 2) {
    const [name, value] = [(raw[index] ?? '').toLowerCase(), raw[index + 1] ?? '']
    fields[name] = name in fields ? `${fields[name]}\n${value}` : value
  }
  return fields
}
