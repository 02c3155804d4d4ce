/**
 * Finds out which Hydra this is: by `/version`, which all generations serve without prefix, and by behaviour where
 * that doesn't tell (development builds of every generation answer `master`).
 */
import type { Answer } from '../answer.ts'
import { HydraHttpError, HydraProtocolError } from '../errors.ts'
import { optionsError } from '../options-error.ts'
import { readErrorBody } from '../error-body.ts'
import { readObject } from '../reading.ts'
import { parseServerVersion } from './release.ts'
import type { ServerVersion } from './release.ts'

const OPERATION = 'metadata.version'

/**
 * Asks a server for its version.
 *
 * @param get sends a GET for a path below the admin address
 * @throws TypeError `ERR_OPTIONS` if something in front of Hydra keeps the question from it (401, 403, 404): no version is guessed then
 */
export async function probeServerVersion(
  adminUrl: string,
  get: (path: string) => Promise<Answer>,
): Promise<ServerVersion> {
  const answer = await get('/version')
  if (answer.status === 401 || answer.status === 403 || answer.status === 404) {
    throw optionsError(
      `GET ${adminUrl}/version answered ${answer.status}: this is not Hydra's admin port, or a proxy in front of it doesn't let the question through (check \`adminUrl\` and \`adminAuth\`). Where only some paths are open, set \`serverVersion\``,
    )
  }
  if (answer.status >= 400) {
    const { error, description } = readErrorBody(answer.status, answer.text())
    throw new HydraHttpError(OPERATION, { status: answer.status, error, description })
  }
  if (answer.status !== 200) {
    throw new HydraProtocolError(
      OPERATION,
      answer.status < 300 ? 'status' : 'redirect',
      `${adminUrl}/version answered ${answer.status}`,
      answer.status,
    )
  }
  const { version } = readObject(answer, OPERATION)
  if (typeof version !== 'string') {
    throw new HydraProtocolError(OPERATION, 'shape', `${adminUrl}/version answered without a version`, answer.status)
  }
  return parseServerVersion(version, 'version') ?? (await probeBehaviour(get))
}

/** Each generation by what only it does; of a generation, the newest release this package knows is assumed. */
async function probeBehaviour(get: (path: string) => Promise<Answer>): Promise<ServerVersion> {
  // Only 25.4 and later serve the version below the prefix, too.
  if ((await get('/admin/version')).status === 200) return known('26.2')
  // 2.0 moved the clients below the prefix; 1.x has nothing there.
  if ((await get('/admin/clients?page_size=1')).status === 200) return known('2.3')
  const { status } = await get('/clients?limit=1')
  if (status === 200) return known('1.11')
  throw new HydraProtocolError(
    OPERATION,
    'status',
    `the server tells no release, and /clients answered ${status}; set \`serverVersion\``,
    status,
  )
}

function known(line: string): ServerVersion {
  return parseServerVersion(line, 'behaviour')!
}
