/** For every test file: whatever it makes the packages print must not contain a token, a code or a secret. */
import { afterAll } from '@jest/globals'
import { captureLogs } from './capture.ts'

const capture = captureLogs()

afterAll(() => {
  capture.stop()
  const found = capture.found()
  if (found.length > 0) throw new Error(`Secrets were printed:\n${found.join('\n')}`)
})
