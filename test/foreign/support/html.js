/** The little that a test needs of a page: its text, and its form. */

export function textOf(html) {
  return unescaped(html.replace(/<[^>]*>/g, ''))
    .replace(/\s+/g, ' ')
    .trim()
}

/** Action and fields of the page's form, as a browser would submit them untouched: no unticked box, no button. */
export function formIn(html) {
  const form = /<form\b([^>]*)>([\s\S]*?)<\/form>/.exec(html)
  if (!form) throw new Error(`no form on this page: ${textOf(html)}`)
  const fields = [...form[2].matchAll(/<input\b([^>]*)>/g)]
    .map(([, attributes]) => attributesOf(attributes))
    .filter(({ name, type }) => name !== undefined && type !== 'checkbox' && type !== 'submit')
    .map(({ name, value = '' }) => [name, value])
  return { action: attributesOf(form[1]).action, fields }
}

function attributesOf(text) {
  const pairs = [...text.matchAll(/([\w-]+)(?:="([^"]*)")?/g)]
  return Object.fromEntries(pairs.map(([, name, value = '']) => [name, unescaped(value)]))
}

function unescaped(text) {
  const named = { amp: '&', lt: '<', gt: '>', quot: '"' }
  return text
    .replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
    .replace(/&#x([\da-f]+);/gi, (_, code) => String.fromCodePoint(Number.parseInt(code, 16)))
    .replace(/&(amp|lt|gt|quot);/g, (_, name) => named[name])
}
