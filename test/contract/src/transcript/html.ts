/** What a program can read from Hydra's HTML: self-posting forms and front-channel frames. Words and layout are not compared. */
import type { Json } from './exchange.ts'

/** A summary of a page: its form with all fields, the addresses of its frames, or only that it is a page. */
export function summariseHtml(html: string): Json {
  const action = /<form[^>]*\baction="([^"]*)"/i.exec(html)?.[1]
  if (action !== undefined) {
    const inputs = [...html.matchAll(/<input[^>]*>/gi)].map(([tag]) => [
      attribute(tag, 'name'),
      attribute(tag, 'value'),
    ])
    return { form: unescapeHtml(action), fields: Object.fromEntries(inputs) as Json }
  }
  const frames = [...html.matchAll(/<iframe[^>]*>/gi)].map(([tag]) => attribute(tag, 'src')).toSorted()
  return frames.length > 0 ? { frames, leadsTo: redirectOf(html) } : '<html>'
}

/** The address to which the page of front-channel logouts leads on by itself. */
function redirectOf(html: string): Json {
  const target = /<meta[^>]*http-equiv="refresh"[^>]*content="\d+; URL=([^"]*)"/i.exec(html)?.[1]
  return target === undefined ? null : unescapeHtml(target)
}

function attribute(tag: string, name: string): string {
  return unescapeHtml(new RegExp(`\\b${name}="([^"]*)"`, 'i').exec(tag)?.[1] ?? '')
}

function unescapeHtml(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&#34;', '"')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&#43;', '+')
    .replaceAll('&#x3D;', '=')
    .replaceAll('&amp;', '&')
}
