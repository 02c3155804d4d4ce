import { expect, test } from '@jest/globals'
import { templateText, templateUrl } from '../../src/http/go-template.ts'
import { asGoUrl } from '../../src/http/urls.ts'

test.each([
  ['HTTPS://APP.example/Cb', 'https://APP.example/Cb'],
  ['http://127.0.0.1/ü', 'http://127.0.0.1/%C3%BC'],
  ['http://127.0.0.1/a!b', 'http://127.0.0.1/a!b'],
  ['http://127.0.0.1/ü!$@', 'http://127.0.0.1/%C3%BC%21$@'],
  ['http://127.0.0.1/a%20b?c=%zz&ü', 'http://127.0.0.1/a%20b?c=%zz&ü'],
  ['https://app.example/?', 'https://app.example/?'],
  ['urn:ietf:wg:oauth:2.0:oob', 'urn:ietf:wg:oauth:2.0:oob'],
])('%s is written back as %s', (given, written) => {
  expect(asGoUrl(given)).toBe(written)
})

test.each([
  ['https://app.example/cb?a=1&b=x+y', 'https://app.example/cb?a=1&amp;b=x&#43;y'],
  [`https://app.example/'"<ü`, 'https://app.example/%27%22%3c%c3%bc'],
  ['https://app.example/%2f%zz', 'https://app.example/%2f%25zz'],
  ['/relative', '/relative'],
  ['MAILTO:a@x', 'MAILTO:a@x'],
  ['javascript:alert(1)', '#ZgotmplZ'],
  ['myapp://cb', '#ZgotmplZ'],
])('a page links to %s as %s', (url, attribute) => {
  expect(templateUrl(url)).toBe(attribute)
})

test('text in a page can not end the attribute it stands in', () => {
  expect(templateText(`<a href="x" title='y'>&+`)).toBe('&lt;a href=&#34;x&#34; title=&#39;y&#39;&gt;&amp;&#43;')
})
