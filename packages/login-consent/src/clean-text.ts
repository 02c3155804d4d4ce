/**
 * Foreign text on our pages: client names, hints, error codes. Escaping is the template's job; this takes away what
 * survives escaping and still deceives.
 */

/**
 * Format characters turn text around ("Trojan Source", Unicode TR 36 section 2.5) or hide in it: bidi controls, zero-width
 * and tag characters, variation selectors, fillers, halves of surrogate pairs, private use.
 */
const deceptive = /[\p{Cf}\p{Cs}\p{Co}\p{Variation_Selector}\u115f\u1160\u3164\uffa0]/gu
/** Line breaks and other controls. */
const breaking = /[\p{Cc}\p{Zl}\p{Zp}\s]+/gu

/** A foreign text made harmless and at most `maxLength` characters long; an ellipsis shows a cut. */
export function cleanText(text: unknown, maxLength: number): string {
  if (typeof text !== 'string') return ''
  // Cut first: a name may be megabytes long, and every later step reads all of it.
  const start = text.slice(0, maxLength * 4)
  const clean = start.replace(deceptive, '').replace(breaking, ' ').trim()
  // Marks stacked on one letter spill over neighbouring lines.
  const unstacked = clean.replace(/(\p{M}{3})\p{M}+/gu, '$1')
  const characters = Array.from(unstacked)
  const cut = characters.length > maxLength || (text.length > start.length && characters.length > 0)
  return cut
    ? `${characters
        .slice(0, maxLength - 1)
        .join('')
        .trimEnd()}…`
    : unstacked
}

/** An http(s) link without credentials in it, as the URL parser writes it; `undefined` for anything else. */
export function cleanLink(link: unknown): string | undefined {
  if (typeof link !== 'string' || link.length > 2048) return undefined
  let url: URL
  try {
    url = new URL(link)
  } catch {
    return undefined
  }
  const isWeb = url.protocol === 'https:' || url.protocol === 'http:'
  return isWeb && url.username === '' && url.password === '' ? url.href : undefined
}
