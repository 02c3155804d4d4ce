/** Something the person at the terminal can put right: printed as a sentence, without a stack. */
export class DemoError extends Error {
  override name = 'DemoError'
}
