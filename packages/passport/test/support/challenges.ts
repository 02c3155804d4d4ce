/** What RFC 6750 section 3 wants on the wire, byte for byte. */
export const invalidRequest =
  'Bearer error="invalid_request", error_description="The request must carry one well-formed access token."'
export const invalidToken =
  'Bearer error="invalid_token", error_description="The access token is not valid here: ' +
  'it may be unknown, expired, revoked or meant for another API."'
export const insufficient =
  'Bearer error="insufficient_scope", error_description="The access token does not allow this."'
