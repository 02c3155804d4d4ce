/**
 * The header that sends an access token, for `fetch(url, { headers: authorization(token) })` and
 * `request(app).get('/').set(authorization(token))`.
 */
export function authorization(token: string): { Authorization: string } {
  return { Authorization: `Bearer ${token}` }
}
