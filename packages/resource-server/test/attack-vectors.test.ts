/**
 * Signatures that a verifier is easily talked into: the kinds of Project Wycheproof, made with keys of our own. The
 * algorithms and header members that are refused before any signature is looked at are in verify-jwt.test.ts.
 */
import { constants, createHash, createHmac, generateKeyPairSync, privateEncrypt, sign as signWith } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { SignJWT, exportJWK, generateKeyPair } from 'jose'
import { signingAlgorithms } from '../src/signature.ts'
import { loadKeys, reasonOfSignature } from './support/loaded-keys.ts'
import { bearer, reasonOf, startWorld } from './support/world.ts'

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const rsaJwk = { ...rsa.publicKey.export({ format: 'jwk' }), kid: 'key', use: 'sig' }
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const ecJwk = { ...ec.publicKey.export({ format: 'jwk' }), kid: 'key', use: 'sig' }
const ed = generateKeyPairSync('ed25519')
const edJwk = { ...ed.publicKey.export({ format: 'jwk' }), kid: 'key', use: 'sig' }

const segment = (value: string | object): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
const inputOf = (alg: string): string => `${segment({ alg, kid: 'key' })}.${segment({ sub: 'alice' })}`
const withSignature = (input: string, signature: Buffer): string => `${input}.${signature.toString('base64url')}`
const check = async (token: string, ...keys: readonly object[]): Promise<unknown> =>
  reasonOfSignature(token, await loadKeys(...keys))

describe('RSASSA-PKCS1-v1_5 (RFC 8017 section 8.2.2)', () => {
  const input = inputOf('RS256')
  const digest = createHash('sha256').update(input).digest()
  const size = 256
  /** SHA-256 with the NULL that belongs behind it (RFC 8017 section 9.2, note 1). */
  const digestInfo = Buffer.from('3031300d060960864801650304020105000420', 'hex')
  const info = Buffer.concat([digestInfo, digest])

  /** The private operation on a block as it stands. */
  const raw = (block: Buffer): Buffer =>
    privateEncrypt({ key: rsa.privateKey, padding: constants.RSA_NO_PADDING }, block)
  /** 00, block type, padding, 00, content: with padding as long as it takes. */
  function block(content: Buffer, { type = 1, fill = 0xff, behind = Buffer.alloc(0) } = {}): Buffer {
    const padding = Buffer.alloc(size - 3 - content.length - behind.length, fill)
    return Buffer.concat([Buffer.from([0, type]), padding, Buffer.from([0]), content, behind])
  }
  const good = raw(block(info))

  test('the block as it must be is accepted, so that the others are refused for what is wrong with them', async () => {
    expect(await check(withSignature(input, good), rsaJwk)).toBeUndefined()
    expect(good.equals(signWith('sha256', Buffer.from(input), rsa.privateKey))).toBe(true)
  })

  const oid = (hex: string): Buffer => Buffer.concat([Buffer.from(hex, 'hex'), digest])
  test.each<[string, Buffer]>([
    ['rubbish behind the digest', raw(block(info, { behind: Buffer.alloc(40, 0xab) }))],
    ['zeros behind the digest', raw(block(info, { behind: Buffer.alloc(40) }))],
    ['block type 0', raw(block(info, { type: 0, fill: 0 }))],
    ['block type 2', raw(block(info, { type: 2, fill: 0x5a }))],
    ['padding of other bytes', raw(block(info, { fill: 0xfe }))],
    ['no padding', raw(Buffer.concat([Buffer.from([0, 1, 0]), info, Buffer.alloc(size - 3 - info.length, 0xff)]))],
    ['the NULL missing', raw(block(oid('302f300b06096086480165030402010420')))],
    ['rubbish in place of the NULL', raw(block(oid('303630120609608648016503040201040561626364650420')))],
    ['a length in its long form', raw(block(oid('308131300d060960864801650304020105000420')))],
    ['a length of 0x80', raw(block(oid('3080300d060960864801650304020105000420')))],
    ['the name of SHA-1', raw(block(oid('3029300906052b0e03021a05000420')))],
    ['the name of SHA-512', raw(block(oid('3031300d060960864801650304020305000420')))],
    ['the digest alone', raw(block(digest))],
    ['half of the digest', raw(block(info.subarray(0, -16)))],
    ['a digest of something else', raw(block(Buffer.concat([digestInfo, Buffer.alloc(32, 7)])))],
    ['the block unencrypted', block(info)],
    ['zero', Buffer.alloc(size)],
    ['one', Buffer.concat([Buffer.alloc(size - 1), Buffer.from([1])])],
    ['the modulus', Buffer.from(rsaJwk.n!, 'base64url')],
    ['signature plus modulus', plus(good, Buffer.from(rsaJwk.n!, 'base64url'))],
    ['a zero in front', Buffer.concat([Buffer.from([0]), good])],
    ['a zero behind', Buffer.concat([good, Buffer.from([0])])],
    ['the last byte missing', good.subarray(0, -1)],
    ['nothing', Buffer.alloc(0)],
  ])('%s', async (_name, signature) => {
    expect(await check(withSignature(input, signature), rsaJwk)).toBe('bad_signature')
  })

  test('a signature of PS256 under RS256, and the other way round', async () => {
    const pss = { key: rsa.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }
    expect(await check(withSignature(input, signWith('sha256', Buffer.from(input), pss)), rsaJwk)).toBe('bad_signature')
    const other = inputOf('PS256')
    const signature = signWith('sha256', Buffer.from(other), rsa.privateKey)
    expect(await check(withSignature(other, signature), rsaJwk)).toBe('bad_signature')
  })

  test.each(['RS384', 'RS512', 'PS384', 'PS512'])('a digest of SHA-256 under %s', async (alg) => {
    const named = inputOf(alg)
    const padding = alg.startsWith('PS') ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING
    const signature = signWith('sha256', Buffer.from(named), { key: rsa.privateKey, padding })
    expect(await check(withSignature(named, signature), rsaJwk)).toBe('bad_signature')
  })

  function plus(a: Buffer, b: Buffer): Buffer {
    const sum = (BigInt(`0x${a.toString('hex')}`) + BigInt(`0x${b.toString('hex')}`)).toString(16)
    return Buffer.from(sum.padStart(2 * size + (sum.length > 2 * size ? 2 : 0), '0'), 'hex')
  }
})

