import { describe, expect, test } from '@jest/globals'
import { intersectScopes, parseScopes, scopeMatcher } from '../src/scopes.ts'
import type { ScopeStrategy } from '../src/scopes.ts'

// Every granted list and needed scope that the server's own strategies are tested with.
const rows: [ScopeStrategy, string[], { yes?: string[]; no?: string[] }][] = [
  [
    'exact',
    ['foo.bar.baz', 'foo.bar'],
    { yes: ['foo.bar.baz', 'foo.bar'], no: ['foo.bar.baz.baz', 'foo.bar.bar', 'foo.bar1', 'foo'] },
  ],
  ['exact', [], { no: ['foo'] }],
  ['exact', ['*', 'foo.*'], { yes: ['*', 'foo.*'], no: ['foo', 'foo.bar'] }],
  ['wildcard', [], { no: ['foo.bar.baz', 'foo.bar'] }],
  ['wildcard', ['*'], { yes: ['asdf', 'asdf.asdf'], no: [''] }],
  ['wildcard', ['foo'], { yes: ['foo'], no: ['*', 'foo.*', 'fo*', 'foo.bar'] }],
  ['wildcard', ['foo*'], { yes: ['foo*'], no: ['foo', 'fooa', 'fo'] }],
  ['wildcard', ['foo.*'], { yes: ['foo.bar', 'foo.baz', 'foo.bar.baz', 'foo.*'], no: ['foo', 'foo.'] }],
  ['wildcard', ['foo.*.baz'], { yes: ['foo.*.baz', 'foo.bar.baz'], no: ['foo..baz', 'foo.baz', 'foo', 'foo.bar.bar'] }],
  [
    'wildcard',
    ['foo.*.bar.*'],
    {
      yes: ['foo.baz.bar.baz', 'foo.baz.bar.bar.bar', 'foo.*.bar.*.*.*', 'foo.1.bar.1.2.3.4.5'],
      no: ['foo.baz.baz.bar.baz', 'foo.baz.bar'],
    },
  ],
  ['wildcard', ['foo.*.bar'], { yes: ['foo.bar.bar'], no: ['foo.bar.bar.bar', 'foo..bar', 'foo.bar..bar'] }],
  [
    'wildcard',
    ['foo.*.bar.*.baz.*'],
    {
      yes: ['foo.bar.bar.baz.baz.baz', 'foo.bar.bar.baz.baz.baz.baz'],
      no: [
        'foo.*.*',
        'foo.*.bar',
        'foo.baz.*',
        'foo.baz.bar',
        'foo.b*.bar',
        'foo.bar.bar.baz.baz',
        'foo.bar.baz.baz.baz.bar',
      ],
    },
  ],
  [
    'wildcard',
    ['hydra.*', 'openid', 'offline', 'hydra'],
    { yes: ['hydra.clients', 'hydra.clients.get', 'hydra', 'offline', 'openid'], no: ['openid.x'] },
  ],
  ['hierarchical', [], { no: ['foo.bar.baz', 'foo.bar', 'foo'] }],
  [
    'hierarchical',
    ['foo.bar', 'bar.baz', 'baz.baz.1', 'baz.baz.2', 'baz.baz.3', 'baz.baz.baz'],
    {
      yes: ['foo.bar.baz', 'baz.baz.baz', 'foo.bar', 'bar.baz', 'bar.baz.zad'],
      no: ['foo', 'bar', 'baz', 'foo.barx', 'foo.ba'],
    },
  ],
  ['hierarchical', ['fosite.keys.create', 'fosite.keys.get'], { yes: ['fosite.keys.get'], no: ['fosite.keys'] }],
  [
    'hierarchical',
    ['hydra', 'openid', 'offline'],
    {
      yes: ['hydra', 'hydra.bar', 'openid', 'openid.baz.bar', 'offline.baz.bar.baz'],
      no: ['foo.bar', 'foo', 'hydr', 'hydrant'],
    },
  ],
]

describe.each(rows)('%s, granted %j', (strategy, granted, { yes = [], no = [] }) => {
  const covers = scopeMatcher(strategy)
  if (yes.length > 0) test.each(yes)('covers %j', (needed) => expect(covers(granted, needed)).toBe(true))
  if (no.length > 0) test.each(no)('does not cover %j', (needed) => expect(covers(granted, needed)).toBe(false))
})

test.each([
  ['a b', ['a', 'b']],
  ['', []],
  [
    ['a', 'b'],
    ['a', 'b'],
  ],
  [[], []],
])('reads %j', (value, scopes) => {
  expect(parseScopes(value)).toEqual(scopes)
})

test.each([
  ['two spaces', 'a  b'],
  ['a space in front', ' a'],
  ['a tab', 'a\tb'],
  ['a line break', 'a\r\nb'],
  ['beyond ASCII', 'ä'],
  ['a quote', 'a"b'],
  ['a backslash', 'a\\b'],
  ['a member with a space', ['a b']],
  ['an empty member', ['a', '']],
  ['a number', 7],
  ['a list with a number', ['a', 7]],
  ['a nested list', [['a']]],
  ['an object', { a: true }],
  ['null', null],
])('grants nothing for %s', (_name, value) => {
  expect(parseScopes(value)).toBeUndefined()
})

test('an intersection keeps what both lists contain', () => {
  expect(intersectScopes(['a', 'b', 'c'], ['c', 'a', 'd'])).toEqual(['a', 'c'])
})
