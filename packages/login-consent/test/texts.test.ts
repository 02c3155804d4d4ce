import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { shippedMessages } from '../src/index.ts'
import { authorizeHints, restartUrl } from '../src/authorize-request.ts'
import { cleanLink, cleanText } from '../src/clean-text.ts'
import { normaliseUserCode } from '../src/flows/device.ts'
import { grantable } from '../src/grants.ts'
import { fill } from '../src/messages/messages.ts'
import { cards, contrastRatio, paletteOf } from '../src/pages/colours.ts'
import { isLocalPath, parseRedirect } from '../src/redirects.ts'

describe('foreign texts', () => {
  test.each([
    ['controls', 'a\u0000b\nc\td', 10, 'a b c d'],
    ['bidi overrides and isolates', 'a\u202Eb\u2066c\u200Fd\u061Ce', 10, 'abcde'],
    ['zero width', 'pay\u200Bpal\uFEFF', 10, 'paypal'],
    ['tags and variation selectors', 'a\u{E0041}b\uFE0Fc', 10, 'abc'],
    ['a lone surrogate', 'a\uD800b', 10, 'ab'],
    ['fillers', 'a\u3164\u115Fb', 10, 'ab'],
    ['stacked marks', `a${'\u0301'.repeat(50)}`, 20, `a${'\u0301'.repeat(3)}`],
    ['long ones are cut', 'abcdefghij', 5, 'abcd…'],
    ['by characters, not by halves of them', '😀😀😀😀', 3, '😀😀…'],
    ['white space around', '  a  b  ', 10, 'a b'],
    ['other scripts stay', 'Фото 写真 صور', 20, 'Фото 写真 صور'],
  ])('%s', (_name, text, length, expected) => {
    expect(cleanText(text, length)).toBe(expected)
  })

  test('whatever comes, the result is short and has no control or format character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const clean = cleanText(text, 20)
        expect(Array.from(clean).length).toBeLessThanOrEqual(20)
        expect(clean).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u)
      }),
    )
  })

  test.each([[undefined], [null], [7], [{}]])('%s is no text', (value) => {
    expect(cleanText(value, 10)).toBe('')
    expect(cleanLink(value)).toBeUndefined()
  })
})

describe('redirects', () => {
  const targets = {
    issuer: new URL('https://auth.example.com/hydra/'),
    origins: new Set(['https://auth.example.com', 'https://other.example']),
  }
  test.each([
    ['https://auth.example.com/x?y=1', 'https://auth.example.com/x?y=1'],
    ['https://other.example/x', 'https://other.example/x'],
    ['/oauth2/sessions/logout?x', 'https://auth.example.com/oauth2/sessions/logout?x'],
    ['https://auth.example.com.evil.example/', undefined],
    ['https://auth.example.com@evil.example/', undefined],
    ['https://user@auth.example.com/', undefined],
    ['http://auth.example.com/', undefined],
    ['https://auth.example.com:444/', undefined],
    ['//evil.example/', undefined],
    ['/\\evil.example/', undefined],
    ['\\\\evil.example/', undefined],
    ['/\t/evil.example/', undefined],
    ['javascript:alert(1)', undefined],
    ['data:text/html,x', undefined],
    ['http://[', undefined],
  ])('%s', (location, expected) => {
    expect(parseRedirect(targets, location)?.href).toBe(expected)
  })

  test.each([
    ['/a?b', true],
    ['/', true],
    ['//a', false],
    ['/\\a', false],
    ['/a\nb', false],
    ['a', false],
    ['https://a', false],
    ['', false],
  ])('%j as a path of this site', (location, expected) => {
    expect(isLocalPath(location)).toBe(expected)
  })
})

describe('grants', () => {
  test('are a subset of what was asked for, in its order, whatever is chosen', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.array(fc.string()), (chosen, requested) => {
        const granted = grantable(chosen, requested)
        expect(granted.every((name) => requested.includes(name) && chosen.includes(name))).toBe(true)
        expect(new Set(granted).size).toBe(granted.length)
      }),
    )
  })

  test('nothing asked for is nothing granted', () => {
    expect(grantable(['a'], null)).toEqual([])
    expect(grantable(['a'], undefined)).toEqual([])
  })
})

