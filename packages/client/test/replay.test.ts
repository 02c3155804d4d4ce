/**
 * What real servers said, through this client: each recorded request that it can send is sent to a stub that plays the
 * recorded answers, and must arrive as it was recorded and end as the recorded status says.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { expect, test } from '@jest/globals'
import { createHydraClient } from '@hydra-kit/client'
import type { OperationName } from '@hydra-kit/client'
import { startReplay } from '../../../test/contract/src/replay.ts'
import type { Replay } from '../../../test/contract/src/replay.ts'
import { readTranscript } from '../../../test/contract/src/transcript/store.ts'
import type { RecordedExchange } from '../../../test/contract/src/transcript/exchange.ts'
import { operations } from '../src/operations.ts'
import { callFor } from './support/recorded-calls.ts'
import type { FilledRequest } from './support/recorded-calls.ts'

const releases = { '1.11': '1.11.10', '26.2': '26.2.0' } as const
const root = join(__dirname, '../../../test/contract/recorded')
const played = new Map<string, number>()

function cases(version: string): [string, string][] {
  return readdirSync(join(root, version)).flatMap((profile) =>
    readdirSync(join(root, version, profile)).map((file): [string, string] => [profile, file.replace(/\.json$/, '')]),
  )
}

test.each(['1.11', '26.2'] as const)('%s: every recorded request that the client can send', async (version) => {
  const problems: object[] = []
  let dropped = false
  for (const [profile, name] of cases(version)) {
    const transcript = readTranscript(version, profile, name)!
    const replay = await startReplay({ version, profile: profile as never, case: name })
    const hydra = createHydraClient({
      publicUrl: replay.publicUrl,
      adminUrl: replay.adminUrl,
      serverVersion: releases[version],
      onDroppedField: () => {
        dropped = true
      },
    })
    for (const exchange of transcript.exchanges) await playOne(exchange, `${version}/${profile}/${name}`)
    await hydra.close()
    await replay.stop()

    async function playOne({ step }: RecordedExchange, where: string): Promise<void> {
      const pending = transcript.exchanges.find((exchange) => exchange.step === step)
      if (!replay.remaining.includes(step) || pending === undefined) return
      const call = callFor(hydra, releases[version], fill(pending, replay))
      if (call === undefined) return
      const [remaining, unexpected] = [replay.remaining, replay.unexpected.length]
      dropped = false
      const ended = await call.run().then(
        (result) => ({ state: (result as { state?: string } | undefined)?.state ?? 'done' }),
        (error: { code?: string; status?: number; message: string }) => ({
          error: error.code === 'ERR_HYDRA_HTTP' ? error.status : `${error.code} ${error.message}`,
        }),
      )
      // Refused before it was sent, or sent without something that the server doesn't know: other requests.
      if (/^ERR_(OPTIONS|HYDRA_UNSUPPORTED)/.test('error' in ended ? String(ended.error) : '') || dropped) return
      // The stub doesn't look at credentials: of several equal requests it may have taken another one.
      const taken = remaining.filter((one) => !replay.remaining.includes(one))
      const exchange = transcript.exchanges.find((one) => one.step === taken[0])
      // A handled challenge is looked up once more for a way on, which was not recorded.
      const surplus = exchange?.response.status === 409 ? [] : replay.unexpected.slice(unexpected)
      const wanted = exchange === undefined ? 'a request of the transcript' : expected(call.operation, exchange)
      if (surplus.length > 0 || !isDeepStrictEqual(ended, wanted))
        problems.push({ where, step, surplus, ended, wanted })
      const key = `${version} ${call.operation}`
      played.set(key, (played.get(key) ?? 0) + 1)
    }
  }
  expect(problems).toEqual([])
})

/** Recorded otherwise than this client asks (other parameters, other ids), or not at all. */
const elsewhere: Record<'1.11' | '26.2', OperationName[]> = {
  '1.11': [
    ...(['metadata.version', 'clients.list', 'consentSessions.list', 'trustedIssuers.list'] as const),
    ...(['keySets.set', 'keySets.getKey', 'keySets.setKey', 'keySets.deleteKey'] as const),
    ...(['deviceRequests.accept', 'device.authorize', 'credentials.create'] as const),
  ],
  '26.2': [
    ...(['metadata.version', 'clients.list', 'consentSessions.list', 'trustedIssuers.list'] as const),
    ...(['keySets.setKey', 'tokens.flushInactive'] as const),
    ...(['deviceRequests.accept', 'device.authorize', 'credentials.create'] as const),
  ],
}

test.each(['1.11', '26.2'] as const)('%s: that was nearly every operation', (version) => {
  const missing = (Object.keys(operations) as OperationName[]).filter((name) => !played.has(`${version} ${name}`))
  expect(missing.filter((name) => !elsewhere[version].includes(name))).toEqual([])
  const total = [...played].reduce((sum, [key, count]) => sum + (key.startsWith(version) ? count : 0), 0)
  expect(total).toBeGreaterThan(200)
})

function expected(operation: OperationName, { response }: RecordedExchange): object {
  const { status } = response
  const body = response.body as { error?: string } | undefined
  if (status === operations[operation].success) {
    if (operation === 'credentials.create') return { state: 'issued' }
    return { state: operation.endsWith('Requests.get') ? 'open' : 'done' }
  }
  if (operation.includes('Requests.')) {
    if (status === 409 || status === 410) return { state: 'handled' }
    if (status === 404) return { state: 'unknown' }
    if (status === 401 && body?.error === 'request_unauthorized') return { state: 'expired' }
  }
  if (operation === 'credentials.create' && body?.error === 'missing_proof') return { state: 'proof_required' }
  return { error: status }
}

function fill({ request }: RecordedExchange, replay: Replay): FilledRequest {
  const text = (recorded: string): string =>
    recorded.replaceAll(/<([a-z][\w-]*)(?::(\d+))?>/g, (placeholder) => replay.value(placeholder))
  const json = (value: unknown): unknown => {
    if (typeof value === 'string') return text(value)
    if (Array.isArray(value)) return value.map(json)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, json(member)]))
  }
  const [where = '', query = ''] = request.url.split('?', 2)
  const [port = '', path = ''] = where.split(' ', 2)
  const pairs = query === '' ? [] : query.split('&').map((pair) => pair.split(/=(.*)/s) as [string, string])
  const authorization = request.headers?.['authorization']
  return {
    port,
    method: request.method,
    path: text(path),
    query: Object.fromEntries(pairs.map(([name, value]) => [name, text(value ?? '')])),
    ...(request.form !== undefined ? { form: json(request.form) as Record<string, string> } : {}),
    ...(request.json !== undefined ? { json: json(request.json) as Record<string, unknown> } : {}),
    ...(authorization !== undefined ? { authorization: text(authorization) } : {}),
  }
}
