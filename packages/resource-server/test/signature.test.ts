/** Keys that are none for an algorithm, or for anything; and those that take long. Signatures are in attack-vectors.test.ts. */
import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { SignJWT, generateKeyPair, importJWK } from 'jose'
import type { CryptoKey } from 'jose'
import { isSignedWith } from '../src/signature.ts'

const signed = async (alg: string, key: CryptoKey): Promise<string> =>
  new SignJWT({ sub: 'alice' }).setProtectedHeader({ alg, kid: 'key' }).sign(key)

// jose would never hand these over. In case it does one day.
test.each([
  ['ES256', 'RS256'],
  ['Ed25519', 'RS256'],
  ['RS256', 'ES256'],
  ['Ed25519', 'ES256'],
  ['RS256', 'EdDSA'],
  ['ES256', 'EdDSA'],
])('a key for %s is none for %s', async (made, claimed) => {
  const { publicKey, privateKey } = await generateKeyPair(made)
  const token = await signed(made, privateKey)
  expect(isSignedWith(publicKey, made, token)).toBe(true)
  expect(() => isSignedWith(publicKey, claimed, token)).toThrow(TypeError)
})

test('a private key proves nothing: whoever has it can sign', async () => {
  const { privateKey } = await generateKeyPair('RS256')
  const token = await signed('RS256', privateKey)
  expect(() => isSignedWith(privateKey, 'RS256', token)).toThrow(TypeError)
})

test('a shared secret is no key, and HS256 no algorithm', async () => {
  const secret = await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, true, ['sign', 'verify'])
  const token = await signed('HS256', secret)
  expect(() => isSignedWith(secret, 'RS256', token)).toThrow(TypeError)
  expect(() => isSignedWith(secret, 'HS256', token)).toThrow(TypeError)
})

const segment = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const rs256 = `${segment({ alg: 'RS256', kid: 'key' })}.${segment({ sub: 'alice' })}`
const rsaKey = async (n: Buffer, e: string): Promise<CryptoKey> =>
  (await importJWK({ kty: 'RSA', n: n.toString('base64url'), e }, 'RS256')) as CryptoKey
/** An odd number of so many bits: nobody has signed with it. */
const modulus = (bits: number): Buffer => Buffer.alloc(bits / 8, 0xab)
const noSignature = (bits: number): string => `${rs256}.${Buffer.alloc(bits / 8, 0x5a).toString('base64url')}`

describe('the exponent of an RSA key (RFC 8017 section 3.1)', () => {
  test('1 is none: the block that a signature must open to would be the signature', async () => {
    const info = Buffer.from('3031300d060960864801650304020105000420', 'hex')
    const content = Buffer.concat([Buffer.from([0]), info, createHash('sha256').update(rs256).digest()])
    const forged = Buffer.concat([Buffer.from([0, 1]), Buffer.alloc(256 - 2 - content.length, 0xff), content])
    const key = await rsaKey(modulus(2048), 'AQ')
    expect(() => isSignedWith(key, 'RS256', `${rs256}.${forged.toString('base64url')}`)).toThrow(TypeError)
  })

  test.each([
    ['2^31 + 1', 'gAAAAQ'],
    ['as long as the modulus', Buffer.alloc(256, 0x7f).toString('base64url')],
  ])('%s is too long', async (_name, e) => {
    const key = await rsaKey(modulus(2048), e)
    expect(() => isSignedWith(key, 'RS256', noSignature(2048))).toThrow(TypeError)
  })

  test.each([3, 65_537, 2 ** 31 - 1])('%d is one', async (publicExponent) => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent })
    const { n, e } = publicKey.export({ format: 'jwk' })
    const key = await rsaKey(Buffer.from(n!, 'base64url'), e!)
    const signature = sign('sha256', Buffer.from(rs256), privateKey).toString('base64url')
    expect(isSignedWith(key, 'RS256', `${rs256}.${signature}`)).toBe(true)
  })
})

describe('the event loop does not stand still for keys that take a millisecond', () => {
  test.each(['ES384', 'ES512'])('%s is a promise', async (alg) => {
    const { publicKey, privateKey } = await generateKeyPair(alg)
    const token = await signed(alg, privateKey)
    const outcome = isSignedWith(publicKey, alg, token)
    expect(outcome).toBeInstanceOf(Promise)
    expect(await outcome).toBe(true)
    const [head, , signature] = token.split('.')
    expect(await isSignedWith(publicKey, alg, `${head}.${segment({ sub: 'mallory' })}.${signature}`)).toBe(false)
    for (const other of ['', signature!.slice(4), `AAAA${signature}`, 'AAAA'.repeat(1000)]) {
      expect(await isSignedWith(publicKey, alg, `${token.slice(0, token.lastIndexOf('.'))}.${other}`)).toBe(false)
    }
  })

  test('so is a modulus of more bits than Hydra makes them with', async () => {
    const outcome = isSignedWith(await rsaKey(modulus(8192), 'AQAB'), 'RS256', noSignature(8192))
    expect(outcome).toBeInstanceOf(Promise)
    expect(await outcome).toBe(false)
    expect(isSignedWith(await rsaKey(modulus(4096), 'AQAB'), 'RS256', noSignature(4096))).toBe(false)
  })
})
