/** Keys as JSON (RFC 7517, RFC 7518). */

/** A JSON Web Key. The private members are only present in answers of the admin port. */
export interface JsonWebKey {
  /**
   * Key type: `RSA`, `EC`, `OKP`, `oct`. Open, since a server may add types.
   * @see RFC 7517 section 4.1
   */
  kty: string
  /** Key id. 1.x: the constants `public:hydra.openid.id-token` and `public:hydra.jwt.access-token`; 2.0 on: a UUID. */
  kid?: string
  /** `sig` or `enc`; Hydra stores any text. */
  use?: string
  /** Algorithm. 1.x leaves it out of EC and OKP keys. */
  alg?: string
  /** EC and OKP: the curve. */
  crv?: string
  /** EC and OKP: the x coordinate or public key. */
  x?: string
  /** EC: the y coordinate. */
  y?: string
  /** RSA: the modulus. */
  n?: string
  /** RSA: the exponent. */
  e?: string
  /** Private: RSA exponent, EC or OKP private key. */
  d?: string
  /** Private: first RSA prime. */
  p?: string
  /** Private: second RSA prime. */
  q?: string
  /** Private: first RSA factor exponent. 1.x leaves it out. */
  dp?: string
  /** Private: second RSA factor exponent. 1.x leaves it out. */
  dq?: string
  /** Private: RSA coefficient. 1.x leaves it out. */
  qi?: string
  /** Private: the symmetric key of `kty: 'oct'`. */
  k?: string
  /** Certificate chain. */
  x5c?: string[]
}

/** A JSON Web Key Set (RFC 7517 section 5). */
export interface JsonWebKeySet {
  /** Newest first within each set of Hydra. */
  keys: JsonWebKey[]
}
