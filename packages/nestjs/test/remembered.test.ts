import { inspect } from 'node:util'
import { signedInAs } from '@hydra-kit/resource-server/testing'
import { expect, test } from '@jest/globals'
import { recall, remember } from '../src/contexts/remembered.ts'

test('outcomes of several instances stand side by side on one carrier, the newest of each counts', () => {
  const carrier = {}
  const tokenOf = (subject: string): ReturnType<typeof signedInAs> => signedInAs({ subject })
  const subjects = (): unknown[] => [undefined, 'a', 'b', 'c'].map((name) => recall(carrier, name)?.token?.subject)
  expect(subjects()).toEqual([undefined, undefined, undefined, undefined])
  remember(carrier, 'a', tokenOf('ada'))
  remember(carrier, undefined, tokenOf('bob'))
  remember(carrier, 'b', tokenOf('eve'))
  expect(subjects()).toEqual(['bob', 'ada', 'eve', undefined])
  remember(carrier, undefined, tokenOf('dan'))
  remember(carrier, 'a', undefined)
  expect(subjects()).toEqual(['dan', undefined, 'eve', undefined])
  expect([inspect(carrier, { showHidden: false }), JSON.stringify(carrier)]).toEqual(['{}', '{}'])
})

test('carriers with one token have outcomes of their own', () => {
  const [first, second, third] = [{}, {}, {}]
  const [ada, bob] = [signedInAs({ subject: 'ada' }), signedInAs({ subject: 'bob' })]
  remember(first, undefined, ada)
  remember(second, undefined, ada)
  remember(third, 'other', ada)
  remember(first, 'other', bob)
  remember(second, undefined, bob)
  const seen = [first, second, third].map((carrier) => [undefined, 'other'].map((name) => recall(carrier, name)?.token))
  expect(seen).toEqual([
    [ada, bob],
    [bob, undefined],
    [undefined, ada],
  ])
})
