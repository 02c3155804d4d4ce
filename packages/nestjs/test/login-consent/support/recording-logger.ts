import type { LoggerService } from '@nestjs/common'

/** A logger that keeps everything. */
export function recordingLogger(): LoggerService & { lines(): string } {
  const kept: string[] = []
  const keep = (...said: unknown[]): void => void kept.push(said.map(String).join(' '))
  return { log: keep, error: keep, warn: keep, debug: keep, verbose: keep, fatal: keep, lines: () => kept.join('\n') }
}
