/** What Go's `html/template` makes of a value: Hydra's pages are written with it, and browsers get to see it. */

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
  '+': '&#43;',
  '\0': '\uFFFD',
}

/** A value in a text or in a quoted attribute. */
export function templateText(value: string): string {
  // oxlint-disable-next-line no-control-regex -- NUL is what the template replaces
  return value.replace(/[&<>"'+\0]/g, (char) => entities[char] ?? char)
}

/** A value in an attribute that holds a URL. Only relative URLs, http, https and mailto get through. */
export function templateUrl(value: string): string {
  const scheme = /^([^:/]*):/.exec(value)?.[1]
  const safe = scheme === undefined || ['http', 'https', 'mailto'].includes(scheme.toLowerCase())
  return templateText(safe ? normalizeUrl(value) : '#ZgotmplZ')
}

function normalizeUrl(url: string): string {
  return [...Buffer.from(url)].map((byte, at, bytes) => keepByte(byte, at, bytes)).join('')
}

function keepByte(byte: number, at: number, bytes: readonly number[]): string {
  const char = String.fromCharCode(byte)
  const escape = char === '%' && /^[0-9a-f]{2}$/i.test(String.fromCharCode(...bytes.slice(at + 1, at + 3)))
  if (escape || /[\w!#$&*+,/:;=?@[\].~-]/.test(char)) return char
  return `%${byte.toString(16).padStart(2, '0')}`
}
