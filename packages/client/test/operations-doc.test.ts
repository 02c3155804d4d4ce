/** docs/operations.md: no operation of any API document without a method, no method without a row. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { createHydraClient } from '@hydra-kit/client'
import type { OperationName } from '@hydra-kit/client'
import { operations } from '../src/operations.ts'
import { routesOfVersion1, routesOfVersion2 } from '../src/server-versions/routes.ts'

const text = readFileSync(join(__dirname, '../../../docs/operations.md'), 'utf8')
const byId = rowsBetween('## By operationId', '## By method').filter((row) => row[0]?.startsWith('`'))
const byMethod = rowsBetween('## By method').filter((row) => /^`\w+\.\w+`$/.test(row[0] ?? ''))

function rowsBetween(from: string, to?: string): string[][] {
  const start = text.indexOf(from)
  const part = text.slice(start, to === undefined ? undefined : text.indexOf(to))
  const lines = part.split('\n').filter((line) => line.startsWith('| '))
  return lines.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
}
const code = (cell: string | undefined): string => cell?.replaceAll('`', '') ?? ''

/** Methods that only build an address. */
const browserMethods = ['oidc.authorizationUrl', 'oidc.endSessionUrl', 'device.verificationUrl']

/** `resource.method` of everything that a client offers. */
function methodsOfClient(): string[] {
  const hydra = createHydraClient({ publicUrl: 'https://hydra.example' })
  return Object.entries(hydra).flatMap(([resource, methods]) =>
    typeof methods === 'object' ? Object.keys(methods as object).map((method) => `${resource}.${method}`) : [],
  )
}

/** The operationIds of the API documents of four releases. */
const documents = {
  '1.4.10': `acceptConsentRequest acceptLoginRequest acceptLogoutRequest createJsonWebKeySet createOAuth2Client
    deleteJsonWebKey deleteJsonWebKeySet deleteOAuth2Client disconnectUser discoverOpenIDConfiguration
    flushInactiveOAuth2Tokens getConsentRequest getJsonWebKey getJsonWebKeySet getLoginRequest getLogoutRequest
    getOAuth2Client getVersion introspectOAuth2Token isInstanceAlive isInstanceReady listOAuth2Clients
    listSubjectConsentSessions oauth2Token oauthAuth prometheus rejectConsentRequest rejectLoginRequest
    rejectLogoutRequest revokeAuthenticationSession revokeConsentSessions revokeOAuth2Token updateJsonWebKey
    updateJsonWebKeySet updateOAuth2Client userinfo wellKnown`,
  '1.11.10': `UpdateOAuth2ClientLifespans acceptConsentRequest acceptLoginRequest acceptLogoutRequest createJsonWebKeySet
    createOAuth2Client deleteJsonWebKey deleteJsonWebKeySet deleteOAuth2Client deleteOAuth2Token
    deleteTrustedJwtGrantIssuer disconnectUser discoverOpenIDConfiguration
    dynamicClientRegistrationCreateOAuth2Client dynamicClientRegistrationDeleteOAuth2Client
    dynamicClientRegistrationGetOAuth2Client dynamicClientRegistrationUpdateOAuth2Client
    flushInactiveOAuth2Tokens getConsentRequest getJsonWebKey getJsonWebKeySet getLoginRequest getLogoutRequest
    getOAuth2Client getTrustedJwtGrantIssuer getVersion introspectOAuth2Token isAlive isReady listOAuth2Clients
    listSubjectConsentSessions listTrustedJwtGrantIssuers oauth2Token oauthAuth patchOAuth2Client
    rejectConsentRequest rejectLoginRequest rejectLogoutRequest revokeAuthenticationSession
    revokeConsentSessions revokeOAuth2Token trustJwtGrantIssuer updateJsonWebKey updateJsonWebKeySet
    updateOAuth2Client userinfo wellKnown`,
  '2.3.0': `acceptOAuth2ConsentRequest acceptOAuth2LoginRequest acceptOAuth2LogoutRequest createJsonWebKeySet
    createOAuth2Client createOidcDynamicClient createVerifiableCredential deleteJsonWebKey deleteJsonWebKeySet
    deleteOAuth2Client deleteOAuth2Token deleteOidcDynamicClient deleteTrustedOAuth2JwtGrantIssuer
    discoverJsonWebKeys discoverOidcConfiguration getJsonWebKey getJsonWebKeySet getOAuth2Client
    getOAuth2ConsentRequest getOAuth2LoginRequest getOAuth2LogoutRequest getOidcDynamicClient getOidcUserInfo
    getTrustedOAuth2JwtGrantIssuer getVersion introspectOAuth2Token isAlive isReady listOAuth2Clients
    listOAuth2ConsentSessions listTrustedOAuth2JwtGrantIssuers oAuth2Authorize oauth2TokenExchange
    patchOAuth2Client rejectOAuth2ConsentRequest rejectOAuth2LoginRequest rejectOAuth2LogoutRequest
    revokeOAuth2ConsentSessions revokeOAuth2LoginSessions revokeOAuth2Token revokeOidcSession setJsonWebKey
    setJsonWebKeySet setOAuth2Client setOAuth2ClientLifespans setOidcDynamicClient trustOAuth2JwtGrantIssuer`,
  '26.2.0': `acceptOAuth2ConsentRequest acceptOAuth2LoginRequest acceptOAuth2LogoutRequest acceptUserCodeRequest
    createJsonWebKeySet createOAuth2Client createOidcDynamicClient createVerifiableCredential deleteJsonWebKey
    deleteJsonWebKeySet deleteOAuth2Client deleteOAuth2Token deleteOidcDynamicClient
    deleteTrustedOAuth2JwtGrantIssuer discoverJsonWebKeys discoverOidcConfiguration getJsonWebKey
    getJsonWebKeySet getOAuth2Client getOAuth2ConsentRequest getOAuth2LoginRequest getOAuth2LogoutRequest
    getOidcDynamicClient getOidcUserInfo getTrustedOAuth2JwtGrantIssuer getVersion introspectOAuth2Token isAlive
    isReady listOAuth2Clients listOAuth2ConsentSessions listTrustedOAuth2JwtGrantIssuers oAuth2Authorize
    oAuth2DeviceFlow oauth2TokenExchange patchOAuth2Client performOAuth2DeviceVerificationFlow
    rejectOAuth2ConsentRequest rejectOAuth2LoginRequest rejectOAuth2LogoutRequest revokeOAuth2ConsentSessions
    revokeOAuth2LoginSessions revokeOAuth2Token revokeOidcSession setJsonWebKey setJsonWebKeySet setOAuth2Client
    setOAuth2ClientLifespans setOidcDynamicClient trustOAuth2JwtGrantIssuer`,
}

