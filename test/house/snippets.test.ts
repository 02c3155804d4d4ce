/**
 * Every block marked `ts` in the READMEs and docs compiles, so that what a reader copies works. What a page's blocks
 * take for granted is declared once, where readers do not see it; a block may declare the same name itself:
 *
 *     <!-- snippets
 *     declare const app: import('express').Express
 *     -->
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from '@jest/globals'
import ts from 'typescript'

const root = join(__dirname, '../..')

interface Snippet {
  page: string
  /** The line of the first line of code. */
  line: number
  /** Where the compiler believes it to be: in the root, so that packages are found from there. */
  path: string
  code: string
}

function pages(): string[] {
  const packages = readdirSync(join(root, 'packages')).map((name) => `packages/${name}/README.md`)
  const docs = readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)
  return ['README.md', ...docs, ...packages].filter(
    (page) => page.endsWith('.md') && ts.sys.fileExists(join(root, page)),
  )
}

function snippetsOf(page: string): Snippet[] {
  const text = readFileSync(join(root, page), 'utf8')
  return [...text.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(({ 1: code = '', index }) => {
    const line = text.slice(0, index).split('\n').length + 1
    const { from, names } = grantedOn(page)
    const wanted = names.filter((name) => !declaredIn(code).has(name))
    // On the first line, so that the lines of the block keep their numbers; at least an empty export makes it a module.
    const head = wanted.length > 0 ? `import { ${wanted.join(', ')} } from './${from}'; ` : 'export {}; '
    return { page, line, path: join(root, `${page.replaceAll('/', '-')}-${line}.ts`), code: head + code }
  })
}

/** What the blocks of a page take for granted: a module that exports it. */
function grantedOn(page: string): { from: string; code: string; names: string[] } {
  const text = readFileSync(join(root, page), 'utf8')
  const code = [...text.matchAll(/^<!-- snippets\n([\s\S]*?)^-->/gm)].map(([, declared = '']) => declared).join('')
  return {
    from: `${page.replaceAll('/', '-')}-granted.ts`,
    code: code.replaceAll(/^declare /gm, 'export declare '),
    names: [...declaredIn(code)],
  }
}

/** The names that code imports or declares at its top. */
function declaredIn(code: string): Set<string> {
  const names = ts.createSourceFile('.ts', code, ts.ScriptTarget.Latest).statements.flatMap((statement) => {
    if (ts.isVariableStatement(statement)) return statement.declarationList.declarations.map(({ name }) => name)
    if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) return statement.name ?? []
    if (!ts.isImportDeclaration(statement)) return []
    const { name, namedBindings } = statement.importClause ?? {}
    const named = namedBindings !== undefined && ts.isNamedImports(namedBindings) ? namedBindings.elements : []
    return [...(name ? [name] : []), ...named.map((element) => element.name)]
  })
  return new Set(names.filter(ts.isIdentifier).map(({ text }) => text))
}

const snippets = pages().flatMap(snippetsOf)
const problems = new Map<Snippet, string[]>()

beforeAll(() => {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
    config: object
  }
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, root)
  // A snippet shows a piece: what it declares is used further down the reader's own file.
  Object.assign(options, { noUnusedLocals: false, noUnusedParameters: false })
  // Nest's users write `constructor(private readonly …)`.
  Object.assign(options, { erasableSyntaxOnly: false })
  const virtual = new Map(snippets.map(({ path, code }) => [path, code]))
  for (const page of pages()) virtual.set(join(root, grantedOn(page).from), grantedOn(page).code)
  const disk = ts.createCompilerHost(options)
  const program = ts.createProgram([...virtual.keys()], options, {
    ...disk,
    fileExists: (path) => virtual.has(path) || disk.fileExists(path),
    readFile: (path) => virtual.get(path) ?? disk.readFile(path),
    getSourceFile(path, version) {
      const code = virtual.get(path)
      return code === undefined ? disk.getSourceFile(path, version) : ts.createSourceFile(path, code, version)
    },
  })
  for (const snippet of snippets) {
    const granted = problemsIn(program, join(root, grantedOn(snippet.page).from))
    const found = problemsIn(program, snippet.path)
    problems.set(snippet, [
      ...granted.map(([, text]) => `${snippet.page}, snippets: ${text}`),
      ...found.map(([at, text]) => `${snippet.page}:${snippet.line + at} ${text}`),
    ])
  }
}, 120_000)

function problemsIn(program: ts.Program, path: string): [line: number, text: string][] {
  const source = program.getSourceFile(path)
  const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
  return found.map(({ messageText, start = 0 }) => [
    source?.getLineAndCharacterOfPosition(start).line ?? 0,
    ts.flattenDiagnosticMessageText(messageText, '\n'),
  ])
}

test('there are snippets to compile', () => {
  expect(new Set(snippets.map(({ page }) => page))).toContain('README.md')
})

test.each(snippets)('$page:$line compiles', (snippet) => {
  expect(problems.get(snippet)).toEqual([])
})
