/** Rules of decorators: rule, file, the text that enforces it, what takes its place, tests. */
export const declarations = [
  [
    'a route without a decorator needs a token',
    'guards/route-rule.ts',
    "access: access ?? 'token'",
    "access: access ?? 'public'",
    'matrix-http',
  ],
  [
    'decorators of the handler hold',
    'guards/route-rule.ts',
    '[...declarationsOfClass(target), declarationOfHandler(target, handler) ?? {}]',
    '[...declarationsOfClass(target)]',
    'decorators',
  ],
  [
    'decorators of the class hold',
    'guards/route-rule.ts',
    '[...declarationsOfClass(target), declarationOfHandler(target, handler) ?? {}]',
    '[declarationOfHandler(target, handler) ?? {}]',
    'decorators',
  ],
  [
    'a nearer access drops scopes and claims',
    'guards/route-rule.ts',
    "without(farther, ['all', 'any', 'claims'])",
    'farther',
    'decorators',
  ],
  [
    'a nearer demand drops @Public',
    'guards/route-rule.ts',
    "demands ? without(farther, ['access']) : farther",
    'farther',
    'decorators',
  ],
  [
    'naming an instance is no demand',
    'guards/route-rule.ts',
    "some((name) => name !== 'instance')",
    'some(() => true)',
    'decorators',
  ],
  [
    'a handler has a rule for each class that shares it',
    'guards/route-rule.ts',
    `known.get(handler)?.get(target)
  if (remembered !== undefined) return remembered
  const rule = toRule(declarationOf(target, handler))
  const ofHandler = known.get(handler) ?? new WeakMap<object, RouteRule>()
  known.set(handler, ofHandler.set(target, rule))`,
    `known.get(handler)?.get(handler)
  if (remembered !== undefined) return remembered
  const rule = toRule(declarationOf(target, handler))
  known.set(handler, new WeakMap<object, RouteRule>().set(handler, rule))`,
    'decorators',
  ],
  [
    'contradictions are refused',
    'decorators/declaration.ts',
    'for (const one of before) refuseContradiction(one, added)',
    '',
    'decorators',
  ],
  ['two of a kind', 'decorators/declaration.ts', 'if (twice === undefined && ', 'if (', 'decorators'],
  ['scopes beside an access', 'decorators/declaration.ts', 'return allows !== undefined || ', 'return ', 'decorators'],
  [
    '@Public with an audience',
    'decorators/declaration.ts',
    "(one.access === 'public' && proves !== undefined)",
    'false',
    'decorators',
  ],
  ['whichever comes first', 'decorators/declaration.ts', ' && !contradicts(b, a)', '', 'decorators'],
  [
    'ancestors of a class',
    'decorators/declaration.ts',
    'owner = Object.getPrototypeOf(owner) as object | null',
    'owner = null',
    'decorators',
  ],
  [
    'the outermost ancestor first',
    'decorators/declaration.ts',
    'found.unshift(declaration)',
    'found.push(declaration)',
    'inherited-rules',
  ],
  [
    'the rule of a handler that is wrapped',
    'decorators/declaration.ts',
    'if (method !== undefined) return sum(ownDeclarations(method.owner, method.name))',
    'if (method !== undefined) return undefined',
    'decorators',
  ],
  [
    'a handler that nobody knows is refused',
    'decorators/declaration.ts',
    'if (!hasDeclaredMethod(target.prototype)) return undefined',
    'if (method === undefined) return undefined',
    'start-up/replaced-handlers',
  ],
  [
    'methods of ancestors count',
    'decorators/declaration.ts',
    '[...methodsOf(prototype)].some(({ owner, name }) => ownDeclarations(owner, name).length > 0)',
    'Object.getOwnPropertyNames(prototype).some((name) => ownDeclarations(prototype, name).length > 0)',
    'inherited-rules',
  ],
  [
    'a method is known by identity',
    'decorators/method-of-handler.ts',
    'methods.find((method) => functionOf(method) === handler) ??',
    '',
    'decorators',
  ],
  [
    'a replacement that was noted',
    'decorators/method-of-handler.ts',
    'replacements.get(target)?.get(handler) ??',
    '',
    'start-up/replaced-handlers',
  ],
  [
    'a bound method',
    'decorators/method-of-handler.ts',
    "typeof name === 'string' && handler.name === `bound ${name}`",
    'false',
    'decorators',
  ],
  [
    'a name alone proves nothing',
    'decorators/method-of-handler.ts',
    'handler.name === `bound ${name}`',
    '[`bound ${name}`, name].includes(handler.name)',
    'decorators',
  ],
  [
    'one candidate only',
    'decorators/method-of-handler.ts',
    'return found.length === 1 ? found[0] : undefined',
    'return found[0]',
    'inherited-rules',
  ],
  ['all of the metadata', 'decorators/method-of-handler.ts', 'keys.every((key)', 'keys.some((key)', 'inherited-rules'],
  ['no metadata proves nothing', 'decorators/method-of-handler.ts', 'keys.length > 0 &&', '', 'inherited-rules'],
]