describe('RSASSA-PSS (RFC 7518 section 3.5: the salt is as long as the digest)', () => {
  const input = inputOf('PS256')
  const pss = (saltLength: number, hash = 'sha256'): Buffer =>
    signWith(hash, Buffer.from(input), { key: rsa.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength })

  test('32 bytes of salt are accepted', async () => {
    expect(await check(withSignature(input, pss(32)), rsaJwk)).toBeUndefined()
  })

  test.each([0, 1, 20, 31, 33, 64, 222])('%d bytes of salt', async (saltLength) => {
    expect(await check(withSignature(input, pss(saltLength)), rsaJwk)).toBe('bad_signature')
  })

  test('a digest of another length', async () => {
    expect(await check(withSignature(input, pss(32, 'sha512')), rsaJwk)).toBe('bad_signature')
  })

  test('any changed bit of the block', async () => {
    const good = pss(32)
    for (const index of [0, 1, 127, 254, 255]) {
      const changed = Buffer.from(good)
      changed[index]! ^= 1
      expect(await check(withSignature(input, changed), rsaJwk)).toBe('bad_signature')
    }
  })
})

describe('ECDSA (RFC 7518 section 3.4: two numbers of fixed length)', () => {
  const input = inputOf('ES256')
  const good = signWith('sha256', Buffer.from(input), { key: ec.privateKey, dsaEncoding: 'ieee-p1363' })
  const order = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551')
  const number = (value: bigint): Buffer => Buffer.from(value.toString(16).padStart(64, '0'), 'hex')
  const [r, s] = [good.subarray(0, 32), good.subarray(32)]

  test('as it must be, it is accepted', async () => {
    expect(await check(withSignature(input, good), ecJwk)).toBeUndefined()
  })

  const numbers = { 0: 0n, 1: 1n, 'n-1': order - 1n, n: order, 'n+1': order + 1n, largest: 2n ** 256n - 1n }
  const pairs = Object.entries(numbers).flatMap(([first, a]) =>
    Object.entries(numbers).map(([second, b]): [string, string, Buffer] => [
      first,
      second,
      Buffer.concat([number(a), number(b)]),
    ]),
  )
  test.each(pairs)('r = %s, s = %s (CVE-2022-21449)', async (_first, _second, signature) => {
    expect(await check(withSignature(input, signature), ecJwk)).toBe('bad_signature')
  })

  test.each<[string, Buffer]>([
    ['in DER', signWith('sha256', Buffer.from(input), ec.privateKey)],
    ['r and s exchanged', Buffer.concat([s, r])],
    ['r alone', r],
    ['r with s of zero', Buffer.concat([r, Buffer.alloc(32)])],
    ['a zero in front', Buffer.concat([Buffer.from([0]), good])],
    ['a zero behind', Buffer.concat([good, Buffer.from([0])])],
    ['each with a zero in front', Buffer.concat([Buffer.from([0]), r, Buffer.from([0]), s])],
    [
      'r plus n',
      Buffer.concat([Buffer.from((BigInt(`0x${r.toString('hex')}`) + order).toString(16).padStart(66, '0'), 'hex'), s]),
    ],
    ['the last byte missing', good.subarray(0, -1)],
    ['nothing', Buffer.alloc(0)],
  ])('%s', async (_name, signature) => {
    expect(await check(withSignature(input, signature), ecJwk)).toBe('bad_signature')
  })

  test.each(['ES384', 'ES512', 'RS256', 'EdDSA'])('the key does not serve %s', async (alg) => {
    expect(await check(withSignature(inputOf(alg), good), ecJwk)).toBe('unknown_key')
  })
})