describe('hints', () => {
  test('members that are missing or odd are not asked for', () => {
    expect(authorizeHints({ request_url: 'not a URL', oidc_context: null })).toMatchObject({
      prompts: [],
      maxAgeSeconds: undefined,
      acrValues: [],
      uiLocales: [],
      resources: [],
      mustReauthenticate: false,
    })
    expect(authorizeHints({ request_url: 'https://a/?max_age=-1' }).maxAgeSeconds).toBeUndefined()
    expect(authorizeHints({ request_url: 'https://a/?max_age=1e3' }).maxAgeSeconds).toBeUndefined()
  })

  test('the device flow is known by its address, and restarts at the code page', () => {
    const url = 'https://auth.example.com/oauth2/device/verify?client_id=a&user_code=%2A%2A%2A%2A'
    expect(authorizeHints({ request_url: url, oidc_context: null }).isDeviceFlow).toBe(true)
    expect(restartUrl(url)).toBe('https://auth.example.com/oauth2/device/verify')
    expect(authorizeHints({ request_url: 'https://a/oauth2/auth?x=/oauth2/device/verify' }).isDeviceFlow).toBe(false)
  })

  test('a restart keeps everything but prompt', () => {
    const url = restartUrl('https://a/oauth2/auth?state=s&prompt=none&nonce=n', { prompt: ['login', 'consent'] })
    expect(Object.fromEntries(new URL(url).searchParams)).toEqual({ state: 's', prompt: 'login consent', nonce: 'n' })
    expect(new URL(restartUrl(url, { prompt: [] })).searchParams.has('prompt')).toBe(false)
  })
})

describe('user codes', () => {
  test.each([
    [' nnC7Np3w ', undefined, 'nnC7Np3w'],
    ['nnC7-Np3w', undefined, 'nnC7-Np3w'],
    ['wdjb-mjht', { alphabet: 'upper' }, 'WDJBMJHT'],
    ['123 456–789', { alphabet: 'digits' }, '123456789'],
  ] as const)('%j with %j', (typed, options, expected) => {
    expect(normaliseUserCode(typed, options)).toBe(expected)
  })
})

describe('messages', () => {
  test.each(Object.entries(shippedMessages))(
    '%s: every text is there, with the places of the English one',
    (_locale, table) => {
      for (const [key, text] of Object.entries(shippedMessages.en)) {
        const places = (value: string): string[] => (value.match(/\{\w+\}/g) ?? []).toSorted()
        const translated = table[key as keyof typeof table]
        expect(translated).not.toBe('')
        expect(places(translated)).toEqual(places(text))
      }
    },
  )

  test('a value is never read as a template', () => {
    expect(fill('Hi {a} {b} {constructor}', { a: '{b}', b: 'x' })).toBe('Hi {b} x {constructor}')
  })
})

test('every accent colour becomes readable, in both modes (WCAG 1.4.3, 1.4.11)', () => {
  const channel = fc.integer({ min: 0, max: 255 }).map((value) => value.toString(16).padStart(2, '0'))
  const colour = fc.tuple(channel, channel, channel).map((parts) => `#${parts.join('')}`)
  fc.assert(
    fc.property(fc.oneof(colour, fc.constantFrom('#fff', '#000000', '#777777', '#ffff00')), (accent) => {
      for (const card of Object.values(cards)) {
        const palette = paletteOf(accent, card)
        expect(contrastRatio(palette.accent, palette.onAccent)).toBeGreaterThanOrEqual(4.5)
        expect(contrastRatio(palette.accentText, card)).toBeGreaterThanOrEqual(4.5)
        expect(contrastRatio(palette.accent, card)).toBeGreaterThanOrEqual(3)
      }
    }),
  )
})
