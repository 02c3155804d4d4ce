/** Interleaved rounds: every contender gets a slot in a round, in a new order each time, and CPU time is what counts. */

const ENOUGH_ROUNDS = 30
const TIME_LIMIT_MS = 40_000

/** So few that what was prepared is still in the processor's caches when it is used. */
const PORTION = 50

/**
 * CPU microseconds per operation of each contender and round, as `Map(name → number[])`.
 *
 * A contender is `{ name, prepare(), run(count, prepared), batch, every }`; `run` does `count` operations. With `prepare`,
 * which is not measured, it gets as many inputs. Who decides no verdict may sit out
 * most rounds: with `every: 5` it plays in each fifth, and its list has holes. CPU is that of the whole process: of the
 * crypto threads and the garbage collector, too. On a machine that is busy with other things, fewer rounds are played, but
 * never fewer than thirty.
 */
export async function measure(contenders, { rounds, warmUp = 5 }) {
  const end = performance.now() + TIME_LIMIT_MS
  const costs = new Map(contenders.map(({ name }) => [name, Array.from({ length: rounds })]))
  for (let round = -warmUp; round < rounds; round++) {
    if (round >= ENOUGH_ROUNDS && performance.now() > end) break
    const playing = contenders.filter(({ every = 1 }) => round < 0 || round % every === 0)
    for (const contender of shuffled(playing)) {
      const cost = await slot(contender)
      if (round >= 0) costs.get(contender.name)[round] = cost
    }
  }
  return costs
}

/** `count` operations, so many of them at once. */
export async function inLanes(count, lanes, operation) {
  let next = 0
  const lane = async () => {
    while (next < count) {
      next++
      await operation()
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
}

/** Each pays for collecting its own young garbage, at the end of its slot, and finds none of another. */
async function slot({ prepare, run, batch }) {
  let spent = 0
  const portion = prepare === undefined ? batch : PORTION
  for (let done = 0; done < batch; done += portion) {
    const count = Math.min(portion, batch - done)
    const prepared = prepare && Array.from({ length: count }, () => prepare())
    spent += await cpuOf(() => run(count, prepared))
  }
  spent += await cpuOf(() => globalThis.gc({ type: 'minor' }))
  return spent / batch
}

async function cpuOf(work) {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return user + system
}

function shuffled(list) {
  return list
    .map((item) => ({ item, order: Math.random() }))
    .toSorted((a, b) => a.order - b.order)
    .map(({ item }) => item)
}
