import assert from 'node:assert/strict'
import { test } from 'node:test'
import { notYet } from '../not-yet.js'
import { targetKind } from './server.js'

/**
 * Checks of one foreign program. On embedded Hydra, a check that `not-yet.js` names must fail, and one that works fails
 * the run until its entry is taken out; an entry that names no check fails, too.
 *
 * @param {string} program its key in `not-yet.js`
 */
export function checksOf(program) {
  const gaps = new Map(targetKind === 'embedded' ? Object.entries(notYet[program] ?? {}) : [])
  const named = new Set()

  function check(name, run) {
    named.add(name)
    void test(name, async (context) => {
      const reason = gaps.get(name)
      if (reason === undefined) return run(context)
      const failed = await Promise.resolve(run(context)).then(
        () => false,
        () => true,
      )
      if (!failed) throw new Error(`"${name}" works now: take it out of not-yet.js (its reason was: ${reason})`)
    })
  }

  /** To be called after the last check, with what was recorded of them. */
  function done(recorded) {
    void test('every entry of not-yet.js and every recorded answer belongs to a check', () => {
      const unknown = [...gaps.keys(), ...recorded.labels].filter((name) => !named.has(name))
      assert.deepEqual(unknown, [])
    })
  }

  return { check, done }
}
