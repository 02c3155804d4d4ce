/**
 * What embedded Hydra can't serve yet: program → name of the check → reason. Held both ways by `support/check.js`: an
 * entry whose check passes fails the run.
 */
const trust = 'trusted issuers and the jwt-bearer grant are not served yet'
const registration = 'dynamic registration is not served yet'
const credentials = 'verifiable credentials are not served yet'

export const notYet = {
  'hydra-client': {
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
  'hydra-client-refusals': {
    'an assertion that is none': trust,
    'trust in no issuer': trust,
    'trust without subject': trust,
    'trust in one subject and in any': trust,
    'trust without end': trust,
    'trust that ends at no time': trust,
    'trust without key': trust,
    'trust without key id': trust,
    'the same trust twice': trust,
    'an unknown trust': trust,
    'a trust whose id is none': trust,
    'deleting an unknown trust': trust,
    'a trust page token that is none': trust,
    'registering with a secret': registration,
    'registering with metadata': registration,
    'registering with a token strategy': registration,
    'registering without being asked': registration,
    'registering without being asked at logout': registration,
    'registering a redirect URI with a fragment': registration,
    'reading a registration without token': registration,
    'reading a registration with the token of another': registration,
    'reading an unknown registration': registration,
    'changing a registration without token': registration,
    'changing the secret of a registration': registration,
    'deleting a registration without token': registration,
    'a credential without proof': credentials,
    'a credential in another format': credentials,
    'a credential with a proof that is none': credentials,
    'a credential with a proof without key': credentials,
    'a credential with another kind of proof': credentials,
    'a credential without token': credentials,
  },
  'openid-client': {
    'jwt-bearer': trust,
    'dynamic client registration': registration,
  },
}
