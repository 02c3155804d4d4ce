import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'

const newKeySet = (name = randomUUID()) => ({ set: `foreign-${name}`, kid: `key-${name}` })

async function create({ sdk }, { set, kid }, alg = 'ES256') {
  return sdk.admin('JwkApi').createJsonWebKeySet({ set, createJsonWebKeySet: { alg, use: 'sig', kid } })
}

export const keys = {
  async 'JwkApi.createJsonWebKeySet'(world) {
    const names = newKeySet()
    const { status, data } = await create(world, names)
    assert.equal(status, 201)
    const [key] = data.keys
    assert.equal(data.keys.length, 1)
    assert.deepEqual(
      { ...key, x: typeof key.x, y: typeof key.y, d: typeof key.d },
      {
        kid: names.kid,
        kty: 'EC',
        crv: 'P-256',
        use: 'sig',
        alg: 'ES256',
        x: 'string',
        y: 'string',
        d: 'string',
      },
    )
    const more = await create(world, { set: names.set, kid: `${names.kid}-rsa` }, 'RS256')
    assert.deepEqual([more.data.keys[0].kty, more.data.keys[0].e], ['RSA', 'AQAB'])
    const edwards = await create(world, { set: names.set, kid: `${names.kid}-ed` }, 'EdDSA')
    assert.deepEqual([edwards.data.keys[0].kty, edwards.data.keys[0].crv], ['OKP', 'Ed25519'])
  },

  async 'JwkApi.getJsonWebKeySet'(world) {
    const names = newKeySet()
    const first = (await create(world, names)).data.keys[0]
    const second = (await create(world, { ...names, kid: `${names.kid}-2` })).data.keys[0]
    const { status, data } = await world.sdk.admin('JwkApi').getJsonWebKeySet({ set: names.set })
    assert.equal(status, 200)
    assert.deepEqual(data.keys, [second, first], 'newest first, private parts included')
  },

  async 'JwkApi.getJsonWebKey'(world) {
    const names = newKeySet()
    const [key] = (await create(world, names)).data.keys
    const { status, data } = await world.sdk.admin('JwkApi').getJsonWebKey(names)
    assert.equal(status, 200)
    assert.deepEqual(data, { keys: [key] })
  },

  async 'JwkApi.setJsonWebKey'(world) {
    const names = newKeySet()
    const [key] = (await create(world, newKeySet())).data.keys
    await create(world, names)
    const replacement = { ...key, kid: names.kid }
    const api = world.sdk.admin('JwkApi')
    const { status, data } = await api.setJsonWebKey({ ...names, jsonWebKey: replacement })
    assert.equal(status, 200)
    assert.deepEqual(data, replacement)
    assert.deepEqual((await api.getJsonWebKeySet({ set: names.set })).data.keys, [replacement])
  },

  async 'JwkApi.setJsonWebKeySet'(world) {
    const names = newKeySet()
    const { data: source } = await create(world, newKeySet())
    await create(world, names)
    const api = world.sdk.admin('JwkApi')
    const { status, data } = await api.setJsonWebKeySet({ set: names.set, jsonWebKeySet: source })
    assert.equal(status, 200)
    assert.deepEqual(data, source)
    assert.deepEqual((await api.getJsonWebKeySet({ set: names.set })).data, source)
  },

  async 'JwkApi.deleteJsonWebKey'(world) {
    const names = newKeySet()
    const [kept] = (await create(world, { ...names, kid: `${names.kid}-kept` })).data.keys
    await create(world, names)
    const api = world.sdk.admin('JwkApi')
    assert.equal((await api.deleteJsonWebKey(names)).status, 204)
    assert.deepEqual((await api.getJsonWebKeySet({ set: names.set })).data.keys, [kept])
  },

  async 'JwkApi.deleteJsonWebKeySet'(world) {
    const names = newKeySet()
    await create(world, names)
    const api = world.sdk.admin('JwkApi')
    assert.equal((await api.deleteJsonWebKeySet({ set: names.set })).status, 204)
    await assert.rejects(api.getJsonWebKeySet({ set: names.set }), { status: 404 })
  },

  async 'WellknownApi.discoverJsonWebKeys'({ sdk }) {
    const { status, data } = await sdk.public('WellknownApi').discoverJsonWebKeys()
    assert.equal(status, 200)
    assert.ok(data.keys.length >= 2, 'a key for ID tokens and one for access tokens')
    for (const key of data.keys) {
      assert.deepEqual([key.kty, key.alg, key.use], ['RSA', 'RS256', 'sig'])
      assert.equal(key.d, undefined)
    }
  },
}
