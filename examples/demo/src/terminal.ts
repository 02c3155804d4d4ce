/** Everything that the demo says on the terminal. */
import type { Decision } from './photo-api.ts'

/** Writes lines, in colour where a person is looking. */
export interface Terminal {
  line(text?: string): void
  /** What the API did with a request. */
  decision(decision: Decision): void
  passed(step: string): void
  failed(step: string, why: string): void
  notApplicable(step: string, why: string): void
}

/** Writes to `stream`. */
export function createTerminal(stream: NodeJS.WriteStream): Terminal {
  const coloured = stream.isTTY && process.env['NO_COLOR'] === undefined
  const paint = (code: number, text: string): string => (coloured ? `\u001b[${code}m${text}\u001b[0m` : text)
  const line = (text = ''): void => void stream.write(`${text}\n`)
  return {
    line,
    decision({ method, path, status, words }) {
      const colour = status < 300 ? 32 : status === 503 ? 33 : 31
      line(`    photo API  ${method.padEnd(4)} ${path.padEnd(16)} ${paint(colour, String(status))}  ${words}`)
    },
    passed: (step) => line(`${paint(32, '✓')} ${step}`),
    failed: (step, why) => line(`${paint(31, '✗')} ${step}: ${why}`),
    notApplicable: (step, why) => line(`${paint(33, '–')} ${step}: not applicable, ${why}`),
  }
}
