import type { FaultEntry } from '../../src/exchange/faults/fault-entry.ts'
import { MALFORMED_FRAME, UNKNOWN_FRAME } from '../../src/exchange/faults/invented-frames.ts'
import type { Frame } from '../../src/core/frame.ts'
import type { SentFrames } from './sent-frames.ts'

/** A run of `seq` that is missing: from `expected` up to, not including, `received`. */
export interface Gap {
  readonly connection: number
  readonly sid: number
  readonly expected: number
  readonly received: number
}

/** Of a connection that was not closed but ended (RFC 6455, section 7.1.5). */
const ABNORMAL_CLOSURE = 1006
/** Sids that were never given out. */
const SIDS_OF_FAULTS = 1_000_000
const UNKNOWN_FIELD = '"unheard_of":{"since":["never"]},'

/** What the client recorded on one of its connections, held against what the exchange sent on it and what its faults did. */
export class ConnectionAccount {
  /** The client's number, and the exchange's. */
  readonly connection: number
  readonly serving: number
  /** Whether frames may have been lost on the way, without anybody's knowing which. */
  readonly wasCut: boolean
  readonly #recorded: readonly string[]
  readonly #sent: readonly string[]
  readonly #log: readonly FaultEntry[]

  constructor(connection: number, recorded: Recorded, sent: SentFrames, log: readonly FaultEntry[]) {
    this.connection = connection
    this.#recorded = recorded.texts
    this.wasCut = recorded.closeCode === ABNORMAL_CLOSURE
    this.serving = servingOf(recorded.texts, sent)
    const { frames = [], endedAt } = sent.get(this.serving) ?? {}
    this.#sent = frames.slice(0, endedAt)
    this.#log = log.filter(entry => entry.connection === this.serving)
  }

  /** What was recorded and neither sent nor invented, and what was sent and neither recorded nor explained. */
  unexplained(): string[] {
    const left = new Map<string, number>()
    const plain = this.#log.some(({ fault }) => fault === 'wrong-clock') ? withoutTimes : (text: string) => text
    for (const text of this.#recorded.map(text => plain(restored(text)))) {
      if (!isInvented(text)) left.set(text, (left.get(text) ?? 0) + 1)
    }
    const missing: { readonly index: number; readonly text: string }[] = []
    const delivered = this.#delivered().map(plain)
    for (const [index, text] of delivered.entries()) {
      const count = left.get(text) ?? 0
      if (count > 0) left.set(text, count - 1)
      else missing.push({ index, text })
    }
    const invented = [...left].filter(([, count]) => count > 0).map(([text]) => `never sent: ${text}`)
    return [...invented, ...this.#unexplainedLosses(missing, delivered.length)]
  }

  /** How many frames of each kind were invented: by the log, and by the recording. */
  inventions(): { readonly logged: object; readonly recorded: object } {
    const logged = (name: string) => this.#log.filter(({ fault }) => fault === name).length
    const recorded = (isIt: (text: string) => boolean) => this.#recorded.filter(isIt).length
    return {
      logged: { malformed: logged('malformed'), unknown: logged('unknown-type'), huge: logged('huge') },
      recorded: {
        malformed: recorded(text => text === MALFORMED_FRAME),
        unknown: recorded(text => text === UNKNOWN_FRAME),
        huge: recorded(isHuge)
      }
    }
  }

  /** Gaps as they are in the recording, in its order. */
  gaps(): Gap[] {
    const last = new Map<number, number>()
    const gaps: Gap[] = []
    for (const { sid, seq } of this.#recorded.map(envelopeOf)) {
      if (sid === undefined || seq === undefined || sid > SIDS_OF_FAULTS) continue
      const expected = (last.get(sid) ?? 0) + 1
      if (seq > expected) gaps.push({ connection: this.connection, sid, expected, received: seq })
      last.set(sid, Math.max(last.get(sid) ?? 0, seq))
    }
    return gaps
  }

  /** `sid/seq` of what never arrived although something later of its sid did: by the recording, and by the log. */
  holes(): { readonly recorded: string[]; readonly logged: string[] } {
    const arrived = new Set<string>()
    const highest = new Map<number, number>()
    for (const { sid, seq } of this.#recorded.map(envelopeOf)) {
      if (sid === undefined || seq === undefined || sid > SIDS_OF_FAULTS) continue
      arrived.add(`${sid}/${seq}`)
      highest.set(sid, Math.max(highest.get(sid) ?? 0, seq))
    }
    const recorded = [...highest].flatMap(([sid, last]) => run(sid, 1, last)).filter(name => !arrived.has(name))
    const isPassed = (sid: number | undefined, seq: number) => seq < (highest.get(sid ?? 0) ?? 0)
    const taken = this.#log.flatMap(({ fault, sid, seq }) => {
      const isTaken = fault === 'skip-seq' || fault === 'cut' || fault === 'wrong-sid'
      return isTaken && seq !== undefined && isPassed(sid, seq) ? [`${sid}/${seq}`] : []
    })
    const lost = this.#lost().flatMap(({ sid, first, last }) => {
      return first === undefined || last === undefined || !isPassed(sid, last) ? [] : run(sid ?? 0, first, last)
    })
    return { recorded: recorded.toSorted(), logged: [...taken, ...lost].toSorted() }
  }

  #lost() {
    return this.#log.flatMap(({ lost = [] }) => lost)
  }

  /** What the log lets through, each frame as often as it came. */
  #delivered(): string[] {
    const lost = this.#lost()
    return this.#sent.flatMap(text => {
      const { sid, seq } = envelopeOf(text)
      if (seq === undefined) return [text]
      const isLost = lost.some(({ sid: of, first = Infinity, last = 0 }) => of === sid && first <= seq && seq <= last)
      if (isLost) return []
      let frames = [text]
      for (const { fault, bytes, ...frame } of this.#log) {
        if (frame.sid !== sid || frame.seq !== seq) continue
        if (fault === 'skip-seq') frames = []
        else if (fault === 'cut') frames = [text.slice(0, bytes)]
        else if (fault === 'repeat-seq') frames.push(text)
      }
      return frames
    })
  }

  /** Frames without a `seq` are counted only: which of them were lost, the log cannot tell. */
  #unexplainedLosses(missing: readonly { readonly index: number; readonly text: string }[], sent: number): string[] {
    const allowed = new Map<number | undefined, number>()
    for (const { sid, frames, first } of this.#lost()) {
      if (first === undefined) allowed.set(sid, (allowed.get(sid) ?? 0) + frames)
    }
    const unexplained = missing.filter(({ text }) => {
      const { sid, seq } = envelopeOf(text)
      const left = seq === undefined ? (allowed.get(sid) ?? 0) : 0
      allowed.set(sid, left - 1)
      return left <= 0
    })
    const isTail = unexplained.every(({ index }, at) => index === sent - unexplained.length + at)
    return this.wasCut && isTail ? [] : unexplained.map(({ text }) => `not recorded: ${text}`)
  }
}

