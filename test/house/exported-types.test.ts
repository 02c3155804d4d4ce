/**
 * What packages export, taken together.
 *
 * The name of a type means one thing: who imports from two packages must not get two types of one name.
 *
 * Everything that a user writes down for a function of ours takes an explicit `undefined` for "not given": with
 * `exactOptionalPropertyTypes` a member `?: T` would refuse `{ realm: settings.realm }` where `realm` may be undefined.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { beforeAll, expect, test } from '@jest/globals'
import ts from 'typescript'

const root = join(__dirname, '../..')

/** Where a missing setting must not pass in silence (`{ all: settings.scopes }`), and what only we make. */
const others = ['Rule', 'Requirement', 'HydraAuthenticateOptions', 'VerifiedToken']

/** Bodies as Hydra takes and gives them: one type for both ways, and `undefined` does not exist in JSON. */
const wire = /\/client\/src\/(?:wire\/|clients\.ts|json-patch\.ts)|\/embedded\/src\/tokens\/key-sets\.ts/

const entries = readdirSync(join(root, 'packages')).flatMap((name) => {
  const folder = join(root, 'packages', name, 'src')
  const { exports } = JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8')) as {
    exports: Record<string, unknown>
  }
  return Object.keys(exports)
    .map((path) => join(folder, `${path === '.' ? 'index' : path.replace('./', '')}.ts`))
    .filter((path) => existsSync(path))
})

/** Written again by packages that must not know each other, with the same meaning. */
const sameOnPurpose = ['OptionsError']

/** Where each exported type is declared. */
const declared = new Map<string, Set<string>>()
const strict: string[] = []
const seen: string[] = []

beforeAll(() => {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
    config: object
  }
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, root)
  const program = ts.createProgram(entries, options)
  const checker = program.getTypeChecker()
  const visited = new Set<ts.Type>()

  /** Looks at a type that is written by a user. What we write for him (parameters of callbacks) is not looked at. */
  function visit(type: ts.Type): void {
    if (visited.has(type)) return
    visited.add(type)
    if (type.isUnionOrIntersection()) {
      for (const member of type.types) visit(member)
      return
    }
    for (const argument of checker.getTypeArguments(type as ts.TypeReference) ?? []) visit(argument)
    for (const property of type.getProperties()) {
      const [declaration] = property.declarations ?? []
      if (declaration === undefined || !ts.isPropertySignature(declaration) || !isOurs(declaration)) continue
      if (ts.isInterfaceDeclaration(declaration.parent) && others.includes(declaration.parent.name.text)) continue
      const where = `${relative(root, declaration.getSourceFile().fileName)}: ${nameOf(declaration)}`
      seen.push(where)
      if (declaration.questionToken !== undefined && !takesUndefined(declaration.type)) strict.push(where)
      visit(checker.getTypeOfSymbol(property))
    }
  }

  function takesUndefined(node: ts.TypeNode | undefined): boolean {
    if (node === undefined) return true
    const type = checker.getTypeFromTypeNode(node)
    const open = ts.TypeFlags.Undefined | ts.TypeFlags.Unknown | ts.TypeFlags.Any
    return (type.isUnion() ? type.types : [type]).some(({ flags }) => (flags & open) !== 0)
  }

  /** The parameters of an exported function or class, and of the methods of an exported object. */
  function visitParameters(type: ts.Type, at: ts.Node, depth: number): void {
    for (const signature of [...type.getCallSignatures(), ...type.getConstructSignatures()]) {
      for (const parameter of signature.getParameters()) visit(checker.getTypeOfSymbolAtLocation(parameter, at))
      if (depth > 0) visitParameters(signature.getReturnType(), at, depth - 1)
    }
    if (depth === 0) return
    for (const property of type.getProperties()) {
      const [declaration] = property.declarations ?? []
      if (declaration !== undefined && isOurs(declaration)) {
        visitParameters(checker.getTypeOfSymbol(property), declaration, depth - 1)
      }
    }
  }

  for (const entry of entries) {
    const source = program.getSourceFile(entry)
    const module = source === undefined ? undefined : checker.getSymbolAtLocation(source)
    for (const exported of module === undefined ? [] : checker.getExportsOfModule(module)) {
      const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported
      const [declaration] = symbol.declarations ?? []
      const file = relative(root, declaration?.getSourceFile().fileName ?? '')
      if (symbol.flags & ts.SymbolFlags.Type)
        declared.set(exported.name, new Set(declared.get(exported.name)).add(file))
      if (declaration !== undefined && symbol.flags & ts.SymbolFlags.Value) {
        visitParameters(checker.getTypeOfSymbol(symbol), declaration, 3)
      }
    }
  }
}, 120_000)

function isOurs(node: ts.Node): boolean {
  const { fileName } = node.getSourceFile()
  return fileName.startsWith(join(root, 'packages')) && !fileName.includes('node_modules') && !wire.test(fileName)
}

function nameOf(node: ts.Node): string {
  const parent = ts.findAncestor(
    node.parent,
    (above) => ts.isInterfaceDeclaration(above) || ts.isPropertySignature(above) || ts.isTypeAliasDeclaration(above),
  )
  const own = (node as { name?: ts.Node }).name?.getText() ?? ''
  return parent === undefined ? own : `${nameOf(parent)}.${own}`
}

test('it looks at what users write', () => {
  expect(seen).toEqual(
    expect.arrayContaining([
      'packages/client/src/options.ts: HydraClientOptions.timeoutMs',
      'packages/client/src/call.ts: CallOptions.timeoutMs',
      'packages/resource-server/src/options.ts: CacheOptions.maxAgeSeconds',
      'packages/login-consent/src/decisions.ts: LoginAcceptance.remember',
      'packages/express/src/options.ts: HydraAuthOptions.optional',
      'packages/embedded/src/options.ts: TtlOptions.accessToken',
      'packages/embedded/src/mint.ts: MintOptions.claims',
    ]),
  )
})

test('the name of a type means one thing', () => {
  expect(declared.size).toBeGreaterThan(200)
  const several = [...declared].filter(([name, files]) => files.size > 1 && !sameOnPurpose.includes(name))
  expect(several.map(([name, files]) => [name, ...files])).toEqual([])
})

test('an explicit undefined is taken', () => {
  expect([...new Set(strict)].toSorted()).toEqual([])
})
