/** Verdicts, and the tables that people read. */

/**
 * A goal with what was measured for it. The upper end of the interval decides; exact counts have no interval. `behind`
 * names the peers that we don't beat beyond doubt in the same run; a floor (what nobody can leave out) is none of them.
 */
export function judge(goal, { value, interval = null, peers = [], peerUnit = goal.unit, note = null }) {
  const verdict = upper({ value, interval }) <= goal.limit ? 'met' : 'missed'
  const ours = peers.find(({ role }) => role === 'ours') ?? { value, interval }
  const rivals = peers.filter(({ role }) => role === undefined)
  const behind = rivals.filter((peer) => upper(ours) >= lower(peer)).map(({ name }) => name)
  return { ...goal, value, interval, verdict, behind, peerUnit, peers, note }
}

function upper({ value, interval }) {
  return interval ? interval[1] : value
}

function lower({ value, interval }) {
  return interval ? interval[0] : value
}

/** All results as text. */
export function asText({ machine, quick, goals, tables, errors }) {
  const lines = [
    `Node ${machine.node}, ${machine.cores} × ${machine.cpu}, load ${machine.load}${quick ? ', quick run' : ''}`,
    '',
    ...goals.flatMap(goalLines),
    ...tables.flatMap(tableLines),
    ...errors.map(({ bench, message }) => `ERROR ${bench}: ${message}`),
  ]
  return `${lines.join('\n')}\n`
}

function goalLines({ title, limit, unit, value, interval, verdict, behind, peerUnit, peers, note }) {
  return [
    `${verdict === 'met' ? 'met   ' : 'MISSED'}  ${title}`,
    `          ${figure(value, unit)}${range(interval)}, goal ≤ ${figure(limit, unit)}`,
    ...peers.map(
      ({ name, value: theirs, interval: span }) => `          · ${name}: ${figure(theirs, peerUnit)}${range(span)}`,
    ),
    ...(behind.length > 0 ? [`          not clearly ahead of: ${behind.join(', ')}`] : []),
    ...(note ? [`          (${note})`] : []),
    '',
  ]
}

function tableLines({ title, rows }) {
  const line = (name, perRequest, overBare) =>
    `  ${name.padEnd(28)} ${perRequest.padStart(18)} ${overBare.padStart(18)}`
  return [
    title,
    line('', 'µs a request', 'over bare Express'),
    ...rows.map(({ name, perRequest, overBare }) => line(name, spread(perRequest), overBare ? spread(overBare) : '')),
    '',
  ]
}

function spread({ value, interval }) {
  return `${digits(value)} (${digits(interval[0])} – ${digits(interval[1])})`
}

function figure(value, unit) {
  return `${digits(value)} ${unit}`
}

function range(interval) {
  return interval ? ` (${digits(interval[0])} – ${digits(interval[1])})` : ''
}

function digits(value) {
  if (Number.isInteger(value)) return String(value)
  return value.toFixed(Math.abs(value) < 3 ? 2 : Math.abs(value) < 100 ? 1 : 0)
}
