/** A reporter of Jest that ends the run with the first test that fails, and prints its name. */
export default class FirstFailure {
  onTestCaseResult(_test, { status, fullName }) {
    if (status !== 'failed') return
    process.stdout.write(`${MARK}${fullName}\n`)
    process.exit(1)
  }
}

/** Stands in front of the name. */
export const MARK = 'first failure: '
