import { expect, test } from '@jest/globals'
import { useHydra } from '@hydra-kit/embedded/testing'

const hydra = useHydra()

async function metrics(): Promise<string> {
  const response = await fetch(`${hydra.adminUrl}/metrics/prometheus`)
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
  return response.text()
}

/** The value of a sample with all of these labels. */
function sample(text: string, name: string, labels: Record<string, string>): number | undefined {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`)
  const line = text
    .split('\n')
    .find((one) => one.startsWith(`${name}{`) && wanted.every((label) => one.includes(label)))
  return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(' ')))
}

test('metrics count requests by route, method and status', async () => {
  for (const id of ['a', 'b']) await fetch(`${hydra.adminUrl}/clients/${id}`)
  await fetch(`${hydra.publicUrl}/nowhere/at/all`)
  const text = await metrics()
  const clients = { endpoint: '/admin/clients/{param}', code: '404', method: 'get', app: 'hydra', version: 'v26.2.0' }
  expect(sample(text, 'http_requests_total', clients)).toBe(2)
  expect(sample(text, 'http_requests_duration_seconds_count', clients)).toBe(2)
  expect(sample(text, 'http_requests_duration_seconds_bucket', { ...clients, le: '+Inf' })).toBe(2)
  expect(sample(text, 'http_requests_total', { endpoint: '/', code: '404' })).toBe(1)
  expect(sample(text, 'http_requests_statuses_total', { method: 'GET', status_bucket: '4xx' })).toBe(3)
})

test('what the admin port does not know is not counted', async () => {
  await fetch(`${hydra.adminUrl}/nowhere`)
  expect(await metrics()).not.toContain('http_requests_total{')
})

test('every line is a comment or a sample, and each name is declared once', async () => {
  await fetch(`${hydra.publicUrl}/health/alive`)
  const lines = (await metrics()).trimEnd().split('\n')
  for (const line of lines)
    expect(line).toMatch(/^(?:# (?:HELP|TYPE) \w+ .+|\w+(?:\{[^{}]*(?:\{param\})?[^{}]*\})? [\d.e+-]+)$/)
  const declared = lines.filter((line) => line.startsWith('# TYPE')).map((line) => line.split(' ')[2])
  expect(new Set(declared).size).toBe(declared.length)
  expect(declared).toEqual(expect.arrayContaining(['process_resident_memory_bytes', 'process_start_time_seconds']))
})

test('a reset starts again', async () => {
  await fetch(`${hydra.publicUrl}/health/alive`)
  await hydra.reset()
  expect(await metrics()).not.toContain('/health/alive')
})
