import { expect, test } from '@jest/globals'
import { scopeStrategy } from '../src/scopes.ts'

test.each([
  ['wildcard', '*', 'a.b', true],
  ['wildcard', 'foo.*', 'foo.bar', true],
  ['wildcard', 'foo.*', 'foo.bar.baz', true],
  ['wildcard', 'foo.*.baz', 'foo.x.baz', true],
  ['wildcard', 'foo.*.bar.*', 'foo.1.bar.2.3', true],
  ['wildcard', 'foo.*', 'foo', false],
  ['wildcard', 'foo.*.baz', 'foo..baz', false],
  ['wildcard', 'foo*', 'fooa', false],
  ['wildcard', 'foo', 'foo.bar', false],
  ['wildcard', 'foo.*.bar', 'foo.a.b.bar', false],
  ['wildcard', '*', '', false],
  ['wildcard', 'foo.bar', 'foo', false],
  ['exact', 'foo.bar', 'foo.bar', true],
  ['exact', 'foo', 'foo.bar', false],
  ['exact', '*', 'foo', false],
] as const)('%s: %j over %j is %s', (strategy, granted, needed, covered) => {
  expect(scopeStrategy(strategy)(['unrelated', granted], needed)).toBe(covered)
})
