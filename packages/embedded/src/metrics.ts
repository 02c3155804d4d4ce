import { hydraVersion } from './version.ts'

/** One answered request. */
export interface RequestSample {
  readonly method: string
  /** The path of the route, its parameters as `{param}`. */
  readonly endpoint: string
  readonly status: number
  readonly seconds: number
}

/** What a server counts about its requests, in Hydra's names. */
export interface RequestMetrics {
  note(sample: RequestSample): void
  /** Everything in the Prometheus text format, this process's own numbers included. */
  render(): string
}

interface Histogram {
  /** How many took at most as long as each of {@link bounds}. */
  readonly buckets: number[]
  count: number
  sum: number
}

type Labels = Readonly<Record<string, string>>

/** Seconds; the default buckets of Prometheus clients. */
const bounds: readonly number[] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** On every sample. A build of one's own has neither hash nor time. */
const common: Labels = { app: 'hydra', buildTime: 'undefined', hash: 'undefined', version: hydraVersion }

/** Counters that start at nothing. */
export function createRequestMetrics(): RequestMetrics {
  const durations = new Map<string, Histogram>()
  const responseTimes = new Map<string, Histogram>()
  const statuses = new Map<string, number>()
  return {
    note({ method, endpoint, status, seconds }) {
      observe(durations, labelled({ code: String(status), endpoint, method: method.toLowerCase() }), seconds)
      observe(responseTimes, labelled({ endpoint }), seconds)
      const bucket = labelled({ method, status_bucket: `${Math.floor(status / 100)}xx` })
      statuses.set(bucket, (statuses.get(bucket) ?? 0) + 1)
    },
    render() {
      const totals = [...durations].map(([labels, { count }]) => [labels, count] as const)
      return [
        counter('http_requests_total', 'number of requests', totals),
        histogram('http_requests_duration_seconds', 'duration of a requests in seconds', durations),
        histogram('http_response_time_seconds', 'time until the answer in seconds', responseTimes),
        counter('http_requests_statuses_total', 'count number of responses per status', [...statuses]),
        ...processMetrics(),
      ].join('')
    },
  }
}

function labelled(own: Labels): string {
  const all = Object.entries({ ...common, ...own }).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return all.map(([name, value]) => `${name}="${value.replace(/["\\\n]/g, '')}"`).join(',')
}

function observe(histograms: Map<string, Histogram>, labels: string, seconds: number): void {
  const known = histograms.get(labels) ?? { buckets: bounds.map(() => 0), count: 0, sum: 0 }
  histograms.set(labels, known)
  known.count += 1
  known.sum += seconds
  bounds.forEach((bound, at) => {
    if (seconds <= bound) known.buckets[at] = (known.buckets[at] ?? 0) + 1
  })
}

function counter(name: string, help: string, samples: Iterable<readonly [labels: string, value: number]>): string {
  const lines = [...samples].map(([labels, value]) => `${name}{${labels}} ${value}\n`)
  return `# HELP ${name} ${help}\n# TYPE ${name} counter\n${lines.join('')}`
}

function histogram(name: string, help: string, histograms: ReadonlyMap<string, Histogram>): string {
  const lines = [...histograms].map(([labels, { buckets, count, sum }]) => {
    const steps = buckets.map((value, at) => `${name}_bucket{${labels},le="${bounds[at]}"} ${value}\n`)
    return `${steps.join('')}${name}_bucket{${labels},le="+Inf"} ${count}\n${name}_sum{${labels}} ${sum}\n${name}_count{${labels}} ${count}\n`
  })
  return `# HELP ${name} ${help}\n# TYPE ${name} histogram\n${lines.join('')}`
}

function processMetrics(): string[] {
  const { user, system } = process.cpuUsage()
  const single = (name: string, type: string, help: string, value: number): string =>
    `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${name} ${value}\n`
  return [
    single('process_cpu_seconds_total', 'counter', 'CPU time of this process in seconds.', (user + system) / 1e6),
    single('process_resident_memory_bytes', 'gauge', 'Resident memory size in bytes.', process.memoryUsage.rss()),
    single(
      'process_start_time_seconds',
      'gauge',
      'Start time of the process in seconds since 1970.',
      Date.now() / 1000 - process.uptime(),
    ),
  ]
}
