/** Keys that jose would never hand over for an algorithm, in case it does one day. Signatures are in attack-vectors.test.ts. */
import { expect, test } from '@jest/globals'
import { SignJWT, generateKeyPair } from 'jose'
import type { CryptoKey } from 'jose'
import { isSignedWith } from '../src/signature.ts'

const signed = async (alg: string, key: CryptoKey): Promise<string> =>
  new SignJWT({ sub: 'alice' }).setProtectedHeader({ alg, kid: 'key' }).sign(key)

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