describe('by operationId', () => {
  test.each(Object.entries(documents))('every operation of %s has a row', (_release, ids) => {
    const rows = new Set(byId.map(([id]) => code(id)))
    const wanted = ids.split(/\s+/)
    expect(wanted.length).toBeGreaterThan(36)
    expect(wanted.filter((id) => !rows.has(id))).toEqual([])
  })

  test('every row names a method that exists', () => {
    const methods = methodsOfClient()
    expect(byId.map((row) => code(row[3])).filter((method) => !methods.includes(method))).toEqual([])
  })

  test('every method has a row', () => {
    const rows = new Set(byId.map((row) => code(row[3])))
    expect(methodsOfClient().filter((method) => !rows.has(method))).toEqual([])
  })

  test('no operation stands there twice, and nothing that no document has', () => {
    const ids = byId.map(([id]) => code(id))
    const known = new Set(Object.values(documents).flatMap((one) => one.split(/\s+/)))
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.filter((id) => !known.has(id))).toEqual([])
  })

  test('the spelling of the Ruby and Python SDKs follows from the operationId', () => {
    for (const [id, snake] of byId) {
      const expected = code(id)
        .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
        .replace(/([a-z\d])([A-Z])/g, '$1_$2')
        .toLowerCase()
      expect(code(snake)).toBe(expected)
    }
  })
})

describe('by method', () => {
  test('says of every method what the source says', () => {
    const expected = (Object.keys(operations) as OperationName[]).map((name) => {
      const { method, port, retry, since = '1.4', until } = operations[name]
      const [path1, path2] = [routesOfVersion1[name], routesOfVersion2[name]]
      const path = path1 === path2 ? `${method} ${path1}` : `${method} (/admin)${path1}`
      return [
        `\`${name}\``,
        `\`${path}\``,
        port,
        until === undefined ? `${since} –` : `${since} – before ${until}`,
        retry,
      ]
    })
    expect(byMethod).toEqual(expected)
  })

  test('together with the addresses for browsers these are all methods', () => {
    const named = [...byMethod.map(([name]) => code(name)), ...browserMethods]
    expect(named.toSorted()).toEqual(methodsOfClient().toSorted())
  })
})
