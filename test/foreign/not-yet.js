/**
 * What embedded Hydra can't serve yet: program → name of the check → reason. Held both ways by `support/check.js`: an
 * entry whose check passes fails the run.
 */
const credentials = 'verifiable credentials are not served yet'

export const notYet = {
  'hydra-client': {
    'OidcApi.createVerifiableCredential': credentials,
  },
  'hydra-client-refusals': {
    'a credential without proof': credentials,
    'a credential in another format': credentials,
    'a credential with a proof that is none': credentials,
    'a credential with a proof without key': credentials,
    'a credential with another kind of proof': credentials,
    'a credential without token': credentials,
  },
}
