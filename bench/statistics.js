/** Medians and bootstrap intervals over rounds. */

/** The middle value: noise of other processes only ever adds, and a median bears it where a mean does not. */
export function median(values) {
  const sorted = Float64Array.from(values).toSorted()
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** The median of samples, with its interval. */
export function typical(samples) {
  return bootstrap(samples.filter(present), median)
}

/** What `ours` costs more than `base`, in the rounds in which both played. */
export function difference(ours, base) {
  return typical(ours.map((cost, round) => cost - base[round]))
}

/** `ours` over `theirs`, both after `base` (what everybody pays, such as bare Express) was taken away. */
export function ratio(ours, theirs, base = ours.map(() => 0)) {
  const rounds = ours.map((cost, round) => [cost - base[round], theirs[round] - base[round]])
  const over = (drawn) => median(drawn.map(([mine]) => mine)) / median(drawn.map(([, other]) => other))
  return bootstrap(
    rounds.filter((costs) => costs.every(present)),
    over,
  )
}

/**
 * `statistic` of the rounds, and the interval in which it lies in 95 of 100 draws of as many rounds with replacement. What
 * disturbed a whole round disturbs all contenders in it, and they are drawn together.
 */
function bootstrap(rounds, statistic, resamples = 2_000) {
  const random = seeded(rounds.length)
  const draw = () => statistic(rounds.map(() => rounds[Math.floor(random() * rounds.length)]))
  const drawn = Float64Array.from({ length: resamples }, draw).toSorted()
  return {
    value: statistic(rounds),
    interval: [drawn[Math.floor(0.025 * resamples)], drawn[Math.floor(0.975 * resamples)]],
  }
}

/** Who sat a round out has no cost in it. */
function present(cost) {
  return cost !== undefined && !Number.isNaN(cost)
}

/** A small generator (mulberry32) with a fixed start: the same measurements always give the same interval. */
function seeded(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
