import type { LoggerService } from '@nestjs/common'

/** A logger that keeps everything. */
export function recordingLogger(): LoggerService & { lines(): string; errors(): string[] } {
  const kept: string[] = []
  const errors: string[] = []
  const keep = (...said: unknown[]): void => void kept.push(said.map(String).join(' '))
  return {
    log: keep,
    warn: keep,
    debug: keep,
    verbose: keep,
    error(...said: unknown[]) {
      keep(...said)
      errors.push(String(said[0]))
    },
    lines: () => kept.join('\n'),
    errors: () => errors,
  }
}
