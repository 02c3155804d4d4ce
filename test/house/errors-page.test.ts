/** The page of errors has an entry for every code and reason that a package exports, and for nothing else. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import ts from 'typescript'

const root = join(__dirname, '../..')
const page = readFileSync(join(root, 'docs/errors.md'), 'utf8')
const entries = [...page.matchAll(/^### `(\w+)`$/gm)].map(([, name = '']) => name)

/** The TypeScript sources of every package. */
const sources = readdirSync(join(root, 'packages')).flatMap((name) => {
  const folder = join(root, 'packages', name, 'src')
  return ts.sys
    .readDirectory(folder, ['.ts'])
    .map((path) => ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true))
})

/** The members of every exported union of texts whose name ends in `Reason` or `Code`. */
function unions(): string[] {
  return sources.flatMap((source) =>
    source.statements.filter(ts.isTypeAliasDeclaration).flatMap(({ name, type }) => {
      if (!/(?:Reason|ErrorCode)$/.test(name.text) || !ts.isUnionTypeNode(type)) return []
      return type.types.flatMap((member) =>
        ts.isLiteralTypeNode(member) && ts.isStringLiteral(member.literal) ? [member.literal.text] : [],
      )
    }),
  )
}

/** The texts in the types of properties called `reason` or `code`: a union need not have a name. */
function properties(): string[] {
  const found: string[] = []
  const textsOf = (type: ts.Node): void => {
    if (ts.isLiteralTypeNode(type) && ts.isStringLiteral(type.literal)) found.push(type.literal.text)
    if (ts.isUnionTypeNode(type)) type.types.forEach(textsOf)
  }
  const visit = (node: ts.Node): void => {
    const isProperty = ts.isPropertySignature(node) || ts.isPropertyDeclaration(node)
    if (isProperty && /^(?:reason|code)$/.test(node.name.getText()) && node.type) textsOf(node.type)
    ts.forEachChild(node, visit)
  }
  sources.forEach(visit)
  return found
}

/** Codes that are only written where the error is made. */
function codes(): string[] {
  const found = sources.flatMap((source) => source.text.match(/(?<=')ERR_[A-Z_]+(?=')/g) ?? [])
  // The codes of jose's errors are caught inside and never leave.
  return found.filter((code) => !/^ERR_JO?[SW]/.test(code))
}

const exported = [...new Set([...unions(), ...properties(), ...codes()])].toSorted()

test('there is something to compare', () => {
  expect(exported).toEqual(
    expect.arrayContaining(['ERR_OPTIONS', 'ERR_BEARER_TOKEN', 'ERR_HYDRA_AUTH_MISSING', 'audience_missing']),
  )
})

test('every code and reason has an entry, and every entry a code or reason', () => {
  expect(entries.toSorted()).toEqual(exported)
})

test('every link to an entry has one', () => {
  const pages = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)].filter((name) =>
    name.endsWith('.md'),
  )
  const anchors = new Set(
    [...page.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replace(/[^\w\- ]/g, '')
        .replaceAll(' ', '-'),
    ),
  )
  for (const name of pages) {
    const text = readFileSync(join(root, name), 'utf8')
    const links = [
      ...text.matchAll(/errors\.md#([\w-]+)/g),
      ...(name === 'docs/errors.md' ? text.matchAll(/\(#([\w-]+)\)/g) : []),
    ]
    for (const [, anchor = ''] of links) expect([name, anchors.has(anchor), anchor]).toEqual([name, true, anchor])
  }
})
