/** Starts the application beside a Hydra, and asks with a good token, a poor one, a bad one and none. */
import 'reflect-metadata'
import assert from 'node:assert/strict'
import { startHydra } from '@hydra-kit/embedded'
import { NestFactory } from '@nestjs/core'
import { io, type Socket } from 'socket.io-client'
import { AppModule, settings } from './app.module'

export async function play(): Promise<void> {
  const hydra = await startHydra()
  Object.assign(settings, { issuer: hydra.issuer, adminUrl: hydra.adminUrl })
  const app = await NestFactory.create(AppModule, { logger: ['error'] })
  await app.listen(0, '127.0.0.1')
  const url = await app.getUrl()
  const mint = (...scope: string[]): Promise<string> =>
    hydra.mint.accessToken({ subject: 'ada', clientId: 'photo-app', scope, audience: ['https://api.example.com'] })
  try {
    const tokens = { good: await mint('photos.read', 'photos.write'), poor: await mint('photos.read') }
    await overGraphql(`${url}/graphql`, tokens)
    await overSocket(url, tokens)
  } finally {
    await app.close()
    await hydra.stop()
  }
}

interface Tokens {
  readonly good: string
  readonly poor: string
}

async function overGraphql(url: string, { good, poor }: Tokens): Promise<void> {
  const ask = async (query: string, token?: string) => {
    const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) }
    const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query }) })
    const { data, errors } = (await answer.json()) as {
      data?: unknown
      errors?: { extensions: { error: string; code: string } }[]
    }
    // As text: in Jest what fetch parses has prototypes of another realm.
    const said = JSON.stringify(data)
    return { status: answer.status, said, error: errors?.[0]?.extensions.error, code: errors?.[0]?.extensions.code }
  }
  assert.equal((await ask('{ owner }', good)).said, '{"owner":"ada"}')
  assert.equal((await ask('mutation { add }', good)).said, '{"add":"added"}')
  const refusals = [
    [await ask('{ owner }'), 401, 'unauthorized', 'UNAUTHENTICATED'],
    [await ask('{ owner }', 'nonsense'), 401, 'invalid_token', 'UNAUTHENTICATED'],
    [await ask('mutation { add }', poor), 403, 'insufficient_scope', 'FORBIDDEN'],
  ] as const
  for (const [{ status, error, code }, ...expected] of refusals) assert.deepEqual([status, error, code], expected)
}

async function overSocket(url: string, { good, poor }: Tokens): Promise<void> {
  await connected(url, good, async (socket) => {
    assert.equal(await answer(socket, 'mine'), 'ada')
    assert.equal(await answer(socket, 'add'), 'added')
  })
  await connected(url, poor, async (socket) => {
    const { error, scope } = (await answer(socket, 'add')) as { error: string; scope: string }
    assert.deepEqual({ error, scope }, { error: 'insufficient_scope', scope: 'photos.write' })
  })
  assert.equal(await refusalOf(url, undefined), 'unauthorized')
  assert.equal(await refusalOf(url, 'nonsense'), 'invalid_token')
}

async function connected(url: string, token: string, use: (socket: Socket) => Promise<void>): Promise<void> {
  const socket = io(url, { auth: { token }, reconnection: false, forceNew: true })
  try {
    assert.equal(await heard(socket, 'welcome'), 'ada')
    await use(socket)
  } finally {
    socket.disconnect()
  }
}

async function refusalOf(url: string, token: string | undefined): Promise<string> {
  const socket = io(url, { auth: { token }, reconnection: false, forceNew: true })
  try {
    return ((await heard(socket, 'connect_error')) as { data: { error: string } }).data.error
  } finally {
    socket.disconnect()
  }
}

/** The acknowledgement of a message, or the `exception` that a refusal is. */
function answer(socket: Socket, message: string): Promise<unknown> {
  return Promise.race([socket.timeout(10_000).emitWithAck(message), heard(socket, 'exception')])
}

function heard(socket: Socket, event: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no ${event} in ten seconds`)), 10_000).unref()
    socket.once(event, (data: unknown) => {
      clearTimeout(timer)
      resolve(data)
    })
  })
}
