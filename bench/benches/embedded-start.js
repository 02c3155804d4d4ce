/** How long a test waits for its Hydra: new process, import, start, first answer over HTTP. Wall time. */
import { startChild, stopChild } from '../children.js'
import { typical } from '../statistics.js'

export async function run({ quick }) {
  const runs = quick ? 10 : 30
  const took = { embedded: [], 'express-alone': [] }
  for (let round = 0; round < runs; round++) {
    for (const [name, times] of Object.entries(took)) {
      const { child, first } = await startChild('first-answer.js', [name])
      times.push(first)
      await stopChild(child)
    }
  }
  const wall = (name) => typical(took[name].map(({ milliseconds }) => milliseconds))
  const cpu = (name) => typical(took[name].map((first) => first.cpu)).value.toFixed(0)
  return {
    'embedded-start': {
      ...wall('embedded'),
      peers: [{ name: 'an empty Express server', role: 'floor', ...wall('express-alone') }],
      note: `${runs} new processes; Node's own start is not counted; CPU ${cpu('embedded')} ms, empty Express ${cpu('express-alone')} ms`,
    },
  }
}