describe('EdDSA (RFC 8032 section 5.1.7)', () => {
  const input = inputOf('EdDSA')
  const good = signWith(null, Buffer.from(input), ed.privateKey)
  const order = 2n ** 252n + 27742317777372353535851937790883648493n
  const littleEndian = (value: bigint): Buffer => Buffer.from(value.toString(16).padStart(64, '0'), 'hex').reverse()

  test('as it must be, it is accepted', async () => {
    expect(await check(withSignature(input, good), edJwk)).toBeUndefined()
  })

  test('the same signature written another way: S plus the order of the group', async () => {
    const s = BigInt(`0x${Buffer.from(good.subarray(32)).reverse().toString('hex')}`)
    const alias = Buffer.concat([good.subarray(0, 32), littleEndian(s + order)])
    expect(await check(withSignature(input, alias), edJwk)).toBe('bad_signature')
  })

  test.each<[string, Buffer]>([
    ['zeros', Buffer.alloc(64)],
    ['the neutral point and zero', Buffer.concat([littleEndian(1n), Buffer.alloc(32)])],
    ['one byte more', Buffer.concat([good, Buffer.from([0])])],
    ['one byte less', good.subarray(0, -1)],
  ])('%s', async (_name, signature) => {
    expect(await check(withSignature(input, signature), edJwk)).toBe('bad_signature')
  })
})

describe('which key', () => {
  const signed = (header: object | string, key: KeyObject = rsa.privateKey): string => {
    const input = `${segment(header)}.${segment({ sub: 'alice' })}`
    return withSignature(input, signWith('sha256', Buffer.from(input), key))
  }
  const rs256 = { alg: 'RS256', kid: 'key' }

  test('a key without alg does not serve HS256, whichever of its texts is the secret', async () => {
    const { use: _use, ...bare } = rsaJwk
    const secrets = [
      rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      rsa.publicKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
      rsa.publicKey.export({ type: 'spki', format: 'der' }),
      JSON.stringify(bare),
      rsaJwk.n!,
      Buffer.from(rsaJwk.n!, 'base64url'),
    ]
    for (const alg of ['HS256', 'hs256', ' HS256', 'HS256 ']) {
      const input = inputOf(alg)
      for (const secret of secrets) {
        const token = withSignature(input, createHmac('sha256', secret).update(input).digest())
        expect(await check(token, bare)).toBe('bad_algorithm')
      }
    }
  })

  test.each([
    [{ use: 'enc' }, 'unknown_key'],
    [{ key_ops: ['encrypt'] }, 'unknown_key'],
    [{ key_ops: [] }, 'unknown_key'],
    [{ key_ops: ['verify'] }, undefined],
    [{ alg: 'RSA-OAEP' }, 'unknown_key'],
    [{ alg: 'rs256' }, 'unknown_key'],
  ])('a key with %j: %s', async (members, expected) => {
    expect(await check(signed(rs256), { ...rsaJwk, ...members })).toBe(expected)
  })

  test.each([[''], ['__proto__'], ['constructor'], ['KEY'], ['key '], ['key\0']])(
    'kid %j is not "key"',
    async (kid) => {
      const world = await startWorld()
      world.hydra.keys.push(rsaJwk)
      const payload = segment(world.claims())
      const input = `${segment({ alg: 'RS256', kid })}.${payload}`
      const token = withSignature(input, signWith('sha256', Buffer.from(input), rsa.privateKey))
      expect(await reasonOf(world.server().authenticate(bearer(token)))).toBe('unknown_key')
      await world.close()
    },
  )

  // RFC 7515 section 4: refused, or the last one counts. What matters is that everybody who looks means the same one.
  test.each([
    ['{"alg":"none","alg":"RS256","kid":"key"}', 'accepted'],
    ['{"alg":"RS256","kid":"key","alg":"none"}', 'bad_algorithm'],
    ['{"alg":"RS256","kid":"key","\\u0061lg":"HS256"}', 'bad_algorithm'],
    ['{"alg":"RS256","kid":"other","kid":"key"}', 'accepted'],
    ['{"alg":"RS256","kid":"key","kid":"other"}', 'unknown_key'],
    ['{"alg":"RS256","kid":"key","crit":["x"],"crit":[]}', 'bad_algorithm'],
    ['{"alg":"RS256","kid":"key","__proto__":{"crit":["x"]}}', 'accepted'],
    ['{"__proto__":{"alg":"RS256","kid":"key"}}', 'inactive'],
  ])('%s: %s', async (header, expected) => {
    const world = await startWorld()
    world.hydra.keys.push(rsaJwk)
    const input = `${segment(header)}.${segment(world.claims())}`
    const token = withSignature(input, signWith('sha256', Buffer.from(input), rsa.privateKey))
    expect(await reasonOf(world.server().authenticate(bearer(token)))).toBe(expected)
    await world.close()
  })

  test.each([
    ['{"aud":["https://other.example"],"aud":["https://api.example"]}', 'accepted'],
    ['{"aud":["https://api.example"],"aud":["https://other.example"]}', 'wrong_audience'],
    ['{"exp":1}', 'expired'],
    ['{"__proto__":{"cnf":{}}}', 'accepted'],
  ])('claims with %s on top: %s', async (members, expected) => {
    const world = await startWorld()
    world.hydra.keys.push(rsaJwk)
    const claims = `${JSON.stringify(world.claims()).slice(0, -1)},${members.slice(1)}`
    const input = `${segment(rs256)}.${segment(claims)}`
    const token = withSignature(input, signWith('sha256', Buffer.from(input), rsa.privateKey))
    expect(await reasonOf(world.server().authenticate(bearer(token)))).toBe(expected)
    await world.close()
  })
})

