/**
 * An application that is wired up wrongly: `ERR_HYDRA_AUTH_MISSING`, answered with 500. An answer that blames the caller
 * would hide the mistake, and letting the request pass would open the route.
 */
export function notSetUp(problem: string, cure: string): Error {
  return Object.assign(new Error(`${problem} ${cure}`), { code: 'ERR_HYDRA_AUTH_MISSING' as const })
}