/** The received text frames of a connection, and how it ended. */
export interface Recorded {
  readonly texts: string[]
  closeCode: number | undefined
}

export function recordedByConnection(frames: readonly Frame[]): Map<number, Recorded> {
  const recorded = new Map<number, Recorded>()
  for (const { connection, kind, direction, payload } of frames) {
    if (kind === 'open') recorded.set(connection, { texts: [], closeCode: undefined })
    const of = recorded.get(connection)
    const text = () => Buffer.from(payload).toString()
    if (of !== undefined && kind === 'close') of.closeCode = (JSON.parse(text()) as { readonly code: number }).code
    if (of !== undefined && kind === 'text' && direction === 'received') of.texts.push(text())
  }
  return recorded
}

interface Envelope {
  readonly sid?: number
  readonly seq?: number
}

/** Of what is no JSON there is none. */
export function envelopeOf(text: string): Envelope {
  try {
    const { sid, seq } = JSON.parse(text) as Envelope
    return { ...(sid === undefined ? {} : { sid }), ...(seq === undefined ? {} : { seq }) }
  } catch {
    return {}
  }
}

/** The connection of the exchange that sent most of it. */
function servingOf(recorded: readonly string[], sent: SentFrames): number {
  const texts = new Set(recorded)
  let best = { connection: -1, common: -1 }
  for (const [connection, { frames }] of sent) {
    const common = frames.filter(text => texts.has(text)).length
    if (common > best.common) best = { connection, common }
  }
  return best.connection
}

/** Takes back what faults have changed in a frame. */
function restored(text: string): string {
  return text.replaceAll(UNKNOWN_FIELD, '').replace(/("sid":)100000(\d)\b/, '$1$2')
}

function withoutTimes(text: string): string {
  return text.replaceAll(/("(?:sending_ts_ms|ts_ms)":)\d+/g, '$10')
}

function isInvented(text: string): boolean {
  return text === MALFORMED_FRAME || text === UNKNOWN_FRAME || isHuge(text)
}

function isHuge(text: string): boolean {
  return text.length > 100_000
}

function run(sid: number, first: number, last: number): string[] {
  return Array.from({ length: last - first + 1 }, (_, index) => `${sid}/${first + index}`)
}
