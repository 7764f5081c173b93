/**
 * Holds what clients saw against what was done to them.
 *
 * @returns the deviations that no entry of the fault log explains
 */
export function unexplained(deviations, log) {
  const byConnection = new Map()
  for (const entry of log) {
    const entries = byConnection.get(entry.connection)
    if (entries === undefined) byConnection.set(entry.connection, [entry])
    else entries.push(entry)
  }
  return deviations.filter(deviation => {
    const entries = byConnection.get(deviation.kind === 'refused' ? undefined : deviation.connection) ?? []
    return !isExplained(deviation, entries)
  })
}

function isExplained(deviation, entries) {
  const { kind, sid, seq, code, status, from, to } = deviation
  const has = (...faults) => entries.some(({ fault }) => faults.includes(fault))
  const hasFrame = (...faults) =>
    entries.some(entry => faults.includes(entry.fault) && entry.sid === sid && entry.seq === seq)
  switch (kind) {
    case 'refused':
      return entries.some(entry => entry.fault === 'refuse' && entry.status === status)
    case 'closed':
      return entries.some(entry => entry.code === code && entry.fault === 'close') || has('drop', 'silent')
    case 'dead':
      return has('silent')
    case 'gap':
      return range(from, to).every(missing => isLost(sid, missing, entries))
    case 'late':
      return hasFrame('reorder-seq', 'repeat-seq', 'late-ack')
    case 'late-ack':
      return has('late-ack')
    case 'wrong-sid':
      return entries.some(entry => entry.fault === 'wrong-sid' && entry.sentSid === sid && entry.seq === seq)
    case 'unknown-field':
      return hasFrame('unknown-field')
    case 'unknown-type':
      return has('unknown-type', 'huge')
    case 'huge':
      return has('huge')
    case 'no-json':
      return has('cut', 'malformed')
    case 'error':
      return entries.some(entry => entry.fault === 'error' && entry.code === code)
    case 'clock':
      return has('wrong-clock')
    default:
      return false
  }
}

/** Whether the log says that a frame was not delivered, or not in its place. */
function isLost(sid, seq, entries) {
  return entries.some(entry => {
    const isThis = entry.sid === sid && entry.seq === seq
    if (isThis && ['skip-seq', 'cut', 'wrong-sid', 'reorder-seq', 'late-ack'].includes(entry.fault)) return true
    return (entry.lost ?? []).some(lost => lost.sid === sid && lost.first <= seq && seq <= lost.last)
  })
}

function range(from, to) {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index)
}
