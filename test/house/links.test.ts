import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect, test } from '@jest/globals'

const root = join(__dirname, '../..')
const skipped = new Set(['node_modules', 'dist', 'coverage', '.git'])

function markdownFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return skipped.has(entry.name) ? [] : markdownFiles(path)
    return entry.name.endsWith('.md') ? [path] : []
  })
}

/** The text without fenced code, where brackets and number signs mean something else. */
function prose(text: string): string {
  return text.replaceAll(/^ *(`{3,})[^\n]*\n[\s\S]*?^ *\1`*$/gm, '')
}

/** The targets of inline links, images and reference definitions. */
function linkTargets(text: string): string[] {
  const withoutCode = prose(text).replaceAll(/(`+)[^`]+?\1/g, 'code')
  const inline = withoutCode.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g)
  const references = withoutCode.matchAll(/^ {0,3}\[[^\]]+\]:\s*<?([^\s>]+)>?/gm)
  return [...inline, ...references].map((match) => match[1] ?? '')
}

/** The anchors that GitHub gives the headings of a page. */
function anchors(text: string): Set<string> {
  const seen = new Map<string, number>()
  const names = [...prose(text).matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)].map(([, heading = '']) => {
    const name = heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\p{M} _-]/gu, '')
      .replaceAll(' ', '-')
    const times = seen.get(name) ?? 0
    seen.set(name, times + 1)
    return times === 0 ? name : `${name}-${times}`
  })
  const explicit = [...text.matchAll(/<a\s+(?:id|name)="([^"]+)"/g)].map((match) => match[1] ?? '')
  return new Set([...names, ...explicit])
}

/** What is wrong with a link on the page at `from`, or undefined. */
function fault(from: string, target: string): string | undefined {
  if (/^[a-z][a-z0-9+.-]*:/i.test(target)) return undefined
  const [path = '', anchor] = target.split('#', 2)
  const file = path === '' ? from : join(dirname(from), decodeURIComponent(path))
  if (relative(root, file).startsWith('..')) return `${target} leaves the repository`
  if (!existsSync(file)) return `${target}: no such file`
  if (anchor === undefined || !file.endsWith('.md')) return undefined
  return anchors(readFileSync(file, 'utf8')).has(anchor) ? undefined : `${target}: no such heading`
}

test('every relative link and anchor of every page leads somewhere', () => {
  const pages = markdownFiles(root)
  const links = pages.flatMap((page) =>
    linkTargets(readFileSync(page, 'utf8')).map((target) => ({ page: relative(root, page), target })),
  )
  expect(links.length).toBeGreaterThan(50)
  const dead = links.flatMap(({ page, target }) => {
    const reason = fault(join(root, page), target)
    return reason === undefined ? [] : [`${page}: ${reason}`]
  })
  expect(dead).toEqual([])
})

test('a dead file, a dead anchor and a way out are noticed', () => {
  const page = join(root, 'README.md')
  expect(fault(page, 'docs/no-such-page.md')).toContain('no such file')
  expect(fault(page, '#no-such-heading')).toContain('no such heading')
  expect(fault(page, '../elsewhere.md')).toContain('leaves the repository')
  expect(fault(page, 'https://example.com/not-asked')).toBeUndefined()
  expect(linkTargets('[a](b.md#c "d") `[x](y)`\n\n[r]: z.md\n\n```\n[m](n)\n```\n')).toEqual(['b.md#c', 'z.md'])
  expect([...anchors('# Why is `aud` empty?\n## A\n## A\n```\n# no\n```\n')]).toEqual(['why-is-aud-empty', 'a', 'a-1'])
})
