/**
 * Spans and metrics through OpenTelemetry. The only module that imports `@opentelemetry/api`: whoever does not import
 * it needs no such package and pays nothing.
 */
import { context, metrics, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import type { Attributes, BatchObservableResult, Meter, MeterProvider, Span, TracerProvider } from '@opentelemetry/api'
import { optionsError } from './options-error.ts'
import type { Telemetry, UpstreamOutcome, VerificationOutcome, Watch, WatchedIssuer } from './telemetry.ts'

/** Options of {@link openTelemetry}. */
export interface OpenTelemetryOptions {
  /** Default: the global one. */
  readonly tracerProvider?: TracerProvider | undefined
  /** Default: the global one, which must be set by then: the API does not exchange meters later. */
  readonly meterProvider?: MeterProvider | undefined
}

const scope = '@hydra-kit/resource-server'

/** Bounds that the semantic conventions advise for `http.client.request.duration`. */
const durationBounds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]

const breakerStates = ['closed', 'open', 'half_open'] as const

/**
 * Makes the observer for option `telemetry` of `createResourceServer`. Nothing that it records contains a token, a
 * subject or a client id; with several issuers, each is named as in the options.
 *
 * @throws TypeError `ERR_OPTIONS` for an unknown option.
 */
export function openTelemetry(options: OpenTelemetryOptions = {}): Telemetry {
  const { tracerProvider = trace, meterProvider = metrics, ...unknown } = options
  for (const name of Object.keys(unknown)) {
    throw optionsError(name, `There is no option ${JSON.stringify(name)}.`, 'Give tracerProvider or meterProvider.')
  }
  const tracer = tracerProvider.getTracer(scope)
  const meter = meterProvider.getMeter(scope)
  const verifications = meter.createCounter('hydra_kit.verifications', {
    unit: '{verification}',
    description: 'Verifications of tokens by outcome, reason of refusal, source of the answer and format of the token.',
  })
  const lookups = meter.createCounter('hydra_kit.cache.lookups', {
    unit: '{lookup}',
    description: 'Tokens that were looked for in the caches, by result.',
  })
  const unauthorized = meter.createCounter('hydra_kit.authorization.refusals', {
    unit: '{refusal}',
    description: 'Verified tokens that lack a scope or claim of the route.',
  })
  const duration = meter.createHistogram('hydra_kit.upstream.duration', {
    unit: 's',
    description: 'Duration of calls to Hydra, all tries included.',
    advice: { explicitBucketBoundaries: durationBounds },
  })

  return {
    verification() {
      const span = tracer.startSpan('verify access token')
      return watch(span, (ending) => {
        const attributes = verificationAttributes(ending)
        span.setAttributes(attributes)
        if (ending.outcome === 'unavailable' || ending.outcome === 'failed') {
          fail(span, ending.outcome === 'unavailable' ? 'ERR_VERIFICATION_UNAVAILABLE' : '_OTHER')
        }
        verifications.add(1, attributes)
        if (ending.source === undefined) return
        const result = ending.source === 'cache' ? 'hit' : 'miss'
        lookups.add(1, { 'hydra_kit.cache.result': result, ...issuerAttribute(ending.issuerName) })
      })
    },
    upstreamCall({ operation, issuerName }) {
      const attributes = { 'hydra_kit.upstream.operation': operation, ...issuerAttribute(issuerName) }
      const span = tracer.startSpan(`hydra ${operation}`, { kind: SpanKind.CLIENT, attributes })
      const startedAt = performance.now()
      return watch(span, ({ errorType, status }: UpstreamOutcome) => {
        const problem = {
          ...(errorType !== undefined && { 'error.type': errorType }),
          ...(status !== undefined && { 'http.response.status_code': status }),
        }
        span.setAttributes(problem)
        if (errorType !== undefined) fail(span, errorType)
        duration.record((performance.now() - startedAt) / 1000, { ...attributes, ...problem })
      })
    },
    unauthorized(reason) {
      unauthorized.add(1, { 'hydra_kit.refusal.reason': reason })
    },
    observe: (read) => observeState(meter, read),
  }
}

function watch<Outcome>(span: Span, onEnd: (outcome: Outcome) => void): Watch<Outcome> {
  return {
    run: (work) => context.with(trace.setSpan(context.active(), span), work),
    end(outcome) {
      onEnd(outcome)
      span.end()
    },
  }
}

function fail(span: Span, errorType: string): void {
  span.setAttribute('error.type', errorType)
  span.setStatus({ code: SpanStatusCode.ERROR })
}

function verificationAttributes({ outcome, reason, source, format, issuerName }: VerificationOutcome): Attributes {
  return {
    'hydra_kit.verification.outcome': outcome,
    ...(reason !== undefined && { 'hydra_kit.refusal.reason': reason }),
    ...(source !== undefined && { 'hydra_kit.verification.source': source }),
    ...(format !== undefined && { 'hydra_kit.token.format': format }),
    ...issuerAttribute(issuerName),
  }
}

function issuerAttribute(name: string | undefined): Attributes {
  return name === undefined ? {} : { 'hydra_kit.issuer.name': name }
}

/** One reading for all instruments whenever metrics are collected. */
function observeState(meter: Meter, read: () => readonly WatchedIssuer[]): () => void {
  const breaker = meter.createObservableGauge('hydra_kit.breaker.state', {
    unit: '1',
    description: '1 for the state that the breaker before introspection is in, 0 for the others.',
  })
  const questions = meter.createObservableUpDownCounter('hydra_kit.introspection.questions', {
    unit: '{question}',
    description: 'Questions to Hydra that are on their way or wait for their turn.',
  })
  const entries = meter.createObservableUpDownCounter('hydra_kit.cache.entries', {
    unit: '{entry}',
    description: 'Answers that are remembered.',
  })
  const instruments = [breaker, questions, entries]

  function report(result: BatchObservableResult): void {
    for (const { name, introspection, verifiedJwts } of read()) {
      const issuer = issuerAttribute(name)
      for (const state of breakerStates) {
        const value = introspection.breaker === state ? 1 : 0
        result.observe(breaker, value, { 'hydra_kit.breaker.state': state, ...issuer })
      }
      const { inFlight, queued, activeEntries, inactiveEntries } = introspection
      result.observe(questions, inFlight, { 'hydra_kit.question.state': 'in_flight', ...issuer })
      result.observe(questions, queued, { 'hydra_kit.question.state': 'queued', ...issuer })
      result.observe(entries, verifiedJwts.entries, { 'hydra_kit.cache.name': 'verified_jwts', ...issuer })
      result.observe(entries, activeEntries, { 'hydra_kit.cache.name': 'active', ...issuer })
      result.observe(entries, inactiveEntries, { 'hydra_kit.cache.name': 'inactive', ...issuer })
    }
  }
  meter.addBatchObservableCallback(report, instruments)
  return () => meter.removeBatchObservableCallback(report, instruments)
}
