import { framesOf } from '../../dist/core/frame.js'
import { openRecording } from '../../dist/recording/recording.js'

/** Sids above it are the faults' own. */
const SIDS_GIVEN_MAX = 1_000_000
const TAKING = new Set(['skip-seq', 'cut', 'wrong-sid'])
const MOVING = new Set(['reorder-seq', 'late-ack'])

/** The connections of a recording, in the order in which they were opened: `{connection, texts}`. */
export async function connectionsOf(directory, until) {
  const byNumber = new Map()
  const order = []
  for await (const batch of (await openRecording(directory)).batches()) {
    for (const { connection, kind, direction, payload, receivedAt } of framesOf(batch)) {
      if (kind === 'open') {
        const opened = { connection, texts: [], textsBefore: 0, closeCode: undefined }
        byNumber.set(connection, opened)
        order.push(opened)
      }
      const of = byNumber.get(connection)
      if (kind === 'close' && of !== undefined) of.closeCode = JSON.parse(Buffer.from(payload).toString()).code
      if (kind !== 'text' || direction !== 'received') continue
      of.texts.push(Buffer.from(payload).toString())
      if (receivedAt <= until) of.textsBefore++
    }
  }
  return order
}

/**
 * Holds one recorded connection against the entries of the fault log about it.
 *
 * @returns `gaps` `{sid, expected, received}`, how many frames are `missing`, and what is `wrong` in words
 */
export function account({ texts }, entries) {
  const wrong = []
  const envelopes = texts.map(envelopeOf)
  const count = fault => entries.filter(entry => entry.fault === fault).length
  expectCount(wrong, 'frames that are no JSON', envelopes.filter(isNoJson).length, count('cut') + count('malformed'))
  const unknown = envelopes.filter(({ type }) => type === 'unheard_of').length
  expectCount(wrong, 'frames of unknown type', unknown, count('unknown-type') + count('huge'))
  const strange = envelopes.filter(({ sid }) => sid > SIDS_GIVEN_MAX).length
  const strangeRepeats = entries.filter(({ fault, sid }) => fault === 'repeat-seq' && sid > SIDS_GIVEN_MAX).length
  expectCount(wrong, 'frames of a wrong sid', strange, count('wrong-sid') + strangeRepeats)
  const runs = runsOf(envelopes)
  const gaps = []
  let missing = 0
  for (const [sid, run] of runs) {
    gaps.push(...run.gaps)
    const ofSid = entries.filter(entry => entry.sid === sid || (entry.lost ?? []).some(lost => lost.sid === sid))
    missing += checkRun(wrong, sid, run, ofSid)
  }
  return { gaps, missing, wrong }
}

/** More than the log says is wrong; less may have been lost with what else was on its way at the end. */
function expectCount(wrong, what, seen, logged) {
  if (seen > logged) wrong.push(`${seen} ${what}, ${logged} logged`)
}

function runsOf(envelopes) {
  const runs = new Map()
  for (const { sid, seq } of envelopes) {
    if (sid === undefined || seq === undefined || sid > SIDS_GIVEN_MAX) continue
    let run = runs.get(sid)
    if (run === undefined) runs.set(sid, (run = { last: 0, seen: new Map(), late: [], gaps: [] }))
    if (run.seen.has(seq)) run.seen.set(seq, run.seen.get(seq) + 1)
    else {
      run.seen.set(seq, 1)
      if (seq < run.last) run.late.push(seq)
      else if (seq > run.last + 1) run.gaps.push({ sid, expected: run.last + 1, received: seq })
    }
    run.last = Math.max(run.last, seq)
  }
  return runs
}

/** How many frames of a run are missing, each of which must be explained, as must all that came late or twice. */
function checkRun(wrong, sid, { last, seen, late }, entries) {
  const isNamed = (seq, faults) =>
    entries.some(entry => entry.seq === seq && entry.sid === sid && faults.has(entry.fault))
  const lost = entries
    .flatMap(entry => entry.lost ?? [])
    .filter(range => range.sid === sid && range.first !== undefined)
  let missing = 0
  for (let seq = 1; seq <= last; seq++) {
    const copies = seen.get(seq) ?? 0
    const named = entries.filter(entry => entry.seq === seq && entry.sid === sid)
    const taken = named.filter(({ fault }) => TAKING.has(fault)).length
    const repeats = named.filter(({ fault }) => fault === 'repeat-seq').length
    const isLost = lost.some(({ first, last }) => first <= seq && seq <= last)
    if (copies === 0) missing++
    // A fault that takes a frame away takes one copy of it; two may take the same one.
    if (copies > Math.max(0, 1 + repeats - taken)) wrong.push(`sid ${sid} seq ${seq} came ${copies} times`)
    if (copies === 0 && taken === 0 && !isLost) wrong.push(`sid ${sid} seq ${seq} is missing`)
  }
  for (const seq of late) if (!isNamed(seq, MOVING)) wrong.push(`sid ${sid} seq ${seq} came late`)
  return missing
}

function envelopeOf(text) {
  try {
    return JSON.parse(text)
  } catch {
    return { isNoJson: true }
  }
}

function isNoJson(envelope) {
  return envelope.isNoJson === true
}
