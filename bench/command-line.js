/** The flags of `npm run bench`. */
import { parseArgs } from 'node:util'
import { benches } from './goals.js'

const HELP = `npm run bench -- [--json] [--only TEXT] [--quick]

  --json       print one JSON object with each goal, value, interval and verdict
  --only TEXT  only goals and tables whose id or title contains TEXT
  --quick      fewer rounds and tokens: a first look in a minute and a half
  --help       this text

Goals and tables: ${benches.flatMap(idsOf).join(', ')}.
Progress goes to stderr. The exit status is 0 when the run is complete, whatever the verdicts, and 1 on errors.
How to read the numbers: docs/performance.md.
`

/** What is to be done: `{ help }` or `{ json, quick, benches }`; throws when the flags make no sense. */
export function readCommandLine(args) {
  const { values } = parseArgs({
    args,
    options: {
      json: { type: 'boolean' },
      only: { type: 'string' },
      quick: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  })
  if (values.help) return { help: HELP }
  const chosen = benches
    .map((bench) => narrowed(bench, (values.only ?? '').toLowerCase()))
    .filter((bench) => idsOf(bench).length > 0)
  if (chosen.length === 0)
    throw new Error(`--only ${values.only}: no goal or table has that in its id or title; see --help`)
  return { json: values.json ?? false, quick: values.quick ?? false, benches: chosen }
}

function narrowed(bench, text) {
  const holds = ({ id, title }) => `${id} ${title}`.toLowerCase().includes(text)
  return {
    ...bench,
    goals: bench.goals.filter(holds),
    table: bench.table && holds(bench.table) ? bench.table : undefined,
  }
}

function idsOf({ goals, table }) {
  return [...goals, ...(table ? [table] : [])].map(({ id }) => id)
}
