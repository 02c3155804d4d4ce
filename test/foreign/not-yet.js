/**
 * What embedded Hydra can't serve yet: program → name of the check → reason. Held both ways by `support/check.js`: an
 * entry whose check passes fails the run.
 */
const keys = 'key sets have no routes yet'
const logout = 'logout is not served yet'
const device = 'the device grant is not served yet'
const sessions = 'consent and login sessions have no routes yet'
const trust = 'trusted issuers and the jwt-bearer grant are not served yet'
const registration = 'dynamic registration is not served yet'
const credentials = 'verifiable credentials are not served yet'

export const notYet = {
  'hydra-client': {
    'JwkApi.createJsonWebKeySet': keys,
    'JwkApi.getJsonWebKeySet': keys,
    'JwkApi.getJsonWebKey': keys,
    'JwkApi.setJsonWebKey': keys,
    'JwkApi.setJsonWebKeySet': keys,
    'JwkApi.deleteJsonWebKey': keys,
    'JwkApi.deleteJsonWebKeySet': keys,
    'OAuth2Api.getOAuth2LogoutRequest': logout,
    'OAuth2Api.acceptOAuth2LogoutRequest': logout,
    'OAuth2Api.rejectOAuth2LogoutRequest': logout,
    'OidcApi.revokeOidcSession': logout,
    'OAuth2Api.oAuth2DeviceFlow': device,
    'OAuth2Api.performOAuth2DeviceVerificationFlow': device,
    'OAuth2Api.acceptUserCodeRequest': device,
    'OAuth2Api.listOAuth2ConsentSessions': sessions,
    'OAuth2Api.revokeOAuth2ConsentSessions': sessions,
    'OAuth2Api.revokeOAuth2LoginSessions': sessions,
    'OAuth2Api.trustOAuth2JwtGrantIssuer': trust,
    'OAuth2Api.getTrustedOAuth2JwtGrantIssuer': trust,
    'OAuth2Api.listTrustedOAuth2JwtGrantIssuers': trust,
    'OAuth2Api.deleteTrustedOAuth2JwtGrantIssuer': trust,
    'OidcApi.createOidcDynamicClient': registration,
    'OidcApi.getOidcDynamicClient': registration,
    'OidcApi.setOidcDynamicClient': registration,
    'OidcApi.deleteOidcDynamicClient': registration,
    'OidcApi.createVerifiableCredential': credentials,
  },
  'openid-client': {
    hybrid: 'the ID token of the code exchange lacks c_hash',
    'jwt-bearer': trust,
    device,
    'end session': logout,
    'dynamic client registration': registration,
  },
  oauth4webapi: { device },
  'reference-app': {
    'logout at the client, agreed to': logout,
    'logout without a client, agreed to': logout,
    'logout refused': logout,
    'device: verify, log in, consent, success': device,
    'device: a wrong code is the error page': device,
  },
}
