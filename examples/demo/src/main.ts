/** The command: `npm run demo`. */
import { readFlags, usage, type DemoFlags } from './command-line.ts'
import { audience } from './photo-api.ts'
import { DemoError } from './demo-error.ts'
import { startDemo, type Demo } from './demo.ts'
import { playStory } from './story.ts'
import { createTerminal } from './terminal.ts'
import { ada } from './users.ts'

const terminal = createTerminal(process.stdout)
const cleanups: (() => Promise<void>)[] = []
const interrupted = new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
})

process.exitCode = await run().catch(explain)

async function run(): Promise<number> {
  const flags = readFlags(process.argv.slice(2))
  if (flags.help) {
    terminal.line(usage)
    return 0
  }
  try {
    return await Promise.race([play(flags), interrupted.then(() => (flags.once ? 130 : 0))])
  } finally {
    await cleanUp()
  }
}

async function play(flags: DemoFlags): Promise<number> {
  const demo = await startDemo(flags, (decision) => terminal.decision(decision), cleanups)
  introduce(demo)
  if (!flags.once) {
    terminal.line('What the API does with each request appears here. Ctrl-C stops everything.')
    terminal.line()
    await interrupted
    return 0
  }
  const good = await playStory(demo, terminal)
  return good ? 0 : 1
}

async function cleanUp(): Promise<void> {
  for (const cleanup of cleanups.splice(0).toReversed()) {
    await cleanup().catch((error: Error) => terminal.line(`Cleaning up: ${error.message}`))
  }
}

function introduce({ hydra, loginUrl, apiUrl, webUrl, tokenUrl, clients }: Demo): void {
  const line = (text?: string): void => terminal.line(text)
  const { clientId, clientSecret } = clients.machine
  line('hydra-kit demo')
  line()
  line(`  web app          ${webUrl}   <- open this`)
  line(`  sign in as       ${ada.email}   password ${ada.password}`)
  line(`  photo API        ${apiUrl}/photos`)
  line(`  login & consent  ${loginUrl}`)
  line(`  Hydra            ${hydra.publicUrl}   admin ${hydra.adminUrl}${hydra.embedded ? '   (embedded)' : ''}`)
  line()
  line('The same by curl:')
  line()
  line(`  TOKEN=$(curl -s -u ${clientId}:${clientSecret} -d grant_type=client_credentials -d scope=photos.read \\`)
  line(`    -d audience=${audience} ${tokenUrl} | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')`)
  line(`  curl -i ${apiUrl}/photos -H "Authorization: Bearer $TOKEN"            # 200`)
  line(`  curl -i ${apiUrl}/photos                                             # 401, a bare challenge`)
  line(`  curl -i -X POST ${apiUrl}/photos -H "Authorization: Bearer $TOKEN"    # 403, the scope is missing`)
  line(`  curl -s -u ${clientId}:${clientSecret} -d token=$TOKEN ${tokenUrl.replace(/token$/, 'revoke')}`)
  line(`  curl -i ${apiUrl}/photos/private -H "Authorization: Bearer $TOKEN"    # 401, revoked`)
  line()
}

function explain(error: unknown): number {
  if (error instanceof DemoError) process.stderr.write(`${error.message}\n`)
  else process.stderr.write(`${(error as Error).stack}\n`)
  return 1
}
