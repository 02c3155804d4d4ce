/** How long a test waits for its Hydra: new process, import, start, first answer over HTTP. Wall time. */
import { startChild, stopChild } from '../children.js'
import { typical } from '../statistics.js'

export async function run({ quick }) {
  const runs = quick ? 10 : 30
  const took = { embedded: [], 'express-alone': [] }
  for (let round = 0; round < runs; round++) {
    for (const [name, times] of Object.entries(took)) {
      const { child, first } = await startChild('first-answer.js', [name])
      times.push(first.milliseconds)
      await stopChild(child)
    }
  }
  return {
    'embedded-start': {
      ...typical(took.embedded),
      peers: [{ name: 'an empty Express server', role: 'floor', ...typical(took['express-alone']) }],
      note: `${runs} new processes; Node's own start is not counted`,
    },
  }
}
