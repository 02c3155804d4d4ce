/** JSON Web Key sets on the admin port. */
import { generateKeyPairSync } from 'node:crypto'
import type { CaseContext } from '../case-context.ts'
import { defineCase, type ContractCase } from '../contract-case.ts'
import type { Json } from '../transcript/exchange.ts'

export const keyCases: readonly ContractCase[] = [
  defineCase({
    name: 'keys-create-and-get',
    operations: ['createJsonWebKeySet', 'getJsonWebKeySet', 'getJsonWebKey', 'deleteJsonWebKey', 'deleteJsonWebKeySet'],
    profile: 'default',
    async run(t) {
      const set = t.unique('set')
      const kid = t.unique('kid')
      const created = await t.admin.post('create', `/keys/${set}`, { json: { alg: 'RS256', use: 'sig', kid } })
      t.status(created, 201)
      t.equal('1.x makes a pair', created.list('keys').length, t.by({ '1.11': 2, '26.2': 1 }))
      const full = t.by({ '1.11': `private:${kid}`, '26.2': kid })
      t.ok('the private part is shown', kids(created.list('keys')).includes(full) && created.text.includes('"d":'))
      const read = await t.admin.get('get the set', `/keys/${set}`)
      t.status(read, 200)
      const one = await t.admin.get('get one key', `/keys/${set}/${full}`)
      t.status(one, 200)
      t.equal('a set of one', kids(one.list('keys')), [full])
      const second = await t.admin.post('add a key', `/keys/${set}`, {
        json: { alg: 'ES256', use: 'enc', kid: t.unique('kid') },
      })
      t.status(second, 201)
      const both = await t.admin.get('get both', `/keys/${set}`)
      t.equal('newest first', kids(both.list('keys')).at(-1), t.by({ '1.11': `private:${kid}`, '26.2': kid }))
      t.status(await t.admin.post('kid taken', `/keys/${set}`, { json: { alg: 'RS256', use: 'sig', kid } }), 409)
      t.status(await t.admin.delete('delete one', `/keys/${set}/${full}`), 204)
      t.error(await t.admin.get('get it', `/keys/${set}/${full}`), 404, 'Unable to locate the resource')
      t.status(await t.admin.delete('delete it again', `/keys/${set}/${full}`), 204)
      t.status(await t.admin.delete('delete the set', `/keys/${set}`), 204)
      t.error(await t.admin.get('get the deleted set', `/keys/${set}`), 404, 'Not Found')
      t.status(await t.admin.delete('delete the set again', `/keys/${set}`), 204)
    },
  }),

  defineCase({
    name: 'keys-algorithms',
    operations: ['createJsonWebKeySet'],
    profile: 'default',
    async run(t) {
      const old = ['RS256', 'ES256', 'ES512', 'EdDSA', 'HS256', 'HS512']
      const now = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']
      const good = t.version === '1.11' ? old : now
      for (const alg of new Set([...old, ...now, 'none', 'kitten', ''])) {
        const set = t.unique('set')
        const answer = await t.admin.post(`alg "${alg}"`, `/keys/${set}`, { json: { alg, use: 'sig', kid: '' } })
        t.status(answer, good.includes(alg) ? 201 : 400)
      }
    },
  }),

  defineCase({
    name: 'keys-create-refused',
    operations: ['createJsonWebKeySet', 'getJsonWebKeySet', 'getJsonWebKey'],
    profile: 'default',
    async run(t) {
      const set = t.unique('set')
      t.status(await t.admin.post('no alg', `/keys/${set}`, { json: {} }), 400)
      t.status(await t.admin.post('alg alone', `/keys/${t.unique('set')}`, { json: { alg: 'RS256' } }), 201)
      t.status(await t.admin.post('odd use', `/keys/${t.unique('set')}`, { json: { alg: 'RS256', use: 'tea' } }), 201)
      t.status(await t.admin.post('not JSON', `/keys/${set}`, { text: '{' }), { '1.11': 500, '26.2': 400 })
      t.error(await t.admin.get('unknown set', `/keys/${set}`), 404, 'Not Found')
      t.error(await t.admin.get('unknown key', `/keys/${set}/no-such-kid`), 404, 'Unable to locate the resource')
    },
  }),

  defineCase({
    name: 'keys-put',
    operations: ['setJsonWebKeySet', 'setJsonWebKey', 'getJsonWebKeySet'],
    profile: 'default',
    async run(t) {
      const set = t.unique('set')
      const [first, second] = [makeKey(t), makeKey(t)]
      const put = await t.admin.put('put a set', `/keys/${set}`, { json: { keys: [first] } })
      t.status(put, 200)
      t.equal('what was put', kids(put.list('keys')), [first.kid])
      const replaced = await t.admin.put('put another', `/keys/${set}`, { json: { keys: [second] } })
      t.status(replaced, 200)
      t.equal('replaced', kids((await t.admin.get('get', `/keys/${set}`)).list('keys')), [second.kid])
      const one = await t.admin.put('put one key', `/keys/${set}/path-is-ignored`, { json: first })
      t.status(one, 200)
      t.equal('the bare key', one.at('kid'), first.kid)
      t.equal(
        'both are there',
        kids((await t.admin.get('get both', `/keys/${set}`)).list('keys')).toSorted(),
        [first.kid, second.kid].toSorted(),
      )
      const emptied = await t.admin.put('put an empty object', `/keys/${set}`, { json: {} })
      t.equal('null', emptied.json, { keys: null })
      t.error(await t.admin.get('an emptied set', `/keys/${set}`), 404, 'Not Found')
      t.status(await t.admin.put('not JSON', `/keys/${set}`, { text: '{' }), { '1.11': 500, '26.2': 400 })
      t.status(await t.admin.put('a key that is none', `/keys/${set}/k`, { json: { kty: 'tea' } }), {
        '1.11': 500,
        '26.2': 400,
      })
    },
  }),

  defineCase({
    name: 'keys-of-other-sets-are-not-published',
    operations: ['createJsonWebKeySet', 'discoverJsonWebKeys'],
    profile: 'default',
    async run(t) {
      const kid = t.unique('kid')
      await t.admin.post('create', `/keys/${t.unique('set')}`, { json: { alg: 'ES256', use: 'sig', kid } })
      const jwks = await t.public.get('jwks', '/.well-known/jwks.json', { quiet: true })
      t.equal('not there', jwks.text.includes(kid), false)
    },
  }),
]

function kids(keys: readonly Json[]): readonly string[] {
  return keys.map((key) => (key as { kid?: string }).kid ?? '')
}

function makeKey(t: CaseContext): { readonly kid: string } {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: t.unique('kid'), use: 'sig', alg: 'ES256' }
  return jwk
}
