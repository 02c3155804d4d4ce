/** The status of HTTP that an error stands for, for contexts that have no status of their own. */
export function statusOfError(error: string | undefined): number | undefined {
  const statuses: Readonly<Record<string, number>> = {
    invalid_request: 400,
    unauthorized: 401,
    invalid_token: 401,
    insufficient_scope: 403,
    temporarily_unavailable: 503,
  }
  return error === undefined ? undefined : statuses[error]
}
