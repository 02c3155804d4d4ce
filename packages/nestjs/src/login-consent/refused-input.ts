/** What pipes say about a form that they refuse, as a sentence for the form. */

/** A refused entry. */
export interface RefusedInput {
  readonly message: string
  /** The field, where the pipe tells it. */
  readonly field: string | undefined
}

/** Longest sentence that is shown. */
const maxLength = 300

/**
 * What a `BadRequestException` or `UnprocessableEntityException` says, the first complaint of several: `ValidationPipe`
 * throws them, with texts or, made by an `exceptionFactory`, with class-validator's own errors. Undefined for everything
 * else, which is a mistake and nobody's entry. Recognised by what it can do: there may be two copies of Nest.
 */
export function refusedInputOf(error: unknown): RefusedInput | undefined {
  const { getStatus, getResponse } = (typeof error === 'object' && error !== null ? error : {}) as {
    getStatus?: () => unknown
    getResponse?: () => unknown
  }
  if (typeof getStatus !== 'function' || typeof getResponse !== 'function') return undefined
  if (![400, 422].includes(getStatus.call(error) as number)) return undefined
  const response = getResponse.call(error)
  const said = isRecord(response) && 'message' in response ? response['message'] : response
  const first: unknown = Array.isArray(said) ? said[0] : said
  const { message, field } = complaintOf(first)
  return { message: (message || 'Bad Request').slice(0, maxLength), field }
}

function complaintOf(complaint: unknown): RefusedInput {
  if (typeof complaint === 'string') return { message: complaint, field: undefined }
  if (!isRecord(complaint)) return { message: '', field: undefined }
  // Of class-validator's error only these: it carries the whole form, password included.
  const { property, constraints, children } = complaint
  const field = typeof property === 'string' ? property : undefined
  const text = isRecord(constraints) ? Object.values(constraints).find((one) => typeof one === 'string') : undefined
  if (typeof text === 'string') return { message: text, field }
  return { message: Array.isArray(children) ? complaintOf(children[0]).message : '', field }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