describe('the spelling of a signature (RFC 4648 section 3.5)', () => {
  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' })
  const p384Jwk = { ...p384.publicKey.export({ format: 'jwk' }), kid: 'key', use: 'sig' }
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

  test('bits behind the last byte must be zero', async () => {
    const input = inputOf('RS256')
    const token = withSignature(input, signWith('sha256', Buffer.from(input), rsa.privateKey))
    expect(await check(token, rsaJwk)).toBeUndefined()
    const last = alphabet.indexOf(token.at(-1)!)
    for (const unused of [1, 2, 4, 8, 15]) {
      const other = token.slice(0, -1) + alphabet[last + unused]
      expect(Buffer.from(other.slice(-342), 'base64url')).toEqual(Buffer.from(token.slice(-342), 'base64url'))
      expect(await check(other, rsaJwk)).toBe('bad_signature')
    }
  })

  test('a character that makes no byte is none too many', async () => {
    const input = inputOf('ES384')
    const token = withSignature(
      input,
      signWith('sha384', Buffer.from(input), { key: p384.privateKey, dsaEncoding: 'ieee-p1363' }),
    )
    expect(await check(token, p384Jwk)).toBeUndefined()
    expect(await check(`${token}A`, p384Jwk)).toBe('bad_signature')
  })
})

describe('keys that are too short (RFC 7518 sections 3.3 and 3.5)', () => {
  test.each(['RS256', 'PS256'])('%s with a modulus of 1024 bits', async (alg) => {
    const short = generateKeyPairSync('rsa', { modulusLength: 1024 })
    const input = inputOf(alg)
    const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }
    const signature = signWith('sha256', Buffer.from(input), {
      key: short.privateKey,
      ...(alg === 'PS256' && pss),
    })
    const jwk = { ...short.publicKey.export({ format: 'jwk' }), kid: 'key', use: 'sig' }
    expect(await check(withSignature(input, signature), jwk)).toBe('unknown_key')
  })
})

test.each(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'])(
  '%s: as jose signs it, it is accepted, and not with another byte',
  async (alg) => {
    const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true })
    const jwk = { ...(await exportJWK(publicKey)), kid: 'key', use: 'sig' }
    const token = await new SignJWT({ sub: 'alice' }).setProtectedHeader({ alg, kid: 'key' }).sign(privateKey)
    expect(signingAlgorithms).toContain(alg)
    expect(await check(token, jwk)).toBeUndefined()
    const end = token.lastIndexOf('.') + 1
    const bytes = Buffer.from(token.slice(end), 'base64url')
    for (const place of [0, bytes.length >> 1, bytes.length - 1]) {
      const changed = Buffer.from(bytes)
      changed[place]! ^= 1
      expect(await check(withSignature(token.slice(0, end - 1), changed), jwk)).toBe('bad_signature')
    }
    const claims = segment({ sub: 'mallory' })
    expect(await check(`${token.split('.')[0]}.${claims}.${token.slice(end)}`, jwk)).toBe('bad_signature')
  },
)
